"""What ``mizan doctor`` looks at where jobs are solved."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from geo.notes import Note, said
from service.jobs.certificates import OPEN, OpenKeysError, check_closed, end_of
from service.jobs.clusters import FarCluster, OwnCluster
from service.jobs.connection import Connection
from service.machine import Finding
from service.settings import Settings

_SOON = timedelta(days=30)


def on_the_solvers(settings: Settings) -> Iterator[Finding]:
    """Findings of the place that ``MIZAN_SCHEDULER`` names; a cluster of our own is tried."""
    if settings.scheduler == "beside":
        yield Finding(True, Note(said("Solves run in children of the service.")))
    elif settings.has_far_scheduler:
        yield from _far(settings)
    else:
        yield _own(settings)


def _own(settings: Settings) -> Finding:
    cluster = OwnCluster(1, settings.solve_memory_mb)
    try:
        connection = Connection(cluster)
        workers, reason = connection.workers() or 0, ""
        connection.close()
    except (OSError, ImportError, RuntimeError, ValueError) as error:
        cluster.close()
        workers, reason = 0, type(error).__name__
    if workers:
        return Finding(True, Note(said("A cluster of our own starts and can solve.")))
    return Finding(
        False,
        Note(said("A cluster of our own does not start: {reason}."), reason=reason),
        Note(said("Children of the service solve meanwhile; or set MIZAN_SCHEDULER=beside.")),
    )


def _far(settings: Settings) -> Iterator[Finding]:
    assert settings.scheduler_keys is not None  # the settings see to it
    with contextlib.suppress(FileNotFoundError):  # told below
        try:
            check_closed(settings.scheduler_keys)
        except OpenKeysError as error:
            yield Finding(False, Note(OPEN, path=str(error.path)))
            return
    workers, reason = 0, ""
    try:
        connection = Connection(FarCluster(settings))
        workers = connection.workers() or 0
        connection.close()
    except (OSError, RuntimeError, ValueError) as error:
        reason = type(error).__name__
    yield Finding(
        workers > 0,
        Note(
            said("{n} solves at once can run at {address}. {reason}"),
            n=workers,
            address=settings.scheduler,
            reason=reason,
        ),
        Note(
            said(
                "Start mizan cluster scheduler and mizan cluster worker there, with the same keys; "
                "see deploy/README.md."
            )
        ),
    )
    with contextlib.suppress(OSError, ValueError):
        end = end_of(settings)
        yield Finding(
            end - datetime.now(UTC) > _SOON,
            Note(said("The cluster's keys hold until {day}."), day=end.date().isoformat()),
            Note(said("Make new ones, copy them to every member and start all of them again.")),
        )
