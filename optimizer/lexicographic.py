"""One goal after the other: solve it, keep what it reached, go on to the next.

A step is *proven* when its bound meets its value within ``PROOF_TOLERANCE`` (of the goal's
scale; under one unit for whole-valued goals). A value that no plan can beat needs no solve.
When time runs out the last solution stays, with the bounds that were proven until then.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import zip_longest

from optimizer.ahead import Joint, Key, Sequel, key
from optimizer.milp import (
    POLL_S,
    Answer,
    BrokenSolverError,
    Cancelled,
    Milp,
    OnIncumbent,
    Request,
    Verdict,
    ask,
)
from optimizer.model import AllocationModel
from optimizer.plan import TierPart, TierResult
from optimizer.problem import TierName, TierRule
from optimizer.relaxation import Limits, Relaxation
from optimizer.tiers import Goal, Values, evaluate, goals
from optimizer.variables import Expr, Var

PROOF_TOLERANCE = 5e-6
LOCK_SLACK = 2e-6  # of the goal's scale: what later steps may lose to arithmetic
SOLVE_GAP = 1e-7
HALF = 0.5  # whole-valued goals are kept with half a unit to spare, which changes nothing
UNDER_ONE = 0.999
STEP_SHARE = 0.5  # of the time left that one step may take
LEAST_TIME_S = 0.05
TIGHTEN_SHARE = 0.25  # of the time left that limiting whole unknowns may take
HARD_ITERATIONS = 1000  # of the simplex method in one goal: from then on unknowns are limited

Progress = Callable[[str, float | None, float | None, float], None]
Aside = Callable[[Callable[[], bool]], dict[Var, Limits]]
"""Work for a second processor, ended early once what it is given answers true."""


@dataclass(frozen=True)
class Step:
    """What one objective came to, in the goal's unit."""

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
        return gap <= PROOF_TOLERANCE * self.goal.scale


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
    cancelled: Callable[[], bool] = lambda: False
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._start = time.monotonic()
        self._hard = False
        self._aside: Aside | None = None  # what to find out while a solver works
        self._promised: dict[Key, float] = {}  # bounds of goals that were asked ahead

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        return self.time_limit_s - self.elapsed

    def climb(self, tiers: Iterable[TierRule]) -> Values:
        """All tiers in order; returns the last solution. May raise ``Infeasible`` and others."""
        rules = tuple(tiers)
        for rule, then in zip_longest(rules, rules[1:]):
            mine = list(goals(self.model, rule.name))
            follows = then.name if then is not None and not rule.eps else None
            for n, goal in enumerate(mine, start=1):
                is_last = then is None and n == len(mine)
                self._step(goal, rule.eps, Sequel(self.model, mine[n:], follows, is_last))
        if self.values is None:
            raise NothingFound
        return self.values

    def results(self, figures: dict[TierName, tuple[float, ...]]) -> tuple[TierResult, ...]:
        """The tiers with their proofs; ``figures`` are the goals recomputed from the plan.

        The plan's own figures are declared, not the solver's: they must agree, else
        ``BrokenSolverError``.
        """
        assert self.values is not None
        by_tier: dict[TierName, list[Step]] = {}
        for step in self.steps:
            by_tier.setdefault(step.goal.tier, []).append(step)
        return tuple(
            _result(name, steps, self.values, figures[name]) for name, steps in by_tier.items()
        )

    def _step(self, goal: Goal, eps: float, sequel: Sequel) -> None:
        began = self.elapsed
        known = goal.complete(self.values) if self.values is not None else None
        if known is not None and _is_best(goal, evaluate(goal.expr, known)):
            self.values = known
            self._keep(goal, goal.best, eps, began, attempted=True)
            return
        if known is not None and self.left < LEAST_TIME_S:
            self.values = known
            self._keep(goal, goal.best, eps, began, attempted=False)
            return
        if known is not None:
            self.values, bound = self._relaxed(goal, known, eps, sequel)
            if bound is not None:
                self._keep(goal, bound, eps, began, attempted=True)
                return
            known = self.values
        answer = self._solve(goal)
        if answer.verdict is Verdict.INFEASIBLE:
            if known is not None:
                raise BrokenSolverError(
                    f"{goal.tier}: called infeasible although a solution is known"
                )
            raise Infeasible
        self.values = self._better(goal, answer, known)
        bound = answer.bound * goal.shrink
        if answer.verdict is Verdict.NOTHING or abs(bound) == float("inf"):
            bound = goal.best
        self._keep(goal, bound, eps, began, attempted=True)

    def _relaxed(
        self, goal: Goal, known: Values, eps: float, sequel: Sequel
    ) -> tuple[Values, float | None]:
        """What linear programs alone say: better hours for the same postings, perhaps the proof.

        After a hard goal they also limit whole unknowns for all goals that follow, while this one
        is solved: a plan worth looking at is no worse than the one in hand and what this goal may
        give back.
        """
        linear = Relaxation(self.model.solver)
        known, value = _polished(goal, known, linear)
        if _is_best(goal, value):
            return known, goal.best
        for bound in (
            self._promised.get(key(goal)),
            linear.bound(goal.expr, maximise=goal.maximise),
        ):
            if bound is not None and _closes(goal, value, bound):
                return known, bound
        if self._hard and not sequel.is_last:
            give = _give(goal, value, eps)
            worst = value - give if goal.maximise else value + give
            linear.cut_off(goal.expr, worst, maximise=goal.maximise)
            self._aside = self._limits(linear, known)
        if self.cancelled():
            raise Cancelled
        joint = sequel.joint(goal, known, linear) if key(goal) not in self._promised else None
        if joint is None or self.left < LEAST_TIME_S:
            return known, None
        known = self._together(goal, joint, known, linear)
        bound = self._promised.get(key(goal))
        closed = bound is not None and _closes(goal, evaluate(goal.expr, known), bound)
        return known, bound if closed else None

    def _limits(self, linear: Relaxation, known: Values) -> Aside:
        """What whole unknowns can still be; as many of them as there is time for."""
        until = time.monotonic() + self.left * TIGHTEN_SHARE

        def limits(halted: Callable[[], bool]) -> dict[Var, Limits]:
            return linear.tighten(linear.whole, known, lambda: halted() or time.monotonic() > until)

        return limits

    def _together(self, goal: Goal, joint: Joint, known: Values, linear: Relaxation) -> Values:
        """Ask several goals at once and note what is then promised of each of them.

        The better plan comes back: for this goal or, where it is whole-valued, for both together.
        """
        answer = self._ask(goal, joint.expr, SOLVE_GAP * joint.scale)
        if answer.verdict is Verdict.INFEASIBLE:
            raise BrokenSolverError(f"{goal.tier}: called infeasible although a solution is known")
        if answer.values:
            told = evaluate(joint.expr, answer.values)
            better = evaluate(joint.expr, joint.complete(known))
            if answer.verdict is Verdict.OPTIMAL and told > better + PROOF_TOLERANCE * joint.scale:
                raise BrokenSolverError(f"{goal.tier}: {told} called optimal, {better} is known")
            found, _ = _polished(goal, goal.complete(answer.values), linear)
            if goal.integral:  # its joint goal weighs what comes next below it
                worse = evaluate(joint.expr, found) - evaluate(joint.expr, known)
                is_better = worse <= PROOF_TOLERANCE * joint.scale
            else:
                is_better = _gain(goal, found, known) > 0
            known = found if is_better else known
        if math.isfinite(answer.bound):
            self._promised |= joint.bounds(answer.bound, known)
        return known

    def _solve(self, goal: Goal) -> Answer:
        objective = goal.expr if goal.shrink == 1 else goal.expr * (1 / goal.shrink)
        gap = UNDER_ONE if goal.integral else SOLVE_GAP * goal.scale / goal.shrink
        self._tell(goal, None, None)
        return self._ask(goal, objective, gap, lambda v, bound: self._tell(goal, v, bound))

    def _ask(
        self, goal: Goal, objective: Expr, gap: float, on_incumbent: OnIncumbent | None = None
    ) -> Answer:
        """One solve; how hard it was decides whether unknowns are limited from then on."""
        if goal.maximise:
            self.model.solver.maximize(objective)
        else:
            self.model.solver.minimize(objective)
        share = STEP_SHARE if self.values is not None else 1.0
        request = Request(
            self.model.solver,
            max(self.left * share, LEAST_TIME_S),
            gap,
            seed=self.model.instance.problem.seed,
        )
        told = None if self.progress is None else on_incumbent
        answer, limits = self._beside(lambda: ask(self.milp, request, told))
        for v, found in limits.items():
            v.lower_bound, v.upper_bound = found.reaching(answer.values.get(v))
        self._hard = self._hard or answer.iterations > HARD_ITERATIONS
        return answer

    def _beside(self, work: Callable[[], Answer]) -> tuple[Answer, dict[Var, Limits]]:
        """Work, and what ``_aside`` finds out meanwhile.

        Both are waited for, so that equal questions get equal answers. Whoever asked is called
        back in the own thread only.
        """
        aside, self._aside = self._aside, None
        if aside is None:
            return work(), {}
        halted = threading.Event()
        with ThreadPoolExecutor(max_workers=1) as pool:
            limits = pool.submit(aside, halted.is_set)
            try:
                answer = work()
                while wait([limits], timeout=POLL_S).not_done:
                    if self.cancelled():
                        raise Cancelled
            finally:
                halted.set()
        return answer, limits.result()

    def _tell(self, goal: Goal, value: float | None, bound: float | None) -> None:
        if self.progress is not None:
            scale = goal.shrink * goal.unit
            self.progress(
                str(goal.tier),
                None if value is None else value * scale,
                None if bound is None or abs(bound) == float("inf") else bound * scale,
                self.elapsed,
            )

    @staticmethod
    def _better(goal: Goal, answer: Answer, known: Values | None) -> Values:
        """The solver's solution, unless the one known before is better."""
        if not answer.values:
            if known is None:
                raise NothingFound
            return known
        if known is not None:
            gain = _gain(goal, answer.values, known)
            spare = HALF if goal.integral else PROOF_TOLERANCE * goal.scale
            if gain < -spare and answer.verdict is Verdict.OPTIMAL:
                told, better = (evaluate(goal.expr, v) for v in (answer.values, known))
                raise BrokenSolverError(f"{goal.tier}: {told} called optimal, {better} is known")
            if gain < 0 and answer.verdict is not Verdict.OPTIMAL:
                return known
        return answer.values

    def _keep(self, goal: Goal, bound: float, eps: float, began: float, *, attempted: bool) -> None:
        assert self.values is not None
        value = evaluate(goal.expr, self.values)
        if goal.integral:
            value = round(value)
        give = _give(goal, value, eps)
        if goal.maximise:
            self.model.require(goal.expr >= value - give, f"keep|{goal.tier}|{goal.k}")
        else:
            self.model.require(goal.expr <= value + give, f"keep|{goal.tier}|{goal.k}")
        self.steps.append(Step(goal, value, bound, eps, self.elapsed - began, attempted))
        self._tell(goal, value / goal.shrink, bound / goal.shrink)
        if self.on_solution is not None:
            self.on_solution(self.values)


