"""From a scenario typed into the form to a plan that can be read, held against others, taken away."""

import inspect
import json
import re

import pytest

from geo.places import Source, Standing
from optimizer import extract
from optimizer.explain import POLICY_SLACKS
from optimizer.plan import Shortfall, ShortfallKind, Status
from optimizer.problem import Policies, TierName
from optimizer.solve import solve
from service.jobs.model import AllocateRequest, Progress, Stage
from service.locale.plan_words import POLICY_RULE
from service.locale.words import Words
from service.pages.planview import PlanView, shortfall_sentence
from service.pages.standings_note import standings_note
from service.store.jobs import JobStatus
from tests.optimizer.builders import DAY, LATE, tiny
from tests.service.web.conftest import ORIGIN


def ask(client, **typed):
    return client.post(
        "/scenarios",
        data={"title_en": "Mine", "use_incidents": "on"} | typed,
        headers=ORIGIN,
        follow_redirects=False,
    )


def request_of(house, answer):
    job_id = answer.headers["location"].rsplit("/", 1)[1]
    return AllocateRequest.model_validate_json(house[1].jobs.get(job_id).request).scenario


def test_what_is_typed_becomes_the_scenario(house, as_role):
    answer = ask(
        as_role("director"),
        hire_women_woman="10",
        hire_patrol_man="-2",
        vehicles="3",
        offices_open="qurna",
        arrival_area_0="T01N1",
        arrival_families_0="300",
        arrival_clan_0="on",
        crossings_closed="tanuma",
        max_moves="6",
        women_share="20",
        tier_T4_moves="1",
    )
    assert answer.status_code == 303
    found = request_of(house, answer)
    assert {(h.unit.value, h.gender.value): h.count for h in found.hires} == {
        ("women", "woman"): 10,
        ("patrol", "man"): -2,
    }
    assert found.offices_open == ("qurna",)
    assert found.crossings_closed == ("tanuma",)
    assert (found.arrivals[0].area, found.arrivals[0].families, found.arrivals[0].clan) == (
        "T01N1",
        300,
        True,
    )
    assert (found.vehicles, found.max_moves, found.women_share_target) == (3, 6, 0.2)
    order = [rule.name.value for rule in found.tiers]
    assert order[0] == "T0_legality"
    assert order[-1] == "T6_tie_break"
    assert order.index("T4_moves") < order.index("T3_unmet")


def test_arabic_digits_are_read(house, as_role):
    answer = ask(as_role("planner"), hire_women_woman="١٠", women_share="٢٠٫٥")
    found = request_of(house, answer)
    assert found.hires[0].count == 10
    assert found.women_share_target == pytest.approx(0.205)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hire_women_woman", "ten"),
        ("hire_women_woman", "99999"),
        ("vehicles", "-1"),
        ("women_share", "120"),
        ("arrival_factor", "nan"),
        ("arrival_area_0", "nowhere"),
        ("arrival_families_0", "40"),
        ("offices_open", "palace"),
        ("crossings_closed", "x"),
        ("tier_T4_moves", "77"),
    ],
)
def test_a_fault_is_told_at_its_field_and_what_was_typed_stays(as_role, field, value):
    answer = ask(as_role("director"), vehicles="4") if field != "vehicles" else None
    answer = ask(as_role("director"), **{"max_moves": "5", field: value})
    assert answer.status_code == 422
    assert 'class="field-fault"' in answer.text
    assert re.search(r'name="max_moves"[^>]*value="5"', answer.text)


def test_the_same_form_sent_twice_asks_once(house, as_role):
    client = as_role("director")
    first, second = ask(client, key="k1"), ask(client, key="k1")
    assert first.headers["location"] == second.headers["location"]
    assert len(house[1].jobs.list()) == 1


def test_presets_fill_the_form(as_role):
    text = as_role("director").get("/scenarios?preset=ten-women").text
    assert re.search(r'name="hire_women_woman"[^>]*value="6"', text)


