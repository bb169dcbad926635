"""Hostile strings in names of areas and offices and in titles: none runs, each is shown."""

import re

import pytest

from optimizer.solve import solve
from tests.browser.conftest import Reader, Served
from tests.optimizer.builders import DAY, LATE, tiny
from tests.service.web_house import FakeAtlas, make_house

HOSTILE = [
    "${window.ran=1}",
    "`;window.ran=1;//",
    "<img src=x onerror=window.ran=1>",
    "</script><script>window.ran=1</script>",
    "{{7*7}}{% raw %}",
    '"><svg onload=window.ran=1>',
]


@pytest.fixture(scope="module")
def atlas():
    names = [(f"T0{n + 1}", text, text) for n, text in enumerate(HOSTILE)]
    return FakeAtlas(names=names, office_name=("${window.ran=2}<b onmouseover=window.ran=2>x",) * 2)


@pytest.fixture(scope="module")
def house(tmp_path_factory, atlas):
    app, store = make_house(tmp_path_factory.mktemp("hostile"), atlas)
    yield app, store
    store.close()


@pytest.fixture(scope="module")
def served(house):
    found = Served(house[0])
    yield found
    found.stop()


@pytest.fixture(scope="module")
def plans(house):
    """Two plans whose titles, areas, offices and shifts are hostile."""
    base = tiny()

    def named(one, text):
        return one.model_copy(update={"name_ar": text, "name_en": text})

    problem = base.model_copy(
        update={
            "areas": tuple(map(named, base.areas, HOSTILE)),
            "offices": tuple(map(named, base.offices, HOSTILE[::-1])),
            "shifts": (named(DAY, HOSTILE[0]), named(LATE, HOSTILE[2])),
        }
    )
    plan = solve(problem, time_limit_s=30).plan
    ids = [
        house[1].plans.save(problem.model_copy(update={"title": text}), plan, title=text).id
        for text in HOSTILE[1:3]
    ]
    return ids, {one.name_en for one in (*problem.areas, *problem.offices, *problem.shifts)}


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_none_runs_and_each_is_shown(browser, served, lang):
    reader = Reader(browser, served.address, lang).sign_in()
    page = reader.open("/?area=T01")
    frame = reader.frame()
    frame.wait_for_timeout(300)
    shown = page.inner_text("#areas")
    assert all(text in shown for text in HOSTILE)
    labels = []
    for index in range(len(HOSTILE)):
        path = frame.locator("path.leaflet-interactive").nth(index)
        path.focus()
        frame.wait_for_selector(".leaflet-tooltip")
        labels.append(path.get_attribute("aria-label"))
        assert (
            re.split("[,،] ", labels[-1])[0] in frame.locator(".leaflet-tooltip").last.inner_text()
        )
        path.blur()
    assert all(any(text in label for label in labels) for text in HOSTILE)
    assert page.inner_text("#card h2") == HOSTILE[0]
    office = frame.locator(".leaflet-marker-icon:has(.sign.main)")
    office.dispatch_event("mouseover")
    office.focus()
    assert "${window.ran=2}" in office.get_attribute("aria-label")
    assert page.evaluate("window.ran") is None
    assert frame.evaluate("window.ran") is None
    reader.context.close()
    reader.check()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_titles_of_scenarios_and_plans_are_shown_and_none_runs(browser, served, plans, lang):
    reader = Reader(browser, served.address, lang).sign_in()
    page = reader.open("/scenarios")
    for text in HOSTILE:
        page.fill(f"[name=title_{lang}]", f"{text} {lang}")
        page.click("button[value=save]")
        page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    saved = page.inner_text("details.saved")
    assert all(f"{text} {lang}" in saved for text in HOSTILE)
    (one, other), names = plans
    assert len(names) > 4
    titles = HOSTILE[1:3]
    asked = f"/compare?p={one}&p={other}"
    for path, texts in (("/plans", titles), (asked, titles), (f"/plans/{one}", names)):
        page = reader.open(path)
        shown = page.inner_text("main")
        assert all(text in shown for text in texts), path
        assert page.evaluate("window.ran") is None
    reader.context.close()
    reader.check()


def test_the_frame_can_reach_nothing_of_the_page(browser, served):
    reader = Reader(browser, served.address).sign_in()
    reader.open("/")
    frame = reader.frame()
    denied = "(f) => { try { return String(f()); } catch (error) { return error.name; } }"
    assert frame.evaluate(f"({denied})(() => document.cookie)") == "SecurityError"
    assert frame.evaluate(f"({denied})(() => parent.document.title)") == "SecurityError"
    assert frame.evaluate("fetch('/healthz').then(() => 'answered', () => 'refused')") == "refused"
    reader.context.close()
    assert reader.foreign == []
