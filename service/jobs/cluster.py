"""Solvers on dask.distributed: a cluster that opens when there is work, and closes after it.

What can't be started is said once and replaced by children beside the runner; a scheduler that
runs elsewhere is waited for, since whoever named it wants the solves to be there.
"""

import threading
import time
from collections.abc import Callable

import structlog

from service.jobs.cluster_hand import ClusterHand, LostHand
from service.jobs.connection import Cluster, Connection
from service.jobs.hands import BesideSolvers, Hand
from service.jobs.messages import Task

log = structlog.get_logger("service.jobs")

IDLE_S = 60.0
"""A cluster of our own gives its memory back when it had nothing to do for so long."""
AGAIN_S = 5.0
"""Between two looks for a scheduler that is away."""
BESIDE_S = 600.0
"""How long children do the work before a cluster of our own is tried again."""
LACKS_S = 40.0
"""A cluster of our own without any worker for so long is started anew.

dask replaces a worker that dies, unless it dies while it starts; on a busy machine that takes long.
"""
FRESH_S = 1.0
"""For so long an answer of the scheduler is believed."""


class ClusterSolvers:
    """Solves on ``cluster``; ``beside`` stands in for one of our own that does not start.

    ``capacity`` is how many solves a cluster of our own has workers for.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        capacity: int,
        beside: BesideSolvers | None = None,
        idle_s: float = IDLE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster = cluster
        self._planned = capacity
        self._beside = beside
        self._idle_s = idle_s
        self._clock = clock
        self._opening = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None
        self._workers = 0
        self._used = self._looked = self._tried = self._had_workers = float("-inf")
        self._beside_until = float("-inf")

    @property
    def where(self) -> str:
        """``cluster`` while one is open, ``beside`` while children stand in, else ``none``."""
        if self._is_beside:
            return "beside"
        connection = self._connection
        return "cluster" if connection is not None and connection.holds else "none"

    @property
    def capacity(self) -> int:
        """How many can be at work at once."""
        if self._is_beside or self._cluster.is_ours:
            return self._planned
        return self._workers or self._planned

    def start(self, task: Task, perform: str, memory_mb: float) -> Hand:
        """Begin ``task``, or have it wait for a free worker."""
        self._used = self._clock()
        if self._is_beside and self._beside is not None:
            return self._beside.start(task, perform, memory_mb)
        connection = self._connection
        if connection is None or not connection.holds:
            return LostHand()
        try:
            return ClusterHand(connection, task, perform, memory_mb)
        except (OSError, RuntimeError, ValueError):
            connection.mark_broken()
            return LostHand()

    def is_ready(self) -> bool:
        """Whether work can begin now; a cluster of our own is started by asking."""
        now = self._clock()
        if self._is_beside:
            return True
        connection = self._connection
        known = connection is not None and connection.holds and self._workers > 0
        if known and self._is_fresh(connection, now):
            self._used = now
            return True
        if not self._opening.acquire(blocking=False):
            return known  # another slot is looking, or opening it
        try:
            if self._closed:
                return False
            self._used = now
            connection = self._connection
            if connection is not None and self._still_there(connection, now):
                return self._workers > 0
            return self._open(now)
        finally:
            self._opening.release()

    def rest(self) -> None:
        """Nothing is at work: a cluster of our own ends when that lasts."""
        if not self._cluster.is_ours or self._connection is None:
            return
        with self._opening:
            if self._clock() - self._used > self._idle_s:
                self._let_go()

    def close(self) -> None:
        """Give everything back."""
        self._closed = True
        with self._opening:
            self._let_go()

    @property
    def _is_beside(self) -> bool:
        return self._clock() < self._beside_until

    def _still_there(self, connection: Connection, now: float) -> bool:
        if not connection.holds:
            return False
        if not self._is_fresh(connection, now):
            self._count(connection)
        lacks = self._cluster.is_ours and now - self._had_workers > LACKS_S
        if lacks:
            log.warning("no worker came back", action="cluster.empty")
        return connection.holds and not lacks

    def _is_fresh(self, connection: Connection | None, now: float) -> bool:
        """Whether the workers are those of a moment ago; what lost its worker is asked anew."""
        lost = connection is not None and connection.lost_worker
        return not lost and now - self._looked <= FRESH_S

    def _count(self, connection: Connection) -> None:
        workers = connection.workers()
        self._looked = self._clock()
        if workers is not None:
            self._workers = workers
        if workers is None or workers > 0:
            self._had_workers = self._looked

    def _open(self, now: float) -> bool:
        if self._connection is not None:
            log.warning("the cluster is lost", action="cluster.lost")
            self._let_go()
        if not self._cluster.is_ours and now - self._tried < AGAIN_S:
            return False
        self._tried = now
        try:
            self._connection = Connection(self._cluster)
        except (OSError, ImportError, RuntimeError, ValueError) as error:
            return self._stand_in(error)
        self._had_workers = self._clock()
        self._count(self._connection)
        took_s = round(self._looked - now, 2)
        log.info("cluster open", action="cluster.open", workers=self._workers, took_s=took_s)
        return self._workers > 0

    def _stand_in(self, error: Exception) -> bool:
        reason = type(error).__name__
        self._cluster.close()
        if self._beside is None:
            log.warning("no scheduler", action="cluster.away", error=reason)
            return False
        log.warning("no cluster: solves run beside", action="cluster.beside", error=reason)
        self._beside_until = self._clock() + BESIDE_S
        return True

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        self._workers = 0
        if connection is not None:
            connection.close()
