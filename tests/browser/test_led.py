"""A search that has ended leads to its plan once, however long the plan's page takes."""

import pytest

from tests.browser.conftest import Served

SOME_POLLS_MS = 2_500


@pytest.fixture(scope="module")
def served(small):
    found = Served(small)
    yield found
    found.stop()


def test_a_page_that_leads_to_a_slow_plan_asks_nothing_more(read):
    reader = read("en")
    page = reader.open("/scenarios")
    page.click("button[value=solve]")
    page.wait_for_url("**/jobs/*")
    asked = []

    def lead(route):
        asked.append("progress")
        route.fulfill(headers={"HX-Redirect": "/plans/slow"})

    def never_answer(_route):
        asked.append("plan")

    reader.context.route("**/plans/slow", never_answer)
    reader.context.route("**/progress", lead)
    page.wait_for_timeout(SOME_POLLS_MS + 1_000)
    assert asked == ["progress", "plan"]
    reader.errors.clear()  # the browser notes the page that never came
