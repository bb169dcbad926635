"""axe finds nothing on any page, in either language; the map's own document included."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Served

PATHS = ["/", "/?area=IQG02Q05", "/scenarios", "/plans", "/compare", "/data", "/about", "/account"]


@pytest.fixture(scope="module")
def served(demo):
    found = Served(demo[0])
    yield found
    found.stop()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_axe_finds_nothing(browser, served, lang):
    from tests.browser.conftest import WIDE
    from tests.service.web_house import PASSWORD

    # axe is put into the page, which our policy forbids to everybody else.
    context = browser.new_context(viewport=WIDE, bypass_csp=True)
    page = context.new_page()
    found = {}
    for path in ["/login", *PATHS]:
        page.goto(f"{served.address}{path}{'&' if '?' in path else '?'}lang={lang}")
        page.wait_for_load_state("networkidle")
        if path == "/login":
            page.fill("#name", "director")
            page.fill("#password", PASSWORD)
        answer = Axe().run(page, options={"iframes": False})
        for violation in answer.response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            found.setdefault(violation["id"], []).append((path, nodes))
        if path == "/login":
            page.click("main button.primary")
            page.wait_for_load_state("networkidle")
    page.goto(f"{served.address}/map?lang={lang}")
    page.wait_for_selector("path.leaflet-interactive")
    for violation in Axe().run(page).response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"][:3]]
        found.setdefault(violation["id"], []).append(("/map", nodes))
    context.close()
    assert found == {}


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_axe_finds_nothing_where_nothing_is_loaded_or_found_and_while_a_plan_waits(
    browser, small, tmp_path, lang
):
    from tests.browser.conftest import NARROW
    from tests.service.web_house import PASSWORD, FakeAtlas, make_house

    bare, store = make_house(tmp_path, FakeAtlas(is_empty=True))
    found = {}
    for app, paths in ((bare, ["/", "/map/compare", "/data", "/nowhere"]), (small, ["/scenarios"])):
        place = Served(app)
        context = browser.new_context(viewport=NARROW, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{place.address}/login?lang={lang}")
        page.fill("#name", "director")
        page.fill("#password", PASSWORD)
        page.click("main button.primary")
        for path in paths:
            page.goto(place.address + path)
            if path == "/scenarios":  # nobody solves here: the page of the job goes on waiting
                page.click("button[value=solve]")
                page.wait_for_url("**/jobs/*")
            for violation in Axe().run(page).response["violations"]:
                found.setdefault(violation["id"], []).append(path)
            if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
                found.setdefault("sideways", []).append(path)
        context.close()
        place.stop()
    store.close()
    assert found == {}


SEEN = """() => {
  const ring = (one) => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const one = document.activeElement;
  /* A choice that fills its label shows the ring there; in a frame the frame's document does. */
  if (one === document.body) return "end";
  if (one.tagName === "IFRAME" || ring(one) || ring(one.nextElementSibling)) return "";
  return one.outerHTML.slice(0, 120);
}"""
STOPS = 25


def test_every_stop_of_the_keyboard_is_seen(read):
    reader = read("ar")
    for path in ("/?level=subdistrict", "/scenarios", "/data", "/map/compare"):
        page = reader.open(path)
        seen = 0
        for _ in range(STOPS):
            page.keyboard.press("Tab")
            told = page.evaluate(SEEN)
            if told == "end":
                break
            assert told == "", path
            seen += 1
        assert seen > 10, path
    frame = reader.frame()
    for selector in ("path[tabindex='0']", ".leaflet-control-zoom-in"):
        one = frame.locator(selector)
        rest = one.evaluate("(e) => [getComputedStyle(e).stroke, getComputedStyle(e).outlineStyle]")
        one.focus()
        assert one.evaluate("(e) => e.matches(':focus-visible')")
        focused = one.evaluate(
            "(e) => [getComputedStyle(e).stroke, getComputedStyle(e).outlineStyle]"
        )
        assert focused != rest, selector
