"""The restore drill: a backup is made and put back while others read and write."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from geo.layers import Clearance
from service.layerbooks import LayerBooks
from service.settings import Settings, checkout_data
from service.store import BusyStoreError, NewerStoreError, Store, StoreError, open_store
from service.store.backup import _unsealed, make_backup, read_backup, restore_backup

from . import versions


def _home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_the_drill(tmp_path: Path) -> None:
    settings = _home(tmp_path)
    with open_store(settings) as store:
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        version = store.data_version()
        backup = make_backup(store, tmp_path / "out" / "mizan.backup")
        assert backup.data_version == version
        store.datasets.add(versions.incidents(("2024-02-05", "other")))
        store.audit.append("imported", actor="ali")
    aside = restore_backup(settings, backup.file).aside
    with open_store(settings) as store:
        assert store.data_version() == version
        assert len(store.incidents()) == 1
        assert store.audit.verify().holds
        assert store.audit.list(limit=1)[0].action == "restored"
    # What was there before can be put back as well.
    assert aside is not None
    restore_backup(settings, aside)
    with open_store(settings) as store:
        assert len(store.incidents()) == 2


def test_while_a_service_reads_and_writes(tmp_path: Path) -> None:
    settings = _home(tmp_path)
    stop = threading.Event()
    failures: list[Exception] = []

    def serve(store: Store) -> None:
        n = 0
        while not stop.is_set():
            try:
                n += 1
                store.audit.append("looked", actor="service", details={"n": n})
                assert len(store.incidents()) in {1, 2}
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must hear of it
                failures.append(error)
                return

    with open_store(settings) as store:
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        thread = threading.Thread(target=serve, args=(store,))
        thread.start()
        try:
            backup = make_backup(store, tmp_path / "mizan.backup")
            store.datasets.add(versions.incidents(("2024-02-05", "other")))
            restore_backup(settings, backup.file)
        finally:
            stop.set()
            thread.join(timeout=30)
        assert failures == []
        assert len(store.incidents()) == 1
    with open_store(settings) as again:
        assert again.audit.verify().holds


@pytest.mark.parametrize("harm", ["gone", "cut", "emptied"])
def test_a_damaged_store_is_replaced_and_its_files_are_kept(tmp_path: Path, harm: str) -> None:
    settings = _home(tmp_path)
    with open_store(settings) as store:
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        backup = make_backup(store, tmp_path / "mizan.backup")
    database = settings.home / "mizan.db"
    if harm == "gone":
        database.unlink()
    elif harm == "emptied":
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("DROP TABLE meta")
    else:
        database.write_bytes(database.read_bytes()[:7000])
    aside = restore_backup(settings, backup.file).aside
    with open_store(settings) as store:
        assert len(store.incidents()) == 1
    if harm == "cut":
        assert aside is not None
        assert (aside / "mizan.db").stat().st_size == 7000


def test_a_store_that_is_busy_is_not_put_aside_as_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _home(tmp_path)
    with open_store(settings) as store:
        backup = make_backup(store, tmp_path / "mizan.backup")
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
    monkeypatch.setattr("service.store.engine.BUSY_MS", 50)
    with closing(sqlite3.connect(settings.home / "mizan.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyStoreError):
            restore_backup(settings, backup.file)
    assert not list(settings.home.glob("damaged-*"))
    with open_store(settings) as store:
        assert len(store.incidents()) == 1


def test_a_damaged_backup_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    settings = _home(tmp_path)
    with open_store(settings) as store:
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        backup = make_backup(store, tmp_path / "mizan.backup")
        version = store.data_version()
    content = bytearray(backup.file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    backup.file.write_bytes(bytes(content))
    for bad in (backup.file, settings.home / "mizan.db"):
        with pytest.raises(StoreError, match="damaged"):
            restore_backup(settings, bad)
    with open_store(settings) as store:
        assert store.data_version() == version


def test_a_backup_of_a_newer_program_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    settings, newer = _home(tmp_path), tmp_path / "newer"
    with open_store(Settings(home=newer)) as store, store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'r9999'")
    with _unsealed(make_url(Settings(home=newer).database), newer) as store:
        backup = make_backup(store, tmp_path / "newer.backup")
    with open_store(settings) as store:
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        version = store.data_version()
    with pytest.raises(NewerStoreError):
        restore_backup(settings, backup.file)
    assert not (settings.home / "backups").exists()
    with open_store(settings) as store:
        assert store.data_version() == version


def test_sessions_do_not_come_back(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    from service.auth.accounts import Account, Session
    from service.auth.roles import Role

    settings, now = _home(tmp_path), datetime.now(UTC)
    with open_store(settings) as store:
        store.accounts.put_account(Account("ali", Role.VIEWER, "hash"))
        store.accounts.put_session(Session("h", "ali", now, now + timedelta(hours=1)))
        backup = make_backup(store, tmp_path / "mizan.backup")
    restore_backup(settings, backup.file)
    with open_store(settings) as store:
        assert store.accounts.account("ali") is not None
        assert store.accounts.session("h") is None


def test_a_backup_of_either_database_goes_into_sqlite(store: Store, tmp_path: Path) -> None:
    store.datasets.add(versions.incidents(("2024-01-05", "other")))
    store.datasets.add(versions.boundaries("Q01"))
    backup = make_backup(store, tmp_path / "mizan.backup")
    assert read_backup(backup.file).store_id == store.id
    settings = Settings(home=tmp_path / "other")
    restore_backup(settings, backup.file)
    with open_store(settings) as restored:
        assert restored.data_version() == store.data_version()
        assert restored.incidents().equals(store.incidents())
        assert restored.audit.verify().holds


def test_a_backup_goes_into_an_empty_postgresql(empty_postgresql: str, tmp_path: Path) -> None:
    with open_store(_home(tmp_path)) as store:
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        version = store.data_version()
        backup = make_backup(store, tmp_path / "mizan.backup")
    settings = Settings(home=tmp_path / "pg", database_url=SecretStr(empty_postgresql))
    restore_backup(settings, backup.file)
    with open_store(settings) as restored:
        assert restored.data_version() == version
        assert restored.audit.verify().holds
        restored.datasets.add(versions.incidents(("2024-03-05", "other")))  # sequences go on
    with pytest.raises(StoreError, match="not empty"):
        restore_backup(settings, backup.file)


def test_a_service_that_goes_on_shows_no_case_of_before_a_restore(tmp_path: Path) -> None:
    """The number of a version comes again after a restore; what was kept under it must not."""
    settings = _home(tmp_path)
    with open_store(settings) as store:
        books = LayerBooks(store, checkout_data())
        store.datasets.add(versions.incidents(("2024-01-05", "other")))
        backup = make_backup(store, tmp_path / "mizan.backup")
        before = store.generation
        store.datasets.add(versions.incidents(("2024-02-05", "other"), ("2024-02-06", "other")))
        version = store.data_version()
        assert len(books.open(Clearance.EXACT).placed) == 3
        restore_backup(settings, backup.file)
        assert store.generation != before
        store.datasets.add(versions.incidents(("2024-03-05", "other")))
        assert store.data_version() == version  # the trap: the same name for other cases
        assert len(books.open(Clearance.EXACT).placed) == 2


def test_each_restore_is_a_generation_of_its_own(tmp_path: Path) -> None:
    settings = _home(tmp_path)
    with open_store(settings) as store:
        backup = make_backup(store, tmp_path / "mizan.backup")
        seen = {store.generation}
        for _ in range(2):
            restore_backup(settings, backup.file)
            seen.add(store.generation)
        assert len(seen) == 3