def test_a_job_can_be_watched_cancelled_and_found_again(house, as_role):
    client = as_role("director")
    place = ask(client).headers["location"]
    text = client.get(place).text
    assert "waits its turn" in text
    assert "/progress" in text
    assert client.post(f"{place}/cancel", headers=ORIGIN, follow_redirects=False).status_code == 303
    assert house[1].jobs.get(place.rsplit("/", 1)[1]).status is JobStatus.DISMISSED
    assert "stopped on request" in client.get(f"{place}/progress").text
    assert place in client.get("/scenarios").text


@pytest.mark.parametrize(
    "path",
    ["/jobs/none", "/plans/none", "/plans/none/map", "/plans/none/plan.json", "/compare?a=none"],
)
def test_what_is_not_there_is_not_found(as_role, path):
    assert as_role("director").get(path).status_code == 404


def test_the_answer_comes_first_in_five_sentences(as_role, plan_id, solved):
    text = as_role("director").get(f"/plans/{plan_id}").text
    sentences = re.search(r'<ol class="five">(.*?)</ol>', text, re.DOTALL)[1]
    assert sentences.count("<li>") == 5
    assert solved[1].status is Status.PROVEN
    assert "It is proven that no plan does better" in sentences


def test_a_share_of_women_says_how_many_are_missing_and_no_key(as_role, house):
    """Two women of six officers: half of them are three."""
    problem = tiny(policies=Policies(hours_week=32, women_share_target=0.5))
    plan = solve(problem, time_limit_s=30).plan
    found = house[1].plans.save(problem, plan, owner="director", title="Half").id
    text = as_role("director").get(f"/plans/{found}").text
    five = re.search(r'<ol class="five">(.*?)</ol>', text, re.DOTALL)[1]
    assert "For a share of 50%, 1 woman officer is missing." in five
    assert five.count("<li>") == 5
    assert "women_share" not in text


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_policy_that_may_bend_is_named_in_words(lang):
    bent = re.findall(r'_bent\(\s*"(\w+)"', inspect.getsource(extract))
    assert set(bent) == set(POLICY_SLACKS) == set(POLICY_RULE)
    problem = tiny()
    view = PlanView(problem, solve(problem, time_limit_s=30).plan, Words(lang))
    for rule in bent:
        lack = Shortfall(
            kind=ShortfallKind.POLICY, amount=1, measure="officers", rule=rule, office="O1"
        )
        told = shortfall_sentence(view, lack)
        assert rule not in told
        assert Words(lang).say(POLICY_RULE[rule]) in told
        assert (POLICY_RULE[rule] in told) == (lang == "en")


def test_the_plan_is_held_against_today_and_two_simple_ways(as_role, plan_id):
    text = as_role("director").get(f"/plans/{plan_id}").text
    for word in ("Today", "By residents, as a spreadsheet", "Step by step, by hand"):
        assert word in text


def test_the_plan_serves_the_worst_district_no_worse_than_its_baselines(house, plan_id):
    from service.locale.words import Words
    from service.pages.baselines import baselines
    from service.pages.planview import PlanView

    stored = house[1].plans.get(plan_id)
    view = PlanView(stored.problem, stored.plan, Words("en"))
    for plan in baselines(stored.problem).values():
        other = PlanView(stored.problem, plan, Words("en"))
        assert view.worst_women.women_served_share >= other.worst_women.women_served_share - 1e-6


def test_downloads_are_the_documents_themselves(as_role, plan_id, solved):
    client = as_role("director")
    problem = client.get(f"/plans/{plan_id}/problem.json")
    assert problem.text == solved[0].model_dump_json()
    plan = json.loads(client.get(f"/plans/{plan_id}/plan.json").text)
    assert plan["status"] == "proven"
    assert client.get(f"/plans/{plan_id}/plan.geojson").json()["type"] == "FeatureCollection"
    assert client.get(f"/plans/{plan_id}/plan.xlsx").content[:2] == b"PK"
    assert client.get(f"/export/plan.geojson?plan={plan_id}").status_code == 200


def test_two_plans_stand_side_by_side(house, as_role, plan_id, solved):
    problem, plan = solved
    other = (
        house[1]
        .plans.save(problem, plan.model_copy(update={"method": "greedy"}), title="Another")
        .id
    )
    text = as_role("director").get(f"/compare?a={plan_id}&b={other}").text
    assert text.count("Women&#39;s demand served in the worst district") == 1
    assert "A try" in text
    assert "Another" in text


