"""Members of a cluster that is not ours alone: a scheduler, and workers that come back to it."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import structlog

from service.jobs.certificates import security_of
from service.jobs.dask_settings import quieten
from service.settings import Settings

log = structlog.get_logger("service.jobs")

AGAIN_S = 2.0
"""Between two tries of workers to reach their scheduler."""
JOIN_S = 20.0
"""For a worker process to be there; a machine that just started is slow."""
CLOSE_S = 3.0


def run_scheduler(settings: Settings, host: str, port: int, told: Callable[[str], None]) -> None:
    """Schedule until asked to stop; ``told`` gets the address when it listens.

    Raises ``OSError`` where the port is taken or a key is missing.
    """
    asyncio.run(_schedule(settings, host, port, told))


def run_workers(settings: Settings, count: int, told: Callable[[str], None]) -> None:
    """Have ``count`` workers at the scheduler of ``settings`` until asked to stop.

    A scheduler that goes away is waited for; ``told`` gets its address each time they joined.
    Raises ``OSError`` where a key is missing.
    """
    asyncio.run(_work(settings, count, told))


async def _schedule(settings: Settings, host: str, port: int, told: Callable[[str], None]) -> None:
    quieten(logging.ERROR)
    from distributed import Scheduler  # noqa: PLC0415 (see quieten)

    stopped = _stop_signal()
    scheduler = Scheduler(
        host=host,
        port=port,
        protocol="tls://",
        security=security_of(settings),
        dashboard=False,
        dashboard_address="127.0.0.1:0",  # it listens in any case; there is nothing to see
    )
    async with scheduler:
        told(scheduler.address)
        await stopped.wait()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(scheduler.close(reason="stopped in order"), CLOSE_S)


async def _work(settings: Settings, count: int, told: Callable[[str], None]) -> None:
    quieten(logging.CRITICAL)
    security = security_of(settings)
    stopped = _stop_signal()
    while not stopped.is_set():
        try:
            nannies = await _joined(settings, count, security)
        except Exception as error:  # noqa: BLE001 (a nanny fails in many ways; who ends does not come back)
            log.warning("no scheduler", action="worker.away", error=type(error).__name__)
        else:
            told(settings.scheduler)
            await _until_one_ends(nannies, stopped)
            await _closed(nannies)
            if not stopped.is_set():
                log.warning("the scheduler is lost", action="worker.lost")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), AGAIN_S)


async def _joined(settings: Settings, count: int, security: Any) -> list[Any]:
    from distributed import Nanny  # noqa: PLC0415 (see quieten)

    nannies = [
        Nanny(
            settings.scheduler,
            nthreads=1,
            name=f"{socket.gethostname()}-{os.getpid()}-{number}",
            memory_limit=f"{settings.solve_memory_mb}MB",
            security=security,
            protocol="tls://",
            death_timeout=JOIN_S,
            silence_logs=logging.CRITICAL,
            # A worker serves plain HTTP in any case, on every interface if it isn't told otherwise.
            dashboard=False,
            dashboard_address="127.0.0.1:0",
        )
        for number in range(count)
    ]
    # distributed retries for long where nobody listens; asked first, it is told within a moment.
    await _reached(settings.scheduler)
    try:
        await asyncio.wait_for(asyncio.gather(*nannies), JOIN_S + CLOSE_S)
    except BaseException:
        await _closed(nannies)
        raise
    return nannies


async def _reached(address: str) -> None:
    host, _, port = address.removeprefix("tls://").rpartition(":")
    opened = asyncio.open_connection(host.strip("[]"), int(port))
    _reader, writer = await asyncio.wait_for(opened, AGAIN_S)
    writer.close()


async def _until_one_ends(nannies: list[Any], stopped: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(one.finished()) for one in nannies]
    waits.append(asyncio.ensure_future(stopped.wait()))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def _closed(nannies: list[Any]) -> None:
    closing = (one.close(timeout=CLOSE_S, reason="stopped in order") for one in nannies)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*closing, return_exceptions=True), 2 * CLOSE_S)
    # A nanny that is closed while it starts its worker on a busy machine leaves that one behind.
    for left in multiprocessing.active_children():
        left.kill()


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped
