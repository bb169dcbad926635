"""The data page in a browser: a file is seen on the map before it is kept, a clan arrives, undo."""

from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from service.app import create_app
from service.auth.roles import Role
from service.demo.load import load_demo
from service.locale.words import Words
from service.settings import Settings
from service.store import Kind, open_store
from tests.browser.conftest import NARROW, WIDE, Served
from tests.service.web_house import add_account

CASES = "date,category,district,longitude,latitude\n" + "".join(
    f"2024-0{1 + n % 9}-15,drugs,,{47.7 + 0.004 * n},{30.4 + 0.004 * n}\n" for n in range(40)
)
WORDS = {
    "ar": {"keep": "إبقاء", "back": "التراجع", "kept": "إصدار", "fault": "تاريخ"},
    "en": {"keep": "Keep", "back": "Take back", "kept": "version", "fault": "date"},
}


@pytest.fixture(scope="module")
def data_store(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("data"))
    store = open_store(settings)
    load_demo(store, settings.data_dir)
    for role in Role:
        add_account(store, role.value, role)
    yield settings, store
    store.close()


@pytest.fixture(scope="module")
def served(data_store):
    settings, store = data_store
    running = Served(create_app(settings, store=store))
    yield running
    running.stop()


def no_axe_violation(page):
    found = Axe().run(page).response["violations"]
    told = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]
    assert told == []


def nothing_is_clipped(page):
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def go(page, act):
    """Do what leads to another page, and wait for it."""
    with page.expect_navigation():
        act()
    page.wait_for_load_state("networkidle")


def send(page, kind, name, text):
    """Give a file to the form of a kind, as somebody does who looks for it on the page."""
    section = page.locator(f"section[aria-labelledby=kind-{kind}]")
    section.locator("details > summary", has_text="").last.click()
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    section.locator("input[type=file]").set_input_files(file)
    go(page, section.locator("form.loadform button.primary").click)


@pytest.mark.parametrize(("lang", "viewport"), [("ar", WIDE), ("en", NARROW)], ids=["ar", "en"])
def test_a_file_is_seen_on_the_map_before_it_is_kept(read, data_store, lang, viewport):
    store = data_store[1]
    reader = read(lang, viewport, "planner")
    page = reader.open("/data")
    no_axe_violation(page)
    nothing_is_clipped(page)
    before = store.data_version()
    send(page, "incidents", "cases.csv", CASES + "2024-13-99,drugs,,47.8,30.5\n")
    frame = page.frame_locator(".previewframe iframe")
    frame.locator("path.leaflet-interactive").first.wait_for()
    no_axe_violation(page)
    nothing_is_clipped(page)
    assert store.data_version() == before
    assert WORDS[lang]["fault"] in page.locator("table").first.inner_text()
    assert "--" not in page.locator("main").inner_text()
    # Pointing at an area says its band, never a place.
    rows = page.locator(".previewrows tbody tr")
    assert rows.count() >= 2
    go(page, page.locator("main .buttons form button.primary").first.click)
    assert WORDS[lang]["kept"] in page.locator(".notice.good").inner_text()
    assert store.data_version() != before
    newest = store.datasets.list(Kind.INCIDENTS, active=True)[-1]
    row = page.locator("section[aria-labelledby=kind-incidents] tr", has_text=newest.id)
    go(page, row.get_by_role("button").click)
    assert store.data_version() == before


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_file_that_cannot_be_read_is_told_about(read, data_store, lang):
    reader = read(lang, WIDE, "planner")
    page = reader.open("/data")
    reader.errors.clear()
    send(page, "arrivals", "clans.csv", "when,where,families\n2024-05-01,Qurna town,300\n")
    reader.errors.clear()  # the browser notes the 422 of the page itself
    no_axe_violation(page)
    page.select_option("#column_date", "when")
    page.select_option("#column_area", "where")
    go(page, page.locator("#say button.primary").click)
    page.select_option("#alias_0", "IQG02Q05N03")
    go(page, page.locator("#say button.primary").click)
    no_axe_violation(page)
    go(page, page.locator("main .buttons form button.primary").first.click)
    version = data_store[1].datasets.list(Kind.ARRIVALS, active=True)[-1]
    row = data_store[1].arrivals().iloc[-1]
    assert (row["area"], row["families"]) == ("IQG02Q05N03", 300)
    listed = page.locator("section[aria-labelledby=kind-arrivals] tr", has_text=version.id)
    go(page, listed.get_by_role("button").click)


