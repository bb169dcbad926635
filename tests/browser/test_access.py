"""The pages of access: nothing for axe, nothing beyond a narrow screen, the glass is broken there."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NARROW, WIDE, Served
from tests.service.auth.house_of_two import Town
from tests.service.web_house import PASSWORD

PAGES = {
    "director": ["/access", "/access/log?check=true", "/account/tokens"],
    "cleared": ["/access/export?name=incident_rate&ending=csv"],
    "admin": ["/accounts"],
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    found = Town(tmp_path_factory.mktemp("access"))
    found.clock.now = datetime.now(UTC)
    yield found
    found.store.close()


@pytest.fixture(scope="module")
def served(town):
    found = Served(town.app)
    yield found
    found.stop()


def signed_in(browser, address, name, lang, viewport):
    # axe is put into the page, which our policy forbids to everybody else.
    context = browser.new_context(viewport=viewport, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/login?lang={lang}")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_axe_finds_nothing_and_nothing_sticks_out(browser, served, lang):
    for viewport in (WIDE, NARROW):
        for name, paths in PAGES.items():
            page = signed_in(browser, served.address, name, lang, viewport)
            for path in paths:
                page.goto(f"{served.address}{path}")
                found = Axe().run(page).response["violations"]
                assert [one["id"] for one in found] == [], path
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= viewport["width"], path
            page.context.close()


def test_the_glass_is_broken_and_closed_with_the_keyboard(browser, served, town):
    page = signed_in(browser, served.address, "planner", "ar", WIDE)
    page.goto(f"{served.address}/access")
    page.focus("#reason")
    page.keyboard.type("تهديد لحياة شخص بطلب من القاضي")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/access#glass")
    assert town.house.clearances.of(town.store.accounts.account("planner")).value == "exact"
    assert page.locator("#glass .badge.warn").count() == 1
    page.click("#glass form.inline button")
    page.wait_for_load_state("networkidle")
    assert page.locator("#glass .badge.warn").count() == 0
    assert town.house.clearances.of(town.store.accounts.account("planner")).value == "released"
    page.context.close()
