"""The way from a runner to its cluster: orders go out, events come back to whoever gave the order.

One connection at a time; when it breaks, whatever was at work over it counts as lost.
"""

import contextlib
import itertools
import queue
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any, Protocol

from service.jobs import on_worker
from service.jobs.on_worker import Order

PATIENCE_S = 2.0
"""How long a worker may take to hear a word: a stopped solver has two seconds in all."""

Events = queue.SimpleQueue[tuple[str, Any]]


class Cluster(Protocol):
    """A scheduler with workers: one of our own, or one that runs elsewhere."""

    is_ours: bool

    def open(self) -> Any:
        """A new ``distributed.Client`` of it. Raises ``OSError`` where there is none."""

    def close(self) -> None:
        """End it, if it is ours."""


class Connection:
    """Open until ``close``, or until it breaks; it never heals: make another one."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._client = cluster.open()
        self._scheduler = self._client.scheduler_info(n_workers=0)["id"]
        self._heard: dict[str, Events] = {}
        self._numbers = itertools.count(1)
        self._nonce = secrets.token_hex(4)
        self._broken = threading.Event()
        self.lost_worker = False
        """A worker died since the scheduler was asked how many there are."""
        self._client.subscribe_topic(self._client.id, self._hear)

    @property
    def holds(self) -> bool:
        """Whether the scheduler is there, as far as is known without asking."""
        return not self._broken.is_set() and self._client.status == "running"

    def workers(self) -> int | None:
        """How many solves it can hold at once.

        0 when the scheduler is gone, or another one; None when it takes its time to answer, which
        on a busy machine means nothing.
        """
        self.lost_worker = False
        try:
            told = self._client.sync(self._told, callback_timeout=PATIENCE_S)
        except TimeoutError:
            return None
        except (OSError, CancelledError):
            told = None
        if told is None or told["id"] != self._scheduler:
            self._broken.set()
            return 0
        return int(told["total_threads"])

    async def _told(self) -> Any:
        return await self._client.scheduler.identity(n_workers=0)

    def submit(
        self, task: bytes, job: str, perform: str, memory_mb: float, priority: int
    ) -> tuple[str, Events, Any]:
        """Name, inbox and future of a solve. The name tells the job: the cluster's key is of it."""
        name = f"{job}-{self._nonce}-{next(self._numbers)}"
        inbox = self._heard[name] = Events()
        order = Order(name, self._client.id, perform, memory_mb, task)
        future = self._client.submit(
            on_worker.work,
            order,
            key=on_worker.key_of(name),
            pure=False,
            retries=0,
            priority=priority,
        )
        return name, inbox, future

    def tell(self, act: Callable[[str], object], name: str, worker: str | None) -> None:
        """Have a worker, or each of them, do ``act`` about a hand; one that is gone need not."""
        with contextlib.suppress(OSError, CancelledError, ValueError, RuntimeError):
            self._client.run(
                act,
                name,
                workers=None if worker is None else [worker],
                on_error="ignore",
                callback_timeout=PATIENCE_S,
            )

    def forget(self, name: str, future: Any) -> None:
        """Nobody listens to this solve any more."""
        self._heard.pop(name, None)
        with contextlib.suppress(OSError, CancelledError, RuntimeError):
            future.release()

    def mark_broken(self) -> None:
        """Somebody found that the scheduler is gone."""
        self._broken.set()

    def close(self) -> None:
        """Let go of the cluster; it ends if it is ours."""
        self._broken.set()
        with contextlib.suppress(OSError, CancelledError, RuntimeError, ValueError):
            self._client.unsubscribe_topic(self._client.id)
            self._client.close(timeout=PATIENCE_S)
        self._cluster.close()

    def _hear(self, event: tuple[float, Any]) -> None:
        """Called in the loop of the client, in the order in which the worker spoke."""
        told = event[1]
        if isinstance(told, tuple | list) and len(told) == 3:  # noqa: PLR2004 (name, kind, body; the scheduler's own events are not)
            name, kind, body = told
            inbox = self._heard.get(name)
            if inbox is not None:
                inbox.put((kind, body))