def _give(goal: Goal, value: float, eps: float) -> float:
    """What later goals may lose of this one."""
    return (HALF if goal.integral else LOCK_SLACK * goal.scale) + abs(value) * eps


def _polished(goal: Goal, known: Values, linear: Relaxation) -> tuple[Values, float]:
    """The best hours for these postings, and the goal's value."""
    better = linear.polish(goal.expr, known, maximise=goal.maximise)
    if better is not None and _gain(goal, better, known) > 0:
        known = better
    return known, evaluate(goal.expr, known)


def _closes(goal: Goal, value: float, bound: float) -> bool:
    """Whether this bound proves this value."""
    return Step(goal, value, bound, 0.0, 0.0, attempted=True).closed


def _gain(goal: Goal, new: Values, old: Values) -> float:
    """By how much one solution is better than another."""
    better = evaluate(goal.expr, old) - evaluate(goal.expr, new)
    return -better if goal.maximise else better


def _is_best(goal: Goal, value: float) -> bool:
    gap = goal.best - value if goal.maximise else value - goal.best
    return gap <= goal.scale * SOLVE_GAP


def _result(
    name: TierName, steps: list[Step], values: Values, figures: tuple[float, ...]
) -> TierResult:
    parts = [_part(s, values, figure) for s, figure in zip(steps, figures, strict=False)]
    proven = all(part.proven for part in parts)
    gap = max((abs(part.value - part.bound) for part in parts), default=0.0)
    if proven:
        words = "proven" if gap == 0 else "within_eps"
    else:
        words = "time_ran_out" if all(step.attempted for step in steps) else "not_reached"
    return TierResult(
        name=name,
        value=parts[0].value if parts else 0.0,
        bound=parts[0].bound if parts else 0.0,
        gap=gap,
        seconds=sum(step.seconds for step in steps),
        proven=proven,
        words=words,
        parts=tuple(parts) if len(parts) > 1 else (),
    )


def _part(step: Step, values: Values, figure: float) -> TierPart:
    """A step at the final plan, in the reported unit; later goals may have used its eps."""
    goal = step.goal
    modelled = evaluate(goal.expr, values) * goal.unit
    tolerance = PROOF_TOLERANCE * goal.scale * goal.unit
    worse = figure - modelled if not goal.maximise else modelled - figure
    if worse > (HALF if goal.integral else 2 * tolerance):
        raise BrokenSolverError(f"{goal.tier}: {modelled} in the model, {figure} in the plan")
    bound = float(_whole_bound(step.bound)) if goal.integral else step.bound * goal.unit
    if abs(figure - bound) <= tolerance:
        bound = figure  # within the stated tolerance: one figure on the page
    return TierPart(k=goal.k, value=figure, bound=bound, proven=step.closed)


def _whole_bound(bound: float) -> int:
    """A whole-valued goal can't lie below the next whole number above its bound."""
    return max(0, math.ceil(bound - 1e-6))