@pytest.mark.parametrize(("lang", "viewport"), [("ar", WIDE), ("en", NARROW)], ids=["ar", "en"])
def test_a_clan_arrives_by_keyboard_and_goes_again(read, data_store, lang, viewport):
    store = data_store[1]
    reader = read(lang, viewport, "planner")
    page = reader.open("/data")
    before = store.data_version()
    page.locator(".formlinks a[href='/data/forms/arrivals']").focus()
    go(page, lambda: page.keyboard.press("Enter"))
    no_axe_violation(page)
    nothing_is_clipped(page)
    page.fill("#date", "2024-06-01")
    page.select_option("#area", "IQG02Q05N03")
    page.fill("#families", "٣٠٠")
    page.fill("#origin", "ذي قار")
    page.check("[name=clan]")
    page.locator("#source").focus()
    go(page, lambda: page.keyboard.press("Enter"))
    assert WORDS[lang]["kept"] in page.locator(".notice.good").inner_text()
    no_axe_violation(page)
    row = store.arrivals().iloc[-1]
    assert (row["area"], row["families"], row["clan"]) == ("IQG02Q05N03", 300, True)
    go(page, page.locator(".notice.good button").click)
    assert store.data_version() == before


def test_a_clan_of_today_is_on_the_map_at_once(read, data_store):
    """Incidents end long before: influx and need have clocks of their own."""
    store, today = data_store[1], datetime.now().astimezone().date()
    reader = read("en", WIDE, "planner")
    page = reader.open("/?layer=incident_rate&level=subdistrict")
    assert int(page.locator("#period option").first.inner_text()) < today.year
    page = reader.open("/data/forms/arrivals")
    page.fill("#date", today.isoformat())
    page.select_option("#area", "IQG02Q05N03")
    page.fill("#families", "300")
    page.check("[name=clan]")
    page.locator("#source").focus()
    go(page, lambda: page.keyboard.press("Enter"))
    kept = page.url
    assert page.locator(".notice.good").is_visible()
    for layer in ("influx", "need"):
        page = reader.open(f"/?layer={layer}&level=subdistrict")
        assert page.locator("#period option").first.inner_text() == str(today.year)
        assert str(today.year) in page.inner_text("#legend")
        if layer == "influx":
            figures = page.locator("#areas tr[data-code] td[data-value]:nth-of-type(2)")
            values = [float(one.get_attribute("data-value") or 0) for one in figures.all()]
            assert sum(value > 0 for value in values) == 1  # the demo's arrivals were put aside
            assert page.locator("#areas tr[data-code]").first.get_attribute("data-code") == (
                "IQG02Q05N03"
            )
    assert "arrivals up to " + Words("en").date(today) in page.text_content("#legend")
    reader.open(kept.replace(reader.address, ""))
    go(page, page.locator(".notice.good button").click)
    assert store.arrivals()["date"].max().year < today.year


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_fault_is_told_at_its_field(read, lang):
    reader = read(lang, NARROW, "planner")
    page = reader.open("/data/forms/arrivals")
    page.fill("#date", "2024-06-01")
    page.fill("#families", "many")
    go(page, page.locator(".entryform button.primary").click)
    reader.errors.clear()  # the browser notes the 422 of the page itself
    assert page.locator("#fault_families1").is_visible()
    assert page.locator("#families").get_attribute("aria-invalid") == "true"
    assert page.input_value("#families") == "many"
    no_axe_violation(page)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_form_is_accessible_and_fits(read, lang):
    reader = read(lang, NARROW, "planner")
    for kind in ("requests", "offices", "forums", "crossings", "staff"):
        page = reader.open(f"/data/forms/{kind}")
        no_axe_violation(page)
        nothing_is_clipped(page)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_past_state_is_shown_with_its_map(read, data_store, lang):
    reader = read(lang, WIDE, "planner")
    version = data_store[1].states.list()[-1].version  # the demo's boundaries alone
    for one in (version, data_store[1].data_version()):
        page = reader.open(f"/data/states/{one}")
        no_axe_violation(page)
        nothing_is_clipped(page)
    frame = page.frame_locator(".previewframe iframe")
    frame.locator("path.leaflet-interactive").first.wait_for()
    page = reader.open("/data/states")
    no_axe_violation(page)
