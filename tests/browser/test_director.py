"""The director's way in a real browser: scenario, job, plan."""

import pytest

from tests.browser.conftest import NARROW, Reader, Served
from tests.browser.test_pages import CLIPPED


@pytest.fixture(scope="module")
def served(demo):
    found = Served(demo[0])
    yield found
    found.stop()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_from_a_scenario_to_a_proven_plan(read, lang):
    reader = read(lang)
    page = reader.open("/scenarios?preset=ten-women")
    assert page.input_value("[name=hire_women_woman]") == "6"
    page.click("form.scenario button.primary")
    page.wait_for_url("**/jobs/*")
    assert page.locator(".tierlist li").count() == 8
    page.wait_for_url("**/plans/*", timeout=180_000)
    page.wait_for_load_state("networkidle")
    assert page.locator("ol.five li").count() == 5
    assert page.locator("td.best").count() > 0
    frame = reader.frame()
    assert frame.locator(".sign.main").count() == 1
    assert page.evaluate(CLIPPED) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.evaluate(CLIPPED) == []


def test_impossible_input_is_told_at_the_field(browser, served):
    reader = Reader(browser, served.address, "en").sign_in()
    page = reader.open("/scenarios")
    page.evaluate("document.querySelector('form.scenario').noValidate = true")
    page.fill("[name=max_moves]", "-3")
    page.click("form.scenario button.primary")
    page.wait_for_selector(".field-fault")
    assert page.get_attribute("[name=max_moves]", "aria-invalid") == "true"
    reader.context.close()
    assert reader.foreign == []
    assert [error for error in reader.errors if "422" not in error] == []
