"""Exact figures: to whoever is cleared or broke the glass, while it holds, and written down."""

import re
from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace

import pytest

from geo.layers import Clearance
from service.auth.accounts import Account, token_hash
from service.auth.clearance import Clearances, as_program
from service.auth.roles import Right, Role
from service.pages.guarded import WatchedAtlas
from service.store.errors import FullDiskError
from tests.service.auth.house_of_two import ORIGIN, Town
from tests.service.web_house import PASSWORD

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REASON = {"reason": "a threat to the life of somebody", "hours": "2"}


@pytest.fixture
def town(tmp_path):
    found = Town(tmp_path)
    yield found
    found.store.close()


def test_exact_needs_role_and_clearance_and_moment():
    for role, *flags in product(Role, *[(False, True)] * 6):
        clearance, glass, office, token, must_change, disabled = flags
        place = "a" if office else None
        account = Account("x", role, "", must_change, disabled, clearance=clearance, office=place)
        found = Clearances(lambda name, now: glass and (name, now) == ("x", NOW), lambda: NOW)  # noqa: B023 (called at once)
        hindered = office or token or must_change or disabled
        able = role in {Role.PLANNER, Role.DIRECTOR} and (clearance or glass) and not hindered
        told = found.of(as_program(account) if token else account)
        assert (told is Clearance.EXACT) == able, (role, flags)


def test_a_role_alone_is_told_released_figures(town):
    for name in ("viewer", "planner", "director"):
        assert not town.is_told_exact(town.client(name))
    assert town.acts("exact_read") == []


def test_a_clearance_is_told_exact_ones_and_each_reading_is_written_down(town):
    client = town.client("cleared")
    assert town.is_told_exact(client)
    first = town.acts("exact_read")
    assert {(one.actor, one.subject, one.details["where"]) for one in first} == {
        ("cleared", "need", "district")
    }
    assert town.is_told_exact(client)
    assert len(town.acts("exact_read")) == 2 * len(first)
    client.get("/?layer=incident_rate&category=domestic_violence")
    last = town.acts("exact_read")[-1]
    assert (last.subject, last.details["category"]) == ("incident_rate", "domestic_violence")


def test_layers_without_cases_are_no_reading_of_exact_figures(town):
    town.client("cleared").get("/?layer=residents&level=district")
    assert "residents" not in {one.subject for one in town.acts("exact_read")}


def test_what_nobody_named_is_not_there_and_counts_of_placement_are_written_down():
    told = []
    behind = SimpleNamespace(placed="rows", placement={"placed": 3}, levels=lambda: ["district"])
    watched = WatchedAtlas(behind, lambda what, _asked: told.append(what))
    assert (watched.levels(), told) == (["district"], [])
    assert (watched.placement, told) == ({"placed": 3}, ["placement"])
    with pytest.raises(AttributeError):
        _ = watched.placed


def test_what_can_not_be_written_down_is_not_shown(town, monkeypatch):
    client = town.client("cleared")

    def full(*_args, **_kwargs):
        raise FullDiskError("the disk is full")

    monkeypatch.setattr(type(town.store.audit), "append", full)
    answer = client.get("/?layer=need", headers={"accept": "text/html"})
    assert answer.status_code == 507
    assert "T01" not in answer.text


def test_the_glass_is_broken_with_a_reason_and_ends_by_itself(town):
    client = town.client("planner")
    assert client.post("/access/glass", data=REASON, headers=ORIGIN).status_code == 303
    assert town.is_told_exact(client)
    assert not town.is_told_exact(town.client("second"))
    (act,) = town.acts("glass_broken")
    assert (act.actor, act.details["hours"]) == ("planner", 2)
    assert act.details["reason"] == REASON["reason"]
    for name in ("second", "director", "admin"):
        assert REASON["reason"] in town.client(name).get("/access").text
    town.clock.go(hours=2)
    assert not town.is_told_exact(client)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"reason": "because", "hours": "1"}, 422),
        ({"reason": " " * 40, "hours": "1"}, 422),
        ({"reason": "a threat to life", "hours": "0"}, 422),
        ({"reason": "a threat to life", "hours": "9"}, 404),
    ],
)
def test_no_reason_or_too_many_hours_break_no_glass(town, data, status):
    client = town.client("planner")
    assert client.post("/access/glass", data=data, headers=ORIGIN).status_code == status
    assert not town.is_told_exact(client)
    assert town.acts("glass_broken") == []


def test_a_broken_glass_is_not_broken_twice(town):
    client = town.client("planner")
    client.post("/access/glass", data=REASON, headers=ORIGIN)
    assert client.post("/access/glass", data=REASON, headers=ORIGIN).status_code == 409
    assert len(town.acts("glass_broken")) == 1


