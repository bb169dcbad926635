"""The runner: claims jobs, gives each a child process, and sees to it that every one ends.

One thread a slot. It can be killed at any moment: what it held is a lease that runs out.
"""

import os
import secrets
import socket
import threading

import structlog

from service.jobs.messages import Task
from service.jobs.model import AllocateRequest, Job
from service.jobs.process import Child
from service.jobs.queue import Queue
from service.jobs.watch import Keeper, Pace, Watch

log = structlog.get_logger("service.jobs")

PERFORM = "service.jobs.worker:perform"


class Runner:
    """Runs jobs of ``queue``; ``start`` returns at once, ``stop`` within a second or two.

    ``database`` is the URL from which children read layers. ``perform`` names the function that
    a child calls, as ``module:function``.
    """

    def __init__(
        self,
        queue: Queue,
        keeper: Keeper,
        *,
        database: str | None,
        pace: Pace | None = None,
        perform: str = PERFORM,
    ) -> None:
        self._queue = queue
        self._keeper = keeper
        self._database = database
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
        self._queue.sweep(worker_prefix=host_prefix() if alone else None)
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
            job = self._queue.claim(self.name, lease_s=self._pace.lease_s)
            if job is None:
                return done
            self._run(job)
            done += 1
        return done

    def _serve(self) -> None:
        while not self._stopping.is_set():
            job = None
            try:
                job = self._queue.claim(self.name, lease_s=self._pace.lease_s)
                if job is not None:
                    self._run(job)
            except Exception:
                # A slot never dies of one job; the lease brings that job back.
                log.exception("a slot stumbled", action="job.stumble", job=job and job.id)
                self._stopping.wait(self._pace.look_s)
            if job is None:
                self._work.wait(self._pace.look_s)
                self._work.clear()

    def _run(self, job: Job) -> None:
        log.info("job started", action="job.start", job=job.id, attempt=job.attempt)
        limit = AllocateRequest.model_validate_json(job.request).time_limit_s
        task = Task(
            job_id=job.id,
            kind=job.kind,
            request=job.request,
            database=self._database,
            time_limit_s=limit,
        )
        child = Child(task, self._perform)
        try:
            state = Watch(
                self._queue, self._keeper, self._pace, self._stopping, job, child, limit
            ).until_it_ends()
        finally:
            child.kill()
        log.info("job left", action="job.end", job=job.id, state=state.value if state else "lost")


def host_prefix() -> str:
    """How names of this machine's workers begin."""
    return f"{socket.gethostname()}:"
