"""Hostile strings in names of areas and offices: none runs, each is shown."""

import pytest

from tests.browser.conftest import Reader, Served
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
def served(tmp_path_factory, atlas):
    app, store = make_house(tmp_path_factory.mktemp("hostile"), atlas)
    found = Served(app)
    yield found
    found.stop()
    store.close()


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
        assert labels[-1].split(",")[0] in frame.locator(".leaflet-tooltip").last.inner_text()
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
