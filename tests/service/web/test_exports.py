"""A file of a layer leaves with a serial of its own, which the audit log knows."""

import csv
import hashlib
import re

import pytest

from geo.incidents import CATEGORIES
from service.exports.departures import copy_serial
from service.store.errors import FullDiskError

KNOWN = next(iter(CATEGORIES))


def test_an_export_is_an_event_with_its_bytes_filter_and_serial(house, as_role):
    client = as_role("planner")
    answer = client.get("/export/need.csv?level=district")
    assert answer.status_code == 200
    event = house[1].audit.list(action="export_made", limit=1)[0]
    assert (event.actor, event.subject) == ("planner", "layer need")
    assert event.details["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert event.details["rows"] == 6
    assert event.details["filter"]["level"] == "district"
    assert event.details["exact"] is False
    assert event.details["serial"] in answer.text


def test_every_copy_has_its_own_serial(house, as_role):
    client = as_role("planner")
    for _ in range(2):
        client.get("/export/residents.geojson?level=district")
    one, two = house[1].audit.list(action="export_made", limit=2)
    assert one.details["serial"] != two.details["serial"]
    assert len({copy_serial() for _ in range(100)}) == 100


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg", "xlsx"])
def test_what_can_not_be_written_down_does_not_leave(house, as_role, monkeypatch, ending):
    def full(*_args, **_kwargs):
        raise FullDiskError("the disk is full")

    client = as_role("planner")
    monkeypatch.setattr(type(house[1].audit), "append", full)
    answer = client.get(f"/export/need.{ending}?level=district")
    assert answer.status_code == 507
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize("ending", ["csv", "pdf"])
def test_a_misspelt_word_brings_no_other_file_but_what_may_be_asked(house, as_role, ending):
    client = as_role("planner")
    for name, query, where, among in (
        ("need", "level=distrct", "level", {"district", "subdistrict"}),
        ("need", "period=2019-01-01/2020-01-01", "period", {"2025-01-01/2026-01-01"}),
        ("nead", "", "name", {"need", "incident_rate"}),
        ("need", f"category={KNOWN}", "category", set()),
        ("incident_rate", "category=misspelt", "category", {KNOWN}),
        ("need", "window=month", "window", {"year"}),
        ("need", "governorate=Basra", "governorate", {"T", "all"}),
        ("nead", "level=distrct&period=x", "level", {"district"}),
    ):
        answer = client.get(f"/export/{name}.{ending}?{query}", headers={"accept": "*/*"})
        assert answer.status_code == 400, query
        (fault,) = answer.json()["faults"]
        assert fault["where"] == where
        assert among <= set(fault["offered"]), query
        assert among or not fault["offered"]
    assert house[1].audit.list(action="export_made", limit=1) == []


@pytest.mark.parametrize(("lang", "said"), [("en", "Ask for one of these"), ("ar", "اطلب")])
def test_people_read_in_their_language_what_may_be_asked(as_role, lang, said):
    answer = as_role("planner").get(f"/export/need.csv?level=distrct&lang={lang}")
    assert answer.status_code == 400
    assert said in answer.text
    assert '<bdi class="code" dir="ltr">subdistrict</bdi>' in answer.text


@pytest.mark.parametrize("ending", ["csv", "pdf"])
def test_what_is_asked_by_its_right_name_or_left_empty_is_given(as_role, ending):
    query = "level=subdistrict&window=year&period=2024-01-01/2025-01-01&governorate=T"
    client = as_role("planner")
    assert client.get(f"/export/need.{ending}?{query}&category=").status_code == 200
    empty = "level=&window=&period=&category=&governorate="
    assert client.get(f"/export/need.{ending}?{empty}").status_code == 200


def test_a_need_under_weights_of_ones_own_leaves_as_it_is_seen_and_says_them(house, as_role):
    client = as_role("planner", "en")
    own = "level=district&w_growth=90&w_incidents=0&w_severe=0&w_influx=30"
    answer = client.get(f"/export/need.csv?{own}")
    assert "need-own-weights-district.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))
    told = "incidents 0.000; severe 0.000; influx 0.250; growth 0.750"
    assert {row["weights"] for row in rows} == {told}
    assert (
        house[1].audit.list(action="export_made", limit=1)[0].details["filter"]["weights"] == told
    )
    page = client.get(f"/?{own}").text
    shown = dict(
        re.findall(
            r'<tr data-code="(\w+)".*?</th>\s*<td class="n" data-value="([\d.]+)"', page, re.DOTALL
        )
    )
    assert shown
    for row in rows:
        if row["code"] in shown:
            assert float(row["value"]) == pytest.approx(float(shown[row["code"]]))
    said = "Influx of displaced families 25%, Population growth 75%"
    assert said in page
    assert said in client.get(f"/map/print?{own}").text
    usual = client.get("/export/need.csv?level=district").text
    assert "weights" not in usual
