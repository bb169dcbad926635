"""Retention by itself: daily, one process of many, by a clock that holds, after a restore too."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import Connection

from geo.notes import Note
from service.commands.doctor import _retention
from service.commands.terminal import Terminal
from service.exploration.kept import sweep_answers
from service.locale.words import make_words
from service.metrics import Meter
from service.settings import Settings
from service.store import Store, open_store
from service.store.backup import make_backup, restore_backup
from service.store.cuts import FILE, RetentionClass
from service.store.purge import purge
from service.store.retention import keep_retention, last_kept, past_of
from service.store.types import utc_now
from service.upkeep import Upkeep

from . import versions

MONTHS = {"severe": 60}
OLD, NEW = "2015-05-01", "2024-05-01"


def cases(store: Store) -> int:
    return len(store.incidents())


def old_and_new(store: Store) -> None:
    store.datasets.add(
        versions.incidents((OLD, "domestic_violence"), (NEW, "domestic_violence"), (OLD, "other"))
    )


def kept(store: Store, now: datetime) -> object:
    return keep_retention(store, MONTHS, today=date(2026, 1, 15), now=now)


def test_once_a_day_old_rows_go_and_the_act_is_told(store: Store) -> None:
    assert last_kept(store) is None
    old_and_new(store)
    now = utc_now()
    assert kept(store, now) is not None
    assert cases(store) == 2
    entry = store.audit.list(action="purged")[0]
    assert (entry.actor, entry.details["before"]) == ("mizan", {"severe": "2021-01-01"})
    assert kept(store, now + timedelta(hours=23)) is None
    old_and_new(store)
    assert kept(store, now + timedelta(hours=24)) is not None
    then = last_kept(store)
    assert then is not None
    assert then.done_at == now + timedelta(hours=24)
    # A day on which nothing is too old writes no act.
    acts = len(store.audit.list(action="purged"))
    assert kept(store, now + timedelta(hours=48)) is not None
    assert len(store.audit.list(action="purged")) == acts
    assert not then.is_late(now + timedelta(days=3))
    assert then.is_late(now + timedelta(days=5))


def test_nothing_is_set_and_nothing_goes(store: Store) -> None:
    old_and_new(store)
    assert keep_retention(store, {}, today=date(2026, 1, 15)) is None
    assert (cases(store), last_kept(store)) == (3, None)


def test_of_many_services_one_does_it(store: Store) -> None:
    old_and_new(store)
    now, done = utc_now(), []
    start = threading.Barrier(4)

    def one() -> None:
        start.wait()
        done.append(kept(store, now))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [found is not None for found in done].count(True) == 1
    assert len(store.audit.list(action="purged")) == 1


def killed_at(step: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """One service is ended at ``step`` of its turn; answers when that was."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    old_and_new(store)
    now = utc_now()
    with monkeypatch.context() as patched:
        patched.setattr(step, killed)
        with pytest.raises(KeyboardInterrupt):
            kept(store, now)
    return now


def test_one_who_was_killed_at_it_is_followed_an_hour_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = killed_at("service.store.retention.purge", store, monkeypatch)
    assert kept(store, now + timedelta(minutes=59)) is None
    assert cases(store) == 3
    assert kept(store, now + timedelta(minutes=61)) is not None
    assert cases(store) == 2


def test_a_clock_that_jumped_removes_nothing_and_says_so(store: Store) -> None:
    old_and_new(store)
    store.audit.append("looked", actor="ali")
    jumped = utc_now() + timedelta(days=900)
    assert kept(store, jumped) is None
    told = last_kept(store)
    assert told is not None
    assert "clock" in told.refused
    assert cases(store) == 3
    # Set right again, it is done at once.
    assert kept(store, utc_now() + timedelta(seconds=1)) is not None
    told = last_kept(store)
    assert told is not None
    assert (cases(store), told.refused) == (2, "")


def test_acts_stamped_by_a_clock_that_jumped_are_no_proof_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_and_new(store)
    store.audit.append("looked", actor="ali")
    jumped = utc_now() + timedelta(days=900)
    assert kept(store, jumped) is None
    monkeypatch.setattr("service.store.audit.utc_now", lambda: jumped)
    store.audit.append("looked", actor="ali")
    assert kept(store, jumped + timedelta(hours=2)) is None
    assert cases(store) == 3
    # Only whoever asks for a purge, with its day, says that the clock is right.
    purge(store, {RetentionClass.INCIDENTS: date(1990, 1, 1)}, actor="ali")
    assert kept(store, jumped + timedelta(hours=4)) is not None
    assert cases(store) < 3


