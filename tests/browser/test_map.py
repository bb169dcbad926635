"""The planner's map in a real browser: levels, time, search, weights, comparison, keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NARROW, WIDE, Served
from tests.browser.test_pages import CLIPPED

LABELS = "[...document.querySelectorAll('path.leaflet-interactive')].map((p) => p.getAttribute('aria-label')).join()"
PAGES = [
    "/?level=cell&layer=hotspots",
    "/?layer=incident_rate&category=severe&level=subdistrict&area=IQG02Q05N03",
    "/?layer=trend&area=IQG02Q05",
    "/?q=basra",
    "/map/compare",
    "/map/compare?by=layer&show=difference&level=subdistrict",
    "/map/print?level=subdistrict",
]


@pytest.fixture(scope="module")
def served(demo):
    found = Served(demo[0])
    yield found
    found.stop()


def settle(page):
    """Wait for the page, and for the map that stands in it."""
    page.wait_for_load_state("load")
    if handle := page.query_selector("#frame"):
        handle.content_frame().wait_for_selector("path.leaflet-interactive", state="attached")


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_is_clipped(read, lang, viewport):
    reader = read(lang, viewport)
    page = reader.page
    for path in PAGES:
        page.goto(reader.address + path)
        settle(page)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert page.evaluate(CLIPPED) == [], path


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_axe_finds_nothing(browser, served, lang):
    from tests.service.web_house import PASSWORD

    # axe is put into the page, which our policy forbids to everybody else.
    context = browser.new_context(viewport=WIDE, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{served.address}/login?lang={lang}")
    page.fill("#name", "director")
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    found = {}
    for path in [*PAGES, "/map?level=subdistrict", "/map/compare/frame?by=layer"]:
        page.goto(f"{served.address}{path}{'&' if '?' in path else '?'}lang={lang}")
        settle(page)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        answer = Axe().run(page, options={"iframes": False})
        for violation in answer.response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            found.setdefault(violation["id"], []).append((path, nodes))
    context.close()
    assert found == {}


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_another_level_draws_other_areas_without_leaving_the_page(read, lang):
    reader = read(lang)
    page = reader.open("/?layer=growth")
    assert reader.frame().locator("path.leaflet-interactive").count() == 7
    page.evaluate("window.stayed = true")
    page.focus("input[value=district]")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.querySelectorAll('#areas tbody tr').length === 18")
    page.frames[-1].wait_for_function(
        "() => document.querySelectorAll('path.leaflet-interactive').length === 18"
    )
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.value") == "subdistrict"
    assert "level=subdistrict" in page.url
    page.go_back()
    page.wait_for_function("() => document.querySelectorAll('#areas tbody tr').length === 7")
    assert page.is_checked("input[value=district]")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_period_is_chosen_by_keyboard_and_spoken(read, lang):
    reader = read(lang)
    page = reader.open("/?layer=incident_rate&window=quarter")
    frame = reader.frame()
    line = page.locator("#time")
    newest, before = line.get_attribute("aria-valuetext"), frame.evaluate(LABELS)
    assert newest == page.inner_text("#when")
    assert not page.is_visible("#period")
    line.focus()
    line.press("ArrowLeft")
    page.wait_for_function(f"() => document.querySelector('#time').ariaValueText !== {newest!r}")
    frame.wait_for_function(f"() => {LABELS} !== {before!r}")
    spoken = line.get_attribute("aria-valuetext")
    assert spoken in page.inner_text("#legend")
    assert page.evaluate("document.activeElement.id") == "time"
    assert "period=" in page.url
    line.press("End")
    frame.wait_for_function(f"() => {LABELS} === {before!r}")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_periods_play_to_the_end_and_stop(read, lang):
    page = read(lang).open("/?layer=need")
    first = page.locator("#period option").last.inner_text()
    last = page.locator("#period option").first.inner_text()
    assert page.inner_text("#when") == last
    page.click("#play")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    page.wait_for_function(f"() => document.getElementById('when').textContent === {first!r}")
    page.wait_for_function(f"() => document.getElementById('when').textContent === {last!r}")
    page.wait_for_function("() => document.getElementById('play').ariaPressed === 'false'")
    assert page.inner_text("#live") == last


@pytest.mark.parametrize(
    ("lang", "asked", "code"),
    [
        ("ar", "القرنه", "IQG02Q05"),
        ("ar", "Al Qurna", "IQG02Q05"),
        ("en", "الفاو", "IQG02Q03"),
        ("en", "fao", "IQG02Q03"),
    ],
)
def test_a_place_is_found_by_either_name_and_shown(read, lang, asked, code):
    reader = read(lang)
    page = reader.open("/")
    reader.frame()
    page.fill("#q", asked)
    page.wait_for_selector("#found a")
    assert page.inner_text("#live") != ""
    page.press("#q", "ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card article")
    assert page.get_attribute("#areas tr.chosen", "data-code") == code
    assert page.locator("#found a").count() == 0


def test_a_name_that_nobody_knows_is_answered_in_words(read):
    page = read("en").open("/")
    page.fill("#q", "Zzyzx")
    page.wait_for_selector("#found .hint")
    page.press("#q", "Escape")
    assert page.input_value("#q") == ""


def test_a_search_that_gets_no_answer_says_so(read):
    reader = read("en")
    page = reader.open("/")
    reader.context.route("**/map/find?*", lambda route: route.abort())
    page.fill("#q", "Qurna")
    page.wait_for_selector("#trouble")
    reader.context.unroute("**/map/find?*")
    page.fill("#q", "Qurn")
    page.wait_for_selector("#found a")
    assert page.is_hidden("#trouble")
    reader.errors.clear()  # the browser notes the request that failed


def test_a_choice_without_an_answer_is_taken_back_and_can_be_made_again(read):
    reader = read("en")
    page = reader.open("/")
    reader.context.route("**/?layer=*", lambda route: route.abort())
    page.click("label:has(input[value=growth])")
    page.wait_for_selector("#trouble")
    assert page.is_checked("input[value=need]")
    reader.context.unroute("**/?layer=*")
    page.click("label:has(input[value=growth])")
    page.wait_for_url("**layer=growth**")
    assert page.is_hidden("#trouble")
    assert "growth" in page.inner_text("#legend")
    reader.errors.clear()  # the browser notes the request that failed


def test_enter_in_the_name_of_weights_saves_them(read):
    page = read("en").open("/")
    page.click("#weights summary")
    page.fill("#set-name", "By the key")
    page.press("#set-name", "Enter")
    page.wait_for_selector(".sets a:has-text('By the key')", state="attached")
    page.click("#weights summary")  # usual weights leave it closed
    page.click(".sets li:has-text('By the key') button")
    page.wait_for_load_state("networkidle")
    assert page.locator(".sets a").count() == 0


@pytest.mark.parametrize(
    ("lang", "name"), [("ar", "النمو أولاً"), ("en", "Growth first")], ids=["ar", "en"]
)
def test_weights_are_saved_taken_again_and_deleted(read, lang, name):
    page = read(lang).open("/")
    page.click("#weights summary")
    slide = """(value) => { const s = document.getElementById('w_growth'); s.value = value;
      s.dispatchEvent(new Event('input', { bubbles: true })); }"""
    page.evaluate(slide, 80)
    page.wait_for_url("**w_growth=80**")
    page.fill("#set-name", name)
    page.click("#save-set")
    page.wait_for_selector(f".sets a[aria-current=true]:has-text('{name}')")
    page.wait_for_load_state("load")  # before its scripts run a link leads to a page of its own
    assert page.input_value("#w_growth") == "80"
    page.click("#usual-weights")
    page.wait_for_function("() => !location.search.includes('w_growth')")
    assert page.input_value("#w_growth") != "80"
    page.click(".sets a")
    page.wait_for_url("**w_growth=80**")
    page.click(".sets button")
    page.wait_for_load_state("networkidle")
    assert page.locator(".sets a").count() == 0


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_handle_between_two_maps_moves_by_keyboard_and_pointer(read, lang):
    reader = read(lang)
    page = reader.open("/map/compare")
    frame = reader.frame()
    handle = frame.locator(".swipe")
    cut = "getComputedStyle(document.querySelector('.leaflet-other-pane')).clipPath"
    before, where = frame.evaluate(cut), handle.bounding_box()["x"]
    assert handle.get_attribute("aria-valuenow") == "50"
    handle.focus()
    handle.press("ArrowRight")
    assert handle.get_attribute("aria-valuenow") == ("45" if lang == "ar" else "55")
    assert handle.bounding_box()["x"] > where
    assert frame.evaluate(cut) != before
    assert "2023" in handle.get_attribute("aria-valuetext")
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 22, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] - 150, box["y"] + 100, steps=4)
    page.mouse.up()
    assert handle.bounding_box()["x"] < where
    # Each title stands on its own side: the first at the reader's start.
    sides = [frame.locator(f".side-{end}").inner_text() for end in ("right", "left")]
    assert sides == (["2023", "2024"] if lang == "ar" else ["2024", "2023"])


def test_table_and_map_of_a_comparison_point_at_the_same_area(read):
    reader = read("en")
    page = reader.open("/map/compare?show=difference")
    frame = reader.frame()
    page.click("#areas tbody tr:nth-child(2) button")
    pressed = frame.locator("path[aria-pressed=true]")
    pressed.wait_for()
    name = page.inner_text("#areas tbody tr:nth-child(2) th")
    assert pressed.get_attribute("aria-label").startswith(name)
    frame.locator("path.leaflet-interactive").nth(0).dispatch_event("click")
    page.wait_for_function(
        f"() => !document.querySelector('#areas tr.chosen').innerText.includes({name!r})"
    )


def test_where_the_reader_stands_is_part_of_the_address(read):
    reader = read("en")
    page = reader.open("/")
    frame = reader.frame()
    frame.click(".leaflet-control-zoom-in")
    page.wait_for_url("**view=**")
    url = page.url
    centre = "document.querySelector('path.leaflet-interactive').getBoundingClientRect().width"
    frame.wait_for_timeout(400)
    width = frame.evaluate(centre)
    again = reader.open(url.removeprefix(reader.address))
    reader.frame()
    assert again.frames[-1].evaluate(centre) == pytest.approx(width, rel=0.02)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_what_is_exported_is_what_is_shown(read, lang):
    page = read(lang).open("/?layer=incident_rate&level=subdistrict&category=severe")
    page.focus(".menu summary")
    page.keyboard.press("Enter")
    links = page.locator(".menu a")
    assert links.count() == 6
    for index in range(6):
        href = links.nth(index).get_attribute("href")
        assert "category=severe" in href
        assert "level=subdistrict" in href
        assert page.request.get(page.url.split("/?")[0] + href).ok


def test_without_javascript_a_drawing_stands_for_the_map(browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.address}/login?lang=ar")
    page.fill("#name", "planner")
    page.fill("#password", "a good long sentence")
    page.click("main button.primary")
    page.goto(f"{served.address}/?level=subdistrict&layer=influx")
    drawing = page.locator(".plainmap img")
    assert drawing.is_visible()
    assert drawing.evaluate("(one) => one.naturalWidth") == 640
    assert page.is_visible("#period")
    page.select_option("#period", index=1)
    page.click(".show-button")
    assert "period=" in page.url
    page.fill("#q", "الزبير")
    page.click("#finder button")
    page.click("#found a >> nth=0")
    assert page.locator("#card article").count() == 1
    page.click("#areas th:nth-child(2) a")
    assert "sort=name" in page.url
    context.close()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_on_a_phone_the_map_is_seen_first_and_options_unfold(read, lang):
    page = read(lang, NARROW).open("/")
    box = page.locator("#frame").bounding_box()
    assert box["y"] < NARROW["height"] / 3
    assert not page.is_visible("#layers")
    assert not page.is_visible("#to-card")
    frame = page.frames[-1]
    frame.locator("path.leaflet-interactive").first.dispatch_event("click")
    page.click("#to-card")  # what was tapped is read below the map
    page.wait_for_function("() => document.activeElement.id === 'card' && scrollY > 0")
    page.evaluate("scrollTo(0, 0)")
    page.click("details.fold summary >> nth=0")
    assert page.is_visible("#layers")


def test_a_level_without_the_layer_says_so_and_the_address_is_true(read):
    reader = read("en")
    page = reader.page
    page.goto(f"{reader.address}/?layer=need&level=cell", wait_until="domcontentloaded")
    page.wait_for_function("() => location.search.includes('layer=incident_surface')")
    assert "Need index" in page.inner_text("#unmade")
    assert page.is_checked("input[name=layer][value=incident_surface]")
    # Cells are small: the map opens where they stand out, and a button leads to the whole and back.
    look = page.frame_locator("#frame").locator(".look")
    opened = look.inner_text()
    assert "view=" not in page.url
    look.click()
    page.wait_for_url("**view=**")
    assert look.inner_text() != opened
    look.click()
    page.wait_for_function("() => !location.search.includes('view=')")
    assert look.inner_text() == opened


def test_line_and_table_follow_one_answer_when_months_come_while_it_plays(read):
    page = read("en").open("/?layer=incident_rate&level=district")
    page.select_option("select[name=window]", "month")
    page.click("#play")
    page.wait_for_function("() => document.querySelectorAll('#period option').length > 12")
    page.evaluate("mizanTimeline.stop()")
    page.wait_for_load_state("networkidle")
    said = page.inner_text("#when")
    assert said == page.evaluate("document.getElementById('period').selectedOptions[0].text")
    assert said in page.inner_text("#chosen-said") or said in page.inner_text("#legend")
    assert page.get_attribute("#time", "aria-valuetext") == said
