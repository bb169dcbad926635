"""The value curves: every governorate solved for every number of lots it may get."""

import hashlib
from collections.abc import Callable

from pydantic import Field

from geo.places import Code, Document
from optimizer.milp import Milp
from optimizer.nation.document import Nation
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.side_by_side import Kept, Pieces, done_side_by_side
from optimizer.solve import solve

Totals = tuple[float, ...]
"""A goal's value; for fairness the sums of the 1, 2, 3 largest unmet shares."""


class ValuePoint(Document):
    """A governorate with so many lots: its plan, or why there is none."""

    governorate: Code
    lots: int = Field(ge=0)
    status: Status
    plan: Plan | None = None

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
    """One point to be solved."""

    governorate: Code
    lots: int
    problem: Problem
    time_limit_s: float


def _solved(asked: Asked, milp: Milp) -> ValuePoint:
    outcome = solve(asked.problem, time_limit_s=asked.time_limit_s, milp=milp)
    return ValuePoint(
        governorate=asked.governorate,
        lots=asked.lots,
        status=outcome.status,
        plan=outcome.plan,
    )


def _key(asked: Asked) -> str:
    said = f"nation {asked.governorate} {asked.lots} {asked.time_limit_s} {asked.problem.digest}"
    return hashlib.sha256(said.encode()).hexdigest()


POINTS = Pieces(_solved, ValuePoint, _key)


def value_points(
    nation: Nation,
    *,
    workers: int = 2,
    time_limit_s: float = 60.0,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[ValuePoint, ...]:
    """All points, by governorate and lots. ``time_limit_s`` is for one of them.

    Points that ``kept`` knows are not solved again. Raises ``Cancelled``, ``BrokenSolverError``.
    """
    pool = nation.pool
    asked = [
        Asked(
            governorate=g.code,
            lots=lots,
            problem=pool.given(g.problem, lots),
            time_limit_s=time_limit_s,
        )
        for g in nation.in_order
        for lots in range(min(pool.most_lots, pool.lots) + 1)
    ]
    return done_side_by_side(
        POINTS, asked, workers=workers, kept=kept, progress=progress, cancelled=cancelled
    )
