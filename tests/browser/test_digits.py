"""With Arabic digits no page of the demo has a Latin figure, nor a day written in another way.

What is typed, files, codes and accounts keep theirs: they stand in ``code`` or are isolated.
"""

import re
from dataclasses import replace

import pytest

from optimizer.solve import solve
from tests.optimizer.builders import tiny
from tests.service.auth.house_of_two import ORIGIN
from tests.service.web.test_arabic_pages import Spoken
from tests.service.web_house import PASSWORD, TestClient

PATHS = [
    *(f"/?layer={layer}" for layer in ("need", "growth", "hotspots")),
    "/?level=subdistrict&area=IQG02Q05N01",
    "/?layer=influx&area=IQG02Q05",
    "/map/compare?show=difference",
    "/map/print",
    "/scenarios?preset=clan-qurna",
    "/plans",
    "/data",
    "/data/states",
    "/data/forms/arrivals",
    "/access",
    "/access/log",
    "/access/export?name=incident_rate&ending=csv",
    "/account",
    "/account/tokens",
    "/about",
]
OWN = re.compile(r'<(\w+)\b[^>]*class="[^"]*\b(?:code|who)\b[^"]*"[^>]*>.*?</\1>', re.DOTALL)
ISOLATED = re.compile("\u2068[^\u2069]*\u2069")
LATIN = re.compile("(?<![A-Za-z])[0-9]")


@pytest.fixture(scope="module")
def clients(demo):
    app, store = demo
    house = app.state.house
    app.state.house = replace(house, settings=house.settings.model_copy(update={"digits": "arab"}))
    client = TestClient(app, headers=ORIGIN | {"accept": "text/html"})
    client.post("/login", data={"name": "director", "password": PASSWORD})
    problem = tiny()
    plan = store.plans.save(
        problem, solve(problem, time_limit_s=30).plan, owner="director", title="تجربة"
    )
    yield client, plan.id
    app.state.house = house


def latin_figures(text):
    page = Spoken()
    page.feed(OWN.sub("", text))
    said = [ISOLATED.sub("", one) for one in page.texts]
    return [one.strip()[:80] for one in said if LATIN.search(one)]


def test_the_reader_sees_a_stray_figure_and_leaves_codes_out():
    text = '<p>سنة 2024 <b class="code">IQ02</b></p><p title="12%">\u20682026-01-31\u2069 ٣</p>'
    assert sorted(latin_figures(text)) == ["12%", "سنة 2024"]


def test_no_latin_figure_stands_on_a_page(clients):
    client, plan_id = clients
    found = {}
    paths = [f"/plans/{plan_id}", f"/plans/{plan_id}/explore", f"/compare?a={plan_id}"]
    for path in [*PATHS, *paths]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        found[path] = latin_figures(answer.text)
    assert {path: figures for path, figures in found.items() if figures} == {}
