"""The page of an upload: a map without points, remedies by the page's own controls, no oracle."""

import ast
import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import geo
import service.imports
from geo.places import Level
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.run import Paper, context_of, fields_of, keep, understand
from service.imports.sandbox import read_raw
from service.locale.field_words import FIELD
from service.pages.advice import ON_PAGES
from service.store import Kind
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import PERIODS, squares

CASES = (
    "date,category,longitude,latitude\n"
    + "2024-01-02,domestic violence,47.3,31.2\n" * 7
    + "2024-01-03,burglary,47.8123,31.2345\n" * 12
)


@pytest.fixture(autouse=True)
def _grounds(house):
    from service.imports.run import import_file

    units = squares(Level.SUBDISTRICT).reset_index()
    units = units[["code", "name_ar", "name_en", "geometry"]]
    file = house[1].home / "squares.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(house[1], Kind.BOUNDARIES, file)


def send(client, text, kind, name="file.csv"):
    answer = client.post(
        f"/data/{kind}/upload",
        files={"file": (name, text.encode(), "text/csv")},
        headers=ORIGIN,
        follow_redirects=False,
    )
    assert answer.status_code == 303
    return answer.headers["location"]


def test_incidents_are_shown_as_bands_by_area_and_never_as_points(as_role):
    client = as_role("planner")
    place = send(client, CASES, "incidents")
    text = client.get(place).text
    assert "10 – 19" in text
    assert "0 – 9" in text
    assert "Good rows, new or already there" in text
    assert "Already there" not in text
    drawn = client.get(f"{place}/map")
    assert drawn.status_code == 200
    assert "sandbox" in drawn.headers["content-security-policy"]
    for shown in (text, drawn.text):
        for figure in ("47.8123", "31.2345", "47.3,", ">12<"):
            assert figure not in shown


def test_the_preview_does_not_tell_whether_a_case_is_known(house, as_role):
    """A planner without clearance sends a guess: the answer is the same if it is there."""
    from service.imports.run import import_file

    client = as_role("planner")
    one = "date,category,longitude,latitude\n2024-01-02,domestic violence,47.3,31.2\n"
    place = send(client, one, "incidents")
    before = [client.get(place).text, client.get(f"{place}/map").text]
    file = house[1].home / "known.csv"
    file.write_text(CASES)
    import_file(house[1], Kind.INCIDENTS, file)
    after = [client.get(place).text, client.get(f"{place}/map").text]
    assert re.sub(r"folium\w+|[0-9a-f]{32}", "", "".join(before)) == re.sub(
        r"folium\w+|[0-9a-f]{32}", "", "".join(after)
    )


def test_an_upload_is_nobody_elses(as_role):
    place = send(as_role("planner"), CASES, "incidents")
    other = as_role("director")
    for path in (place, f"{place}/map"):
        assert other.get(path).status_code == 404
    for act in ("keep", "discard", "options"):
        answer = other.post(f"{place}/{act}", data={}, headers=ORIGIN)
        assert answer.status_code == 404


def test_what_no_header_tells_is_said_on_the_page(house, as_role):
    client = as_role("planner")
    place = send(client, "when,area,families\n2024-01-02,T01N1,12\n", "arrivals")
    answer = client.get(place)
    assert answer.status_code == 422
    assert "Say below which column holds it" in answer.text
    assert '<option value="when">when</option>' in answer.text
    told = client.post(f"{place}/options", data={"column_date": "when"}, headers=ORIGIN)
    assert told.status_code == 200
    assert '<option value="when" selected>' in told.text
    client.post(f"{place}/keep", headers=ORIGIN)
    assert list(house[1].arrivals()["families"]) == [12]


