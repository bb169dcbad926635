"""Points of one exploration: each a solve of its own, on whichever solver is free, in turn."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from optimizer.milp import GRACE_S
from optimizer.plan import Outcome
from service.jobs.gate import Gate
from service.jobs.hands import Hand, Hands
from service.jobs.messages import Point, Solved, Step, Task, Word
from service.jobs.model import AllocateRequest
from service.jobs.pace import Pace
from service.jobs.reasons import reason_of

log = structlog.get_logger("service.jobs")


class _LostError(Exception):
    """The worker of a point is gone: another one may do better."""


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom points are solved: whose turn it is, and what they are named by."""

    owner: str
    job: str
    attempt: int = 1


class Points:
    """Solves what an exploration asks for; ``close`` ends whatever is still at work."""

    def __init__(
        self,
        hands: Hands,
        gate: Gate,
        pace: Pace,
        attempts: int,
        whose: Whose,
        limit_s: float,
        side_by_side: int,
    ) -> None:
        self._hands, self._gate, self._pace, self._attempts = hands, gate, pace, attempts
        self._whose, self._limit_s = whose, limit_s
        self._closed = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=side_by_side, thread_name_prefix="point")

    def ask(self, point: Point, tell: Callable[[Solved], None]) -> None:
        """Solve ``point`` when its turn comes, and ``tell`` what it came to."""
        self._pool.submit(self._answer, point, tell)

    def close(self) -> None:
        """Nobody waits any longer; returns when every solver of this exploration is gone."""
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _answer(self, point: Point, tell: Callable[[Solved], None]) -> None:
        try:
            solved = self._tried(point)
        except Exception as error:
            log.exception("a point stumbled", action="point.stumble", job=self._whose.job)
            solved = Solved(number=point.number, lost=reason_of(error))
        if solved is not None:
            tell(solved)

    def _tried(self, point: Point) -> Solved | None:
        """The answer; None when nobody waits for it any longer."""
        lost = ""
        for attempt in range(1, self._attempts + 1):
            self._wait_for_solvers()
            with self._gate.in_turn(self._whose.owner, self._closed.is_set) as came:
                if not came:
                    return None
                try:
                    found = self._once(point, attempt)
                except _LostError as error:
                    lost = str(error)
                    log.warning("point lost", action="point.lost", job=self._whose.job, how=lost)
                    continue
            if isinstance(found, Outcome):
                return Solved(number=point.number, outcome=found)
            return Solved(number=point.number, lost=found)
        return Solved(number=point.number, lost=f"given up after {self._attempts} attempts: {lost}")

    def _wait_for_solvers(self) -> None:
        """A scheduler that is away comes back; the points that ask it must not be used up."""
        while not self._closed.is_set() and not self._hands.solvers.is_ready():
            self._closed.wait(self._pace.look_s)

    def _once(self, point: Point, attempt: int) -> Outcome | str:
        """The outcome, or why there is none and won't be."""
        task = Task(
            job_id=f"{self._whose.job}-{self._whose.attempt}-{point.number}-{attempt}",
            step=Step.POINT,
            request=AllocateRequest(
                problem=point.problem, time_limit_s=self._limit_s
            ).model_dump_json(),
            warm=point.warm,
            time_limit_s=self._limit_s,
        )
        hand = self._hands.start(task)
        try:
            return self._heard(hand)
        finally:
            hand.kill()

    def _heard(self, hand: Hand) -> Outcome | str:
        left_s = self._limit_s + GRACE_S + self._pace.overtime_s
        while not self._closed.is_set():
            said = hand.hear(self._pace.tick_s)
            if said is not None and said.word is Word.ANSWER and said.outcome is not None:
                return said.outcome
            if said is not None and said.word in {Word.REFUSED, Word.BROKEN}:
                return said.reason
            if hand.memory_mb > self._pace.memory_mb:
                return f"it needs more than the {self._pace.memory_mb:.0f} MB that a job may use"
            if said is None and hand.has_ended:
                raise _LostError(f"its worker was lost ({hand.how_it_ended})")
            if hand.has_begun:
                left_s -= self._pace.tick_s if said is None else 0
            if left_s < 0:
                return "it did not end within its time limit"
        return "stopped"
