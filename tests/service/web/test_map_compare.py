"""Two maps beside one another: the same figures on map, legend and table, and their difference."""

import json
import re

import pytest

from geo.layers import LayerCode
from geo.places import Level
from service.locale.words import Words
from service.maps.classes import diverging
from service.pages.compared import By, choose, compare, offered
from service.pages.planview import PlanView
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import (
    DISTRICTS,
    PASSWORD,
    PERIODS,
    FakeAtlas,
    TestClient,
    make_house,
    squares,
)


def payload(document):
    """What the frame draws, read from its document."""
    start = document.index("mizanFrame(")
    text = document[document.index("{", start) :]
    return json.JSONDecoder().raw_decode(text)[0]


def compared(by, **params):
    atlas, words = FakeAtlas(), Words("en")
    choice = choose(params, atlas, by, None)
    found = offered(atlas, choice, by, words, [], str, plan=False)
    return compare(params, atlas, choice, by, words, found, None, lambda _: None)


def test_two_periods_share_a_scale_and_differ_by_their_figures():
    pair = compared(By.PERIOD, layer="incident_rate")
    assert (pair.first.title, pair.second.title) == ("2024", "2025")
    assert pair.one_scale
    rows = {row.code: row for row in pair.rows}
    assert rows["T04"].value == pytest.approx(37 * 4 * 0.01)
    assert (rows["T04"].first, rows["T04"].second) == ("146.5", "148.0")
    assert rows["T04"].text == "+1.5"
    assert rows["T04"].clear is False


def test_protected_and_missing_areas_have_no_difference():
    rows = {row.code: row for row in compared(By.PERIOD).rows}
    assert (rows["T05"].step, rows["T06"].step) == (-2, -1)
    assert rows["T05"].value is rows["T06"].value is None
    assert (rows["T05"].first, rows["T05"].text) == ("protected", "–")


def test_two_layers_differ_by_places():
    class Turned(FakeAtlas):
        def layer(self, code, level, category=None, period=None):
            layer = super().layer(code, level, category, period)
            if code is LayerCode.GROWTH:
                layer.values["value"] *= -1
            return layer

    atlas, words = Turned(), Words("en")
    params = {"a": "need", "b": "growth"}
    choice = choose(params, atlas, By.LAYER, None)
    found = offered(atlas, choice, By.LAYER, words, [], str, plan=False)
    pair = compare(params, atlas, choice, By.LAYER, words, found, None, lambda _: None)
    assert {row.code: row.value for row in pair.rows if row.value is not None} == {
        "T01": 3.0,
        "T02": 1.0,
        "T03": -1.0,
        "T04": -3.0,
    }
    assert "further up" in pair.unit
    assert all(row.clear is None for row in pair.rows)


def test_equal_sides_differ_nowhere_and_are_one_class():
    newest = str(PERIODS[0])
    pair = compared(By.PERIOD, a=newest, b=newest)
    assert len(pair.swatches) == 1
    assert {row.text for row in pair.rows if row.value is not None} == {"0.0"}


def test_a_difference_is_classed_alike_on_both_sides_of_nought():
    classes = diverging([-3.0, 0.1, 8.0])
    assert classes.edges == tuple(-edge for edge in reversed(classes.edges))
    assert classes.step(0.0) == 2
    assert (classes.step(8.0), classes.step(-8.0)) == (4, 0)


@pytest.mark.parametrize("show", ["swipe", "difference"])
@pytest.mark.parametrize("by", ["period", "layer"])
def test_page_and_frame_show_the_same_areas(as_role, by, show):
    client = as_role("viewer")
    query = f"by={by}&show={show}"
    text = client.get(f"/map/compare?{query}").text
    source = re.search(r'id="frame"[^>]*src="([^"]+)"', text)[1].replace("&amp;", "&")
    answer = client.get(source)
    assert "sandbox" in answer.headers["content-security-policy"]
    drawn = payload(answer.text)
    assert set(drawn["figures"]) == {code for code, _, _ in DISTRICTS}
    assert (drawn["other"] is None) is (show == "difference")
    for code, figure in drawn["figures"].items():
        row = re.search(rf'<tr data-code="{code}".*?</tr>', text, re.DOTALL)[0]
        assert figure["lines"][0][1] in row
        assert figure["lines"][1][1] in row


@pytest.mark.parametrize(
    "query", ["by=nonsense", "a=x&b=y", "by=plan", "by=layer&a=%3Cb%3E", "level=9", "layer=trend"]
)
def test_an_address_never_breaks(as_role, query):
    client = as_role("planner")
    assert client.get(f"/map/compare?{query}").status_code == 200
    assert client.get(f"/map/compare/frame?{query}").status_code == 200


def test_the_page_of_each_way_leads_to_the_others(as_role):
    text = as_role("planner").get("/map/compare?by=layer&a=influx&b=growth&level=subdistrict").text
    assert f"level={Level.DISTRICT.value}" in text
    assert "by=period" in text
    assert "by=plan" not in text  # two plans are not there
    assert re.search(r'<option value="growth" selected', text)


class Ground(FakeAtlas):
    """Areas of a plan, which are of no level of their own."""

    def units(self, level, governorate=None):
        return squares(Level.DISTRICT, self.names)


@pytest.mark.parametrize("show", ["swipe", "difference"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_two_plans_are_laid_side_by_side_and_subtracted(tmp_path, solved, show, lang):
    problem, plan = solved
    names = [(one.code, one.name_ar, one.name_en) for one in problem.areas]
    app, store = make_house(tmp_path, Ground(names=names))
    served = with_less_served(plan, 0.5)
    first, second = (
        store.plans.save(problem, one, title=title).id
        for one, title in ((plan, "Whole"), (served, "Half <b>of it</b>"))
    )
    client = TestClient(app, headers={"accept": "text/html"})
    client.cookies.set("mizan_lang", lang)
    client.post("/login", data={"name": "director", "password": PASSWORD}, headers=ORIGIN)
    query = f"by=plan&level=subdistrict&show={show}&a={first}&b={second}&layer=served_share"
    text = client.get(f"/map/compare?{query}").text
    assert "Half &lt;b&gt;of it&lt;/b&gt;" in text
    drawn = payload(client.get(f"/map/compare/frame?{query}&lang={lang}").text)
    words = Words(lang)
    shares = PlanView(problem, plan, words).services
    told = 0
    for code, _, _ in names:
        share = shares[code].served_share
        row = re.search(rf'<tr data-code="{code}".*?</tr>', text, re.DOTALL)[0]
        if not share:
            continue
        told += 1
        assert words.percent(share) in row
        assert words.percent(share / 2) in row
        if show == "difference":
            assert words.signed(-50 * share) in str(drawn["figures"][code])
    assert told
    store.close()


def with_less_served(plan, factor):
    """``plan`` with ``factor`` of its hours."""
    flows = tuple(
        one.model_copy(update={"hours_week": one.hours_week * factor}) for one in plan.flows
    )
    return plan.model_copy(update={"flows": flows, "seed": plan.seed + 1})
