"""Many questions about one problem, solved side by side, resumable, with progress.

Each variant is a whole problem of its own; its solver runs in a child process, so threads here
keep all cores busy. What was solved before (by digest) is not solved again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from geo.places import Document
from optimizer.milp import BrokenSolverError, Cancelled, Child
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
    with _solving(solved, time_limit_s, cancelled) as solver:
        ended = _side_by_side(todo.values(), solver, workers, cancelled, warm)
        for one in ended:
            if isinstance(one, _Failed):
                failed.append((one.name, one.error))
                continue
            done[one.digest] = one
            if on_answer is not None:
                on_answer(one)
            if progress is not None:
                progress(len(done), len(asked), one.name)
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


@contextmanager
def _solving(
    solved: Solved | None, time_limit_s: float, cancelled: Callable[[], bool]
) -> Iterator[Solved]:
    """The caller's way to solve, else a solving process for each thread that asks."""
    if solved is not None:
        yield solved
        return
    local = threading.local()
    children: list[Child] = []

    def here(problem: Problem, warm: Plan | None) -> Outcome:
        if not hasattr(local, "child"):
            local.child = Child(cancelled)
            children.append(local.child)
        return solve(
            problem,
            time_limit_s=time_limit_s,
            milp=local.child,
            warm=warm,
            cancelled=cancelled,
        )

    try:
        yield here
    finally:
        for child in children:
            child.close()


def _side_by_side(
    todo: Iterable[Variant],
    solver: Solved,
    workers: int,
    cancelled: Callable[[], bool],
    warm: Plan | None,
) -> Iterator[Answer | _Failed]:
    """Answers as they come; none any more once somebody stopped it."""

    def work(variant: Variant) -> Answer | _Failed | None:
        try:
            return _answer(variant, solver(variant.problem, warm))
        except BrokenSolverError as error:
            return _Failed(variant.name, error)
        except Cancelled:
            return None

    with ThreadPoolExecutor(max_workers=workers) as pool:
        left = {pool.submit(work, v) for v in todo if not cancelled()}
        while left:
            ended, left = wait(left, return_when=FIRST_COMPLETED)
            if cancelled():
                for future in left:
                    future.cancel()
                continue
            for future in ended:
                found = future.result()
                if found is not None:
                    yield found


def _answer(variant: Variant, outcome: Outcome) -> Answer:
    return Answer(
        name=variant.name,
        digest=variant.problem.digest,
        status=outcome.status,
        tiers=outcome.plan.tiers if outcome.plan is not None else (),
        plan=outcome.plan,
    )