def test_one_day_for_all_rows_is_read_as_it_is_written_and_asked_again_where_it_is_none(
    house, as_role
):
    client = as_role("planner")
    place = send(client, "area,families\nT01N1,12\n", "arrivals")
    wrong = client.post(f"{place}/options", data={"day": "<b>soon", "source": "O"}, headers=ORIGIN)
    assert wrong.status_code == 422
    assert 'id="fault_day"' in wrong.text
    assert 'value="&lt;b&gt;soon"' in wrong.text
    assert 'name="source" maxlength="80" value="O"' in wrong.text
    told = client.post(f"{place}/options", data={"day": "٢/٣/٢٠٢٤"}, headers=ORIGIN)
    assert told.status_code == 200
    client.post(f"{place}/keep", headers=ORIGIN)
    assert str(house[1].arrivals()["date"].iloc[0])[:10] == "2024-03-02"


@pytest.mark.parametrize(("lang", "asked"), [("en", "Which area is meant?"), ("ar", "المقصودة")])
def test_a_doubtful_spelling_is_asked_and_answered(house, as_role, lang, asked):
    client = as_role("planner", lang)
    place = send(client, "date,area,families\n2024-01-02,Qurna town,12\n", "arrivals")
    text = client.get(place).text
    assert asked in text
    assert "Qurna town" in text
    data = {"alias_0": "Qurna town", "alias_0_is": "T01N2"}
    client.post(f"{place}/options", data=data, headers=ORIGIN)
    client.post(f"{place}/keep", headers=ORIGIN)
    assert list(house[1].arrivals()["area"]) == ["T01N2"]


def test_a_word_that_is_no_category_is_asked_and_answered(house, as_role):
    client = as_role("planner")
    place = send(client, CASES, "incidents")
    assert "burglary" in client.get(place).text
    data = {"word_0": "burglary", "word_0_is": "drug_abuse"}
    client.post(f"{place}/options", data=data, headers=ORIGIN)
    client.post(f"{place}/keep", headers=ORIGIN)
    counts = house[1].incidents()["category"].value_counts().to_dict()
    assert counts == {"drug_abuse": 12, "domestic_violence": 7}


def test_places_of_a_register_and_new_boundaries_are_on_the_map(as_role):
    client = as_role("planner")
    place = send(client, "name_en,lon,lat\nAl-Qurna <i>office</i>,47.434,31.016\n", "offices")
    assert f"{place}/map" in client.get(place).text
    drawn = client.get(f"{place}/map").text
    assert "31.016" in drawn
    assert "<i>office" not in drawn
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    place = send(client, units.to_json(), "boundaries", "b.geojson")
    assert client.get(place).status_code == 200
    assert "T06N2" in client.get(f"{place}/map").text


def test_borders_are_moved_only_by_the_cleared_once_cases_are_there(house, as_role):
    """Whoever moved a border to and fro would see on which side of it a case lies."""
    from service.imports.run import import_file

    store, client = house[1], as_role("planner")
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    units["geometry"] = units.geometry.translate(0.01)
    place = send(client, units.to_json(), "boundaries", "b.geojson")
    assert f"{place}/keep" in client.get(place).text
    file = store.home / "cases.csv"
    file.write_text(CASES)
    import_file(store, Kind.INCIDENTS, file)
    before = store.data_version()
    shown = client.get(place).text
    assert f"{place}/keep" not in shown
    assert "borders are moved only by somebody" in shown
    assert client.post(f"{place}/keep", headers=ORIGIN).status_code == 403
    assert store.data_version() == before
    assert store.audit.list(action="refused")
    store.accounts.put_account(replace(store.accounts.account("planner"), clearance=True))
    assert f"{place}/keep" in client.get(place).text
    kept = client.post(f"{place}/keep", headers=ORIGIN, follow_redirects=False)
    assert kept.status_code == 303
    assert store.data_version() != before


