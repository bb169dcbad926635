"""Backups: one file, made and put back while the service runs; checked before it counts.

A backup is a zip with the database as SQLite (of a PostgreSQL store too: its rows are copied in
one snapshot), the seal, and a manifest with digests. It holds everything, severe data as well:
keep it where only its owner reads it.
"""

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, func, insert, make_url, select

from service.settings import Settings
from service.store import schema
from service.store.cuts import Past, later, read_past, write_past
from service.store.engine import make_engine, private, sqlite_file
from service.store.errors import (
    BusyStoreError,
    DamagedStoreError,
    FullDiskError,
    NewerStoreError,
    StoreError,
)
from service.store.guard import SEAL, Seal, check_file
from service.store.opening import open_store
from service.store.retention import keep_out, past_of
from service.store.store import GENERATION, Store
from service.store.types import utc_now

FORMAT = 1
_DATABASE, _MANIFEST = "mizan.db", "manifest.json"
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file holds."""

    file: Path
    store_id: str
    revision: str
    made_at: datetime
    data_version: str
    audit_sequence: int
    sha256: str  # of the database in it


def make_backup(store: Store, target: Path, *, actor: str = "cli") -> Backup:
    """Write a backup; whole or not at all, also while others write.

    Raises:
        DamagedStoreError: the copy is not sound; an older backup at ``target`` stays.
        OSError: the disk is full, or the folder can't be written.

    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / _DATABASE
        _copy_out(store.engine, copy)
        with _unsealed(URL.create("sqlite", database=str(copy)), Path(folder)) as copied:
            check = copied.audit.verify()
            if not check.holds:
                raise DamagedStoreError(f"the audit log of the copy is broken: {check.reason}")
            found = Backup(
                target,
                copied.id,
                schema.head(),
                utc_now(),
                copied.data_version(),
                check.entries,
                "",
            )
        digest = _sha256(copy)
        manifest = {
            "format": FORMAT,
            "store": found.store_id,
            "revision": found.revision,
            "made_at": found.made_at.isoformat(),
            "data_version": found.data_version,
            "audit_sequence": found.audit_sequence,
            "sha256": digest,
        }
        packed = Path(folder) / "packed"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.write(copy, _DATABASE)
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        private(packed)
        _settle(packed, target)
    store.audit.append("backup_made", actor=actor, subject=target.name, details={"sha256": digest})
    return read_backup(target)


