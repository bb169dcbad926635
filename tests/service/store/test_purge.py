"""Purge: old rows are gone from every version, from the files, from what waits; on both databases."""

import os
import sqlite3
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from geo.layers import Clearance
from geo.places import Standing
from service.imports.identity import content_hash, key_identity
from service.imports.options import Options
from service.imports.staging import Staging
from service.layerbooks import LayerBooks
from service.leftovers import sweep_orphans
from service.settings import checkout_data
from service.store import Kind, NewVersion, PurgedError, Store, StoreError
from service.store.backup import make_backup
from service.store.cuts import RetentionClass, cut_of
from service.store.purge import check_clock, find_old, purge
from service.store.types import utc_now

from . import versions

SEVERE, OTHER = RetentionClass.SEVERE, RetentionClass.INCIDENTS
NEEDLE = "needle-4711-of-this-test"


def needles(*days: str, category: str = "domestic_violence") -> NewVersion:
    """Cases whose source can be looked for in the bytes of files."""
    new = versions.incidents(*((day, category) for day in days))
    records = [{**record, "source": NEEDLE} for record in new.records]
    return NewVersion(Kind.INCIDENTS, records, Standing.REPORTED, file_name="needles.csv")


def arrivals(*days: str) -> NewVersion:
    records = [
        {
            "date": date.fromisoformat(day),
            "area": "Q01",
            "families": 3.0,
            "household_size": 6.0,
            "origin": "",
            "clan": False,
            "registered": True,
            "low": 3.0,
            "high": 3.0,
            "standing": "reported",
            "source": "",
            "identity": key_identity("arrival", (day,)),
            "content": content_hash([day]),
        }
        for day in days
    ]
    return NewVersion(Kind.ARRIVALS, records, Standing.REPORTED)