def test_no_remedy_on_a_page_names_the_command_line():
    """Each remedy that names an option or a command has another one for pages."""
    home = Path(service.imports.__file__).parents[1]
    folders = [home / "imports", home / "derived", Path(geo.__file__).parent]
    files = [path for folder in folders for path in folder.glob("*.py")]
    found = set()
    for file in (*files, home / "assemble.py", home / "assembly" / "refusals.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            is_said = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said"
            if is_said and isinstance(node.args[0], ast.Constant):
                text = node.args[0].value
                if re.search(r"--[a-z]|\bmizan [a-z]", text):
                    found.add(text)
    assert found
    assert found == set(ON_PAGES)


def seen(client, text, kind):
    """What the preview says that keeping the file would move."""
    page = client.get(send(client, text, kind)).text
    told = re.search(r'id="outlook">(.*?)</div>', page, re.DOTALL)
    return html.unescape(told[1]) if told else ""


def test_it_is_told_before_that_the_demos_rows_go(house, as_role):
    client, text = as_role("planner"), "date,area,families\n2025-11-02,T01N1,12\n"
    assert "put aside" not in seen(client, text, "arrivals")
    file = house[1].home / "demo.csv"
    file.write_text("date,area,families\n2024-05-02,T01N1,40\n")
    raw = read_raw(file, Limits())
    what = understand(Kind.ARRIVALS, raw, context_of(house[1]), Options())
    keep(house[1], what, Paper("demo.csv", "", Options(), "cli", demo=True))
    assert "The demo's rows of this kind are put aside." in seen(client, text, "arrivals")
    client.post(f"{send(client, text, 'arrivals')}/keep", headers=ORIGIN)
    assert list(house[1].arrivals()["families"]) == [12]
    assert "put aside" not in seen(client, text.replace("12\n", "13\n"), "arrivals")


def test_it_is_told_before_where_layers_would_begin_and_end(as_role):
    client = as_role("planner")
    told = seen(client, CASES, "incidents")
    assert "tell of June 2025 – November 2025 now" in told
    assert "with this file they tell of January 2024 – November 2025." in told
    # Twelve cases of a month that the layers hold already, and nine of one that they don't.
    held, few = (CASES.replace("2024-01", month) for month in ("2025-07", "2023-01"))
    assert "tell of" not in seen(client, held, "incidents")
    few = few.split("\n2023-01-03", 1)[0] + "\n"
    assert "tell of" not in seen(client, few, "incidents")
    more = CASES + CASES.replace("2024-01", "2026-02").split("\n", 1)[1]
    later = seen(client, more, "incidents")
    assert "Rows of after 2025 are" in later
    assert "of a year that is not whole yet" in later


def test_it_is_told_before_that_arrivals_move_the_clock_or_come_too_late(atlas, as_role):
    client = as_role("planner")
    text = "date,area,families\n{},T01N1,12\n"
    year = PERIODS[0].start.year
    assert "newest period of influx" not in seen(client, text.format(f"{year}-03-01"), "arrivals")
    told = seen(client, text.format(f"{year + 1}-03-01"), "arrivals")
    assert f"is {year} now; with this file it is {year + 1}." in told
    atlas.arrivals_until = date(year, 6, 5)
    old = seen(client, text.format(f"{year - 2}-03-01"), "arrivals")
    assert "older than the twelve months" in old
    assert not seen(client, text.format(f"{year - 1}-09-01"), "arrivals")


def test_it_is_told_before_that_the_map_stays_as_it_is(house, as_role):
    client = as_role("planner")
    told = seen(client, "date,area,sessions\n2025-01-02,T01N1,2\n", "requests")
    assert "No layer of the map changes by this kind" in told
    away = CASES.replace("47.3,31.2", "10.0,10.0").replace("47.8123,31.2345", "11.0,10.0")
    assert "None of the rows lies in an area" in seen(client, away, "incidents")
    text = "date,area,families\n2025-01-02,T01N1,2\n"
    client.post(f"{send(client, text, 'arrivals')}/keep", headers=ORIGIN)
    assert "No row is new" in seen(client, text, "arrivals")


def test_a_known_case_makes_a_version_like_a_new_one(house, as_role):
    client = as_role("planner")
    one = "date,category,longitude,latitude\n2024-01-02,domestic violence,47.3,31.2\n"
    versions = []
    for _ in range(2):
        place = send(client, one, "incidents")
        client.post(f"{place}/keep", headers=ORIGIN)
        versions.append(house[1].data_version())
    assert versions[0] != versions[1]
    assert len(house[1].incidents()) == 1


def test_every_field_of_every_kind_has_its_words():
    known = {name for kind in Kind for name in fields_of(kind)}
    assert set(FIELD) == known
