"""One goal after the other: solve it, keep what it reached, go on to the next.

A step is *proven* when its bound meets its value within ``PROOF_TOLERANCE`` (of the goal's
scale; under one unit for whole-valued goals). A value that no plan can beat needs no solve.
When time runs out the last solution stays, with the bounds that were proven until then.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from optimizer.milp import Answer, BrokenSolverError, Milp, Request, Verdict
from optimizer.model import AllocationModel
from optimizer.plan import TierPart, TierResult
from optimizer.problem import TierName, TierRule
from optimizer.tiers import Goal, Values, evaluate, goals

PROOF_TOLERANCE = 1e-6
LOCK_SLACK = 2e-7  # of the scaled objective: what later steps may lose to arithmetic
STEP_SHARE = 0.5  # of the time left that one step may take
LEAST_TIME_S = 0.05

Progress = Callable[[str, float | None, float | None, float], None]


@dataclass(frozen=True)
class Step:
    """What one objective came to, in its scaled form."""

    goal: Goal
    reached: float
    bound: float
    eps: float
    seconds: float
    attempted: bool

    @property
    def closed(self) -> bool:
        """Whether the bound met the value when the step was solved."""
        if not self.attempted:
            return False
        if self.goal.integral:
            return _whole_bound(self.bound) >= round(self.reached)
        gap = self.bound - self.reached if self.goal.maximise else self.reached - self.bound
        return gap <= PROOF_TOLERANCE


class Infeasible(Exception):  # noqa: N818 - a finding, not an error
    """Proven: no plan keeps all rules."""


class NothingFound(Exception):  # noqa: N818 - a finding, not an error
    """Time ran out before any plan was found; nothing is proven."""


@dataclass
class Ladder:
    """The climb through the tiers; ``values`` is the best solution so far."""

    model: AllocationModel
    milp: Milp
    time_limit_s: float
    progress: Progress | None = None
    on_solution: Callable[[Values], None] | None = None
    values: Values | None = None
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        return self.time_limit_s - self.elapsed

    def climb(self, tiers: Iterable[TierRule]) -> Values:
        """All tiers in order; returns the last solution. May raise ``Infeasible`` and others."""
        for rule in tiers:
            for goal in goals(self.model, rule.name):
                self._step(goal, rule.eps)
        if self.values is None:
            raise NothingFound
        return self.values

    def results(self) -> tuple[TierResult, ...]:
        """The tiers at the final solution, in the goals' own units."""
        assert self.values is not None
        by_tier: dict[TierName, list[Step]] = {}
        for step in self.steps:
            by_tier.setdefault(step.goal.tier, []).append(step)
        return tuple(_result(name, steps, self.values) for name, steps in by_tier.items())

    def _step(self, goal: Goal, eps: float) -> None:
        began = self.elapsed
        hint = goal.complete(self.values) if self.values is not None else None
        if hint is not None and _is_best(goal, evaluate(goal.expr, hint)):
            self.values = hint
            self._keep(goal, goal.best / goal.unit_scale, eps, began, attempted=True)
            return
        if self.values is not None and self.left < LEAST_TIME_S:
            self.values = hint
            self._keep(goal, goal.best / goal.unit_scale, eps, began, attempted=False)
            return
        answer = self._solve(goal, hint)
        if answer.verdict is Verdict.INFEASIBLE:
            if hint is not None:
                raise BrokenSolverError(
                    f"{goal.tier}: called infeasible although a solution is known"
                )
            raise Infeasible
        if answer.values and (hint is None or self._no_worse(goal, answer.values, hint)):
            self.values = answer.values
        elif hint is not None:
            self.values = hint
        else:
            raise NothingFound
        bound = answer.bound
        if answer.verdict is Verdict.NOTHING or abs(bound) == float("inf"):
            bound = goal.best / goal.unit_scale
        self._keep(goal, bound, eps, began, attempted=True)

    def _solve(self, goal: Goal, hint: Values | None) -> Answer:
        scaled = goal.expr * (1 / goal.unit_scale)
        if goal.maximise:
            self.model.solver.maximize(scaled)
        else:
            self.model.solver.minimize(scaled)
        share = STEP_SHARE if self.values is not None else 1.0
        request = Request(
            self.model.solver,
            hint,
            max(self.left * share, LEAST_TIME_S),
            integral=goal.integral,
            seed=self.model.instance.problem.seed,
        )
        if self.progress is None:
            return self.milp(request)
        self._tell(goal, None, None)
        return self.milp(request, lambda value, bound: self._tell(goal, value, bound))

    def _tell(self, goal: Goal, value: float | None, bound: float | None) -> None:
        if self.progress is not None:
            scale = goal.unit_scale
            self.progress(
                str(goal.tier),
                None if value is None else value * scale,
                None if bound is None or abs(bound) == float("inf") else bound * scale,
                self.elapsed,
            )

    @staticmethod
    def _no_worse(goal: Goal, values: Values, hint: Values) -> bool:
        new, old = evaluate(goal.expr, values), evaluate(goal.expr, hint)
        return new >= old if goal.maximise else new <= old

    def _keep(self, goal: Goal, bound: float, eps: float, began: float, *, attempted: bool) -> None:
        assert self.values is not None
        value = evaluate(goal.expr, self.values) / goal.unit_scale
        scaled = goal.expr * (1 / goal.unit_scale)
        give = LOCK_SLACK + abs(value) * eps
        if goal.integral:
            whole = round(value)
            give = 0.5 * LOCK_SLACK if not eps else abs(whole) * eps + LOCK_SLACK
            value = whole
        if goal.maximise:
            self.model.require(scaled >= value - give, f"keep|{goal.tier}|{goal.k}")
        else:
            self.model.require(scaled <= value + give, f"keep|{goal.tier}|{goal.k}")
        self.steps.append(Step(goal, value, bound, eps, self.elapsed - began, attempted))
        self._tell(goal, value, bound)
        if self.on_solution is not None:
            self.on_solution(self.values)


def _is_best(goal: Goal, value: float) -> bool:
    gap = goal.best - value if goal.maximise else value - goal.best
    return gap <= goal.unit_scale * LOCK_SLACK / 2


def _result(name: TierName, steps: list[Step], values: Values) -> TierResult:
    parts = [_part(step, values) for step in steps]
    proven = all(part.proven for part in parts)
    gap = max(abs(part.value - part.bound) for part in parts)
    if proven:
        words = "within_eps" if gap > PROOF_TOLERANCE * steps[0].goal.unit_scale else "proven"
    else:
        words = "time_ran_out" if all(step.attempted for step in steps) else "not_reached"
    return TierResult(
        name=name,
        value=parts[0].value,
        bound=parts[0].bound,
        gap=gap,
        seconds=sum(step.seconds for step in steps),
        proven=proven,
        words=words,
        parts=tuple(parts) if len(steps) > 1 else (),
    )


def _part(step: Step, values: Values) -> TierPart:
    """A step at the final solution, in the goal's unit; later goals may have used its eps."""
    goal = step.goal
    value, bound = evaluate(goal.expr, values), step.bound * goal.unit_scale
    if goal.integral:
        value, bound = float(round(value)), float(_whole_bound(bound))
    if abs(value - bound) <= PROOF_TOLERANCE * goal.unit_scale:
        bound = value  # within the stated tolerance: one figure on the page
    return TierPart(k=goal.k, value=value, bound=bound, proven=step.closed)


def _whole_bound(bound: float) -> int:
    """A whole-valued goal can't lie below the next whole number above its bound."""
    return max(0, math.ceil(bound - 1e-6))
