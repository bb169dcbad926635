"""Who loaded which features stands in the audit log; exact figures leave only with their event."""

import hashlib

import pytest

from geo.layers import Clearance
from service.auth.accounts import token_hash
from service.ogc.reads import ACTION
from service.settings import Settings
from service.store.backup import make_backup, restore_backup
from service.store.errors import FullDiskError
from tests.service.web_house import FakeAtlas, TestClient, make_house


class ExactAtlas(FakeAtlas):
    clearance = Clearance.EXACT


def town(folder, atlas):
    app, store = make_house(folder, atlas, language="en")
    store.accounts.add_token("planner", "QGIS", token_hash("secret"))
    client = TestClient(app, raise_server_exceptions=False)
    client.auth = ("planner", "secret")
    return app, store, client


@pytest.fixture
def released(tmp_path):
    app, store, client = town(tmp_path, FakeAtlas())
    yield app, store, client
    store.close()


@pytest.fixture
def exact(tmp_path):
    app, store, client = town(tmp_path, ExactAtlas())
    yield app, store, client
    store.close()


def events(store):
    return [(one.actor, one.subject, one.details) for one in store.audit.list(action=ACTION)]


def test_a_reading_says_who_what_how_many_and_which_bytes(released):
    _app, store, client = released
    asked = {"filter": "vehicles = 2", "limit": "5"}
    answer = client.get("/ogc/collections/offices/items", params=asked)
    ((actor, subject, told),) = events(store)
    assert (actor, subject) == ("planner", "offices")
    assert told["filter"] == asked
    assert told["rows"] == 1
    assert told["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert told["serial"].startswith("MZ-")
    assert told["exact"] is False


def test_equal_bytes_are_one_event_other_bytes_another(released):
    _app, store, client = released
    for _ in range(3):
        client.get("/ogc/collections/offices/items")
    assert len(events(store)) == 1
    client.get("/ogc/collections/offices/items?limit=1")
    client.get("/ogc/collections/offices/items/ashar")
    assert [told["rows"] for _a, _s, told in events(store)] == [1, 1, 3]


def test_exact_figures_are_kept_by_nobody_and_every_reading_is_an_event(exact):
    _app, store, client = exact
    for _ in range(3):
        answer = client.get("/ogc/collections/need-districts/items")
        assert answer.headers["cache-control"] == "no-store"
    assert [told["exact"] for _a, _s, told in events(store)] == [True] * 3
    one = client.get("/ogc/collections/need-districts/items/T01.20250101")
    assert one.headers["cache-control"] == "no-store"
    residents = client.get("/ogc/collections/residents-districts/items")
    assert residents.headers["cache-control"] == "private, no-cache"


def test_with_a_full_disk_released_figures_are_read_on_and_exact_ones_stay(
    released, tmp_path, monkeypatch
):
    def full(*_args, **_kwargs):
        raise FullDiskError("the disk is full")

    _app, store, client = released
    _app, other, cleared = town(tmp_path / "other", ExactAtlas())
    for one in (client, cleared):
        one.get("/ogc")  # notes the token's use before the disk is full
    monkeypatch.setattr(type(store.audit), "append", full)
    assert client.get("/ogc/collections/need-districts/items").status_code == 200
    answer = cleared.get("/ogc/collections/need-districts/items")
    assert answer.status_code == 507
    assert "features" not in answer.text
    other.close()


def test_rows_of_before_a_restore_are_found_no_more(released, tmp_path):
    app, store, _ = released
    shelf, account = app.state.ogc, store.accounts.account("planner")
    collection = next(iter(shelf.collections.values()))
    before = shelf.state(collection, account)
    assert shelf.state(collection, account) == before
    backup = make_backup(store, tmp_path / "mizan.backup")
    restore_backup(Settings(home=store.home), backup.file)
    assert shelf.state(collection, account) != before  # of the same data version
