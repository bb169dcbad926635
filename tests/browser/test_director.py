"""The director's way in a real browser: scenario, job, plan, questions, decision, paper."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from service.exploration.questions import (
    AskAlternatives,
    AskCurve,
    AskFrontier,
    AskStress,
    AskWorth,
    AskYears,
)
from service.jobs.model import AllocateRequest, ExploreRequest
from service.jobs.requests import ask_allocation, ask_exploration
from service.scenario import presets
from tests.browser.conftest import NARROW, WIDE, Reader, Served
from tests.browser.test_pages import CLIPPED
from tests.service.web_house import PASSWORD

JOB_MS = 300_000


@pytest.fixture(scope="module")
def served(demo):
    found = Served(demo[0])
    yield found
    found.stop()


def ended(store, job):
    until = time.monotonic() + JOB_MS / 1000
    while not store.jobs.get(job.id).status.is_final:
        assert time.monotonic() < until
        time.sleep(0.1)
    found = store.jobs.get(job.id)
    assert found.status == "successful", found.message
    return found


@pytest.fixture(scope="module")
def asked(demo):
    """A plan of the demo with answered questions: its id, and the jobs by their question."""
    app, store = demo
    house = app.state.house
    # Two of the ten: the letter's curve is a solve for each of them.
    two = tuple(one.model_copy(update={"count": 1}) for one in presets()["ten-women"].hires)
    scenario = presets()["ten-women"].model_copy(update={"hires": two})
    job = ask_allocation(store, AllocateRequest(scenario=scenario), owner="director")
    house.wake()
    plan_id = ended(store, job).plan_id
    jobs = {}
    questions = (
        AskCurve(most=2),
        AskWorth(),
        AskStress(),
        AskFrontier(most=2, step=2),
        AskAlternatives(most=1),
        AskYears(number=1),
    )
    for question in questions:
        request = ExploreRequest(scenario=scenario, question=question)
        jobs[question.what] = ask_exploration(store, request, owner="director")
        house.wake()
    for one in jobs.values():
        ended(store, one)
    stored = store.plans.get(plan_id)
    assert house.details.of(stored.problem, stored.plan, wait_s=240).is_whole
    return plan_id, {what: one.id for what, one in jobs.items()}


def fits(page, viewport):
    page.set_viewport_size(viewport)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_from_a_scenario_to_a_proven_plan(read, lang):
    reader = read(lang)
    page = reader.open("/scenarios?preset=ten-women")
    assert page.input_value("[name=hire_women_woman]") == "6"
    page.click("form.scenario button.primary")
    page.wait_for_url("**/jobs/*")
    assert page.locator(".tierlist li").count() == 8
    page.wait_for_url("**/plans/*", timeout=JOB_MS)
    page.wait_for_load_state("networkidle")
    assert page.locator("ol.five li").count() == 5
    assert page.locator("td.best").count() > 0
    frame = reader.frame()
    assert frame.locator(".sign.main").count() == 1
    page.wait_for_selector("#visits", state="attached", timeout=JOB_MS)
    page.evaluate("document.querySelectorAll('#details details').forEach((d) => d.open = true)")
    for part in ("#reasons", "#waiting", "#postings", "#roster", "#visits"):
        assert page.locator(part).count() == 1
    assert page.locator("#details table").count() == 4
    fits(page, WIDE)
    fits(page, NARROW)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_estimate_follows_the_fingers_and_faults_come_to_their_field(read, lang):
    page = read(lang).open("/scenarios")
    page.wait_for_selector("#estimate dl")
    before = page.inner_text("#estimate dl")
    with page.expect_response("**/scenarios/estimate"):
        page.fill("[name=hire_women_woman]", "7" if lang == "en" else "٧")
    page.wait_for_function(
        "(old) => document.querySelector('#estimate dl')?.innerText !== old", arg=before
    )
    assert page.locator(".field-fault").count() == 0
    with page.expect_response("**/scenarios/estimate"):
        page.fill("[name=hire_women_woman]", "-50")
    page.wait_for_selector("#fault_hire_women_woman")
    assert page.get_attribute("[name=hire_women_woman]", "aria-invalid") == "true"
    assert page.inner_text("#fault_hire_women_woman").strip()
    with page.expect_response("**/scenarios/estimate"):
        page.fill("[name=hire_women_woman]", "3")
    page.wait_for_selector("#fault_hire_women_woman", state="detached")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_everything_is_asked_for_without_javascript(browser, served, lang):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "mizan_lang", "value": lang, "url": served.address}])
    page = context.new_page()
    page.goto(f"{served.address}/login")
    page.fill("#name", "director")
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    page.goto(f"{served.address}/scenarios?preset=drought")
    page.click("button[value=estimate]")
    assert page.locator("#estimate dl.facts").first.is_visible()
    page.fill("[name=max_moves]", "-3")
    page.click("button[value=solve]")
    assert page.locator("#fault_max_moves").is_visible()
    page.fill("[name=max_moves]", "4")
    page.click("button[value=solve]")
    page.wait_for_url("**/jobs/*")
    job = page.url.rsplit("/", 1)[1]
    deadline = time.monotonic() + JOB_MS / 1000
    while not page.locator("a[href^='/plans/']").count():
        assert time.monotonic() < deadline
        page.wait_for_timeout(500)
        page.goto(f"{served.address}/jobs/{job}")
    page.locator("main a[href^='/plans/']").first.click()
    assert page.locator("ol.five li").count() == 5
    page.locator("#details a").click()
    assert page.url.endswith("/details")
    context.close()


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_question_is_asked_watched_and_read(read, asked, lang):
    page = read(lang).open(f"/plans/{asked[0]}/explore")
    page.fill("#frontier-most", "4" if lang == "ar" else "6")
    page.click("section[aria-labelledby=q-frontier] button.primary")
    page.wait_for_url("**/explorations/*")
    page.wait_for_selector("p.answer", timeout=JOB_MS)
    page.wait_for_load_state("networkidle")
    assert page.locator("figure svg[role=img]").count() == 1
    assert page.locator("main table tbody tr").count() >= 2
    fits(page, NARROW)
    page.click("a[href$='/explore']")
    assert page.locator("main table tbody tr").count() >= 1


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_chart_shows_another_goal_and_prints(read, asked, lang):
    page = read(lang).open(f"/explorations/{asked[1]['curve']}?plan={asked[0]}")
    first = page.inner_text("p.answer")
    page.select_option("#goal", "T3_unmet")
    page.locator("form:has(#goal) button").click()
    page.wait_for_url("**goal=T3_unmet**")
    assert page.inner_text("p.answer") != first
    page.emulate_media(media="print")
    assert page.locator("figure svg").is_visible()
    assert not page.locator("header.top").is_visible()
    text = page.evaluate(
        "[...document.querySelectorAll('figure text')].map((t) => t.textContent).join()"
    )
    assert bool(re.search("[\u0600-\u06ff]", text)) is (lang == "ar")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_roster_of_each_office_and_week(read, asked, lang):
    page = read(lang).open(f"/plans/{asked[0]}/roster")
    page.wait_for_selector("table.roster tbody tr", timeout=JOB_MS)
    rows = page.locator("table.roster tbody tr").count()
    assert rows > 5
    assert page.locator("table.roster thead th").count() == 10
    page.select_option("#week", "2")
    page.locator("form:has(#week) button").click()
    page.wait_for_url("**week=2**")
    assert page.locator("table.roster tbody tr").count() == rows
    fits(page, NARROW)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_plan_is_rejected_then_approved_with_a_reason(read, asked, lang):
    page = read(lang).open(f"/plans/{asked[0]}")
    for choice, reason in (("reject", "سبب أول <b>first</b>"), ("approve", "Second reason")):
        page.click("#decision details.no-print > summary")
        page.check(f"input[name=decision][value={choice}]")
        page.fill("#reason", reason)
        page.click("#decision button.primary")
        page.wait_for_load_state("networkidle")
        assert page.inner_text("#decision .reason").strip() == reason
    assert page.locator("#decision .badge.good").count() == 1
    page.click("nav a[href='/plans']")
    assert page.locator("td .badge.good").count() >= 1


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_plans_are_ticked_and_compared(read, asked, lang):
    page = read(lang).open("/plans")
    page.locator(f"input[name=p][value='{asked[0]}']").check()
    page.locator("form[action='/compare'] button").click()
    page.wait_for_url("**/compare?**")
    assert page.locator("ol.five").count() >= 1
    fits(page, WIDE)
    fits(page, NARROW)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_report_and_workbook_and_letter_are_taken_away(read, asked, lang):
    reader = read(lang)
    page = reader.open(f"/plans/{asked[0]}")
    for name in ("report.pdf", "plan.xlsx", "letter.pdf"):
        with page.expect_download(timeout=60_000) as download:
            page.click(f"a[href$='/{name}']")
        assert download.value.suggested_filename == name
        content = download.value.path().read_bytes()
        assert content[:2] in {b"%P", b"PK"}
    if page.locator("#letter form button").count():
        page.click("#letter form button")
        page.wait_for_url("**/explorations/*")
        page.wait_for_selector("p.answer", timeout=JOB_MS)
        page = reader.open(f"/plans/{asked[0]}")
    assert page.locator("#letter form").count() == 0, "the curve is there"


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_axe_finds_nothing_and_nothing_is_clipped(browser, served, asked, lang):
    plan_id, jobs = asked
    paths = [
        "/scenarios?preset=clan-qurna",
        f"/plans/{plan_id}",
        f"/plans/{plan_id}/details",
        f"/plans/{plan_id}/roster",
        f"/plans/{plan_id}/explore",
        f"/compare?a={plan_id}",
        *(f"/explorations/{job}?plan={plan_id}" for job in jobs.values()),
    ]
    # axe is put into the page, which our policy forbids to everybody else.
    context = browser.new_context(viewport=WIDE, bypass_csp=True)
    context.add_cookies([{"name": "mizan_lang", "value": lang, "url": served.address}])
    page = context.new_page()
    page.goto(f"{served.address}/login")
    page.fill("#name", "director")
    page.fill("#password", PASSWORD)
    page.click("main button.primary")
    found = {}
    for path in paths:
        page.goto(served.address + path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        for violation in Axe().run(page, options={"iframes": False}).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found.setdefault(violation["id"], []).append((path, nodes))
        for viewport in (NARROW, WIDE):
            page.set_viewport_size(viewport)
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                found.setdefault("sideways", []).append((path, viewport["width"]))
            if clipped := page.evaluate(CLIPPED):
                found.setdefault("clipped", []).append((path, viewport["width"], clipped[:5]))
    context.close()
    assert found == {}


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


OUTSIDE = """() => {
  const svg = document.querySelector("path.leaflet-interactive").ownerSVGElement;
  const paths = [...document.querySelectorAll("path.leaflet-interactive")];
  return [...document.querySelectorAll(".place")].filter((label) => {
    const span = label.firstChild;
    if (label.style.visibility === "hidden") return false;
    const box = span.getBoundingClientRect();
    const at = new DOMPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const name = span.textContent.replace(" \u2715", "");
    const own = paths.find((path) => [", ", "\u060c "].some(
      (comma) => path.getAttribute("aria-label").startsWith(name + comma)));
    return !own.isPointInFill(at.matrixTransform(svg.getScreenCTM().inverse()));
  }).length;
}"""


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_names_stand_in_their_areas_or_are_tied_to_them(read, asked, lang):
    reader = read(lang)
    reader.open(f"/plans/{asked[0]}")
    frame = reader.frame()
    frame.wait_for_selector(".place", state="attached")
    frame.wait_for_timeout(500)
    assert frame.locator(".place").count() == 18
    outside, lines = frame.evaluate(OUTSIDE), frame.locator("path.leader")
    assert lines.count() % 2 == 0, "each dark line in its light casing"
    assert lines.count() / 2 >= outside
    assert lines.first.get_attribute("stroke") == "#ffffff"


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_form_that_is_sent_says_so_and_is_sent_once(read, lang):
    page = read(lang).open("/scenarios")
    page.evaluate("window.addEventListener('submit', (event) => event.preventDefault())")
    assert page.locator(".busy").is_hidden()
    page.click("form.scenario button.primary")
    said = page.get_attribute("form.scenario button.primary", "data-busy")
    assert page.inner_text(".busy") == said
    assert page.get_attribute("form.scenario", "aria-busy") == "true"
    assert bool(re.search("[\u0600-\u06ff]", said)) is (lang == "ar")