def bytes_of(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_rows_of_a_class_go_from_every_version(store: Store) -> None:
    one = store.datasets.add(needles("2019-05-01", "2024-05-01"))
    store.datasets.add(needles("2019-05-01", "2020-01-01", category="drug_abuse"))
    store.datasets.undo(one.sequence)  # put aside, and still on record
    before = {SEVERE: date(2020, 1, 1)}
    found = find_old(store, before)
    assert found.rows == {SEVERE: 1}
    assert found.versions == (one.id,)
    assert purge(store, before, actor="cli").rows == {SEVERE: 1}
    assert sorted(store.incidents()["category"].unique()) == ["drug_abuse"]
    assert len(store.incidents()) == 2
    then = store.datasets.get(one.sequence)
    assert then.revision == 1
    assert find_old(store, before).rows == {SEVERE: 0}
    assert purge(store, {OTHER: date(2020, 1, 1)}, actor="cli").rows == {OTHER: 1}
    assert list(store.incidents()["date"].dt.year) == [2020]


def test_a_past_state_that_is_still_at_hand_is_shown_no_more(store: Store) -> None:
    store.datasets.add(needles("2019-05-01"))
    then = store.data_version()
    books = LayerBooks(store, checkout_data())
    assert books.open(Clearance.RELEASED, then).version == then
    purge(store, {SEVERE: date(2020, 1, 1)}, actor="cli")
    with pytest.raises(PurgedError):
        books.open(Clearance.RELEASED, then)
    assert books.open(Clearance.RELEASED).version == store.data_version() != then


def test_the_purge_is_a_state_and_an_act_that_tells_no_case(store: Store) -> None:
    store.datasets.add(needles("2019-05-01"))
    store.datasets.add(arrivals("2019-05-01", "2024-05-01"))
    version = store.data_version()
    before = {SEVERE: date(2020, 1, 1), RetentionClass.ARRIVALS: date(2020, 1, 1)}
    purge(store, before, actor="ali")
    assert store.data_version() != version
    assert store.states.list()[0].action == "purge"
    with pytest.raises(PurgedError):
        store.at(version)
    assert len(store.at(store.data_version()).arrivals()) == 1
    entry = store.audit.list(limit=1)[0]
    assert (entry.action, entry.actor) == ("purged", "ali")
    assert entry.details["before"] == {"severe": "2020-01-01", "arrivals": "2020-01-01"}
    assert entry.details["rows"] == {"arrivals": 1}
    assert store.audit.verify().holds


def test_what_is_new_enough_stays_as_it_was(store: Store) -> None:
    store.datasets.add(needles("2024-05-01"))
    version = store.data_version()
    purge(store, {SEVERE: date(2020, 1, 1), OTHER: date(2020, 1, 1)}, actor="cli")
    assert store.data_version() == version
    assert len(store.at(version).incidents()) == 1
    assert [state.action for state in store.states.list()] == ["import"]


def test_no_byte_is_left_in_any_file_of_the_store(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        purge(store, {SEVERE: date(2020, 1, 1)}, actor="cli")  # a server's files are its own
        return
    store.datasets.add(needles(*(f"2019-05-{day:02d}" for day in range(1, 29))))
    staged = Staging(store.home).put(
        store, Kind.INCIDENTS, "a.csv", [NEEDLE.encode()], owner="ali", options=Options()
    )
    half = store.home / "staging" / "half"
    half.mkdir()
    (half / "file").write_bytes(NEEDLE.encode())
    other = Staging(store.home).put(store, Kind.OFFICES, "b.csv", [b"x"], owner="ali")
    orphan = store.home / ".restore-killed"
    orphan.mkdir()
    (orphan / "mizan.db").write_bytes(NEEDLE.encode())
    os.utime(orphan, (0, 0))
    assert NEEDLE.encode() in bytes_of(store.home)
    assert purge(store, {SEVERE: date(2020, 1, 1)}, actor="cli").is_clean
    assert Staging(store.home).let_go({Kind.INCIDENTS}) == 2
    sweep_orphans(store.home)
    assert NEEDLE.encode() not in bytes_of(store.home)
    assert not (store.home / "staging" / staged.id).exists()
    assert (store.home / "staging" / other.id).exists()
    assert store.incidents().empty


def test_while_somebody_reads_it_says_that_it_is_not_clean_yet(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name != "sqlite":
        return
    from service.store import purge as module

    monkeypatch.setattr(module, "_TRIES", 2)
    monkeypatch.setattr(module, "_PAUSE_S", 0.01)
    store.datasets.add(needles("2019-05-01"))
    reader = sqlite3.connect(str(store.engine.url.database))
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM incident").fetchone()
    before = {SEVERE: date(2020, 1, 1)}
    monkeypatch.setattr("service.store.engine.BUSY_MS", 100)
    store.engine.dispose()  # a connection that is open waits as long as it was told to
    assert not purge(store, before, actor="cli").is_clean
    assert store.incidents().empty
    reader.close()
    assert purge(store, before, actor="cli").is_clean
    assert NEEDLE.encode() not in bytes_of(store.home)


def test_backups_are_named(store: Store) -> None:
    store.datasets.add(needles("2019-05-01"))
    backup = make_backup(store, store.home / "backups" / "mizan-1.backup")
    done = purge(store, {SEVERE: date(2020, 1, 1)}, actor="cli")
    assert done.backups == (backup.file,)
    assert backup.file.exists()


@pytest.mark.parametrize(
    ("months", "today", "first"),
    [
        (1, date(2026, 1, 15), date(2025, 12, 1)),
        (12, date(2026, 1, 15), date(2025, 1, 1)),
        (60, date(2026, 11, 30), date(2021, 11, 1)),
    ],
)
def test_whole_months_are_kept(months: int, today: date, first: date) -> None:
    assert cut_of(months, today) == first


def test_a_clock_that_jumped_purges_nothing(store: Store) -> None:
    store.datasets.add(needles("2019-05-01"))
    store.audit.append("looked", actor="ali")
    now = utc_now()
    check_clock(store, now)
    for wrong in (now - timedelta(days=1), now + timedelta(days=61), datetime.max.replace(
        tzinfo=now.tzinfo)):  # fmt: skip
        with pytest.raises(StoreError):
            check_clock(store, wrong)


def test_what_a_killed_program_left_is_swept_and_what_is_at_work_stays(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    left = [
        store.home / ".restore-old",
        store.home / "backups" / ".backup-old",
        tmp_path / "temporary" / "mizan-scratch-old",
    ]
    at_work = [
        store.home / "backups" / ".backup-new",
        tmp_path / "temporary" / "another-program",
    ]
    for folder in (*left, *at_work):
        folder.mkdir(parents=True)
        (folder / "mizan.db").write_bytes(NEEDLE.encode())
    for folder in left:
        os.utime(folder, (0, 0))
    sweep_orphans(store.home)
    assert not any(folder.exists() for folder in left)
    assert all(folder.exists() for folder in at_work)
