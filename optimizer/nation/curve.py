"""Points of the value curves: a governorate with a number of lots, solved or outlined."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from pydantic import Field

from geo.places import Code, Document
from optimizer.milp import Cancelled, Milp
from optimizer.nation.document import Governorate, Nation
from optimizer.nation.outline import outlined
from optimizer.plan import Outcome, Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.side_by_side import Kept, Pieces, done_side_by_side
from optimizer.solve import solve

Totals = tuple[float, ...]
"""A goal's value; for fairness the sums of the 1, 2, 3 largest unmet shares."""


class ValuePoint(Document):
    """A governorate with so many lots: its plan, or why there is none.

    ``hurried_s``: the seconds that it had, where more of them may help.
    """

    governorate: Code
    lots: int = Field(ge=0)
    status: Status
    plan: Plan | None = None
    outline: bool = False
    hurried_s: float | None = None

    def values(self, tier: TierName) -> Totals:
        """What the plan reaches. Only where there is a plan."""
        return self._of(tier, "value")

    def bounds(self, tier: TierName) -> Totals:
        """What no plan of this governorate with these lots can beat."""
        return self._of(tier, "bound")

    def _of(self, tier: TierName, figure: str) -> Totals:
        assert self.plan is not None
        found = next((t for t in self.plan.tiers if t.name is tier), None)
        if found is None:  # fairness where nothing is asked that could be served
            return (0.0,)
        return tuple(float(getattr(part, figure)) for part in found.parts or (found,))


class Asked(Document):
    """One point to be solved, or outlined only.

    ``hurry_s`` is its part of the time there is for the country; with more or less of it the
    question is the same.
    """

    governorate: Code
    lots: int
    problem: Problem
    time_limit_s: float
    outline: bool = False
    hurry_s: float | None = None


def _solved(asked: Asked, milp: Milp) -> ValuePoint:
    hurry_s = asked.time_limit_s if asked.hurry_s is None else asked.hurry_s
    limit_s = min(hurry_s, asked.time_limit_s)
    if asked.outline:
        outcome = outlined(asked.problem, milp, limit_s)
    else:
        outcome = solve(asked.problem, time_limit_s=limit_s, milp=milp)
    if outcome.reason == "cancelled":  # half an answer must not be kept as a whole one
        raise Cancelled
    return ValuePoint(
        governorate=asked.governorate,
        lots=asked.lots,
        status=outcome.status,
        plan=outcome.plan,
        outline=asked.outline,
        hurried_s=limit_s if limit_s < asked.time_limit_s and not _ended(asked, outcome) else None,
    )


def _ended(asked: Asked, outcome: Outcome) -> bool:
    """Whether more time would change nothing."""
    if outcome.status in (Status.PROVEN, Status.INFEASIBLE):
        return True
    return asked.outline and outcome.plan is not None and not outcome.reason


def _key(asked: Asked) -> str:
    kind = "outlined" if asked.outline else "solved"
    said = f"{kind} {asked.governorate} {asked.lots} {asked.time_limit_s} {asked.problem.digest}"
    return hashlib.sha256(said.encode()).hexdigest()


POINTS = Pieces(_solved, ValuePoint, _key, lambda found: found.hurried_s is None)


def every_choice(nation: Nation) -> list[tuple[Governorate, int]]:
    """All numbers of lots that each governorate may get."""
    most = min(nation.pool.most_lots, nation.pool.lots)
    return [(g, lots) for g in nation.in_order for lots in range(most + 1)]


def point(
    nation: Nation,
    part: Governorate,
    lots: int,
    time_limit_s: float,
    *,
    outline: bool = False,
    hurry_s: float | None = None,
) -> Asked:
    """The question of one point."""
    return Asked(
        governorate=part.code,
        lots=lots,
        problem=nation.pool.given(part.problem, lots),
        time_limit_s=time_limit_s,
        outline=outline,
        hurry_s=hurry_s,
    )


def value_points(
    nation: Nation,
    sharings: Sequence[Mapping[str, int]] | None = None,
    *,
    workers: int = 2,
    time_limit_s: float = 60.0,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[ValuePoint, ...]:
    """All points, by governorate and lots; only those of some sharings where these are given.

    ``time_limit_s`` is for one of them.
    Points that ``kept`` knows are not solved again. Raises ``Cancelled``, ``BrokenSolverError``.
    """
    asked = [
        point(nation, g, lots, time_limit_s)
        for g, lots in every_choice(nation)
        if sharings is None or any(one[g.code] == lots for one in sharings)
    ]
    return done_side_by_side(
        POINTS, asked, workers=workers, kept=kept, progress=progress, cancelled=cancelled
    )
