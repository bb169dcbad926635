"""One import of a kind at a time: the second is told at once, and does not wait."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from service.store import ImportRunningError, Kind, Store
from service.store.engine import private

_LOCK = 738102
"""First key of the advisory locks of a database server; the second is the kind's place."""


@contextmanager
def turn(store: Store, kind: Kind) -> Iterator[None]:
    """Held while an import of ``kind`` is at work, by processes and threads of all servers.

    A process that dies gives it back.

    Raises:
        ImportRunningError: another import of the kind is at work.

    """
    folder = store.home / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    private(folder)
    with (folder / f"{kind.value}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ImportRunningError(_told(kind)) from error
        with _on_server(store, kind):
            yield


@contextmanager
def _on_server(store: Store, kind: Kind) -> Iterator[None]:
    """Services on several machines share a database server; the lock file is one machine's."""
    if store.engine.dialect.name != "postgresql":
        yield
        return
    keys = {"lock": _LOCK, "kind": list(Kind).index(kind)}
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:lock, :kind)"), keys).scalar():
            raise ImportRunningError(_told(kind))
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock, :kind)"), keys)


def _told(kind: Kind) -> str:
    return f"another import of {kind.value} is at work; look at what it brings, then try again"