def test_proportional_postings_keep_everybody_once():
    from service.pages.baselines import proportional_postings

    problem = tiny()
    assert sum(one.count for one in proportional_postings(problem)) == problem.head_count()


def test_up_to_four_plans_are_ticked_in_the_list(house, as_role, solved):
    problem, plan = solved
    saved = [
        house[1].plans.save(problem, plan.model_copy(update={"seed": n}), title=f"Try {n}").id
        for n in range(5)
    ]
    client = as_role("director")
    text = client.get("/plans").text
    assert all(f'name="p" value="{plan_id}"' in text for plan_id in saved)
    four = client.get("/compare", params=[("p", plan_id) for plan_id in saved[:4]])
    assert "Four plans at most" not in four.text
    five = client.get("/compare", params=[("p", plan_id) for plan_id in saved])
    assert "Four plans at most" in five.text
    assert five.text.count('<ol class="five small">') == 4
    assert "Try 4</bdi></h2>" not in five.text


def test_plans_of_other_data_are_marked_in_the_comparison(house, as_role, solved):
    problem, plan = solved
    later = problem.model_copy(update={"data_version": "later"})
    first = house[1].plans.save(problem, plan, title="One").id
    second = (
        house[1]
        .plans.save(later, plan.model_copy(update={"problem_digest": later.digest}), title="Two")
        .id
    )
    client = as_role("director")
    assert "different versions" in client.get(f"/compare?a={first}&b={second}").text
    assert "different versions" not in client.get(f"/compare?a={first}").text


def test_the_comparison_shows_offices_and_districts(as_role, plan_id, solved):
    text = as_role("director").get(f"/compare?a={plan_id}").text
    assert text.count("<caption>") == 2
    for office in solved[0].offices:
        if office.code in solved[1].open_offices:
            assert f"<bdi>{office.name_en}</bdi>" in text


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_details_of_a_plan_come_beside_its_page(house, as_role, plan_id, lang):
    client = as_role("director", lang)
    assert f'hx-get="/plans/{plan_id}/details"' in client.get(f"/plans/{plan_id}").text
    part = {"hx-request": "true"}
    first = client.get(f"/plans/{plan_id}/details", headers=part)
    assert "<html" not in first.text
    house[0].state.house.details.of(*_both(house, plan_id), wait_s=60)
    ready = client.get(f"/plans/{plan_id}/details", headers=part).text
    for section in ("reasons", "postings", "roster"):
        assert f'id="{section}"' in ready
    assert "hx-trigger" not in ready
    assert "<html" in client.get(f"/plans/{plan_id}/details").text


def _both(house, plan_id):
    stored = house[1].plans.get(plan_id)
    return stored.problem, stored.plan


def test_the_roster_of_an_office_is_a_page(house, as_role, solved):
    problem = solved[0].model_copy(update={"shifts": (DAY, LATE)})
    plan_id = house[1].plans.save(problem, solve(problem, time_limit_s=30).plan).id
    details = house[0].state.house.details.of(*_both(house, plan_id), wait_s=60).details
    office = details.roster.duties[0].office
    client = as_role("director")
    text = client.get(f"/plans/{plan_id}/roster?office={office}&week=2").text
    week = [d for d in details.roster.duties if d.office == office and d.week == 2]
    assert text.count("<abbr") == len(week) > 0
    assert client.get(f"/plans/{plan_id}/roster?office=nowhere&week=99").status_code == 200
    assert as_role("viewer").get(f"/plans/{plan_id}/roster").status_code == 403


