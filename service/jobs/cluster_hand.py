"""A solve on a cluster, as its runner sees it."""

import contextlib
import queue

from service.jobs import on_worker
from service.jobs.connection import Connection
from service.jobs.messages import Said, Solved, Step, Task, Word
from service.jobs.on_worker import Event

PLANS_FIRST = 10
"""Priority of plans over the points of explorations, among what waits for a worker."""


class ClusterHand:
    """A solve that a worker of the cluster has, or will have when one is free."""

    def __init__(self, connection: Connection, task: Task, perform: str, memory_mb: float) -> None:
        self._connection = connection
        self._memory_mb = memory_mb
        priority = PLANS_FIRST if task.step is Step.SOLVE else 0
        self._name, self._inbox, self._future = connection.submit(
            task.line(), task.job_id, perform, memory_mb, priority
        )
        self._worker: str | None = None
        self._begun_twice = False

    def hear(self, timeout_s: float) -> Said | None:
        """The next message, or None if none comes in time."""
        with contextlib.suppress(queue.Empty):
            kind, body = self._inbox.get(timeout=timeout_s)
            if kind == Event.SAID:
                return Said.read(body)
            if kind == Event.GREEDY:
                limit = f"{self._memory_mb:.0f} MB"
                reason = f"it needs more than the {limit} that a job may use"
                return Said(word=Word.BROKEN, reason=reason)
            # A scheduler that we did not start may begin again what was lost; the store counts.
            self._begun_twice = self._worker is not None
            self._worker = body
        return None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be heard."""
        return self._inbox.empty() and (self._future.done() or self._is_lost)

    @property
    def how_it_ended(self) -> str:
        """For people who look into a lost worker; no values in it."""
        if not self._connection.holds:
            return "the scheduler was lost"
        status = self._future.status
        if status == "finished":
            with contextlib.suppress(Exception):
                return str(self._future.result(timeout=1))
        if status == "cancelled":
            # Not by us, so with the scheduler that knew of it.
            self._connection.mark_broken()
            return "the scheduler was lost"
        if not self._worker_died:
            return "no worker could take it"
        self._connection.lost_worker = True
        return "its process died"

    @property
    def has_begun(self) -> bool:
        """Whether a worker has it; its time limit counts from then on."""
        return self._worker is not None

    @property
    def memory_mb(self) -> float:
        """0: the worker looks at it, and says so."""
        return 0.0

    def ask_to_stop(self) -> None:
        """Let it hand over what it has; it may not listen."""
        if self._worker is not None:
            self._connection.tell(on_worker.ask_to_stop, self._name, self._worker)

    def tell(self, solved: Solved) -> None:
        """Explorations are read beside the runner: nobody here asks for points."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it and what it started, now; returns when its worker said so, or is gone."""
        if not self._future.done() and self._connection.holds:
            # Where no worker spoke yet, any of them may be about to begin: all are told.
            self._connection.tell(on_worker.end, self._name, self._worker)
        self._connection.forget(self._name, self._future)

    @property
    def _worker_died(self) -> bool:
        # A worker that dies at once may not have said that it began.
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 (where this runs, it is loaded)

        with contextlib.suppress(Exception):
            return isinstance(self._future.exception(timeout=1), KilledWorker)
        return self.has_begun

    @property
    def _is_lost(self) -> bool:
        return self._begun_twice or not self._connection.holds


class LostHand:
    """A solve that never reached the cluster: the scheduler went away just before."""

    has_ended = True
    has_begun = False
    memory_mb = 0.0
    how_it_ended = "the scheduler was lost"

    def hear(self, timeout_s: float) -> Said | None:  # noqa: ARG002 (as every hand)
        return None

    def ask_to_stop(self) -> None:
        """Nobody is there."""

    def tell(self, solved: Solved) -> None:
        """Nobody is there."""

    def kill(self) -> None:
        """Nobody is there."""
