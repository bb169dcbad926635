"""The director's form on a phone: what sends it stays in sight, and a fault is gone to."""

import pytest

from tests.browser.conftest import NARROW, Served
from tests.browser.test_pages import CLIPPED


@pytest.fixture(scope="module")
def served(small):
    found = Served(small)
    yield found
    found.stop()


def test_the_form_is_sent_from_anywhere_and_leads_to_its_first_fault(read):
    reader = read(viewport=NARROW)
    page = reader.open("/scenarios")
    send = page.locator("form.scenario button[value=solve]")
    bottom = send.bounding_box()
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(CLIPPED) == []
    assert bottom["y"] + bottom["height"] <= NARROW["height"]
    page.fill("[name=max_moves]", "-3")
    with page.expect_navigation():  # the estimate tells the fault at the field before
        send.click()
    page.wait_for_function("document.activeElement.id === 'max_moves'")
    field = page.locator("#max_moves").bounding_box()
    assert field["y"] + field["height"] <= send.bounding_box()["y"]
    assert page.get_attribute("#estimate [data-field=max_moves] a", "href") == "#max_moves"
    reader.errors[:] = [error for error in reader.errors if "422" not in error]
