"""Opening a store: check first, make or upgrade the schema, then hand it out."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from service.settings import Settings
from service.store import schema
from service.store.engine import make_engine, private, sqlite_file
from service.store.errors import ConflictError, DamagedStoreError, StoreError
from service.store.guard import Seal, check_file
from service.store.store import Store


def open_store(
    where: Settings | str | Path, *, home: Path | None = None, make: bool = True
) -> Store:
    """Open the store of an installation, making it on first use.

    Args:
        where: settings, a SQLAlchemy URL, or the path of an SQLite file.
        home: folder of the seal; default: the settings' home, or the SQLite file's folder.
        make: whether a store may be made where none was.

    Raises:
        DamagedStoreError: the database is gone, cut, damaged or older than acknowledged.
        NewerStoreError: it was made by a newer Mizan.
        BusyStoreError: the database server does not answer.
        StoreError: there is none and ``make`` is False; or the URL can't be used.

    """
    url, folder = _place(where, home)
    file = sqlite_file(url)
    folder.mkdir(parents=True, exist_ok=True)
    private(folder)
    seal = Seal(folder).read()
    if seal is None and not make:
        raise StoreError(
            f"there is no store in {folder}; mizan demo load, or mizan import, makes one"
        )
    with _one_at_a_time(folder):
        Seal(folder).sweep()
        if file is not None:
            check_file(file, seal)
        store = Store(make_engine(url), folder)
        try:
            _bring_up(store, sealed=seal is not None)
            store.check_seal()
        except BaseException:
            store.close()
            raise
        if file is not None:
            for suffix in ("", "-wal", "-shm"):
                private(file.with_name(file.name + suffix))
    return store


def _place(where: Settings | str | Path, home: Path | None) -> tuple[URL, Path]:
    if isinstance(where, Settings):
        return make_url(where.database), home or where.home
    try:
        is_url = isinstance(where, str) and "://" in where
        url = make_url(str(where)) if is_url else URL.create("sqlite", database=str(where))
    except ArgumentError as error:
        raise StoreError(f"this is no database address: {where}") from error
    file = sqlite_file(url)
    if home is None and file is None:
        raise StoreError("a database server needs a home folder as well, for the audit log's head")
    folder = home or (file.parent if file else None)
    assert folder is not None
    return url, folder


def _bring_up(store: Store, *, sealed: bool) -> None:
    with store.transactions.write() as connection:
        at = schema.current(connection)
        if at is None and sealed:
            raise DamagedStoreError(
                "the database is empty, but this folder held a store. Nothing was written. "
                "Restore a backup: mizan restore FILE"
            )
        if at != schema.head():
            schema.upgrade(connection)
    if store.meta("id") is None:
        store.found()
    elif not sealed:
        store.seal()


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Two programs that start together must not both make the schema."""
    with (folder / ".opening.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def hold_service(home: Path, url: str = "") -> Iterator[None]:
    """Held by the service while it runs: a second one on the same home or SQLite file is refused.

    Raises:
        ConflictError: another service runs here.

    """
    file = sqlite_file(make_url(url)) if url else None
    locks = {(home / ".service.lock").resolve()}
    if file is not None:
        # Homes may differ and name one file: its runner would take the other's jobs for orphans.
        locks.add(file.resolve().with_name(f".{file.name}.service.lock"))
    with ExitStack() as held:
        for lock in sorted(locks):
            lock.parent.mkdir(parents=True, exist_ok=True)
            opened = held.enter_context(lock.open("w"))
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                here = lock.parent
                raise ConflictError(f"a service already runs on {here}; stop it first") from error
        yield
