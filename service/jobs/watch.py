"""The watch over one job and its hand: lease, progress, cancel, limits, and how it ends."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from optimizer.problem import Problem
from service.jobs.gate import Gate
from service.jobs.hands import Hand, Hands
from service.jobs.keeping import keep_best, keep_end
from service.jobs.messages import Said, Step, Task, Word
from service.jobs.model import ExploreRequest, Progress, request_of
from service.jobs.pace import Pace
from service.jobs.points import Points, Whose
from service.layer_settings import ASSUMED, LayerSettings
from service.store.errors import StoreError
from service.store.jobs import Job, JobStatus
from service.store.store import Store

CANCELLED = "stopped on request"
EXPLORE_LIMIT_S = 86_400.0
"""Of an exploration as a whole; each of its points has the limit that was asked for."""
MOST_SIDE_BY_SIDE = 64
_ON_THE_WAY = frozenset({Word.PROGRESS, Word.BEST, Word.PROBLEM, Word.POINT})

log = structlog.get_logger("service.jobs")


@dataclass(frozen=True, slots=True)
class Shop:
    """What all jobs of a runner share."""

    store: Store
    pace: Pace
    attempts: int
    stopping: threading.Event
    hands: Hands
    gate: Gate
    settings: LayerSettings | None = None


class Watch:
    """One job under its hand, from its start to its end.

    A scenario is assembled by one hand and solved by the next; an exploration asks for points
    while it runs. ``shop`` is what all jobs of a runner share.
    """

    def __init__(self, shop: Shop, job: Job) -> None:
        self._store, self._jobs = shop.store, shop.store.jobs
        self._pace, self._attempts = shop.pace, shop.attempts
        self._hands, self._gate = shop.hands, shop.gate
        self._stopping = shop.stopping
        self._settings = shop.settings
        self._job = job
        self._request = request_of(job.process, job.request)
        self._problem = self._request.problem
        self._points: Points | None = None
        self._left = contextlib.ExitStack()
        now = time.monotonic()
        self._renewed = self._looked = self._told = now
        self._cancelled_at: float | None = None
        self._progress = Progress()
        self._unsaid = False
        self._begun: float | None = None
        self._allowed_s = 0.0
        self._hand = self._begin()

    def close(self) -> None:
        """End whatever is still at work for this job."""
        self._hand.kill()
        if self._points is not None:
            self._points.close()
        self._left.close()

    def _begin(self) -> Hand:
        limit_s = self._request.time_limit_s
        if isinstance(self._request, ExploreRequest):
            side_by_side = max(1, min(MOST_SIDE_BY_SIDE, self._hands.solvers.capacity))
            self._points = Points(
                self._hands,
                self._gate,
                self._pace,
                self._attempts,
                Whose(self._job.owner, self._job.id, self._job.attempt),
                limit_s,
                side_by_side,
            )
            self._allow(EXPLORE_LIMIT_S)
            return self._hands.start(self._task(Step.EXPLORE, side_by_side=side_by_side))
        if self._problem is None:
            self._allow(self._pace.overtime_s)
            return self._hands.start(self._task(Step.ASSEMBLE))
        return self._solve(self._problem)

    def _solve(self, problem: Problem) -> Hand:
        self._problem = problem
        self._left.enter_context(self._gate.at_once(self._job.owner))
        self._allow(self._request.time_limit_s + self._pace.overtime_s)
        request = self._request.model_copy(update={"scenario": None, "problem": problem})
        best = self._store.plans.of_job(self._job.id)
        warm = None if best is None else self._store.plans.get(best.id).plan
        return self._hands.start(
            self._task(Step.SOLVE, request=request.model_dump_json(), database=None, warm=warm)
        )

    def _task(self, step: Step, **changes: object) -> Task:
        task = Task(
            job_id=f"{self._job.id}-{self._job.attempt}",
            step=step,
            request=self._job.request,
            database=self._store.url.render_as_string(hide_password=False),
            home=str(self._store.home),
            time_limit_s=self._request.time_limit_s,
        )
        if self._settings is not None:
            told = {name: getattr(self._settings, name) for name in ASSUMED}
            task = task.model_copy(update=told)
        return task.model_copy(update=changes)

    def _allow(self, seconds: float) -> None:
        self._allowed_s = seconds
        self._begun = None

    def until_it_ends(self) -> JobStatus | None:
        """The status in which the job was left; None if its lease is no longer ours."""
        while True:
            said = self._hand.hear(self._pace.tick_s)
            if said is not None and said.word in _ON_THE_WAY:
                if not self._note(said):
                    return None
            elif said is not None:
                return self._last_word(said)
            if self._stopping.is_set():
                self._hand.kill()
                self._jobs.release(
                    self._job, message="the service stopped; the job goes on when it starts again"
                )
                return JobStatus.ACCEPTED
            ended, status = self._over_limits()
            if ended:
                return status
            if said is None and self._hand.has_ended:
                return self._lost(self._hand.how_it_ended)
            if not self._look_at_the_row():
                return None

    def _note(self, said: Said) -> bool:
        if said.word is Word.POINT and said.point is not None and self._points is not None:
            self._points.ask(said.point, self._hand.tell)
        if said.word is Word.PROBLEM and said.problem is not None:
            self._problem = said.problem
            if self._points is None:
                self._hand.kill()
                if self._cancelled_at is None:
                    self._hand = self._solve(said.problem)
        if said.progress is not None:
            best = self._progress.best_saved
            self._progress = said.progress.model_copy(update={"best_saved": best})
            self._unsaid = True
        if said.word is Word.BEST:
            best_said = self._about(said)
            if not self._patiently(lambda: keep_best(self._store, self._job, best_said)):
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
                self._hand.ask_to_stop()
        except StoreError as error:
            # The store may heal before the lease runs out; the child goes on meanwhile.
            log.warning("store away", action="job.look", job=self._job.id, error=str(error))
        return True

    def _over_limits(self) -> tuple[bool, JobStatus | None]:
        now = time.monotonic()
        limit_mb = self._pace.memory_mb
        if self._cancelled_at is not None and now - self._cancelled_at > self._pace.grace_s:
            return True, self._stopped_by_us(JobStatus.DISMISSED, CANCELLED)
        if self._hand.memory_mb > limit_mb:
            reason = f"it needs more than the {limit_mb:.0f} MB that a job may use"
            return True, self._stopped_by_us(JobStatus.FAILED, reason)
        if self._begun is None and self._hand.has_begun:
            self._begun = now
        if self._begun is not None and now > self._begun + self._allowed_s:
            return True, self._stopped_by_us(
                JobStatus.FAILED, "it did not end within its time limit"
            )
        return False, None

    def _stopped_by_us(self, status: JobStatus, reason: str) -> JobStatus | None:
        self._hand.kill()
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

    def _about(self, said: Said) -> Said:
        """With its problem: a solver does not send back what it was sent."""
        if said.problem is not None or self._problem is None:
            return said
        return said.model_copy(update={"problem": self._problem})

    def _end(self, said: Said, status: JobStatus, message: str) -> JobStatus | None:
        said = self._about(said)
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
