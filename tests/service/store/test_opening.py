"""A store is opened whole or refused; never a silent fresh one."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from service.settings import Settings
from service.store import (
    ConflictError,
    DamagedStoreError,
    NewerStoreError,
    Store,
    StoreError,
    hold_service,
    open_store,
)
from service.store.schema import METADATA

from . import versions


def _filled(home: Path) -> Path:
    database = home / "mizan.db"
    with open_store(database) as store:
        store.datasets.add(
            versions.incidents(*((f"2024-01-{d:02d}", "other") for d in range(1, 29)))
        )
        store.audit.append("imported", actor="test")
    return database


def test_the_schema_of_the_revisions_is_that_of_the_tables(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    database = _filled(tmp_path)
    with open_store(database) as store:
        assert len(store.incidents()) == 28
        assert store.audit.verify().holds


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    database = _filled(tmp_path / "home")
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "harm",
    [
        lambda f: f.unlink(),
        lambda f: f.write_bytes(b""),
        lambda f: f.write_bytes(f.read_bytes()[: f.stat().st_size // 2]),
        lambda f: f.write_bytes(f.read_bytes()[:5000]),
        lambda f: f.write_bytes(b"x" * f.stat().st_size),
        lambda f: f.write_bytes(f.read_bytes()[:8192] + b"\xff" * (f.stat().st_size - 8192)),
    ],
    ids=["gone", "empty", "half", "few bytes", "noise", "overwritten"],
)
def test_a_damaged_database_is_refused_and_left_as_it_is(tmp_path: Path, harm) -> None:
    database = _filled(tmp_path)
    harm(database)
    before = database.read_bytes() if database.exists() else None
    with pytest.raises(DamagedStoreError, match=r"[Rr]estore"):
        open_store(database)
    assert (database.read_bytes() if database.exists() else None) == before


def test_an_old_copy_put_in_its_place_is_refused(tmp_path: Path) -> None:
    database = _filled(tmp_path)
    copy = tmp_path / "copy.db"
    shutil.copy(database, copy)
    with open_store(database) as store:
        store.audit.append("looked", actor="test")
    shutil.copy(copy, database)
    with pytest.raises(DamagedStoreError, match="old copy"):
        open_store(database)


def test_a_cut_wal_with_acknowledged_acts_is_refused(tmp_path: Path) -> None:
    database = _filled(tmp_path / "home")
    store = open_store(database)
    store.audit.append("imported", actor="test")
    wal = database.with_name("mizan.db-wal")
    assert wal.stat().st_size > 0
    # The machine dies: what stands on the disk is the file, the seal, and half of the WAL.
    dead = tmp_path / "dead"
    dead.mkdir()
    for name in ("mizan.db", "store.json"):
        shutil.copy(database.with_name(name), dead / name)
    (dead / "mizan.db-wal").write_bytes(wal.read_bytes()[:2000])
    store.close()
    with pytest.raises(DamagedStoreError):
        open_store(dead / "mizan.db")


def test_another_store_in_its_place_is_refused(tmp_path: Path) -> None:
    one, two = _filled(tmp_path / "one"), _filled(tmp_path / "two")
    shutil.copy(two, one)
    with pytest.raises(DamagedStoreError, match="another store"):
        open_store(one)


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    database = _filled(tmp_path)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(NewerStoreError, match="9999"):
        open_store(database)


def test_none_is_made_where_none_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        open_store(tmp_path / "mizan.db", make=False)
    assert not (tmp_path / "mizan.db").exists()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://h/x", "a://"]
)
def test_addresses_that_can_keep_nothing_are_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


def test_settings_say_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "state"))
    with open_store(Settings()) as store:
        assert store.home == tmp_path / "state"
    assert (tmp_path / "state" / "mizan.db").exists()


def test_the_second_service_on_one_home_is_refused(tmp_path: Path) -> None:
    with hold_service(tmp_path), pytest.raises(ConflictError, match="already runs"):
        hold_service(tmp_path).__enter__()
    with hold_service(tmp_path):
        pass


def test_a_full_disk_is_said_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    database = _filled(tmp_path)
    with open_store(database) as store:
        with store.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        before = store.data_version()
        rows = [
            (f"20{y}-0{m}-{d}", "other")
            for y in range(10, 24)
            for m in range(1, 9)
            for d in range(10, 28)
        ]

        def fill() -> None:
            with store.write() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                store.datasets.add(versions.incidents(*rows))

        with pytest.raises(StoreError, match="disk is full"):
            fill()
        assert store.data_version() == before
        assert len(store.incidents()) == 28


def test_the_repr_shows_no_password(tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    engine = create_engine("postgresql+psycopg://me:secret@localhost/x")
    assert "secret" not in repr(Store(engine, tmp_path))
    assert os.environ.get("MIZAN_DATABASE_URL") is None


def test_a_second_service_on_the_same_file_from_another_home_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared' / 'mizan.db'}"
    with hold_service(tmp_path / "one", url):
        with (
            pytest.raises(ConflictError, match="already runs"),
            hold_service(tmp_path / "two", url),
        ):
            pass
        with hold_service(tmp_path / "two", f"sqlite:///{tmp_path / 'two' / 'mizan.db'}"):
            pass
    with hold_service(tmp_path / "two", url):
        pass
