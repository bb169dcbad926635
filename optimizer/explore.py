"""Many questions about one problem, solved side by side, resumable, with progress.

Each variant is a whole problem of its own; its solver runs in a child process, so threads here
keep all cores busy. What was solved before (by digest) is not solved again.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from geo.places import Document
from optimizer.milp import Child
from optimizer.plan import Outcome, Plan, Status, TierResult
from optimizer.problem import Problem, TierName
from optimizer.solve import solve

Tell = Callable[[int, int, str], None]
"""Called with (done, of, name) as variants end."""


class Variant(Document):
    """A question: the problem with one thing changed, and what to call it."""

    name: str
    problem: Problem


class Answer(Document):
    """What a variant came to."""

    name: str
    digest: str
    status: Status
    tiers: tuple[TierResult, ...] = ()
    plan: Plan | None = None

    def value(self, tier: TierName) -> float | None:
        """A goal's value; None where there is no plan."""
        return next((t.value for t in self.tiers if t.name is tier), None)


def solve_all(
    variants: Iterable[Variant],
    *,
    workers: int = 2,
    time_limit_s: float = 60.0,
    known: Mapping[str, Answer] | None = None,
    on_answer: Callable[[Answer], None] | None = None,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    warm: Plan | None = None,
) -> tuple[Answer, ...]:
    """Answers in the order of the variants; cut short when cancelled.

    ``known`` holds answers of an earlier run by digest; ``on_answer`` gets each new one, to be
    kept for the next.
    """
    asked = tuple(variants)
    done: dict[str, Answer] = {
        v.problem.digest: (known or {})[v.problem.digest]
        for v in asked
        if v.problem.digest in (known or {})
    }
    todo = {v.problem.digest: v for v in asked if v.problem.digest not in done}
    local = threading.local()
    children: list[Child] = []

    def work(variant: Variant) -> Answer:
        if not hasattr(local, "child"):
            local.child = Child(cancelled)
            children.append(local.child)
        outcome = solve(variant.problem, time_limit_s=time_limit_s, milp=local.child, warm=warm)
        return _answer(variant, outcome)

    try:
        with ThreadPoolExecutor(max_workers=workers) as pool:
            left = {pool.submit(work, v) for v in todo.values() if not cancelled()}
            while left:
                ended, left = wait(left, return_when=FIRST_COMPLETED)
                if cancelled():
                    for future in left:
                        future.cancel()
                for future in ended:
                    if future.cancelled():
                        continue
                    answer = future.result()
                    if cancelled():
                        continue
                    done[answer.digest] = answer
                    if on_answer is not None:
                        on_answer(answer)
                    if progress is not None:
                        progress(len(done), len(asked), answer.name)
    finally:
        for child in children:
            child.close()
    return tuple(
        done[v.problem.digest].model_copy(update={"name": v.name})
        for v in asked
        if v.problem.digest in done
    )


def _answer(variant: Variant, outcome: Outcome) -> Answer:
    return Answer(
        name=variant.name,
        digest=variant.problem.digest,
        status=outcome.status,
        tiers=outcome.plan.tiers if outcome.plan is not None else (),
        plan=outcome.plan,
    )
