"""The watch over one job and its child: lease, progress, cancel, limits, and how it ends."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from service.jobs.keeping import keep_best, keep_end
from service.jobs.messages import Said, Word
from service.jobs.model import Progress
from service.jobs.process import Child
from service.store.errors import StoreError
from service.store.jobs import Job, JobStatus
from service.store.store import Store

CANCELLED = "stopped on request"

log = structlog.get_logger("service.jobs")


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
        store: Store,
        pace: Pace,
        attempts: int,
        stopping: threading.Event,
        job: Job,
        child: Child,
        limit_s: float,
    ) -> None:
        self._jobs = store.jobs
        self._store = store
        self._pace = pace
        self._attempts = attempts
        self._stopping = stopping
        self._job = job
        self._child = child
        now = time.monotonic()
        self._deadline = now + limit_s + self._pace.overtime_s
        self._renewed = self._looked = self._told = now
        self._cancelled_at: float | None = None
        self._progress = Progress()
        self._unsaid = False

    def until_it_ends(self) -> JobStatus | None:
        """The status in which the job was left; None if its lease is no longer ours."""
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
                self._jobs.release(
                    self._job, message="the service stopped; the job goes on when it starts again"
                )
                return JobStatus.ACCEPTED
            ended, status = self._over_limits()
            if ended:
                return status
            if not self._look_at_the_row():
                return None

    def _note(self, said: Said) -> bool:
        if said.progress is not None:
            best = self._progress.best_saved
            self._progress = said.progress.model_copy(update={"best_saved": best})
            self._unsaid = True
        if said.word is Word.BEST:
            if not self._patiently(lambda: keep_best(self._store, self._job, said)):
                return False
            self._progress = self._progress.model_copy(update={"best_saved": True})
            self._unsaid = True
        return True

    def _look_at_the_row(self) -> bool:
        """Renew the lease, tell progress, hear of a cancel; False if the job is not ours."""
        now = time.monotonic()
        if self._cancelled_at is not None or now - self._looked < self._pace.tick_s:
            return True
        self._looked = now
        try:
            if self._unsaid and now - self._told > self._pace.say_s:
                self._told, self._unsaid = now, False
                if not self._jobs.report(self._job, self._progress.model_dump(mode="json")):
                    return False
            if now - self._renewed > self._pace.lease_s / 3:
                self._renewed = now
                if self._jobs.renew(self._job, self._pace.lease_s) is None:
                    return False
            if self._jobs.get(self._job.id).cancel_requested:
                self._cancelled_at = now
                self._child.ask_to_stop()
        except StoreError as error:
            # The store may heal before the lease runs out; the child goes on meanwhile.
            log.warning("store away", action="job.look", job=self._job.id, error=str(error))
        return True

    def _over_limits(self) -> tuple[bool, JobStatus | None]:
        now = time.monotonic()
        limit_mb = self._pace.memory_mb
        if self._cancelled_at is not None and now - self._cancelled_at > self._pace.grace_s:
            return True, self._stopped_by_us(JobStatus.DISMISSED, CANCELLED)
        if self._child.memory_mb > limit_mb:
            reason = f"it needs more than the {limit_mb:.0f} MB that a job may use"
            return True, self._stopped_by_us(JobStatus.FAILED, reason)
        if now > self._deadline:
            return True, self._stopped_by_us(
                JobStatus.FAILED, "it did not end within its time limit"
            )
        return False, None

    def _stopped_by_us(self, status: JobStatus, reason: str) -> JobStatus | None:
        self._child.kill()
        return self._end(Said(word=Word.BROKEN), status, reason)

    def _last_word(self, said: Said) -> JobStatus | None:
        if self._cancelled_at is not None:
            return self._end(said, JobStatus.DISMISSED, CANCELLED)
        if said.word is Word.ANSWER:
            return self._end(said, JobStatus.SUCCESSFUL, "")
        return self._end(said, JobStatus.FAILED, said.reason)

    def _lost(self, how: str) -> JobStatus | None:
        if self._cancelled_at is not None:
            return self._end(Said(word=Word.BROKEN), JobStatus.DISMISSED, CANCELLED)
        log.warning("worker lost", action="job.lost", job=self._job.id, how=how)
        reason = f"its worker was lost ({how})"
        if self._job.attempt >= self._attempts:
            given_up = f"given up after {self._job.attempt} attempts: {reason}"
            return self._end(Said(word=Word.BROKEN), JobStatus.FAILED, given_up)
        self._jobs.release(self._job, counts=True, message=reason)
        return JobStatus.ACCEPTED

    def _end(self, said: Said, status: JobStatus, message: str) -> JobStatus | None:
        kept = self._patiently(
            lambda: keep_end(self._store, self._job, said, status, message, self._progress)
        )
        return status if kept else None

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
