"""A page that waits says so when the service is gone, and goes on when it is back."""

import re

import pytest

from tests.browser.conftest import NARROW, Served


@pytest.fixture(scope="module")
def served(small):
    found = Served(small)
    yield found
    found.stop()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_progress_that_no_answer_reaches_is_not_taken_for_a_search(read, lang):
    reader = read(lang, NARROW)
    page = reader.open("/scenarios")
    page.click("button[value=solve]")
    page.wait_for_url("**/jobs/*")
    sign = page.locator("#lost")
    assert sign.is_hidden()
    for trouble in (
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, body="away"),
    ):
        reader.context.route("**/progress", trouble)
        sign.wait_for()
        assert bool(re.search("[\u0600-\u06ff]", sign.inner_text())) is (lang == "ar")
        box = sign.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]
        reader.context.unroute("**/progress", trouble)
        sign.wait_for(state="hidden")
    reader.errors.clear()  # the browser notes each answer that failed


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_job_whose_page_was_closed_is_found_again_and_stopped(read, lang):
    reader = read(lang)
    page = reader.open("/scenarios")
    page.click("button[value=solve]")
    page.wait_for_url("**/jobs/*")
    address = page.url.removeprefix(reader.address)
    page.close()
    reader.page = reader.context.new_page()
    page = reader.open("/scenarios")
    page.click(f"a[href='{address}']")
    page.wait_for_url(f"**{address}")
    page.click("button.danger")
    page.wait_for_selector("button.danger", state="detached")
    page = reader.open("/scenarios")
    assert page.locator(f"a[href='{address}']").count() == 1
