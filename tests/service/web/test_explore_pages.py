"""Questions around a plan: asked with few settings, shown as a sentence, a chart and tables."""

import io
import re

import openpyxl
import orjson
import pytest

from optimizer.explore_stress import stress
from optimizer.explore_worth import staffing_curve, worth
from optimizer.explore_years import years
from optimizer.problem import HireLot, TierName
from optimizer.solve import solve
from optimizer.staff import Gender, Unit
from service.exploration.changed import problem_shocks
from service.exploration.questions import QUESTIONS
from service.exploration.reread import findings_of
from service.jobs.exploring import members
from service.jobs.model import AllocateRequest, ExploreRequest, Kind
from service.pages.explore import TITLES
from service.scenario import Scenario
from service.store.jobs import JobStatus
from tests.optimizer.builders import DAY, LATE, tiny
from tests.service.web.conftest import ORIGIN


def ask(client, plan_id, what, **settings):
    return client.post(
        f"/plans/{plan_id}/explore",
        data={"what": what} | settings,
        headers=ORIGIN,
        follow_redirects=False,
    )


def job_of(answer):
    assert answer.status_code == 303, answer.text[-2000:]
    return answer.headers["location"].split("/")[2].split("?")[0]


def finish(store, job_id, typed, problem=None):
    """Keep ``typed`` as a runner would."""
    job = store.jobs.claim("w", 60)
    assert job.id == job_id
    request = ExploreRequest.model_validate_json(job.request)
    about = problem or request.problem
    found = members(about, findings_of(request.question, about, typed)) | {"proven": True}
    kept = {"explored": found, "problem": about.model_dump(mode="json")}
    store.jobs.finish(job, JobStatus.SUCCESSFUL, result=orjson.dumps(kept).decode())


def found_by(what, problem, plan):
    if what == "worth":
        return worth(problem, plan)
    if what == "curve":
        return staffing_curve(problem, gender=Gender.WOMAN, most=3)
    if what == "stress":
        return stress(problem, plan, tuple(problem_shocks(problem))), None
    return years([problem, problem], solved=lambda one: solve(one, time_limit_s=30))


def test_every_question_but_the_one_of_the_command_line_is_on_the_page(as_role, plan_id):
    assert set(TITLES) == set(QUESTIONS) - {"robust"}
    text = as_role("director").get(f"/plans/{plan_id}/explore").text
    for title, _ in TITLES.values():
        assert title.split("…")[0] in text


def test_who_may_only_read_can_not_ask(as_role, plan_id):
    assert ask(as_role("viewer"), plan_id, "worth").status_code == 403


@pytest.mark.parametrize(
    ("what", "settings"),
    [
        ("curve", {"most": "٢٥", "gender": "man"}),
        ("frontier", {"of": "moves", "most": "8", "step": "2", "goal": "T3_unmet"}),
        ("alternatives", {"most": "2", "different": "3"}),
        ("stress", {"weeks": "20"}),
    ],
)
def test_what_is_asked_becomes_a_job_about_the_plans_problem(
    house, as_role, plan_id, solved, what, settings
):
    job = house[1].jobs.get(job_of(ask(as_role("planner"), plan_id, what, **settings)))
    request = ExploreRequest.model_validate_json(job.request)
    assert request.question.what == what
    assert request.problem == solved[0]
    wanted = {"25" if value == "٢٥" else value for value in settings.values()}
    assert wanted <= {str(value) for value in request.question.model_dump(mode="json").values()}


def test_a_plan_of_a_scenario_is_explored_by_its_scenario(house, as_role, solved):
    store = house[1]
    scenario = Scenario(name="own", title_en="Mine")
    asked = AllocateRequest(scenario=scenario).model_dump_json()
    job = store.jobs.submit(Kind.ALLOCATE.value, asked, owner="director")
    plan_id = store.plans.save(*solved, owner="director", job_id=job.id).id
    client = as_role("director")
    found = job_of(ask(client, plan_id, "years", number="2", women="1"))
    request = ExploreRequest.model_validate_json(store.jobs.get(found).request)
    assert request.scenario == scenario
    assert request.question.first is not None, "the first year is settled when it is asked"
    assert found in client.get(f"/plans/{plan_id}/explore").text


@pytest.mark.parametrize(
    ("what", "settings"),
    [("curve", {"most": "0"}), ("curve", {"most": "many"}), ("frontier", {"step": "-4"})],
)
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_figure_out_of_its_limits_is_told_in_its_own_form(as_role, plan_id, lang, what, settings):
    answer = ask(as_role("director", lang), plan_id, what, **settings)
    assert answer.status_code == 422
    field = re.search(
        r'<section class="card question" aria-labelledby="q-(\S+)">(?:(?!</section>).)*field-fault',
        answer.text,
        re.DOTALL,
    )
    assert field[1] == what
    (value,) = settings.values()
    assert f'value="{value}"' in answer.text, "what was typed stays"


