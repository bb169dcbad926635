"""A problem in, an outcome out: proven where the time suffices, audited always."""

import time
from collections.abc import Callable
from importlib.metadata import version

from optimizer.audit import audit
from optimizer.audit_facts import Facts
from optimizer.audit_tiers import figures
from optimizer.extract import Allocation, allocation, plan_of
from optimizer.greedy import greedy
from optimizer.instance import Instance
from optimizer.lexicographic import Infeasible, Ladder, NothingFound, Progress
from optimizer.milp import BrokenSolverError, Cancelled, Milp, engine
from optimizer.model import AllocationModel, build
from optimizer.plan import Outcome, Plan, Status
from optimizer.problem import Problem
from optimizer.rules import RULES
from optimizer.shifts import with_shifts
from optimizer.start import of_plan, values
from optimizer.tiers import Values

METHOD = "postings-mip"

OnPlan = Callable[[Plan], None]


def solve(
    problem: Problem,
    *,
    time_limit_s: float = 120.0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    warm: Plan | None = None,
    on_plan: OnPlan | None = None,
    milp: Milp | None = None,
) -> Outcome:
    """The best plan, tier by tier.

    ``progress(name, incumbent, bound, elapsed_s)`` is called as tiers advance (None = not known
    yet). The solver runs in a child process; when ``cancelled()`` turns true it ends within a
    second and the outcome carries the best plan until then. ``warm`` is a plan to start from; it
    is ignored where it breaks a rule of this problem. ``on_plan`` receives every better plan,
    audited, to be kept against a crash. ``milp`` lets many solves share one child.

    Infeasible and unknown are statuses; a solver that breaks raises ``BrokenSolverError``.
    """
    began = time.monotonic()
    with engine(milp, cancelled) as answer:
        climb = _Climb(problem, began)
        start = climb.start(warm)
        ladder = Ladder(
            climb.model,
            answer,
            time_limit_s - (time.monotonic() - began),
            progress,
            climb.saver(on_plan),
            values=start,
            cancelled=cancelled or (lambda: False),
        )
        try:
            ladder.climb(problem.tiers)
        except Infeasible:
            return Outcome(status=Status.INFEASIBLE, reason="no_legal_plan")
        except NothingFound:
            return Outcome(status=Status.UNKNOWN, reason="time_ran_out")
        except Cancelled:
            return climb.cancelled(ladder)
        return climb.finish(ladder)


class _Climb:
    """One solve: its model, and plans made of its solutions."""

    def __init__(self, problem: Problem, began: float) -> None:
        self.problem, self.began = problem, began
        self.instance = Instance(problem)
        self.model: AllocationModel = build(self.instance, RULES)

    def start(self, warm: Plan | None) -> Values | None:
        """The warm plan where it is legal here, else the greedy one where it is."""
        if warm is not None:
            mine = warm.model_copy(
                update={
                    "problem_digest": self.problem.digest,
                    "status": Status.FEASIBLE,
                    "tiers": (),
                    "shifts": (),
                }
            )
            if audit(self.problem, mine).passed:
                return values(self.model, of_plan(self.instance, mine))
        found = greedy(self.instance)
        if found is None or not audit(self.problem, self._plan(found)).passed:
            return None
        return values(self.model, found)

    def saver(self, on_plan: OnPlan | None) -> Callable[[Values], None] | None:
        if on_plan is None:
            return None

        def save(solution: Values) -> None:
            on_plan(self._audited(self._plan(allocation(self.model, solution))))

        return save

    def finish(self, ladder: Ladder, *, stopped: bool = False) -> Outcome:
        """The plan at the last solution, with its proof; none where somebody stopped it."""
        assert ladder.values is not None
        decided = allocation(self.model, ladder.values)
        plan = plan_of(
            self.instance,
            decided,
            method=METHOD,
            status=Status.FEASIBLE,
            versions={"ortools": version("ortools"), "mizan": version("mizan")},
        )
        tiers = ladder.results(figures(Facts(self.problem, plan)))
        proven = not stopped and all(t.proven for t in tiers)
        status = Status.PROVEN if proven else Status.FEASIBLE
        plan = plan.model_copy(update={"tiers": tiers, "status": status})
        plan = self._audited(with_shifts(self.problem, plan))
        seconds = time.monotonic() - self.began
        plan = plan.model_copy(update={"seconds": seconds})
        return Outcome(status=status, plan=plan)

    def cancelled(self, ladder: Ladder) -> Outcome:
        """What there is when somebody asked to stop."""
        if ladder.values is None:
            return Outcome(status=Status.UNKNOWN, reason="cancelled")
        outcome = self.finish(ladder, stopped=True)
        return outcome.model_copy(update={"reason": "cancelled"})

    def _plan(self, decided: Allocation) -> Plan:
        return plan_of(self.instance, decided, method=METHOD, status=Status.FEASIBLE)

    def _audited(self, plan: Plan) -> Plan:
        report = audit(self.problem, plan)
        if not report.passed:
            first = report.breaches[0]
            raise BrokenSolverError(
                f"the auditor refuses the solver's plan: {first.rule}, {first.what}, "
                f"{first.amount:.6g} ({len(report.breaches)} breaches)"
            )
        return plan
