"""The runner: claims jobs, gives each to its hands, and sees to it that every one ends.

One thread a slot. It can be killed at any moment: what it held is a lease that runs out. Plans
and explorations have slots of their own, so that a long exploration never keeps a plan waiting.
"""

import os
import secrets
import socket
import threading

import structlog
from pydantic import ValidationError

from service.jobs.gate import Gate
from service.jobs.hands import BesideSolvers, Hands, Solvers
from service.jobs.model import Kind
from service.jobs.pace import Pace
from service.jobs.solvers import solvers_of
from service.jobs.watch import Shop, Watch
from service.layer_settings import LayerSettings
from service.settings import Settings
from service.store.jobs import Job, JobStatus
from service.store.store import Store

log = structlog.get_logger("service.jobs")

PERFORM = "service.jobs.worker:perform"


class Runner:
    """Runs jobs of ``store``; ``start`` returns at once, ``stop`` within a second or two.

    ``attempts`` is how often a job is taken up in all. ``perform`` names the function that a
    child calls, as ``module:function``. ``solvers`` is where plans are solved, children of this
    process unless somebody says otherwise. ``settings`` are those that layers are made by.
    """

    def __init__(
        self,
        store: Store,
        *,
        pace: Pace | None = None,
        attempts: int = 3,
        perform: str = PERFORM,
        solvers: Solvers | None = None,
        settings: LayerSettings | None = None,
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._pace = pace or Pace()
        self.solvers = solvers or BesideSolvers(self._pace.slots)
        self._stopping = threading.Event()
        self._shop = Shop(
            store=store,
            pace=self._pace,
            attempts=attempts,
            stopping=self._stopping,
            hands=Hands(self.solvers, perform, self._pace.memory_mb),
            gate=Gate(lambda: self.solvers.capacity),
            settings=settings,
        )
        self._work = threading.Event()
        self._slots: list[threading.Thread] = []
        self._instance = secrets.token_hex(4)
        self._busy: set[str] = set()

    @property
    def name(self) -> str:
        """Machine, process and instance: who holds a lease."""
        return f"{host_prefix()}{os.getpid()}:{self._instance}"

    def start(self, *, alone: bool = False) -> None:
        """Take up work. ``alone`` says that no other runner of this machine uses the store.

        Then whatever a runner of this machine left behind is an orphan, and taken up at once
        instead of when its lease runs out.
        """
        if alone:
            self._store.jobs.expire(host_prefix())
        self._stopping.clear()
        lanes = [Kind.ALLOCATE] * self._pace.slots + [Kind.EXPLORE] * self._pace.explorations
        for slot, kind in enumerate(lanes):
            thread = threading.Thread(
                target=self._serve, args=(kind,), name=f"jobs-{slot}", daemon=True
            )
            self._slots.append(thread)
            thread.start()

    def wake(self) -> None:
        """There is work: don't wait for the next look."""
        self._work.set()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Put running jobs back, end the children, end the slots."""
        self._stopping.set()
        self._work.set()
        for thread in self._slots:
            thread.join(timeout_s)
        self._slots.clear()
        self.solvers.close()

    def run_waiting(self) -> int:
        """Run in this thread until nothing may be taken up; returns how many jobs that were.

        Plans go first. An exploration whose owner has one at another runner is left there.
        """
        done = 0
        while not self._stopping.is_set():
            job = self._claimed(Kind.ALLOCATE) or self._claimed(Kind.EXPLORE)
            if job is None:
                return done
            self._run(job)
            done += 1
        return done

    def _serve(self, kind: Kind) -> None:
        while not self._stopping.is_set():
            job = None
            try:
                job = self._claimed(kind)
                if job is not None:
                    self._run(job)
            except Exception:
                # A slot never dies of one job; the lease brings that job back.
                log.exception("a slot stumbled", action="job.stumble", job=job and job.id)
                self._stopping.wait(self._pace.look_s)
            if job is None:
                self._rest()
                self._work.wait(self._pace.look_s)
                self._work.clear()

    def _rest(self) -> None:
        if not self._busy:
            self.solvers.rest()

    def _claimed(self, kind: Kind) -> Job | None:
        """The next job of a kind; of explorations one of each owner at a time (decision 96)."""
        if not self._store.jobs.anything_to_do() or not self.solvers.is_ready():
            return None
        return self._store.jobs.claim(
            self.name,
            self._pace.lease_s,
            attempts=self._attempts,
            processes={kind.value},
            most=1 if kind is Kind.EXPLORE else None,
        )

    def _run(self, job: Job) -> None:
        log.info("job started", action="job.start", job=job.id, attempt=job.attempt)
        try:
            watch = Watch(self._shop, job)
        except ValidationError:
            # Stored by another version; to try again would not help.
            reason = "its request can't be read by this version; ask again"
            self._store.jobs.finish(job, JobStatus.FAILED, message=reason)
            return
        self._busy.add(job.id)
        try:
            status = watch.until_it_ends()
        finally:
            watch.close()
            self._busy.discard(job.id)
        log.info(
            "job left", action="job.end", job=job.id, status=status.value if status else "lost"
        )


def host_prefix() -> str:
    """How names of this machine's workers begin."""
    return f"{socket.gethostname()}:"


def make_runner(settings: Settings, store: Store) -> Runner:
    """The runner of an installation, not yet started.

    ``start(alone=settings.is_embedded)`` it: on an SQLite file no other runner can be at work.
    """
    pace = Pace(slots=settings.solve_workers, memory_mb=settings.solve_memory_mb)
    return Runner(
        store,
        pace=pace,
        attempts=settings.job_attempts,
        solvers=solvers_of(settings),
        settings=settings,
    )
