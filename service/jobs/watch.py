"""The watch over one job and its child: lease, progress, cancel, limits, and how it ends."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from service.jobs.messages import Said, Word
from service.jobs.model import Job, Progress, State
from service.jobs.process import Child
from service.jobs.queue import Queue
from service.store.errors import StoreError

log = structlog.get_logger("service.jobs")


class Keeper(Protocol):
    """Where plans of jobs go. Both calls store the plan and change the job in one transaction."""

    def keep_best(self, job: Job, said: Said) -> bool:
        """Keep a legal plan that is not proven best; False if the lease is no longer ours."""

    def keep_end(self, job: Job, said: Said, state: State, progress: Progress) -> bool:
        """Keep the answer and end the job; False if the lease is no longer ours."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times and limits of a runner; tests make them shorter."""

    slots: int = 1
    lease_s: float = 30.0
    look_s: float = 1.0  # how often an idle slot looks for work of other machines
    tick_s: float = 0.2  # how often a busy slot looks at its child and at the row
    say_s: float = 0.5  # how often progress is written at most
    grace_s: float = 1.2  # for a cancelled child to hand over what it has
    overtime_s: float = 60.0  # beyond the solver's own limit, for assembling and auditing
    memory_mb: float = 2048.0


class Watch:
    """One job under one child, from its start to its end."""

    def __init__(
        self,
        queue: Queue,
        keeper: Keeper,
        pace: Pace,
        stopping: threading.Event,
        job: Job,
        child: Child,
        limit_s: float,
    ) -> None:
        self._queue = queue
        self._keeper = keeper
        self._pace = pace
        self._stopping = stopping
        self._job = job
        self._child = child
        now = time.monotonic()
        self._deadline = now + limit_s + self._pace.overtime_s
        self._renewed = now
        self._looked = now
        self._cancelled_at: float | None = None
        self._progress = Progress()
        self._unsaid = False

    def until_it_ends(self) -> State | None:
        """The state in which the job was left; None if its lease is no longer ours."""
        while True:
            said = self._child.hear(self._pace.tick_s)
            if said is not None and said.word in {Word.PROGRESS, Word.BEST}:
                if not self._note(said):
                    return None
            elif said is not None:
                return self._last_word(said)
            elif self._child.has_ended:
                return self._lost(self._child.how_it_ended)
            if self._stopping.is_set():
                self._child.kill()
                return self._queue.put_back(
                    self._job, reason="the service stopped; the job waits to go on", counts=False
                )
            over = self._over_limits()
            if over is not None:
                return over
            if not self._look_at_the_row():
                return None

    def _note(self, said: Said) -> bool:
        if said.progress is not None:
            best = self._progress.best_saved
            self._progress = said.progress.model_copy(update={"best_saved": best})
            self._unsaid = True
        if said.word is Word.BEST and said.plan is not None:
            if not self._patiently(lambda: self._keeper.keep_best(self._job, said)):
                return False
            self._progress = self._progress.model_copy(update={"best_saved": True})
            self._unsaid = True
        return True

    def _look_at_the_row(self) -> bool:
        """Renew the lease, tell progress, hear of a cancel; False if the job is not ours."""
        now = time.monotonic()
        due = now - self._renewed > self._pace.lease_s / 3
        if due or (self._unsaid and now - self._renewed > self._pace.say_s):
            try:
                if not self._queue.renew(
                    self._job, lease_s=self._pace.lease_s, progress=self._progress
                ):
                    return False
            except StoreError as error:
                # The store may heal before the lease runs out; the child goes on.
                log.warning("store away", action="job.renew", job=self._job.id, error=str(error))
            self._renewed, self._unsaid = now, False
        if self._cancelled_at is None and now - self._looked > self._pace.tick_s:
            self._looked = now
            try:
                if self._queue.get(self._job.id).cancel_requested:
                    self._cancelled_at = now
                    self._child.ask_to_stop()
            except StoreError as error:
                log.warning("store away", action="job.look", job=self._job.id, error=str(error))
        return True

    def _over_limits(self) -> State | None:
        now = time.monotonic()
        if self._cancelled_at is not None and now - self._cancelled_at > self._pace.grace_s:
            self._child.kill()
            return self._end(Said(word=Word.BROKEN), State.CANCELLED, "stopped on request")
        if self._child.memory_mb > self._pace.memory_mb:
            self._child.kill()
            reason = f"it needs more than the {self._pace.memory_mb:.0f} MB that a job may use"
            return self._end(Said(word=Word.BROKEN), State.FAILED, reason)
        if now > self._deadline:
            self._child.kill()
            reason = "it did not end within its time limit"
            return self._end(Said(word=Word.BROKEN), State.FAILED, reason)
        return None

    def _last_word(self, said: Said) -> State | None:
        if self._cancelled_at is not None:
            return self._end(said, State.CANCELLED, "stopped on request")
        if said.word is Word.ANSWER:
            return self._end(said, State.DONE, "")
        return self._end(said, State.FAILED, said.reason)

    def _lost(self, how: str) -> State:
        if self._cancelled_at is not None:
            return self._end(Said(word=Word.BROKEN), State.CANCELLED, "stopped on request") or (
                State.CANCELLED
            )
        log.warning("worker lost", action="job.lost", job=self._job.id, how=how)
        return self._queue.put_back(self._job, reason=f"its worker was lost ({how})", counts=True)

    def _end(self, said: Said, state: State, reason: str) -> State | None:
        told = said.model_copy(update={"reason": reason})
        kept = self._patiently(
            lambda: self._keeper.keep_end(self._job, told, state, self._progress)
        )
        return state if kept else None

    def _patiently(self, act: Callable[[], bool]) -> bool:
        """Try until the store takes it: an answer is not thrown away for a restarted database."""
        pause = 0.2
        while True:
            try:
                return act()
            except StoreError as error:
                if self._stopping.is_set():
                    return False
                log.warning("store away", action="job.keep", job=self._job.id, error=str(error))
                self._stopping.wait(pause)
                pause = min(5.0, pause * 2)
