"""Is the database whole, and is it the one we acknowledged rows to? Asked before anything is read.

Beside the database stands ``store.json``: the store's id, written when it was created, and the
head of the audit log (sequence and hash), written after each audited act. A database that is
gone, cut, replaced or older than its head is refused: never a silent fresh one.
"""

import fcntl
import json
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.atomic import sweep_partial, write_whole
from service.store.errors import DamagedStoreError

SEAL = "store.json"
_HEADER = b"SQLite format 3\x00"
_REMEDY = "Nothing was written. Restore a backup (mizan restore FILE); the old files are kept aside"


class Seal:
    """The facts about the store that are kept outside the database."""

    def __init__(self, home: Path) -> None:
        self.path = home / SEAL

    def read(self) -> dict[str, Any] | None:
        """The seal; None where no store was made yet.

        Raises:
            DamagedStoreError: it can't be read.

        """
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise DamagedStoreError(f"{self.path.name} can't be read. {_REMEDY}") from error
        if not isinstance(found, dict):
            raise DamagedStoreError(f"{self.path.name} can't be read. {_REMEDY}")
        return found

    @contextmanager
    def hold(self) -> Iterator[None]:
        """One thread or process at a time: whoever reads the head inside writes the newest."""
        with (self.path.parent / ".seal.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def written_at(self) -> datetime | None:
        """When it was last written, by the clock of then; None where there is none."""
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def sweep(self) -> None:
        """Remove what a killed writer left; the lock says that nobody writes just now."""
        with self.hold():
            sweep_partial(self.path.parent, of=SEAL)

    def write(self, store_id: str, sequence: int, digest: str) -> None:
        """Keep id and head; safe against a cut in the middle."""
        content = {"store": store_id, "audit_sequence": sequence, "audit_hash": digest}
        write_whole(self.path, json.dumps(content).encode(), private=True)


def check_file(database: Path, seal: dict[str, Any] | None) -> None:
    """Refuse a database file that is gone, cut or damaged; a missing one is fine before the first.

    Raises:
        DamagedStoreError: with what was found and what to do.

    """
    wal = database.with_name(database.name + "-wal")
    if not database.exists():
        if seal is not None or wal.exists():
            raise DamagedStoreError(f"the database {database.name} is gone. {_REMEDY}")
        return
    size = database.stat().st_size
    with database.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_HEADER):  # noqa: PLR2004 - SQLite's header
        raise DamagedStoreError(
            f"{database.name} is no database: {size} bytes, without its header. {_REMEDY}"
        )
    page = struct.unpack(">H", header[16:18])[0]
    page = 65536 if page == 1 else page
    pages = struct.unpack(">I", header[28:32])[0]
    if size < page * pages and not wal.exists():
        raise DamagedStoreError(
            f"{database.name} was cut: {size} of {page * pages} bytes. {_REMEDY}"
        )
    _quick_check(database)


def _quick_check(database: Path) -> None:
    try:
        connection = sqlite3.connect(database, timeout=10)
        try:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise DamagedStoreError(f"{database.name} is damaged ({error}). {_REMEDY}") from error
    if found != ["ok"]:
        raise DamagedStoreError(f"{database.name} is damaged ({found[0]}). {_REMEDY}")
