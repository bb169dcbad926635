"""The two clusters there are: processes of our own on this machine, and a scheduler elsewhere."""

import contextlib
import logging
from typing import Any

from service.jobs.certificates import security_of
from service.jobs.connection import PATIENCE_S
from service.jobs.dask_settings import quieten
from service.settings import Settings

START_S = 60
"""For a cluster of our own to be there, on a machine that is busy."""
REACH_S = 5
"""For a scheduler elsewhere to answer."""


class OwnCluster:
    """Worker processes of this one, one solve each, on loopback with TLS of their own.

    The keys exist in memory only, and anew each time: no other program of the machine can speak
    to the scheduler, which would run whatever it is sent.
    """

    is_ours = True

    def __init__(self, workers: int, memory_mb: int) -> None:
        self._workers = workers
        self._memory_mb = memory_mb
        self._cluster: Any = None

    def open(self) -> Any:
        """Start it. Raises ``OSError``, ``RuntimeError`` or ``ImportError`` where that fails."""
        quieten()
        from distributed import Client, LocalCluster  # noqa: PLC0415 (see quieten)

        self._cluster = LocalCluster(
            n_workers=self._workers,
            threads_per_worker=1,
            processes=True,
            security=True,
            memory_limit=f"{self._memory_mb}MB",
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # it listens in any case; there is nothing to see
            silence_logs=logging.CRITICAL,
        )
        client = Client(self._cluster, timeout=START_S, set_as_default=False)
        try:
            client.wait_for_workers(self._workers, timeout=START_S)
        except BaseException:
            # Nobody else knows it: its threads and sockets would stay as long as the service.
            with contextlib.suppress(OSError, RuntimeError):
                client.close(timeout=PATIENCE_S)
            raise
        return client

    def close(self) -> None:
        """End the processes."""
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            with contextlib.suppress(OSError, RuntimeError):
                cluster.close(timeout=PATIENCE_S)


class FarCluster:
    """A scheduler that was started by somebody, on this machine or another."""

    is_ours = False

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open(self) -> Any:
        """Reach it. Raises ``OSError`` where it does not answer, or not with our certificates."""
        quieten()
        from distributed import Client  # noqa: PLC0415 (see quieten)

        return Client(
            self._settings.scheduler,
            security=security_of(self._settings),
            timeout=REACH_S,
            set_as_default=False,
        )

    def close(self) -> None:
        """It is not ours to end."""
