"""What the map page answers besides its first view: search, weights, levels, periods, order."""

import re

import pytest

from geo.places import Level
from service.locale.words import Words
from service.pages.area_choices import area_choices
from service.pages.choice import own_weights, read_choice, typed_weights
from service.pages.search import find
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import DISTRICTS, FakeAtlas

TOWNS = {
    "features": [
        {
            "properties": {"code": "t1", "name_ar": "المعقل", "name_en": "Al-Ma'qil"},
            "geometry": {"coordinates": [47.78, 30.55]},
        },
        {
            "properties": {"code": "t2", "role": "seat", "name_ar": "الفاو", "name_en": "Al-Faw"},
            "geometry": {"coordinates": [48.47, 29.97]},
        },
    ]
}


def found(question, lang="en"):
    atlas = FakeAtlas()
    return find(question, atlas, read_choice({}, atlas), Words(lang), TOWNS)


@pytest.mark.parametrize("question", ["القرنة", "القرنه", "الـقُرنة", "Al-Qurna", "qurna", "QURN"])
def test_a_name_is_found_however_it_is_spelled(question):
    best = found(question)[0]
    assert (best.code, best.name, best.also) == ("T01", "Al-Qurna", "القرنة")
    assert "area=T01" in best.url


def test_offices_forums_and_towns_are_found_and_lead_to_their_place():
    kinds = {one.what: one.url for name in ("ashar", "maqil") for one in found(name)}
    assert {"Office", "Community policing forum", "Town"} <= set(kinds)
    assert "view=30.5219" not in kinds["Town"]
    assert "view=30.5500%2C47.7800%2C11" in kinds["Town"]


def test_nothing_is_guessed_and_the_seat_of_an_area_is_not_told_twice():
    assert found("Paris") == []
    assert found("   ") == []
    assert [one.what for one in found("Al-Faw")].count("Town") == 0
    assert len(found("ال")) <= 8


def test_the_list_of_found_places_is_a_part_of_the_page(as_role):
    client = as_role("viewer", "ar")
    text = client.get("/map/find?q=basra").text
    assert "البصرة" in text
    assert "<html" not in text
    assert 'id="found"' in client.get("/?q=nowhere-at-all").text
    assert client.get("/map/find?q=").text.count("<li") == 0
    assert client.get("/map/find", params={"q": "<b>" * 90}).status_code == 200


def test_weights_are_read_leniently_and_the_usual_ones_are_none():
    assert own_weights(typed_weights({})) == ()
    assert own_weights(typed_weights({"w_growth": "x", "w_influx": "-3"})) == ()
    changed = dict(own_weights(typed_weights({"w_growth": "1e9", "w_incidents": "250"})))
    assert changed["incidents"] == 100.0
    zero = {f"w_{code}": "0" for code in changed}
    assert own_weights(typed_weights(zero)) == ()


def test_sets_of_weights_belong_to_their_owner(as_role, house):
    planner, viewer = as_role("planner"), as_role("viewer")
    form = {"layer": "need", "w_growth": "90", "set_name": "نمو <b>", "level": "district"}
    answer = planner.post("/weights", data=form, headers=ORIGIN, follow_redirects=False)
    assert answer.status_code == 303
    assert "w_growth=90" in answer.headers["location"]
    text = planner.get(answer.headers["location"]).text
    assert "نمو &lt;b&gt;" in text
    assert 'aria-current="true"><bdi>نمو' in text
    assert "نمو" not in viewer.get("/").text
    kept = house[1].weight_sets.list("planner")[0]
    path = f"/weights/{kept.id}/delete"
    assert viewer.post(path, data={}, headers=ORIGIN, follow_redirects=False).status_code == 303
    assert house[1].weight_sets.list("planner") != []
    assert planner.post(path, data={}, headers=ORIGIN, follow_redirects=False).status_code == 303
    assert house[1].weight_sets.list("planner") == []


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"w_growth": "90"}, 422, "Give the weights a name."),
        (
            {
                "set_name": "x",
                "w_growth": "0",
                "w_influx": "0",
                "w_incidents": "0",
                "w_severe": "0",
            },
            422,
            "At least one weight must be above 0.",
        ),
    ],
)
def test_weights_that_can_not_be_kept_are_told_at_the_field(as_role, form, status, said):
    answer = as_role("planner").post("/weights", data=form, headers=ORIGIN)
    assert answer.status_code == status
    assert re.search(r'id="set-name"[^>]*aria-invalid="true"', answer.text)
    assert said in answer.text


def test_the_forty_first_set_is_refused_with_what_to_do(as_role, house):
    for n in range(40):
        house[1].weight_sets.save("planner", f"set {n}", {"growth": 1.0})
    form = {"set_name": "one more", "w_growth": "90"}
    answer = as_role("planner").post("/weights", data=form, headers=ORIGIN)
    assert answer.status_code == 409
    assert "Forty sets are kept already" in answer.text


