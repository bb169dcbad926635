"""What people may write stands on pages as they wrote it, and runs on none: in a real browser."""

from itertools import cycle

import pytest

from geo.places import Level
from optimizer.problem import Assumption
from optimizer.solve import solve
from service.imports.run import import_file
from service.store import Kind
from tests.browser.conftest import NARROW, Reader, Served
from tests.browser.test_hostile import HOSTILE
from tests.optimizer.builders import tiny
from tests.service.auth.house_of_two import ORIGIN
from tests.service.web_house import PASSWORD, FakeAtlas, TestClient, make_house, squares


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    names = [(f"T0{n + 1}", text, text) for n, text in enumerate(HOSTILE)]
    app, store = make_house(tmp_path_factory.mktemp("hostile"), FakeAtlas(names=names))
    found = Served(app)
    found.app, found.store = app, store
    yield found
    found.stop()
    store.close()


def hostile_plan(store):
    """A plan whose title, places, crossings' names and assumptions are hostile."""
    base, names = tiny(), cycle(HOSTILE)
    named = [
        tuple(
            one.model_copy(update=dict.fromkeys(("name_ar", "name_en"), next(names)))
            for one in part
        )
        for part in (base.areas, base.offices)
    ]
    assumption = Assumption(key="x", value=HOSTILE[2], reason=HOSTILE[3], source=HOSTILE[0])
    problem = base.model_copy(
        update={
            "areas": named[0],
            "offices": named[1],
            "title": HOSTILE[5],
            "assumptions": (assumption,),
        }
    )
    plan = solve(problem, time_limit_s=30).plan
    return store.plans.save(problem, plan, owner="planner", title=HOSTILE[5]).id


@pytest.fixture(scope="module")
def told(served):
    """What people may write, written: pages by role, each with the texts that it has to show."""
    store, names = served.store, cycle(HOSTILE)
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    units["name_ar"] = units["name_en"] = [next(names) for _ in range(len(units))]
    file = store.home / f"{HOSTILE[5]}.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(store, Kind.BOUNDARIES, file)
    plan = hostile_plan(store)
    long = " ".join(HOSTILE)

    def client(name):
        made = TestClient(served.app, headers=ORIGIN | {"accept": "text/html"})
        made.post("/login", data={"name": name, "password": PASSWORD})
        return made

    director, planner = client("director"), client("planner")
    for asked in (
        director.post(f"/plans/{plan}/decision", data={"decision": "reject", "reason": long}),
        planner.post("/access/glass", data={"reason": long, "hours": "1"}),
        planner.post("/access/export", data={"name": "need", "ending": "csv", "purpose": long}),
        director.post("/account/tokens", data={"label": HOSTILE[2], "days": "30"}),
        director.post("/weights", data={"set_name": HOSTILE[4], "w_growth": "50"}),
    ):
        assert asked.status_code == 200
    return [
        (f"/plans/{plan}", [HOSTILE[5], HOSTILE[0], HOSTILE[2], long]),
        ("/plans", [HOSTILE[5]]),
        ("/data", [HOSTILE[5]]),
        ("/data/forms/arrivals", HOSTILE),
        ("/access", [long]),
        ("/access/log", [long]),
        ("/account/tokens", [HOSTILE[2]]),
        ("/", [*HOSTILE, HOSTILE[4]]),
    ]


def test_what_people_wrote_runs_on_no_page_and_is_shown(browser, served, told):
    reader = Reader(browser, served.address, "ar", NARROW).sign_in()
    for path, texts in told:
        page = reader.open(path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        shown = page.inner_text("main")
        lacking = [text for text in texts if text not in shown]
        assert not lacking, (path, lacking)
        assert page.evaluate("window.ran") is None, path
        assert page.locator("[onload], [onerror], [onmouseover], img[src=x]").count() == 0, path
    reader.context.close()
    reader.check()
