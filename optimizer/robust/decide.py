"""One decision for several futures: on average, in the worst, or least to be sorry for."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from geo.places import Document
from optimizer.extract import allocation
from optimizer.instance import GENDERS, UNIT_ORDER
from optimizer.milp import Answer, Milp, Request, Verdict, ask
from optimizer.model import AllocationModel, total
from optimizer.plan import Posting, Status
from optimizer.problem import Problem, TierName
from optimizer.robust.futures import Future, weights
from optimizer.robust.model import Cost, Shared, build_shared, cost_of, expected
from optimizer.rules import stability
from optimizer.tiers import Values, evaluate, goals
from optimizer.variables import Expr

GAP = 1e-7  # of the goal's scale
PROVEN = 5e-6  # of the goal's scale
KEEP = 2e-6  # of the goal's scale: what later goals may lose to arithmetic
HALF = 0.5
UNDER_ONE = 0.999


class Sense(StrEnum):
    """What is made small over the futures."""

    EXPECTED = "expected"  # the mean
    WORST = "worst"  # the worst future
    REGRET = "regret"  # the most that any future loses against a plan of its own


class Decision(Document):
    """A question: one decision for these futures.

    ``alone`` holds what each future could reach by itself (for regret), by the futures' order.
    """

    sense: Sense
    problem: Problem
    futures: tuple[Future, ...]
    goal: TierName
    alone: tuple[float, ...] = ()
    time_limit_s: float = Field(default=120.0, gt=0)


class Decided(Document):
    """Who is posted where, and what the sense's objective came to, in the goal's unit.

    Women's access counts women residents without it here, so that small is good for every goal.
    ``unknown`` has no postings: no plan was found within the time.
    """

    sense: Sense
    status: Status
    value: float = 0.0
    bound: float = 0.0
    seconds: float = Field(ge=0)
    open_offices: tuple[str, ...] = ()
    postings: tuple[Posting, ...] = ()
    new_vehicles: dict[str, int] = Field(default_factory=dict)


def decide(asked: Decision, milp: Milp) -> Decided:
    """Policies first, then the goal in its sense, its mean, fewest moves, the tie-break."""
    began = time.monotonic()
    shared = build_shared(asked.problem, asked.futures)
    rungs = list(_rungs(asked, shared))
    climb = _Climb(shared.first, milp, began + asked.time_limit_s)
    found: dict[str, _Reached] = {}
    for name, cost, whole in rungs:
        reached = climb.step(cost, whole=whole)
        if reached is None:
            status = Status.INFEASIBLE if climb.infeasible else Status.UNKNOWN
            return Decided(sense=asked.sense, status=status, seconds=time.monotonic() - began)
        found[name] = reached
    aim = found["aim"]
    decided = allocation(shared.first, climb.values)
    proven = aim.proven and found["legality"].proven
    return Decided(
        sense=asked.sense,
        status=Status.PROVEN if proven else Status.FEASIBLE,
        value=aim.value,
        bound=aim.value if aim.proven else aim.bound,
        seconds=time.monotonic() - began,
        open_offices=tuple(sorted(decided.opened)),
        postings=tuple(
            Posting(office=cell.office, unit=cell.unit, gender=q, count=n)
            for (cell, q), n in sorted(
                decided.count.items(),
                key=lambda e: (e[0][0].office, UNIT_ORDER[e[0][0].unit], GENDERS.index(e[0][1])),
            )
        ),
        new_vehicles={o: n for o, n in sorted(decided.new_vehicles.items()) if n},
    )


def _rungs(asked: Decision, shared: Shared) -> list[tuple[str, Cost, bool]]:
    """Name, cost, and whether it takes whole values only, one before the other."""
    first = shared.first
    costs = [cost_of(then, asked.goal) for then in shared.then]
    mean = expected(costs, weights(asked.futures))
    hours = asked.problem.policies.hours_week
    bent = Cost(total(s.weight * s.variable for s in first.slacks), hours)
    (tie,) = goals(first, TierName.TIE_BREAK)
    rungs = [("legality", bent, False), ("aim", _aim(asked, first, costs, mean), False)]
    if asked.sense is not Sense.EXPECTED:
        rungs.append(("mean", mean, False))
    rungs.append(("moves", Cost(stability.moves(first), 1.0), True))
    rungs.append(("tie", Cost(tie.expr, 1.0), True))
    return rungs


def _aim(asked: Decision, model: AllocationModel, costs: Sequence[Cost], mean: Cost) -> Cost:
    if asked.sense is Sense.EXPECTED:
        return mean
    over = [0.0] * len(costs) if asked.sense is Sense.WORST else list(asked.alone)
    if len(over) != len(costs):
        raise ValueError("regret needs what each future reaches by itself")
    level = model.solver.add_variable(name=f"robust|{asked.sense}")
    for n, (cost, base) in enumerate(zip(costs, over, strict=True)):
        model.require(cost.expr - base <= level, f"robust|{asked.sense}|{n}")
    return Cost(level, max(c.scale for c in costs))


@dataclass(frozen=True)
class _Reached:
    value: float
    bound: float
    proven: bool


class _Climb:
    """One cost after the other, each kept; ``values`` is the last solution."""

    def __init__(self, model: AllocationModel, milp: Milp, deadline: float) -> None:
        self._model, self._milp, self._deadline = model, milp, deadline
        self.values: Values = {}
        self.infeasible = False

    def step(self, cost: Cost, *, whole: bool) -> _Reached | None:
        """The least of a cost; None where there is no solution at all, or none was found."""
        varies = not isinstance(cost.expr, int | float)
        left = self._deadline - time.monotonic()
        bound = 0.0 if whole else float("-inf")
        proven = False
        if varies and (left > 0 or not self.values):
            answer = self._ask(cost, max(left, 1.0), whole=whole)
            if answer.verdict is Verdict.INFEASIBLE and not self.values:
                self.infeasible = True
                return None
            if answer.values and (not self.values or self._better(cost.expr, answer.values)):
                self.values = answer.values
            bound = answer.bound if answer.verdict is not Verdict.NOTHING else bound
            proven = answer.verdict is Verdict.OPTIMAL
        if not self.values:
            return None
        value = evaluate(cost.expr, self.values) if varies else float(cost.expr)
        spare = HALF if whole else KEEP * cost.scale
        if varies:
            self._model.require(cost.expr <= value + spare, "robust|keep")
        near = UNDER_ONE if whole else PROVEN * cost.scale
        return _Reached(value, bound, not varies or (proven and value - bound <= near))

    def _ask(self, cost: Cost, limit_s: float, *, whole: bool) -> Answer:
        self._model.solver.minimize(cost.expr)
        gap = UNDER_ONE if whole else GAP * cost.scale
        seed = self._model.instance.problem.seed
        return ask(self._milp, Request(self._model.solver, limit_s, gap, seed))

    def _better(self, expr: Expr, values: Values) -> bool:
        return evaluate(expr, values) < evaluate(expr, self.values)
