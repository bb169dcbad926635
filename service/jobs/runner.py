"""The runner: claims jobs, gives each a child process, and sees to it that every one ends.

One thread a slot. It can be killed at any moment: what it held is a lease that runs out.
"""

import os
import secrets
import socket
import threading

import structlog

from optimizer.plan import Plan
from service.jobs.messages import Task
from service.jobs.model import AllocateRequest, Kind
from service.jobs.process import Child
from service.jobs.watch import Pace, Watch
from service.settings import Settings
from service.store.jobs import Job
from service.store.store import Store

log = structlog.get_logger("service.jobs")

PERFORM = "service.jobs.worker:perform"


class Runner:
    """Runs jobs of ``store``; ``start`` returns at once, ``stop`` within a second or two.

    ``attempts`` is how often a job is taken up in all. ``perform`` names the function that a
    child calls, as ``module:function``.
    """

    def __init__(
        self,
        store: Store,
        *,
        pace: Pace | None = None,
        attempts: int = 3,
        perform: str = PERFORM,
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._pace = pace or Pace()
        self._perform = perform
        self._stopping = threading.Event()
        self._work = threading.Event()
        self._slots: list[threading.Thread] = []
        self._instance = secrets.token_hex(4)

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
        for slot in range(self._pace.slots):
            thread = threading.Thread(target=self._serve, name=f"jobs-{slot}", daemon=True)
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

    def run_waiting(self) -> int:
        """Run in this thread until nothing waits; returns how many jobs that were (tests, CLI)."""
        done = 0
        while not self._stopping.is_set():
            job = self._claimed()
            if job is None:
                return done
            self._run(job)
            done += 1
        return done

    def _serve(self) -> None:
        while not self._stopping.is_set():
            job = None
            try:
                job = self._claimed()
                if job is not None:
                    self._run(job)
            except Exception:
                # A slot never dies of one job; the lease brings that job back.
                log.exception("a slot stumbled", action="job.stumble", job=job and job.id)
                self._stopping.wait(self._pace.look_s)
            if job is None:
                self._work.wait(self._pace.look_s)
                self._work.clear()

    def _best_so_far(self, job: Job) -> Plan | None:
        """Where an earlier attempt left off."""
        head = self._store.plans.of_job(job.id)
        return None if head is None else self._store.plans.get(head.id).plan

    def _claimed(self) -> Job | None:
        return self._store.jobs.claim(self.name, self._pace.lease_s, attempts=self._attempts)

    def _run(self, job: Job) -> None:
        log.info("job started", action="job.start", job=job.id, attempt=job.attempt)
        limit = AllocateRequest.model_validate_json(job.request).time_limit_s
        task = Task(
            job_id=job.id,
            kind=Kind(job.process),
            request=job.request,
            database=self._store.url.render_as_string(hide_password=False),
            home=str(self._store.home),
            time_limit_s=limit,
        )
        child = Child(task, self._perform)
        try:
            status = Watch(
                self._store, self._pace, self._attempts, self._stopping, job, child, limit
            ).until_it_ends()
        finally:
            child.kill()
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
    return Runner(store, pace=pace, attempts=settings.job_attempts)
