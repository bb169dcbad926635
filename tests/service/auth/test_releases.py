"""Files of exact figures: one asks, another releases, the file leaves once; all of it on record."""

import hashlib
from urllib.parse import urlencode

import pytest

from service.auth.releases import NotClearedError, decide_export
from service.auth.roles import Role
from tests.service.auth.house_of_two import ORIGIN, Town

WHAT = {"name": "need", "ending": "csv", "level": "district"}
PURPOSE = "the yearly report to the governor"


@pytest.fixture
def town(tmp_path):
    found = Town(tmp_path)
    found.add("second", Role.PLANNER, clearance=True)
    yield found
    found.store.close()


def asked(town, client, **more):
    """Ask for a file; its number."""
    data = WHAT | {"purpose": PURPOSE} | more
    assert client.post("/access/export", data=data, headers=ORIGIN).status_code == 303
    return town.store.grants.list(limit=1)[0].id


def decide(client, number, decision="release"):
    path = f"/access/export/{number}/decide"
    return client.post(path, data={"decision": decision}, headers=ORIGIN).status_code


def fetch(client, number, *, method="GET", **other):
    query = WHAT | other | {"release": str(number)}
    name, ending = query.pop("name"), query.pop("ending")
    return client.request(method, f"/export/{name}.{ending}?{urlencode(query)}")


def first_value(answer):
    head, *rows = [line.split(",") for line in answer.text.splitlines() if "," in line]
    place = head.index("value")
    return next(float(row[place]) for row in rows if len(row) > place and row[place])


def test_the_plain_export_gives_released_figures_to_whoever_is_cleared(town):
    cleared, planner = (town.client(name) for name in ("cleared", "planner"))
    values = [first_value(one.get("/export/need.csv?level=district")) for one in (cleared, planner)]
    assert values[0] == values[1]
    assert [one.details["exact"] for one in town.acts("export_made")] == [False, False]


def test_one_asks_another_releases_and_the_file_leaves_once(town):
    cleared, second = town.client("cleared"), town.client("second")
    number = asked(town, cleared)
    assert fetch(cleared, number).status_code == 409  # nobody decided yet
    assert decide(cleared, number) == 409  # not the one who asks
    assert decide(second, number) == 303
    assert decide(second, number) == 409
    page = cleared.get("/access").text
    assert PURPOSE in page
    assert f"release={number}" in page
    assert fetch(cleared, number, method="HEAD").status_code == 200  # asked for, not taken
    answer = fetch(cleared, number)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    plain = first_value(cleared.get("/export/need.csv?level=district"))
    assert first_value(answer) == pytest.approx(1000 * plain)
    assert fetch(cleared, number).status_code == 409  # once
    ((who, act),) = [(e.actor, e.details) for e in town.acts("export_made") if e.details["exact"]]
    assert (who, act["released_by"], act["purpose"]) == ("cleared", "second", PURPOSE)
    assert act["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert act["serial"] in answer.text
    assert town.store.grants.get(number).serial == act["serial"]
    assert act["filter"]["level"] == "district"
    assert act["rows"] == 6
    assert [one.actor for one in town.acts("export_asked") + town.acts("export_released")] == [
        "cleared",
        "second",
    ]


def test_a_release_fits_its_file_and_its_asker_only(town):
    cleared, second = town.client("cleared"), town.client("second")
    number = asked(town, cleared)
    decide(second, number)
    assert fetch(cleared, number, level="subdistrict").status_code == 403
    assert fetch(cleared, number, name="incident_rate").status_code == 403
    assert fetch(cleared, number, ending="geojson").status_code == 403
    assert fetch(second, number).status_code == 403
    assert fetch(cleared, "x1").status_code == 404
    assert fetch(cleared, 999).status_code == 404
    assert fetch(cleared, number).status_code == 200


def test_rejected_or_too_late_it_does_not_leave(town):
    cleared, second = town.client("cleared"), town.client("second")
    number = asked(town, cleared)
    assert decide(second, number, "reject") == 303
    assert fetch(cleared, number).status_code == 409
    number = asked(town, cleared)
    decide(second, number)
    town.clock.go(hours=11)
    assert town.store.grants.get(number).holds(town.clock())
    town.clock.go(hours=14)
    assert fetch(town.client("cleared"), number).status_code == 409
    assert [one.subject for one in town.acts("export_rejected")] == ["grant 1"]


def test_whoever_lost_the_clearance_does_not_get_the_file(town):
    cleared, second, director = (town.client(name) for name in ("cleared", "second", "director"))
    number = asked(town, cleared)
    decide(second, number)
    taken = {"name": "cleared", "cleared": "no"}
    director.post("/access/clearance", data=taken, headers=ORIGIN)
    assert fetch(cleared, number).status_code == 403


def test_only_who_holds_a_clearance_releases_and_a_broken_glass_is_none(town):
    cleared, planner = town.client("cleared"), town.client("planner")
    number = asked(town, cleared)
    reason = {"reason": "a threat to the life of somebody", "hours": "2"}
    assert planner.post("/access/glass", data=reason, headers=ORIGIN).status_code == 303
    page = planner.get("/access").text
    assert "Only who holds a clearance releases" in page
    assert 'value="release"' not in page
    assert 'value="reject"' in page
    path = f"/access/export/{number}/decide"
    answer = planner.post(path, data={"decision": "release"}, headers=ORIGIN)
    assert answer.status_code == 403
    assert "Only who holds a clearance releases" in answer.text
    assert town.store.grants.get(number).approved is None
    assert decide(planner, number, "reject") == 303
    assert fetch(cleared, number).status_code == 409


def test_a_clearance_that_was_taken_meanwhile_releases_nothing(town):
    number = asked(town, town.client("cleared"))
    second = town.store.accounts.account("second")
    town.add("second", Role.PLANNER)
    with pytest.raises(NotClearedError):
        decide_export(town.store, second, number, approved=True, now=town.clock())
    assert town.acts("export_released") == []


@pytest.mark.parametrize(
    ("who", "data", "status"),
    [
        ("planner", {}, 403),  # is told released figures
        ("cleared", {"purpose": "why"}, 422),
        ("cleared", {"name": "residents"}, 404),  # no cases in it: the plain export gives it
        ("cleared", {"name": "nothing"}, 400),
        ("cleared", {"name": ""}, 404),
        ("cleared", {"ending": "exe"}, 404),
    ],
)
def test_what_can_not_be_asked_for(town, who, data, status):
    sent = WHAT | {"purpose": PURPOSE} | data
    answer = town.client(who).post("/access/export", data=sent, headers=ORIGIN)
    assert answer.status_code == status
    assert town.store.grants.list() == []


def test_the_page_says_what_would_leave(town):
    page = town.client("cleared").get("/access/export", params=WHAT).text
    assert "Need" in page
    assert "(CSV)" in page
