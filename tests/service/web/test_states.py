"""The data page lists states; each is shown again with its layers, files and plans."""

import re
from datetime import date

import pytest

from geo.places import Level, Standing
from service.imports.run import import_file
from service.imports.undoing import undo
from service.store import Kind
from service.store.datasets import NewVersion
from tests.service.store import versions
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import squares


@pytest.fixture
def past(house):
    """A store whose data changed twice: boundaries, then population, which was taken back."""
    store = house[1]
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    file = store.home / "squares.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(store, Kind.BOUNDARIES, file)
    first = store.data_version()
    two = store.datasets.add(versions.population("T01N1", "2024-11-20", 100), "zeinab")
    second = store.data_version()
    undo(store, two.sequence, actor="planner")
    return first, second


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_past_state_is_listed_and_shown(as_role, past, lang):
    client = as_role("planner", lang)
    first, second = past
    for path in ("/data", "/data/states"):
        text = client.get(path).text
        assert f"/data/states/{second}" in text
        assert f"/data/states/{first}" in text
    text = client.get(f"/data/states/{second}").text
    assert "population-2" in text
    assert "/export/need.csv?" in text
    assert f"as_of={second}" in text
    assert "{" not in re.sub(r"<meta.*?>", "", text)
    drawn = client.get(f"/data/states/{second}/map?layer=residents")
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert "population-2" not in client.get(f"/data/states/{first}").text


def test_a_day_or_a_version_leads_to_its_state(house, as_role, past):
    client = as_role("viewer")
    today = house[1].states.list()[0].at.astimezone().date().isoformat()
    for asked, version in ((today, past[0]), (past[1], past[1])):
        answer = client.get(f"/data/states?q={asked}", follow_redirects=False)
        assert answer.headers["location"] == f"/data/states/{version}"
    for wrong in ("yesterday", "0" * 12, "1999-01-01"):
        assert client.get(f"/data/states?q={wrong}").status_code == 404
        assert client.get(f"/data/states/{wrong}").status_code == 404


def test_the_file_of_a_past_state_says_so_in_the_log(house, as_role, past):
    client = as_role("planner")
    answer = client.get(f"/export/need.csv?level=district&as_of={past[1]}")
    assert answer.status_code == 200
    event = house[1].audit.list(action="export_made", limit=1)[0]
    assert event.details["filter"]["as_of"] == past[1]
    assert client.get("/export/need.csv?as_of=nothing").status_code == 404


def test_counts_of_cases_are_told_to_who_brought_them_or_is_cleared(house, as_role):
    store = house[1]
    incidents = NewVersion(
        kind=Kind.INCIDENTS, records=(), standing=Standing.REPORTED,
        rows_read=4321, rows_kept=4000, rows_already=300, rows_rejected=21,
        as_of=date(2024, 8, 17),
    )  # fmt: skip
    store.datasets.add(incidents, "somebody")
    text = as_role("planner").get("/data").text
    for figure in ("4,321", "4,000", "300", ">21<", "17 August"):
        assert figure not in text
    assert "holds a clearance" in text
    store.datasets.add(incidents, "planner")
    text = as_role("planner").get("/data").text
    assert "4,321" in text
    assert "4,300" in text  # new and known together
    assert "4,000" not in text
    other = as_role("viewer").get("/data").text
    assert "4,321" not in other


def test_the_newest_version_stands_first(house, as_role):
    for n in range(12):
        house[1].datasets.add(versions.population("T01N1", f"2024-11-{n + 1:02d}", 100), "ali")
    text = as_role("planner").get("/data").text
    assert text.index("population-12") < text.index("population-5") < text.index("population-4")
    assert "4 older versions" in text


def test_an_undo_on_the_page_is_an_act_in_the_log(house, as_role):
    made = house[1].datasets.add(versions.population("T01N1", "2024-11-20", 100), "ali")
    as_role("planner").post(f"/data/versions/{made.sequence}/undo", headers=ORIGIN)
    entry = house[1].audit.list(limit=1)[0]
    assert (entry.action, entry.actor, entry.subject) == (
        "import_undone", "planner", "population-1",
    )  # fmt: skip


def test_data_that_come_back_under_another_number_are_listed_by_it(tmp_path):
    """Equal data have one data version, and so one layer book; the page lists what is there now."""
    from service.app import create_app
    from service.auth.roles import Role
    from service.settings import Settings
    from service.store import open_store
    from tests.service.web.conftest import PAGE
    from tests.service.web_house import PASSWORD, TestClient, add_account

    settings = Settings(home=tmp_path)
    with open_store(settings) as store:
        add_account(store, "planner", Role.PLANNER)
        client = TestClient(create_app(settings, store=store), headers=PAGE)
        client.post("/login", data={"name": "planner", "password": PASSWORD}, headers=ORIGIN)
        for number in (1, 2):
            made = store.datasets.add(versions.population("T01N1", "2024-11-20", 100), "ali")
            assert made.sequence == number
            text = client.get("/data").text
            assert f"/data/versions/{number}/undo" in text
            client.post(f"/data/versions/{number}/undo", headers=ORIGIN)
            assert f"population-{number}" not in client.get("/data?").text.split("kind-")[2]


def test_a_past_state_of_exact_figures_says_so(as_role, past, monkeypatch):
    client = as_role("planner")
    mark = "Exact figures, for you alone"
    assert mark not in client.get(f"/data/states/{past[1]}?lang=en").text
    # The house's atlas has released figures for everybody; who is told which: tests/service/auth.
    monkeypatch.setattr("service.pages.states.tells_exact", lambda _: True)
    assert mark in client.get(f"/data/states/{past[1]}?lang=en").text
