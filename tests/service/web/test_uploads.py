"""A planner's file: previewed with its faults, kept or let go, taken back."""

import re

import pytest

from geo.places import Standing
from service.imports import staging
from service.pages.waiting_room import staging_of
from service.store import Kind
from service.store.datasets import NewVersion
from tests.service.web.conftest import ORIGIN

OFFICES = "code,kind,name_ar,name_en,lon,lat\na,main,أ,A,47.8,30.5\nb,palace,ب,B,47.9,30.5\n"


def send(client, text, kind="offices"):
    return client.post(
        f"/data/{kind}/upload",
        files={"file": ("../offices<b>.csv", text.encode(), "text/csv")},
        data={"source": "us", "standing": "reported"},
        headers=ORIGIN,
        follow_redirects=False,
    )


@pytest.mark.usefixtures("grounds")
def test_a_file_is_previewed_and_only_then_kept(house, as_role):
    client = as_role("planner")
    place = send(client, OFFICES).headers["location"]
    text = client.get(place).text
    assert "palace" in text
    assert "Use one of" in text
    assert "offices&lt;b&gt;.csv" in text
    assert house[1].datasets.list(Kind.OFFICES) == []
    kept = client.post(f"{place}/keep", headers=ORIGIN)
    assert "Kept as a new version" in kept.text
    assert [office.code for office in house[1].offices()] == ["a"]
    assert client.get(place).status_code == 404


def test_a_file_that_is_let_go_leaves_nothing(house, as_role):
    client = as_role("planner")
    place = send(client, OFFICES).headers["location"]
    client.post(f"{place}/discard", headers=ORIGIN)
    assert client.get(place).status_code == 404
    assert list((staging_of(house[0].state.house)._folder).glob("*")) == []


def test_rubbish_is_refused_with_its_reason_in_arabic(as_role):
    client = as_role("planner", "ar")
    place = send(client, "\x00\x01\x02" * 50).headers["location"]
    answer = client.get(place)
    assert answer.status_code == 422
    assert re.search(r"[\u0600-\u06ff]{4,} ", answer.text)


@pytest.mark.usefixtures("grounds")
def test_a_version_can_be_taken_back(house, as_role):
    client = as_role("planner")
    place = send(client, OFFICES).headers["location"]
    client.post(f"{place}/keep", headers=ORIGIN)
    sequence = house[1].datasets.list(Kind.OFFICES, active=True)[0].sequence
    client.post(f"/data/versions/{sequence}/undo", headers=ORIGIN)
    assert house[1].offices() == ()


@pytest.mark.parametrize("kind", ["secrets", "..%2f"])
def test_no_other_kind_is_taken(as_role, kind):
    assert send(as_role("planner"), OFFICES, kind).status_code == 404


def test_a_viewer_loads_nothing(as_role):
    client = as_role("viewer")
    assert send(client, OFFICES).status_code == 403
    assert "Load a file" not in client.get("/data").text


def test_the_demo_is_not_taken_back_from_a_page(house, as_role):
    datasets = house[1].datasets
    kept = datasets.add(
        NewVersion(kind=Kind.OFFICES, records=(), standing=Standing.SYNTHETIC, demo=True)
    )
    answer = as_role("planner").post(f"/data/versions/{kept.sequence}/undo", headers=ORIGIN)
    assert answer.status_code == 409
    assert datasets.get(kept.sequence).active


@pytest.mark.usefixtures("grounds")
@pytest.mark.parametrize(("lang", "told"), [("en", "files of yours wait"), ("ar", "من ملفاتك")])
def test_more_than_may_wait_are_refused_with_a_way_out(as_role, monkeypatch, lang, told):
    monkeypatch.setattr(staging, "MOST_WAITING", 1)
    client = as_role("planner", lang)
    assert send(client, OFFICES).status_code == 303
    full = send(client, OFFICES)
    assert full.status_code == 429
    assert told in full.text


@pytest.mark.usefixtures("grounds")
def test_files_that_wait_are_listed_for_who_brought_them_alone(as_role):
    client = as_role("planner")
    assert "wait for a decision" not in client.get("/data").text
    place = send(client, OFFICES).headers["location"]
    listed = client.get("/data").text
    assert f'href="{place}"' in listed
    assert "offices&lt;b&gt;.csv" in listed
    client.get(place)
    rows = client.get("/data").text.split("<tr>")
    (row,) = [row for row in rows if place in row]
    assert '<td class="n">2</td>' in row
    for other in ("director", "viewer"):
        assert place not in as_role(other).get("/data").text
    client.post(f"{place}/discard", headers=ORIGIN)
    assert place not in client.get("/data").text


def test_waiting_files_are_told_in_arabic(as_role):
    client = as_role("planner", "ar")
    send(client, OFFICES)
    assert "ملفاتك التي تنتظر قراراً" in client.get("/data").text


@pytest.mark.usefixtures("grounds")
def test_a_file_that_nothing_said_can_mend_is_not_asked_about(house, as_role):
    client = as_role("planner")
    binary = send(client, "\x00\x01\x02").headers["location"]
    answer = client.get(f"{binary}?lang=en")
    assert "Let it go, and send another one." in answer.text
    assert "Say below what is missing" not in answer.text
    columns = send(client, "a,b\n1,2\n").headers["location"]
    assert "Say below what is missing" in client.get(f"{columns}?lang=en").text


@pytest.mark.usefixtures("grounds")
def test_an_estimate_without_residents_sends_to_the_data_page(as_role, monkeypatch):
    from geo.checks import Fault
    from service.pages.estimates import Estimate

    key = "No area of {code} has a figure of residents."
    fault = Fault(key, "Load residents: mizan import population FILE", {"code": "A"})
    empty = Estimate(now=None, then=None, faults=(fault,))
    monkeypatch.setattr("service.pages.scenarios._reckoned", lambda *_: empty)
    answer = as_role("planner").post("/scenarios/estimate?lang=en", data={}, headers=ORIGIN)
    assert "Load residents on the data page." in answer.text