def test_years_need_a_scenario(as_role, plan_id):
    client = as_role("director")
    assert "this plan came as a file" in client.get(f"/plans/{plan_id}/explore").text
    assert ask(client, plan_id, "years", number="2").status_code == 422


def test_an_unknown_question_is_not_found(as_role, plan_id):
    assert ask(as_role("director"), plan_id, "fortune").status_code == 404


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("what", ["worth", "curve", "stress"])
def test_the_answer_is_a_sentence_a_chart_and_tables(house, as_role, plan_id, solved, lang, what):
    client = as_role("director", lang)
    job_id = job_of(ask(client, plan_id, what))
    waiting = client.get(f"/explorations/{job_id}").text
    assert 'hx-trigger="every 1s"' in waiting
    finish(house[1], job_id, found_by(what, *solved))
    ended = client.get(f"/explorations/{job_id}/progress?plan={plan_id}")
    assert ended.headers["hx-redirect"] == f"/explorations/{job_id}?plan={plan_id}"
    text = client.get(f"/explorations/{job_id}?plan={plan_id}").text
    assert len(re.search(r'<p class="answer">(.*?)</p>', text, re.DOTALL)[1]) > 10
    assert 'role="img"' in re.search(r"<figure.*?</figure>", text, re.DOTALL)[0]
    assert text.count("<caption>") >= 1
    assert "A try" in text
    assert "hx-trigger" not in text


def test_a_curve_shows_shares_first_and_any_goal_when_asked(house, as_role, plan_id, solved):
    client = as_role("director")
    job_id = job_of(ask(client, plan_id, "curve", most="3"))
    finish(house[1], job_id, found_by("curve", *solved))
    first = client.get(f"/explorations/{job_id}").text
    assert re.search(r'value="served" selected', first)
    assert "of women&#39;s demand is served" in first or "little changes" in first
    other = client.get(f"/explorations/{job_id}?goal=T4_moves").text
    assert re.search(r'value="T4_moves" selected', other)
    assert "Moves:" in other


@pytest.mark.parametrize("worse", [0.0, 0.2])
def test_a_reader_is_warned_where_fairness_falls_though_no_less_is_served(
    house, as_role, plan_id, solved, worse
):
    """As with an officer who brings a skill that nobody had: more could be served at all."""
    woman = next(one for one in worth(*solved) if one.name == "woman")
    assert woman.office is not None
    gains = tuple(
        gain.model_copy(update={"gain": max(gain.gain, 0.0) - worse * ("fairness" in gain.tier)})
        for gain in woman.gains
    )
    client = as_role("director")
    job_id = job_of(ask(client, plan_id, "worth"))
    finish(house[1], job_id, (woman.model_copy(update={"gains": gains}),))
    text = client.get(f"/explorations/{job_id}").text
    assert ("Read fairness with care" in text) is bool(worse)


def test_a_later_goal_that_reads_worse_is_told_by_the_order_of_goals(
    house, as_role, plan_id, solved
):
    woman = next(one for one in worth(*solved) if one.name == "woman")
    gains = tuple(
        gain.model_copy(update={"gain": -0.2 if gain.tier is TierName.FAIRNESS_ALL else 0.1})
        for gain in woman.gains
    )
    client = as_role("director")
    job_id = job_of(ask(client, plan_id, "worth"))
    finish(house[1], job_id, (woman.model_copy(update={"gains": gains}),))
    text = client.get(f"/explorations/{job_id}").text
    assert "goals are served in order, and what comes before" in text
    assert "Read fairness with care" not in text


@pytest.mark.parametrize("new", [True, False])
def test_a_reader_is_told_where_fairness_counts_what_only_new_officers_could_serve(
    house, as_role, plan_id, solved, new
):
    """None of today's women can be posted to the women's unit, a new one could."""
    problem, plan = solved
    staff = tuple(
        group.model_copy(update={"unit": Unit.TRIBAL, "skills": (Unit.TRIBAL,)})
        if new and group.gender is Gender.WOMAN
        else group.model_copy(update={"skills": tuple(rule.unit for rule in problem.units)})
        for group in problem.staff
    )
    about = problem.model_copy(update={"staff": staff})
    client = as_role("director")
    job_id = job_of(ask(client, plan_id, "curve", most="3"))
    finish(house[1], job_id, found_by("curve", problem, plan), about)
    text = client.get(f"/explorations/{job_id}").text
    assert ("before and after alike" in text) is new


