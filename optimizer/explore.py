"""Many questions about one problem, solved side by side, resumable, with progress.

Each variant is a whole problem of its own; its solver runs in a child process, so threads here
keep all cores busy. What was solved before (by digest) is not solved again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass

from geo.places import Document
from optimizer.milp import BrokenSolverError, Child
from optimizer.plan import Outcome, Plan, Status, TierResult
from optimizer.problem import Problem, TierName
from optimizer.solve import solve

Tell = Callable[[int, int, str], None]
"""Called with (done, of, name) as variants end."""
Solved = Callable[[Problem, Plan | None], Outcome]
"""Called with a problem and the plan to start from."""
Broken = Callable[[str, BrokenSolverError], None]
"""Called with the name of a variant whose solver failed, and how."""


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
    on_broken: Broken | None = None,
    solved: Solved | None = None,
) -> tuple[Answer, ...]:
    """Answers in the order of the variants; cut short when cancelled.

    ``known`` holds answers of an earlier run by digest; ``on_answer`` gets each new one, to be
    kept for the next. A solver that fails on one variant stops no other: ``on_broken`` hears of
    it and the variant has no answer. Without ``on_broken`` the first failure is raised, once all
    others have ended. ``solved`` answers instead of a solver of our own (a cluster, say).
    """
    asked = tuple(variants)
    kept = known or {}
    done = {v.problem.digest: kept[v.problem.digest] for v in asked if v.problem.digest in kept}
    todo = {v.problem.digest: v for v in asked if v.problem.digest not in done}
    failed: list[tuple[str, BrokenSolverError]] = []
    for ended in _answers(todo.values(), workers, time_limit_s, cancelled, warm):
        if isinstance(ended, _Failed):
            failed.append((ended.name, ended.error))
            continue
        done[ended.digest] = ended
        if on_answer is not None:
            on_answer(ended)
        if progress is not None:
            progress(len(done), len(asked), ended.name)
    for name, error in failed:
        if on_broken is None:
            raise error
        on_broken(name, error)
    return tuple(
        done[v.problem.digest].model_copy(update={"name": v.name})
        for v in asked
        if v.problem.digest in done
    )


@dataclass(frozen=True)
class _Failed:
    """A variant whose solver broke."""

    name: str
    error: BrokenSolverError


def _answers(
    todo: Iterable[Variant],
    workers: int,
    time_limit_s: float,
    cancelled: Callable[[], bool],
    warm: Plan | None,
) -> Iterator[Answer | _Failed]:
    """Answers as they come, each thread with a solving process of its own."""
    local = threading.local()
    children: list[Child] = []

    def work(variant: Variant) -> Answer | _Failed:
        if not hasattr(local, "child"):
            local.child = Child(cancelled)
            children.append(local.child)
        try:
            outcome = solve(variant.problem, time_limit_s=time_limit_s, milp=local.child, warm=warm)
        except BrokenSolverError as error:
            return _Failed(variant.name, error)
        return _answer(variant, outcome)

    try:
        with ThreadPoolExecutor(max_workers=workers) as pool:
            left = {pool.submit(work, v) for v in todo if not cancelled()}
            while left:
                ended, left = wait(left, return_when=FIRST_COMPLETED)
                if cancelled():
                    for future in left:
                        future.cancel()
                    continue
                yield from (future.result() for future in ended if not future.cancelled())
    finally:
        for child in children:
            child.close()


def _answer(variant: Variant, outcome: Outcome) -> Answer:
    return Answer(
        name=variant.name,
        digest=variant.problem.digest,
        status=outcome.status,
        tiers=outcome.plan.tiers if outcome.plan is not None else (),
        plan=outcome.plan,
    )