def test_progress_tells_what_each_goal_reached_and_when_it_ends_at_the_latest(house, as_role):
    client, store = as_role("director"), house[1]
    place = ask(client).headers["location"]
    job = store.jobs.claim("w", 60)
    told = Progress(
        stage=Stage.SOLVE,
        tier=TierName.FAIRNESS_WOMEN,
        tiers_done=2,
        tiers_total=8,
        value=0.25,
        bound=0.125,
        reached={TierName.LEGALITY: 0.0, TierName.WOMEN_ACCESS: 1234.5, TierName.FAIRNESS_WOMEN: 1},
    )
    assert store.jobs.report(job, told.model_dump(mode="json"))
    text = client.get(f"{place}/progress").text
    assert "settled: 1,234 " in text  # women, and no part of one
    assert "best so far 0.25" in text
    assert "no plan can beat 0.12" in text or "no plan can beat 0.13" in text
    assert "solving ends after" in text


def test_a_stopped_job_says_what_is_left_and_brings_its_scenario_back(as_role, house):
    client = as_role("director")
    place = ask(client, vehicles="3", title_en="Mine").headers["location"]
    assert "Change this scenario" not in client.get(place).text
    client.post(f"{place}/cancel", headers=ORIGIN)
    text = client.get(place).text
    assert "stopped before any plan was found" in text
    job = place.rsplit("/", 1)[1]
    assert f"/scenarios?job={job}" in text
    again = client.get(f"/scenarios?job={job}").text
    assert re.search(r'name="vehicles"[^>]*value="3"', again)
    assert re.search(r'name="title_en"[^>]*value="Mine"', again)
    assert client.get("/scenarios?job=none").status_code == 404
    assert f"/scenarios?job={job}" not in as_role("viewer").get(place).text


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_plans_page_lists_its_parts(as_role, plan_id, lang):
    text = as_role("director", lang).get(f"/plans/{plan_id}").text
    contents = re.search(r'<nav class="contents.*?</nav>', text, re.DOTALL)[0]
    anchors = re.findall(r'href="#([^"]+)"', contents)
    assert len(anchors) >= 11
    assert [one for one in anchors if text.count(f'id="{one}"') != 1] == []
    assert anchors == sorted(anchors, key=lambda one: text.index(f'id="{one}"'))
    listed = dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', contents))
    headed = dict(re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', text))
    assert len(headed) >= 7
    assert {one: listed.get(one) for one in headed} == headed


def test_files_of_analysts_are_folded_and_have_words(as_role, plan_id):
    text = as_role("director").get(f"/plans/{plan_id}").text
    before, folded = text.split('id="analysts"')
    for name in ("plan.json", "problem.json", "plan.geojson", "plan.gpkg", "plan.csv"):
        assert f"/{name}" not in before
        assert f"/plans/{plan_id}/{name}" in folded
    assert "The task that was solved" in folded


def test_officers_are_told_by_office_unit_and_shift(as_role, house, solved):
    problem = solved[0].model_copy(update={"shifts": (DAY, LATE)})
    plan = solve(problem, time_limit_s=30).plan
    plan_id = house[1].plans.save(problem, plan).id
    text = as_role("director").get(f"/plans/{plan_id}?lang=en").text
    part = text[text.index('id="shifts"') : text.index("</details>", text.index('id="shifts"'))]
    view = PlanView(problem, plan, Words("en"))
    cells = [cell for _, rows in view.on_duty() for _, row in rows for cell in row]
    assert sum(officers for officers, _ in cells) == sum(one.count for one in plan.shifts) > 0
    assert part.count('scope="rowgroup"') == len(plan.open_offices)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_how_far_each_kind_of_figure_may_be_trusted_is_said(lang):
    words = Words(lang)

    def told(*sources):
        problem = tiny(sources=sources)
        return standings_note(PlanView(problem, solve(problem, time_limit_s=30).plan, words))

    estimated = Source(name="population.csv", standing=Standing.ESTIMATED, note="population")
    official = Source(name="towns.csv", standing=Standing.OFFICIAL, note="population")
    made_up = Source(name="staff.csv", standing=Standing.SYNTHETIC, note="staff")
    said = told(Source(name="CSO", standing=Standing.OFFICIAL), estimated, official, made_up)
    residents, staff = words.say("Population"), words.say("Staff posts")
    assert f"{words.say('estimated')}: {residents}" in said, "as good as its weakest file"
    assert said.index(staff) < said.index(residents), "the weakest first"
    assert "CSO" not in said
    assert told(official) == ""
