"""Futures: ways that things may go, for which one plan is sought."""

from collections.abc import Sequence

from pydantic import Field

from geo.places import Document
from optimizer.problem import DemandItem, Problem, TierName

MOST_FUTURES = 10
GOALS = (
    TierName.WOMEN_ACCESS,
    TierName.FAIRNESS_WOMEN,
    TierName.FAIRNESS_ALL,
    TierName.UNMET,
)
"""Goals that a future can change; fairness is the worst area's share."""


class Future(Document):
    """A way that things may go: the problem as it would then be, and its weight."""

    name: str = Field(min_length=1, max_length=120)
    problem: Problem
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)


class FuturesError(ValueError):
    """Futures that no single plan can be made for; ``faults`` says why, by name."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{name}: {what}" for name, what in faults))


def check_futures(problem: Problem, futures: Sequence[Future]) -> None:
    """Futures may differ in demand, ways, residents and need; who may be posted is one for all.

    Raises ``FuturesError``; ``what`` is one of ``staff``, ``offices``, ``policies``, ``areas``,
    ``twice``, ``number``.
    """
    faults = []
    if not 1 <= len(futures) <= MOST_FUTURES:
        faults.append(("", "number"))
    names = [f.name for f in futures]
    faults += [(name, "twice") for name in sorted({n for n in names if names.count(n) > 1})]
    for future in futures:
        other = future.problem
        if (other.staff, other.hires) != (problem.staff, problem.hires):
            faults.append((future.name, "staff"))
        if (other.offices, other.units, other.shifts) != (
            problem.offices,
            problem.units,
            problem.shifts,
        ):
            faults.append((future.name, "offices"))
        if other.policies != problem.policies:
            faults.append((future.name, "policies"))
        if {a.code for a in other.areas} != {a.code for a in problem.areas}:
            faults.append((future.name, "areas"))
    if faults:
        raise FuturesError(faults)


def weights(futures: Sequence[Future]) -> tuple[float, ...]:
    """Weights that add up to one: the futures' probabilities."""
    every = sum(f.weight for f in futures)
    return tuple(f.weight / every for f in futures)


def mean_future(problem: Problem, futures: Sequence[Future]) -> Future:
    """The future that a plan for the average would be made for.

    Demand, residents and need are means by weight; ways are those of ``problem``, because half
    a bridge is none.
    """
    share = weights(futures)
    items: dict[tuple[str, str, str], dict[str, float]] = {}
    shifts: dict[tuple[str, str, str], DemandItem] = {}
    figures = ("hours_week", "women_hours_week", "cases_week", "women_cases_week")
    for future, w in zip(futures, share, strict=True):
        for d in future.problem.demand:
            key = (d.area, d.unit, d.term)
            sums = items.setdefault(key, dict.fromkeys(figures, 0.0))
            shifts.setdefault(key, d)
            for name in figures:
                sums[name] += w * getattr(d, name)
    areas = []
    for area in problem.areas:
        same = [a for f in futures for a in f.problem.areas if a.code == area.code]
        means = {
            name: mean_of(share, [getattr(a, name) for a in same])
            for name in ("residents", "women_residents", "need")
        }
        areas.append(area.model_copy(update=means))
    demand = tuple(shifts[key].model_copy(update=sums) for key, sums in items.items())
    mean = problem.model_copy(update={"demand": demand, "areas": tuple(areas)})
    return Future(name="mean", problem=mean)


def mean_of(share: Sequence[float], values: Sequence[float]) -> float:
    """Mean by probability."""
    return sum(w * v for w, v in zip(share, values, strict=True))