def read_backup(file: Path) -> Backup:
    """The manifest of a backup, after its digest was checked.

    Raises:
        StoreError: it is no backup, or it is damaged.

    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
            digest = hashlib.sha256()
            with archive.open(_DATABASE) as content:
                while part := content.read(1 << 20):
                    digest.update(part)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise StoreError(f"{file.name} is no backup of Mizan, or it is damaged") from error
    if manifest.get("format") != FORMAT or digest.hexdigest() != manifest["sha256"]:
        raise StoreError(f"{file.name} is damaged or of another version; take another backup")
    return Backup(
        file,
        manifest["store"],
        manifest["revision"],
        datetime.fromisoformat(manifest["made_at"]),
        manifest["data_version"],
        manifest["audit_sequence"],
        manifest["sha256"],
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """How a backup was put back.

    ``aside`` is where the state before went, None where there was none. ``past_known``: whether
    anything told which rows were purged since the backup; else a purge that somebody asked for has
    to be asked for again. ``refused``: why rows that are too old now were left, empty where none
    were.
    """

    aside: Path | None
    past_known: bool
    refused: str


def restore_backup(settings: Settings, file: Path, *, actor: str = "cli") -> Restored:
    """Put a backup back, also under a running service.

    A sound store is first backed up itself; damaged files are moved aside. Everybody is signed
    out. A PostgreSQL database must be empty. Rows that were purged since, or that are older now
    than the settings let them be, are removed from the copy before it is put back: what was purged
    is known from the store that is replaced, or from what is kept beside the database.

    Raises:
        StoreError: the backup is damaged, or the database is not empty.
        BusyStoreError: somebody is writing to the store that would be replaced; try again.
        NewerStoreError: the backup is of a newer Mizan; nothing was changed.

    """
    backup = read_backup(file)
    home = settings.home
    home.mkdir(parents=True, exist_ok=True)
    stamp = utc_now().strftime("%Y%m%d-%H%M%S")
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as folder:
        copy = Path(folder) / _DATABASE
        with (
            zipfile.ZipFile(file) as archive,
            archive.open(_DATABASE) as packed,
            copy.open("wb") as unpacked,
        ):
            shutil.copyfileobj(packed, unpacked)
        check_file(copy, None)
        _bring_up(copy)
        past_known, refused = _keep_out(settings, copy)
        _next_generation(copy)
        database = sqlite_file(make_url(settings.database))
        if database is None:
            _copy_in(settings, copy)
            aside = None
        else:
            aside = _put_aside(settings, database, stamp)
            _overwrite(database, copy)
    with _unsealed(make_url(settings.database), home) as restored:
        restored.seal()
    with open_store(settings) as store, store.write() as connection:
        connection.execute(schema.METADATA.tables["session"].delete())
        store.audit.append(
            "restored",
            actor=actor,
            subject=file.name,
            details={
                "sha256": backup.sha256,
                "made_at": backup.made_at.isoformat(),
                "past_known": past_known,
                "retention_refused": bool(refused),
            },
        )
        write_past(home, past_of(store))
    return Restored(aside, past_known, refused)


def _keep_out(settings: Settings, copy: Path) -> tuple[bool, str]:
    """Retention holds for what comes back as well: whether its past is known, why it is not held.

    A database that is damaged, gone or another one tells nothing: then what stands beside it does.
    """
    past, seen = read_past(settings.home), Seal(settings.home).written_at()
    try:
        with open_store(settings, make=False) as replaced:
            told = past_of(replaced)
            past = Past(later(told.cuts, past.cuts if past else {}), told.believed)
            seen = replaced.audit.list(limit=1)[0].at
    except (BusyStoreError, FullDiskError):
        raise  # it has something to tell, but not now
    except StoreError:
        pass
    months = {str(name): n for name, n in settings.retention_months.items()}
    known = past or Past()
    if not (known.cuts or months):
        return past is not None, ""
    # The copy's own folder: its seal is not ours.
    with _unsealed(URL.create("sqlite", database=str(copy)), copy.parent) as copied:
        return past is not None, keep_out(copied, known, seen, months)


def _bring_up(copy: Path) -> None:
    """The schema of this program, before anything is replaced. Raises ``NewerStoreError``."""
    with _engine(URL.create("sqlite", database=str(copy))) as engine, engine.begin() as connection:
        if schema.current(connection) != schema.head():
            schema.upgrade(connection)


def _next_generation(copy: Path) -> None:
    """Stamp what is put back, so that it and its new generation appear in one moment."""
    connection = sqlite3.connect(copy)
    try:
        with connection:
            connection.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
                (GENERATION, secrets.token_hex(8)),
            )
    finally:
        connection.close()


def _copy_out(engine: Engine, copy: Path) -> None:
    if engine.dialect.name == "sqlite":
        source = sqlite3.connect(str(engine.url.database), timeout=30)
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        finally:
            target.close()
            source.close()
        return
    snapshot = engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with (
        snapshot as source_rows,
        _engine(URL.create("sqlite", database=str(copy))) as made,
        made.begin() as target_rows,
    ):
        schema.upgrade(target_rows)
        _copy_rows(source_rows, target_rows)


def _copy_in(settings: Settings, copy: Path) -> None:
    with (
        _engine(URL.create("sqlite", database=str(copy))) as read,
        _engine(make_url(settings.database)) as written,
        read.connect() as source,
        written.begin() as target,
    ):
        if schema.current(target) is None:
            schema.upgrade(target)
        if target.execute(select(schema.METADATA.tables["meta"])).first() is not None:
            raise StoreError(
                "the database is not empty; make an empty one and point MIZAN_DATABASE_URL to it"
            )
        _copy_rows(source, target)
        for table in schema.METADATA.sorted_tables:
            for column in table.primary_key.columns:
                if column.autoincrement is True:
                    sequence = func.pg_get_serial_sequence(table.name, column.name)
                    last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                    target.execute(select(func.setval(sequence, last, False)))


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in schema.METADATA.sorted_tables:
        result = source.execution_options(yield_per=_BATCH).execute(select(table))
        for part in result.mappings().partitions(_BATCH):
            target.execute(insert(table), [dict(row) for row in part])


def _put_aside(settings: Settings, database: Path, stamp: str) -> Path | None:
    """Back up what is there; files that are damaged, or a newer program's, are moved away.

    A sound store that is busy, or has no room for its backup, stays: then nothing is restored.
    """
    if not database.exists():
        for leftover in (database.with_name(database.name + s) for s in ("-wal", "-shm")):
            leftover.unlink(missing_ok=True)
        return None
    try:
        with open_store(settings) as store:
            target = settings.home / "backups" / f"before-restore-{stamp}.backup"
            make_backup(store, target)
            return target
    except (DamagedStoreError, NewerStoreError):
        folder = settings.home / f"damaged-{stamp}"
        folder.mkdir()
        private(folder)
        for name in (database.name, f"{database.name}-wal", f"{database.name}-shm", SEAL):
            found = database.with_name(name)
            if found.exists():
                found.replace(folder / name)
        return folder


def _overwrite(database: Path, copy: Path) -> None:
    """Into the live database, as one transaction: readers see the old or the new, never both."""
    source = sqlite3.connect(copy)
    target = sqlite3.connect(database, timeout=30)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        target.close()
        source.close()
    private(database)


@contextmanager
def _engine(url: URL) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _unsealed(url: URL, home: Path) -> Iterator[Store]:
    """A store that is not checked against a seal: that of a copy, or one just put back."""
    with _engine(url) as engine:
        yield Store(engine, home)


def _settle(packed: Path, target: Path) -> None:
    """Move a finished file into place and make sure that it is on the disk."""
    with packed.open("rb+") as file:
        os.fsync(file.fileno())
    packed.replace(target)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
