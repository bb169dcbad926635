"""The card of an area: what the newest plan does there; the data page: how rows were placed."""

import re
from types import SimpleNamespace

import pytest

from geo.layers import Clearance
from geo.places import Level
from service.locale.words import Words
from service.pages.data_view import _quality
from service.pages.planview import PlanView
from service.store import Kind
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import PASSWORD, FakeAtlas, TestClient, make_house, squares


class Ground(FakeAtlas):
    """Areas of a plan, which are of no level of their own."""

    def units(self, level, governorate=None):
        return squares(Level.DISTRICT, self.names)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_card_and_layers_tell_what_the_newest_plan_does(tmp_path, solved, lang):
    problem, plan = solved
    names = [(one.code, one.name_ar, one.name_en) for one in problem.areas]
    others = [("Z9", "بعيدة", "Far off")]  # the map has areas that the plan knows nothing of
    app, store = make_house(tmp_path, Ground(names=names + others))
    plan_id = store.plans.save(problem, plan, title="A try").id
    client = TestClient(app, headers={"accept": "text/html"})
    client.cookies.set("mizan_lang", lang)
    client.post("/login", data={"name": "planner", "password": PASSWORD}, headers=ORIGIN)
    view = PlanView(problem, plan, Words(lang))
    for lead in plan.leads:
        query = f"/?level=subdistrict&layer=served_share&area={lead.area}"
        text = client.get(query).text
        card = re.search(r'<div id="card".*?</article>', text, re.DOTALL)[0]
        assert view.office(lead.office) in card
        assert f"/plans/{plan_id}" in card
        row = re.search(rf'<tr data-code="{lead.area}".*?</tr>', text, re.DOTALL)[0]
        assert Words(lang).percent(view.services[lead.area].served_share) in row
    assert plan.leads
    store.close()


def test_how_rows_were_placed_is_told_to_the_cleared_alone():
    atlas = SimpleNamespace(placement={"incidents": 1200, "border": 30, "unheard_of": 4})
    words = Words("en")
    told = _quality(words, Kind.INCIDENTS, Clearance.EXACT, atlas)
    assert told == (("Incidents", "1,200"), ("Near a border", "30"))
    assert _quality(words, Kind.INCIDENTS, Clearance.RELEASED, atlas) == ()
    assert _quality(words, Kind.OFFICES, Clearance.EXACT, atlas) == ()
