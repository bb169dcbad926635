"""The goals, in the order the director gives them, each as one or more objectives.

All goals are minimised but women's access. Each has a scale, what it is at its worst, of which
the tolerances of proof are a part.

* T0 legality: officer-hours a week by which policy rules had to bend.
* T1 women's access: women residents within reach of women officers (``women_reach_min``).
* T2 fairness: unmet share ``e_i = s_i / d_i`` of each area over what counted offices reach; the
  sums of its k largest, k = 1, 2, 3, one after the other (leximin's first steps; Ogryczak &
  Sliwinski 2003): ``min k r + sum_i e_i``, ``e_i >= share_i - r``. First for demand that needs
  a woman, then for all.
* T3 unmet hours weighted by need (never below ``NEED_FLOOR``).
* T4 moves: officers posted elsewhere than today.
* T5 road: minutes a week.
* T6 tie-break: a fixed order of the postings, so that equal questions get equal plans: the
  n-th slot (office, unit, gender, in that order) costs n an officer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ortools.math_opt.python import mathopt

from optimizer.instance import GENDERS, K_LARGEST, Instance, StreamKey, unmet_weight
from optimizer.model import AllocationModel, total
from optimizer.problem import TierName
from optimizer.rules import stability
from optimizer.variables import Expr, Var

Values = dict[Var, float]

PER_CENT = 100.0
FAIRNESS = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)


@dataclass(frozen=True)
class Goal:
    """One objective.

    ``scale`` is about what the goal is at its worst; ``best`` a value no plan can beat.
    ``integral`` goals take whole values only. ``shrink`` divides the objective for the solver
    where coefficients are large; ``unit`` turns it into what is reported. ``complete`` adds
    values of the goal's own unknowns to a solution found before it.
    """

    tier: TierName
    k: int
    expr: Expr
    scale: float
    best: float
    maximise: bool = False
    integral: bool = False
    shrink: float = 1.0
    unit: float = 1.0
    complete: Callable[[Values], Values] = dict


def goals(model: AllocationModel, tier: TierName) -> Iterator[Goal]:
    """The objectives of a tier; their unknowns are added to the model when they are reached."""
    if tier is TierName.FAIRNESS_WOMEN:
        yield from _fairness(model, tier, women_only=True)
    elif tier is TierName.FAIRNESS_ALL:
        yield from _fairness(model, tier, women_only=False)
    else:
        yield _SINGLE[tier](model)


def _legality(model: AllocationModel) -> Goal:
    bent = total(s.weight * s.variable for s in model.slacks)
    scale = model.instance.problem.policies.hours_week
    return Goal(TierName.LEGALITY, 1, bent, scale, 0.0)


def _women_access(model: AllocationModel) -> Goal:
    women = {a: model.instance.area[a].women_residents for a in model.instance.areas}
    reached = total(women[a] * v for a, v in model.v.presence.access.items())
    everyone = sum(women.values())
    return Goal(
        TierName.WOMEN_ACCESS,
        1,
        reached,
        everyone or 1.0,
        everyone,
        maximise=True,
        shrink=max(1.0, max(women.values()) / 10),
    )


def unmet_shares(model: AllocationModel, *, women_only: bool) -> dict[str, Expr]:
    """Unmet share of each area's reachable demand in per cent, as expressions.

    Per cent, not parts of one: rows then stand far above the solver's feasibility tolerance.
    """
    instance = model.instance
    hours = instance.fair_hours(women_only=women_only)
    unmet: dict[str, list[Expr]] = defaultdict(list)
    for stream in instance.streams:
        if stream.key in instance.fair_streams and (stream.key.women or not women_only):
            unmet[stream.key.area].append(model.v.flows.unmet[stream.key])
    return {area: total(unmet[area]) * (PER_CENT / hours[area]) for area in sorted(hours)}


def _fairness(model: AllocationModel, tier: TierName, *, women_only: bool) -> Iterator[Goal]:
    shares = unmet_shares(model, women_only=women_only)
    for k in K_LARGEST[: len(shares)]:
        yield _largest(model, tier, shares, k)


def _largest(model: AllocationModel, tier: TierName, shares: dict[str, Expr], k: int) -> Goal:
    solver = model.solver
    level = solver.add_variable(lb=0, ub=PER_CENT, name=f"{tier}|{k}|level")
    above: dict[str, Var] = {}
    for area, share in shares.items():
        excess: Expr = 0.0
        if k > 1:
            excess = above[area] = solver.add_variable(lb=0, ub=PER_CENT, name=f"{tier}|{k}|{area}")
        model.require(share <= level + excess, f"{tier}|{k}|{area}")

    def complete(values: Values) -> Values:
        at = {area: evaluate(share, values) for area, share in shares.items()}
        kth = sorted(at.values(), reverse=True)[k - 1]
        return values | {level: kth} | {above[a]: max(0.0, at[a] - kth) for a in above}

    return Goal(
        tier,
        k,
        k * level + total(above.values()),
        PER_CENT,
        0.0,
        unit=1 / PER_CENT,
        complete=complete,
    )


def unmet_scale(instance: Instance) -> float:
    """Weighted hours of all demand: what T3 is if nobody is served."""
    weight = {a: unmet_weight(instance.area[a].need) for a in instance.areas}
    return sum(weight[s.key.area] * s.hours_week for s in instance.streams) or 1.0


def _unmet(model: AllocationModel) -> Goal:
    instance = model.instance

    def weight(key: StreamKey) -> float:
        return unmet_weight(instance.area[key.area].need)

    lost = total(weight(key) * v for key, v in model.v.flows.unmet.items())
    return Goal(TierName.UNMET, 1, lost, unmet_scale(instance), 0.0)


def _moves(model: AllocationModel) -> Goal:
    return Goal(TierName.MOVES, 1, stability.moves(model), 1.0, 0.0, integral=True)


def _road(model: AllocationModel) -> Goal:
    instance = model.instance
    minutes = total(
        60 * instance.road(key.area, office, key.unit) * v
        for (key, office), v in model.v.flows.hours.items()
    )
    scale = 60 * instance.problem.policies.hours_week * max(instance.problem.head_count(), 1)
    return Goal(TierName.ROAD, 1, minutes, scale, 0.0)


def _tie_break(model: AllocationModel) -> Goal:
    slots = [(cell, q) for cell in model.instance.cells for q in GENDERS]
    rank = {slot: n for n, slot in enumerate(slots, start=1)}
    order = total(rank[slot] * v for slot, v in model.v.postings.count.items())
    return Goal(TierName.TIE_BREAK, 1, order, 1.0, 0.0, integral=True)


_SINGLE: dict[TierName, Callable[[AllocationModel], Goal]] = {
    TierName.LEGALITY: _legality,
    TierName.WOMEN_ACCESS: _women_access,
    TierName.UNMET: _unmet,
    TierName.MOVES: _moves,
    TierName.ROAD: _road,
    TierName.TIE_BREAK: _tie_break,
}


def evaluate(expr: Any, values: Values) -> float:
    """An expression at a solution."""
    return float(mathopt.evaluate_expression(mathopt.as_flat_linear_expression(expr), values))
