"""Engines: SQLite with WAL, FULL sync and foreign keys; or PostgreSQL. And their transactions."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.store.errors import BusyStoreError, DamagedStoreError, FullDiskError, StoreError

BUSY_MS = 10_000
CONNECT_S = 5
_SHARED: dict[str, Any] = {
    # As many connections as there are threads for requests, and a short wait beyond.
    "pool_size": 10,
    "max_overflow": 30,
    "pool_timeout": 5,
    # An error's text may end in a log or before a person: it names no row.
    "hide_parameters": True,
}
_WRITES = "mizan_writes"
AUDITED = "mizan_audited"  # set on the connection by AuditLog.append


def sqlite_file(url: URL) -> Path | None:
    """The database file of an SQLite URL; None for servers."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise StoreError("the store needs a file: a database in memory would lose what it promised")
    return Path(url.database)


def make_engine(url: URL) -> Engine:
    """An engine whose connections keep what is acknowledged.

    SQLite: WAL with synchronous=FULL (a commit is on the disk before it is answered); writers
    take the write lock when they begin, so that two writers queue instead of failing midway.
    """
    if url.get_backend_name() != "sqlite":
        # A host that is gone must not hold a request longer than a person waits.
        return create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_S}, **_SHARED
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, **_SHARED)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's driver must not begin by itself: _begin_sqlite says how.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
        "secure_delete=ON",  # deleted rows leave no readable bytes
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Transactions:
    """Reading and writing transactions; a write inside a write joins it.

    So the act and its audit entry are one transaction: the outer block commits both or neither.
    """

    def __init__(self, engine: Engine, sealed: Callable[[], None] | None = None) -> None:
        self.engine = engine
        self.writes = 0  # of this process; whoever keeps what was read compares it
        self._sealed = sealed
        self._current: ContextVar[Connection | None] = ContextVar("current", default=None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of one moment."""
        current = self._current.get()
        if current is not None:
            yield current
            return
        with told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All of the block or nothing; commits at the end of the outermost block.

        When an audit entry was among it and all is on the disk, ``sealed`` is called.
        """
        current = self._current.get()
        if current is not None:
            yield current
            return
        with told(), self.engine.connect() as bare:
            connection = bare.execution_options(**{_WRITES: True})
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    # One writer at a time, as in SQLite: the audit chain has one end.
                    connection.execute(text("SELECT pg_advisory_xact_lock(738101)"))
                token = self._current.set(connection)
                try:
                    yield connection
                finally:
                    self._current.reset(token)
                    audited = bare.info.pop(AUDITED, False)
            self.writes += 1
        if audited and self._sealed is not None:
            self._sealed()


@contextmanager
def told() -> Iterator[None]:
    """Driver errors in words of the store."""
    try:
        yield
    except OperationalError as error:
        words = str(error.orig)
        if "locked" in words or "busy" in words:
            raise BusyStoreError("another import or edit is being written; try again") from error
        if "disk is full" in words or "disk I/O" in words:
            raise FullDiskError(
                "the disk is full or failing; nothing was changed. Free some space, then try again"
            ) from error
        if "malformed" in words or "no such table" in words:
            raise DamagedStoreError(_DAMAGE) from error
        raise BusyStoreError(f"the database does not answer: {words.splitlines()[0]}") from error
    except DBAPIError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise DamagedStoreError(_DAMAGE) from error
        if error.connection_invalidated:
            raise BusyStoreError("the database went away; try again") from error
        raise
    except PoolTimeoutError as error:
        raise BusyStoreError("every connection to the database is in use; try again") from error


_DAMAGE = "the database is damaged; nothing was written. Restore a backup: mizan restore FILE"


def private(path: Path) -> None:
    """Only the owner may read it: incidents can endanger people."""
    if os.name == "posix" and path.exists():
        path.chmod(0o700 if path.is_dir() else 0o600)