def test_the_clock_is_read_once_the_turn_is_taken(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others wrote while it waited for them is no act of the future."""
    old_and_new(store)
    taken = store.transactions.write

    @contextmanager
    def after_others() -> Iterator[Connection]:
        monkeypatch.setattr(store.transactions, "write", taken)
        with monkeypatch.context() as patched:
            patched.setattr("service.store.audit.utc_now", lambda: began + timedelta(minutes=20))
            store.audit.append("looked", actor="ali")
        monkeypatch.setattr(
            "service.store.retention.utc_now", lambda: began + timedelta(minutes=21)
        )
        with taken() as connection:
            yield connection

    began = utc_now()
    monkeypatch.setattr("service.store.retention.utc_now", lambda: began)
    monkeypatch.setattr(store.transactions, "write", after_others)
    assert keep_retention(store, MONTHS, today=date(2026, 1, 15)) is not None
    assert cases(store) == 2


def test_bytes_that_a_kill_left_are_sought_by_the_next_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = killed_at("service.store.purge.scrub", store, monkeypatch)
    told = last_kept(store)
    assert (cases(store), told is not None and told.clean) == (2, False)
    acts = store.audit.head()
    monkeypatch.setattr("service.store.retention.scrub", lambda *_: False)
    assert kept(store, now + timedelta(minutes=61)) is not None
    told = last_kept(store)
    assert told is not None
    assert not told.clean
    monkeypatch.undo()
    assert kept(store, now + timedelta(minutes=122)) is not None
    told = last_kept(store)
    assert told is not None
    assert told.clean
    # Only the bytes were still to go: no act of it each hour.
    assert store.audit.head() == acts


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "at-home", retention_months={"severe": 60, "incidents": 60})


def test_a_restore_brings_back_no_row_that_is_too_old(settings: Settings) -> None:
    with open_store(settings) as store:
        old_and_new(store)
        backup = make_backup(store, settings.home / "backups" / "a.backup")
    restore_backup(settings, backup.file)
    with open_store(settings) as store:
        assert cases(store) == 1
        assert [one.action for one in store.audit.list(limit=2)] == ["restored", "purged"]
        assert store.audit.verify().holds
    raw = (settings.home / "mizan.db").read_bytes()
    assert OLD.encode() not in raw


def test_a_restore_brings_back_no_row_that_was_removed_by_hand(settings: Settings) -> None:
    plain = settings.model_copy(update={"retention_months": {}})
    with open_store(plain) as store:
        old_and_new(store)
        backup = make_backup(store, plain.home / "backups" / "a.backup")
        purge(store, {RetentionClass.INCIDENTS: date(2020, 1, 1)}, actor="ali")
    restore_backup(plain, backup.file)
    with open_store(plain) as store:
        assert sorted(store.incidents()["category"]) == ["domestic_violence"] * 2


def test_what_was_removed_stays_out_of_an_older_copy_put_back_later(settings: Settings) -> None:
    plain = settings.model_copy(update={"retention_months": {}})
    with open_store(plain) as store:
        old_and_new(store)
        older = make_backup(store, plain.home / "backups" / "older.backup")
        purge(store, {RetentionClass.INCIDENTS: date(2020, 1, 1)}, actor="ali")
        clean = make_backup(store, plain.home / "backups" / "clean.backup")
        purge(store, {RetentionClass.SEVERE: date(2020, 1, 1)}, actor="ali")
    restore_backup(plain, clean.file)
    restore_backup(plain, older.file)
    with open_store(plain) as store:
        assert cases(store) == 1


@pytest.mark.parametrize("harm", ["gone", "cut"])
def test_what_was_removed_stays_out_where_the_store_can_tell_nothing_any_more(
    settings: Settings, harm: str
) -> None:
    plain = settings.model_copy(update={"retention_months": {}})
    with open_store(plain) as store:
        old_and_new(store)
        backup = make_backup(store, plain.home / "backups" / "a.backup")
        purge(store, {RetentionClass.INCIDENTS: date(2020, 1, 1)}, actor="ali")
    database = plain.home / "mizan.db"
    database.write_bytes(database.read_bytes()[:7000])
    if harm == "gone":
        database.unlink()
    done = restore_backup(plain, backup.file)
    assert (done.past_known, done.refused) == (True, "")
    with open_store(plain) as store:
        assert sorted(store.incidents()["category"]) == ["domestic_violence"] * 2
        assert past_of(store).cuts == {RetentionClass.INCIDENTS: date(2020, 1, 1)}


def test_what_was_removed_stays_out_of_another_database(
    settings: Settings, empty_postgresql: str
) -> None:
    plain = settings.model_copy(update={"retention_months": {}})
    with open_store(plain) as store:
        old_and_new(store)
        backup = make_backup(store, plain.home / "backups" / "a.backup")
        purge(store, {RetentionClass.INCIDENTS: date(2020, 1, 1)}, actor="ali")
    server = plain.model_copy(update={"database_url": SecretStr(empty_postgresql)})
    assert restore_backup(server, backup.file).past_known
    with open_store(server) as store:
        assert cases(store) == 2
        assert store.audit.verify().holds


def test_a_restore_that_knows_no_past_says_so(settings: Settings, tmp_path: Path) -> None:
    with open_store(settings) as store:
        backup = make_backup(store, tmp_path / "a.backup")
        Upkeep(settings, store).look()
    (settings.home / "mizan.db").unlink()
    assert restore_backup(settings, backup.file).past_known
    elsewhere = settings.model_copy(update={"home": tmp_path / "elsewhere"})
    assert not restore_backup(elsewhere, backup.file).past_known
    with open_store(elsewhere) as store:
        assert store.audit.list(limit=1)[0].details["past_known"] is False
    (settings.home / FILE).write_text("{", encoding="utf-8")
    (settings.home / "mizan.db").unlink()
    assert not restore_backup(settings, backup.file).past_known


def test_a_restore_by_a_clock_that_jumped_removes_nothing_and_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(settings) as store:
        old_and_new(store)
        backup = make_backup(store, tmp_path / "a.backup")
        kept(store, utc_now())
    (settings.home / "mizan.db").unlink()
    jumped = utc_now() + timedelta(days=900)
    for module in ("audit", "retention", "purge", "backup"):
        monkeypatch.setattr(f"service.store.{module}.utc_now", lambda: jumped)
    done = restore_backup(settings, backup.file)
    assert "clock" in done.refused or "60 days" in done.refused
    with open_store(settings) as store:
        assert cases(store) == 2  # all but what was purged before
        # Its own acts by that clock are no witnesses for it.
        assert kept(store, jumped + timedelta(hours=2)) is None
        assert cases(store) == 2


def test_the_running_service_does_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(settings) as store:
        old_and_new(store)
        off = Upkeep(settings.model_copy(update={"purge_daily": False}), store)
        off.look()
        assert cases(store) == 3
        done = threading.Event()
        look = Upkeep.look

        def looked(self: Upkeep) -> None:
            look(self)
            done.set()

        monkeypatch.setattr(Upkeep, "look", looked)
        upkeep = Upkeep(settings, store)
        upkeep.start()
        assert done.wait(30)
        upkeep.stop()
        assert cases(store) == 1


@pytest.fixture
def aged(tmp_path: Path) -> Callable[[str, float], Path]:
    def write(name: str, days: float) -> Path:
        path = tmp_path / "explored" / "0.1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({}))
        at = datetime.now(UTC).timestamp() - days * 86_400
        os.utime(path, (at, at))
        return path

    return write


def test_answers_of_explorations_go_by_age_and_number(
    tmp_path: Path, aged: Callable[[str, float], Path]
) -> None:
    files = [aged("a.json", 1), aged("b.json", 2), aged("parts/c.json", 3), aged("d.json", 100)]
    assert sweep_answers(tmp_path / "explored", days=90, most=10) == 1
    assert sweep_answers(tmp_path / "explored", days=90, most=2) == 1
    assert [path.exists() for path in files] == [True, True, False, False]


def test_a_purge_forgets_what_was_reckoned_from_the_rows(settings: Settings) -> None:
    with open_store(settings) as store:
        old_and_new(store)
        answer = settings.home / "explored" / "0.1" / "a.json"
        answer.parent.mkdir(parents=True)
        answer.write_text("{}")
        Upkeep(settings, store).look()
        assert cases(store) == 1
        assert not answer.exists()


def at_terminal(settings: Settings) -> Terminal:
    return Terminal(settings, make_words("en"), Console(), Console())


def test_the_doctor_and_the_figures_tell_when(settings: Settings) -> None:
    def figures() -> str:
        return Meter(dict, retention=lambda: last_kept(store)).text().decode()

    with open_store(settings) as store:
        here = at_terminal(settings)
        (before,) = _retention(here, store)
        assert before.well
        assert "mizan_retention_is_kept 1" not in figures()
        keep_retention(store, MONTHS, today=date(2026, 1, 15))
        (after,) = _retention(here, store)
        assert after.well
        assert isinstance(after.what, Note)
        assert after.what.params["moment"]
        assert "mizan_retention_is_kept 1.0" in figures()
        assert "mizan_retention_kept_timestamp_seconds" in figures()
        keep_retention(store, MONTHS, today=date(2026, 1, 15), now=utc_now() + timedelta(days=900))
        (jumped,) = _retention(here, store)
        assert not jumped.well
        assert "mizan_retention_is_kept 0.0" in figures()
        unset = at_terminal(settings.model_copy(update={"retention_months": {}}))
        assert list(_retention(unset, store)) == []
