"""The planner's page: legend, table, map and card say the same."""

import json
import re

import pytest

from tests.service.web_house import DISTRICTS, FakeAtlas, TestClient, make_house


def figures(text):
    return json.loads(re.search(r'id="figures">(.*?)</script>', text, re.DOTALL)[1])


def test_table_and_map_show_the_same_figures(as_role):
    text = as_role("planner").get("/?layer=incident_rate").text
    shown = figures(text)["figures"]
    for code, _, name in DISTRICTS[:4]:
        value = dict(shown[code]["lines"])["Incident rate"]
        row = re.search(rf'<tr data-code="{code}".*?</tr>', text, re.DOTALL)[0]
        assert value in row
        assert name in row


def test_no_data_and_protected_are_told_apart_and_carry_no_figure(as_role):
    text = as_role("planner").get("/").text
    shown = figures(text)["figures"]
    assert (shown["T05"]["step"], shown["T06"]["step"]) == (-2, -1)
    row = re.search(r'<tr data-code="T05".*?</tr>', text, re.DOTALL)[0]
    assert "protected" in row
    assert "7.0" not in row
    assert "no data (1)" in text
    assert "protected (1)" in text


def test_the_standing_and_the_source_stand_beside_the_legend(as_role):
    text = as_role("planner").get("/").text
    assert "SYNTHETIC, for demonstration" in text
    assert "31 December 2025" in text


@pytest.mark.parametrize(
    "query",
    [
        "layer=nonsense",
        "level=99",
        "period=yesterday",
        "category=%3Cb%3E",
        "area=%22%3E",
        "governorate=x",
    ],
)
def test_a_permalink_never_breaks(as_role, query):
    assert as_role("viewer").get(f"/?{query}").status_code == 200
    assert as_role("viewer").get(f"/map?{query}").status_code == 200


def test_an_area_opens_its_card_without_javascript(as_role):
    text = as_role("planner").get("/?area=T03").text
    card = re.search(r'<div id="card".*?</article>', text, re.DOTALL)[0]
    assert "Al-Basrah" in card
    assert "Place 2 of 4" in card


def test_nothing_loaded_says_what_to_do(tmp_path):
    from tests.service.web.conftest import ORIGIN
    from tests.service.web_house import PASSWORD

    app, store = make_house(tmp_path, FakeAtlas(is_empty=True))
    client = TestClient(app, headers={"accept": "text/html"})
    client.post("/login", data={"name": "viewer", "password": PASSWORD}, headers=ORIGIN)
    text = client.get("/?lang=en").text
    assert "Nothing is loaded yet" in text
    store.close()


@pytest.mark.parametrize("ending", ["geojson", "csv", "xlsx", "gpkg"])
def test_the_layer_leaves_as_a_file(as_role, ending):
    answer = as_role("planner").get(f"/export/need.{ending}?level=district")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]


def test_the_geojson_has_the_figures_of_the_page_and_no_protected_one(as_role):
    found = as_role("planner").get("/export/need.geojson?level=district").json()
    by_code = {feature["id"]: feature["properties"] for feature in found["features"]}
    assert by_code["T04"]["value"] == pytest.approx(5.6)
    assert by_code["T05"]["value"] is None
    assert found["metadata"]["standing"] == "synthetic"


@pytest.mark.parametrize(
    "path",
    [
        "/export/need.exe",
        "/export/plan.geojson",
        "/export/plan.xlsx?plan=../x",
    ],
)
def test_no_other_file_leaves(as_role, path):
    assert as_role("planner").get(path, follow_redirects=False).status_code == 404


def test_a_viewer_exports_nothing(as_role):
    assert as_role("viewer").get("/export/need.geojson").status_code == 403
