"""The work itself: from a task to an outcome that the auditor has passed.

The same functions run in a runner's child, in a test and under the command line; what they need
comes in the task, what happens goes out through ``say``.
"""

import time
from pathlib import Path

from optimizer.audit import audit
from optimizer.explain import Explanation, explain
from optimizer.milp import Cancelled, Child
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.solve import solve
from service.jobs.elsewhere import Elsewhere, Say, Stopped
from service.jobs.messages import Said, Step, Task, Word
from service.jobs.model import AllocateRequest, Progress, Stage
from service.scenario import Scenario

EXPLAIN_LIMIT_S = 25.0
"""Looking for an explanation ends then: that no plan exists is known and must be said."""


class UnlawfulPlanError(Exception):
    """A solver gave a plan that breaks a rule; nobody may see it. Report this with its problem."""


def perform(task: Task, say: Say, stopped: Stopped, elsewhere: Elsewhere | None = None) -> Said:
    """Do the step that ``task`` asks for.

    Raises ``FaultsError`` where the input is refused, ``UnlawfulPlanError`` where we are wrong.
    """
    if task.step is Step.EXPLORE:
        from service.jobs.exploring import explore  # noqa: PLC0415 (only this step needs tables)

        assert elsewhere is not None
        return explore(task, say, stopped, elsewhere)
    begun = time.monotonic()
    request = AllocateRequest.model_validate_json(task.request)
    if task.step is Step.ASSEMBLE:
        _Teller(say, begun).stage(Stage.ASSEMBLE)
        assert request.scenario is not None
        return Said(word=Word.PROBLEM, problem=assembled(request.scenario, task))
    assert request.problem is not None
    if task.step is Step.POINT:
        return _point(request.problem, task, stopped)
    # The runner sent the problem: it need not come back with every better plan.
    found = solved(
        request.problem,
        request.time_limit_s,
        lambda said: say(said.model_copy(update={"problem": None})),
        stopped,
        begun=begun,
        warm=task.warm,
    )
    return found.model_copy(update={"problem": None})


def _point(problem: Problem, task: Task, stopped: Stopped) -> Said:
    outcome = solve(problem, time_limit_s=task.time_limit_s, cancelled=stopped, warm=task.warm)
    return Said(word=Word.ANSWER, outcome=outcome)


def solved(
    problem: Problem,
    time_limit_s: float,
    say: Say,
    stopped: Stopped,
    *,
    begun: float,
    warm: Plan | None = None,
) -> Said:
    """Solve ``problem``, telling each step and each better plan; the answer with its report."""
    teller = _Teller(say, begun, problem)
    teller.stage(Stage.SOLVE)
    outcome = solve(
        problem,
        time_limit_s=time_limit_s,
        progress=teller.tier,
        cancelled=stopped,
        warm=warm,
        on_plan=teller.better,
    )
    report = None
    if outcome.plan is not None:
        teller.stage(Stage.AUDIT)
        found = audit(problem, outcome.plan)
        if not found.passed:
            raise UnlawfulPlanError(f"{len(found.breaches)} breaches, first {found.breaches[0]}")
        report = found.model_dump(mode="json")
    explanation = None
    if outcome.status is Status.INFEASIBLE:
        teller.stage(Stage.EXPLAIN)
        explanation = explained(problem, stopped)
    teller.stage(Stage.SAVE)
    return Said(
        word=Word.ANSWER,
        problem=problem,
        outcome=outcome,
        report=report,
        explanation=explanation,
    )


def explained(problem: Problem, stopped: Stopped) -> Explanation | None:
    """Why no legal plan exists; None where that takes too long or nobody waits for it."""
    end = time.monotonic() + EXPLAIN_LIMIT_S
    try:
        with Child(lambda: stopped() or time.monotonic() > end) as milp:
            return explain(problem, milp=milp)
    except Cancelled:
        return None


def assembled(scenario: Scenario, task: Task) -> Problem:
    """What a scenario means on the data of the task's store."""
    from service.assemble import assemble  # noqa: PLC0415 (a problem that is given needs no frames)
    from service.layer_settings import choices_of  # noqa: PLC0415 (a problem that is given needs none)
    from service.store import open_store  # noqa: PLC0415 (as above)

    assert task.database is not None
    home = Path(task.home) if task.home else None
    with open_store(task.database, home=home, make=False) as store:
        return assemble(store, scenario, choices=choices_of(task))


class _Teller:
    """Turns what the solver calls back into messages."""

    def __init__(self, say: Say, begun: float, problem: Problem | None = None) -> None:
        self._say = say
        self._begun = begun
        self._problem = problem
        self._order = [rule.name for rule in problem.tiers] if problem else []
        self._last = Progress(tiers_total=len(self._order))

    def stage(self, stage: Stage) -> None:
        done = len(self._order) if stage in {Stage.AUDIT, Stage.SAVE} else self._last.tiers_done
        self._tell(stage=stage, tiers_done=done)

    def tier(self, name: str, value: float | None, bound: float | None, _elapsed_s: float) -> None:
        tier = TierName(name)
        reached = self._last.reached | ({} if value is None else {tier: value})
        self._tell(
            reached=reached,
            stage=Stage.SOLVE,
            tier=tier,
            tiers_done=self._order.index(tier),
            value=value,
            bound=bound,
            gap=None if value is None or bound is None else abs(value - bound),
        )

    def better(self, plan: Plan) -> None:
        self._say(Said(word=Word.BEST, problem=self._problem, plan=plan))

    def _tell(self, **changes: object) -> None:
        elapsed_s = time.monotonic() - self._begun
        self._last = self._last.model_copy(update={**changes, "elapsed_s": round(elapsed_s, 3)})
        self._say(Said(word=Word.PROGRESS, progress=self._last))