def test_more_is_served_with_one_more_woman_whatever_fairness_says(solved):
    problem, plan = solved
    woman = next(one for one in worth(problem, plan) if one.name == "woman")
    assert woman.after.women_served_hours_week >= woman.before.women_served_hours_week - 1e-6
    assert woman.after.women_hours_week == pytest.approx(woman.before.women_hours_week)


def test_years_are_a_chart_by_year(house, as_role, solved):
    store, client = house[1], as_role("director")
    asked = AllocateRequest(scenario=Scenario()).model_dump_json()
    job = store.jobs.submit(Kind.ALLOCATE.value, asked, owner="director")
    store.jobs.finish(store.jobs.claim("w", 60), JobStatus.SUCCESSFUL)
    plan_id = store.plans.save(*solved, owner="director", job_id=job.id).id
    job_id = job_of(ask(client, plan_id, "years", number="1"))
    finish(store, job_id, found_by("years", *solved), solved[0])
    text = client.get(f"/explorations/{job_id}").text
    assert "<figure" in text
    assert str(house[0].state.house.clock().year) in text


def test_a_question_can_be_stopped_and_says_what_is_kept(house, as_role, plan_id):
    client = as_role("director")
    job_id = job_of(ask(client, plan_id, "worth"))
    answer = client.post(
        f"/explorations/{job_id}/cancel?plan={plan_id}", headers=ORIGIN, follow_redirects=False
    )
    assert answer.status_code == 303
    assert house[1].jobs.get(job_id).status is JobStatus.DISMISSED
    assert "stopped on request" in client.get(f"/explorations/{job_id}").text


def test_the_answer_is_taken_away_as_a_workbook_and_that_is_written_down(
    house, as_role, plan_id, solved
):
    client = as_role("director", "ar")
    job_id = job_of(ask(client, plan_id, "curve", most="3"))
    assert client.get(f"/explorations/{job_id}/findings.xlsx").status_code == 404
    finish(house[1], job_id, found_by("curve", *solved))
    answer = client.get(f"/explorations/{job_id}/findings.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    assert book.worksheets[0].max_row == 5 + 4
    client.get(f"/explorations/{job_id}/findings.xlsx")
    events = [e for e in house[1].audit.list() if e.action == "export_made"]
    assert [event.subject for event in events] == [job_id, job_id]
    assert len({event.details["serial"] for event in events}) == len(events)  # each copy its own


def test_a_plan_job_is_no_exploration(house, as_role):
    asked = AllocateRequest(scenario=Scenario()).model_dump_json()
    job = house[1].jobs.submit(Kind.ALLOCATE.value, asked, owner="director")
    assert as_role("director").get(f"/explorations/{job.id}").status_code == 404


def test_new_women_of_a_plan_stay_in_what_is_explored(house, as_role):
    lots = (HireLot(gender=Gender.WOMAN, skills=(Unit.WOMEN,), count=2),)
    problem = tiny().model_copy(update={"hires": lots})
    plan_id = house[1].plans.save(problem, solve(problem, time_limit_s=30).plan).id
    job_id = job_of(ask(as_role("director"), plan_id, "worth"))
    assert (
        ExploreRequest.model_validate_json(house[1].jobs.get(job_id).request).problem.hires == lots
    )


HOSTILE = "<img src=x onerror=alert(1)>${alert(2)}"


def test_hostile_names_are_shown_and_none_runs(house, as_role):
    base = tiny()
    problem = base.model_copy(
        update={
            "title": HOSTILE,
            "shifts": (DAY.model_copy(update={"name_ar": HOSTILE, "name_en": HOSTILE}), LATE),
            "areas": tuple(a.model_copy(update={"name_en": HOSTILE}) for a in base.areas),
            "offices": tuple(o.model_copy(update={"name_en": HOSTILE}) for o in base.offices),
        }
    )
    plan = solve(problem, time_limit_s=30).plan
    plan_id = house[1].plans.save(problem, plan, title=HOSTILE).id
    client = as_role("director")
    job_id = job_of(ask(client, plan_id, "worth"))
    finish(house[1], job_id, worth(problem, plan))
    stored = house[1].plans.get(plan_id)
    house[0].state.house.details.of(stored.problem, stored.plan, wait_s=60)
    for path in (
        f"/plans/{plan_id}/details",
        f"/plans/{plan_id}/roster",
        f"/plans/{plan_id}/explore",
        f"/explorations/{job_id}?plan={plan_id}",
        f"/compare?a={plan_id}",
    ):
        text = client.get(path).text
        assert "<img" not in text, path
        assert "&lt;img src=x" in text, path