def test_the_holder_and_a_director_end_it_and_nobody_else(town):
    clients = {name: town.client(name) for name in ("planner", "second", "director")}
    for closer in ("planner", "director"):
        clients["planner"].post("/access/glass", data=REASON, headers=ORIGIN)
        number = town.store.grants.list(limit=1)[0].id
        close = f"/access/glass/{number}/close"
        assert clients["second"].post(close, headers=ORIGIN).status_code == 403
        assert town.is_told_exact(clients["planner"])
        assert clients[closer].post(close, headers=ORIGIN).status_code == 303
        assert not town.is_told_exact(clients["planner"])
        assert clients[closer].post(close, headers=ORIGIN).status_code == 409
    assert [one.actor for one in town.acts("glass_closed")] == ["planner", "director"]


def test_a_clock_that_jumps_back_ends_access_sessions_and_tokens(town):
    town.store.accounts.add_token("planner", "QGIS", token_hash("secret"), at=town.clock())
    client = town.client("planner")
    client.post("/access/glass", data=REASON, headers=ORIGIN)
    program = town.client()
    program.auth = ("planner", "secret")
    assert program.get("/ogc").status_code == 200
    town.clock.go(days=-1)
    assert client.get("/account").status_code == 401
    assert program.get("/ogc").status_code == 401
    assert not town.is_told_exact(town.client("planner"))  # signed in anew


def test_a_program_is_told_released_figures_whatever_its_account_may_see(town):
    town.store.accounts.add_token("cleared", "QGIS", token_hash("secret"), at=town.clock())
    program = town.client()
    program.auth = ("cleared", "secret")
    path = "/ogc/collections/need-districts/items"
    by_token, by_browser = program.get(path), town.client("cleared").get(path)
    assert by_token.headers["cache-control"] == "private, no-cache"
    assert by_browser.headers["cache-control"] == "no-store"
    values = [
        answer.json()["features"][0]["properties"]["value"] for answer in (by_token, by_browser)
    ]
    assert values[1] == pytest.approx(1000 * values[0])


def test_only_a_director_gives_a_clearance_and_never_to_himself(town):
    give = {"name": "planner", "cleared": "yes"}
    clients = {name: town.client(name) for name in ("planner", "director", "admin")}
    for name in ("planner", "admin"):
        assert clients[name].post("/access/clearance", data=give, headers=ORIGIN).status_code == 403
    own = {"name": "director", "cleared": "yes"}
    director = clients["director"]
    assert director.post("/access/clearance", data=own, headers=ORIGIN).status_code == 403
    for name in ("viewer", "admin"):
        data = {"name": name, "cleared": "yes"}
        assert director.post("/access/clearance", data=data, headers=ORIGIN).status_code == 409
    assert director.post("/access/clearance", data=give, headers=ORIGIN).status_code == 303
    assert town.is_told_exact(clients["planner"])
    director.post("/access/clearance", data=give | {"cleared": "no"}, headers=ORIGIN)
    assert not town.is_told_exact(clients["planner"])
    for action in ("clearance_given", "clearance_taken"):
        assert [(one.actor, one.subject) for one in town.acts(action)] == [("director", "planner")]


def test_a_session_in_place_of_another_ends_it(town):
    client = town.client("planner")
    old = client.cookies["mizan_session"]
    client.post("/login", data={"name": "second", "password": PASSWORD}, headers=ORIGIN)
    other = town.client()
    other.cookies.set("mizan_session", old)
    assert other.get("/account").status_code == 401


def test_an_account_of_one_office_sees_its_own_posts(town):
    town.add("at-ashar", Role.PLANNER, office="ashar", clearance=True)
    atlas = town.house.atlases.open(town.store.accounts.account("at-ashar"))
    assert {post.office for post in atlas.posts()} == {"ashar"}
    everybody = town.house.atlases.open(town.store.accounts.account("planner"))
    assert {post.office for post in everybody.posts()} == {"ashar", "tanuma"}
    assert not town.store.accounts.account("at-ashar").may(Right.HOLD_CLEARANCE)


def unescaped(text):
    """Scripts write other letters than Latin ones as escapes."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda one: chr(int(one[1], 16)), text)


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    "path",
    ["/?", "/map?", "/map/compare?", "/map/compare/frame?", "/map/print?", "/map.svg?"],
)
def test_every_map_of_exact_figures_says_so_and_no_other(town, path, lang):
    address = f"{path}layer=need&level=district&lang={lang}"
    words = {"en": r"exact figures(, for you alone|: do not)", "ar": "أرقام دقيقة"}[lang]
    exact, released = (town.client(name).get(address) for name in ("cleared", "planner"))
    assert exact.status_code == released.status_code == 200
    assert re.search(words, unescaped(exact.text), re.IGNORECASE)
    assert not re.search(words, unescaped(released.text), re.IGNORECASE)