def test_months_are_offered_where_they_are_released_and_the_reason_is_said_where_not(as_role):
    client = as_role("viewer")
    text = client.get("/?layer=incident_rate&level=district&window=month").text
    assert re.search(r'<option value="month" selected', text)
    assert "November 2025" in text
    text = client.get("/?layer=incident_rate&level=subdistrict&window=month").text
    assert 'name="window"' not in text
    assert "hold too few cases to be released" in text


@pytest.mark.parametrize(
    ("sort", "first"),
    [("", "T04"), ("-rank", "T01"), ("value", "T01"), ("name", "T03"), ("x", "T04")],
)
def test_the_table_is_in_the_order_of_the_address(as_role, sort, first):
    text = as_role("viewer").get(f"/?sort={sort}").text
    codes = re.findall(r'<tr data-code="(\w+)"', text)
    assert codes[0] == first
    assert set(codes) == {code for code, _, _ in DISTRICTS}
    if sort != "name":
        assert set(codes[-2:]) == {"T05", "T06"}  # no figure goes last


def test_a_kind_is_said_by_a_sign_and_not_by_colour_alone(as_role):
    text = as_role("viewer").get("/?layer=hotspots").text
    legend = re.search(r'<div id="legend".*?</ul>', text, re.DOTALL)[0]
    assert "▲" in legend
    assert "▽" in legend
    row = re.search(r'<tr data-code="T01".*?</tr>', text, re.DOTALL)[0]
    assert "▲" in row


def test_the_card_tells_arrivals_in_families_and_persons(as_role):
    text = as_role("viewer").get("/?area=T03").text
    card = re.search(r'<div id="card".*?</article>', text, re.DOTALL)[0]
    assert "2 families" in card
    assert "about 12 persons" in card
    assert "1 whole clan" in card
    assert 'class="spark"' in card


def test_plan_layers_are_offered_to_nobody_before_there_is_a_plan(as_role):
    for role in ("viewer", "planner"):
        assert "women_demand" not in as_role(role).get("/").text


def test_a_typed_name_of_weights_is_kept_until_it_is_saved(as_role):
    client = as_role("planner")
    zero = dict.fromkeys(("w_growth", "w_influx", "w_incidents", "w_severe"), "0")
    for answer in (
        client.get("/?layer=need&set_name=By+%22hand%22"),
        client.post("/weights", data={"set_name": 'By "hand"', **zero}, headers=ORIGIN),
    ):
        panel = answer.text.split('id="weights"')[1]
        assert panel.startswith(" open>")
        assert 'value="By &#34;hand&#34;"' in panel


def test_a_layer_of_a_plan_before_any_says_so_and_where_to_ask(as_role):
    text = as_role("planner").get("/?layer=served_share&level=subdistrict").text
    told = text[text.index('<div id="unmade"') :].split("</div>")[0]
    assert "there is no plan yet" in told
    assert 'href="/scenarios"' in told
    assert "not made at this level" not in text


def test_who_may_not_see_plans_is_told_that_and_not_that_there_is_none(as_role):
    text = as_role("viewer").get("/?layer=served_share&level=subdistrict").text
    told = text[text.index('<div id="unmade"') :].split("</div>")[0]
    assert "may not see plans" in told
    assert "no plan yet" not in told
    assert "/scenarios" not in told


class TwoGovernorates(FakeAtlas):
    """The offices' governorate comes first, as in a book; the districts lie in the other."""

    placed = True

    def governorates(self):
        (ours,) = super().governorates()
        return (ours, ours.model_copy(update={"code": "Z"}))

    def offices(self):
        return super().offices() if self.placed else ()


def test_the_map_opens_where_the_offices_are_and_on_all_before_any_is_known():
    atlas = TwoGovernorates()
    assert read_choice({}, atlas).governorate == "T"
    atlas.placed = False
    assert read_choice({}, atlas).governorate is None
    assert read_choice({"governorate": "Z"}, atlas).governorate == "Z"


def test_who_may_see_plans_is_told_which_layers_come_with_the_first(as_role):
    told = "the served share stand here with the first plan"
    assert told in as_role("planner", "en").get("/?level=district").text
    assert told not in as_role("viewer", "en").get("/?level=district").text


def test_a_list_of_areas_begins_with_those_of_the_offices_governorate():
    class Mixed(TwoGovernorates):
        def units(self, level, governorate=None):
            units = super().units(level, governorate)
            if level is Level.DISTRICT:
                units["parent"] = ["Z"] * 3 + ["T"] * 3
            return units

    groups = [names["name_en"] for names, _ in area_choices(Mixed())]
    usual = [name for _, _, name in DISTRICTS]
    assert groups == usual[3:] + usual[:3]
