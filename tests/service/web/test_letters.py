"""The letter with its curve: asked for on the plan's page, once, and found again."""

import orjson
import pytest

from optimizer.explore_worth import staffing_curve
from optimizer.problem import HireLot
from optimizer.solve import solve
from optimizer.staff import Gender, Unit
from service.exploration.reread import findings_of
from service.jobs.exploring import members
from service.jobs.model import ExploreRequest, Kind
from service.pages.letters import asked_women, curve_request
from service.reports.press import fonts_are_here
from service.store.jobs import JobStatus
from tests.optimizer.builders import tiny
from tests.service.web.conftest import ORIGIN

pytestmark = pytest.mark.skipif(
    not fonts_are_here(), reason="the fonts of the reports are fetched by make setup"
)
LOTS = (
    HireLot(gender=Gender.WOMAN, skills=(Unit.WOMEN,), count=1),
    HireLot(gender=Gender.WOMAN, skills=(Unit.TRIBAL, Unit.WOMEN), count=1),
    HireLot(gender=Gender.MAN, skills=(Unit.TRIBAL,), count=1),
)


@pytest.fixture(scope="module")
def solved():
    problem = tiny().model_copy(update={"hires": LOTS})
    return problem, solve(problem, time_limit_s=30).plan


@pytest.fixture
def plan_id(house, solved):
    return house[1].plans.save(*solved, owner="director", title="Two women").id


def asked(client, plan_id):
    answer = client.post(f"/plans/{plan_id}/letter", headers=ORIGIN, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"].split("/")[2].split("?")[0]


def answered(store, job_id):
    """What a runner would keep, from real solves."""
    request = ExploreRequest.model_validate_json(store.jobs.get(job_id).request)
    question, problem = request.question, request.problem
    curve = staffing_curve(
        problem, gender=question.gender, most=question.most, skills=question.skills
    )
    found = members(problem, findings_of(question, problem, curve)) | {"proven": True}
    job = store.jobs.claim("w", 60)
    assert job.id == job_id
    kept = {"explored": found, "problem": problem.model_dump(mode="json")}
    store.jobs.finish(job, JobStatus.SUCCESSFUL, result=orjson.dumps(kept).decode())
    return curve


def test_the_curve_is_asked_without_the_plans_women_and_with_their_skills(solved):
    request = curve_request(solved[0], 30)
    assert asked_women(solved[0]) == 2
    assert [lot.gender for lot in request.problem.hires] == [Gender.MAN]
    assert request.question.most == 2
    assert set(request.question.skills) == {Unit.WOMEN, Unit.TRIBAL}


def test_asking_twice_is_the_same_work_and_a_stopped_one_is_asked_anew(house, as_role, plan_id):
    client, store = as_role("director"), house[1]
    first = asked(client, plan_id)
    assert asked(as_role("planner"), plan_id) == first
    assert "is being worked out" in client.get(f"/plans/{plan_id}").text
    store.jobs.cancel(first)
    assert asked(client, plan_id) != first
    assert len(store.jobs.list(processes=[Kind.EXPLORE.value])) == 2


def test_the_letter_carries_the_curve_once_it_is_there(house, as_role, plan_id):
    client = as_role("director")
    without = client.get(f"/plans/{plan_id}/letter.pdf").content
    assert "Letter without a curve" in client.get(f"/plans/{plan_id}").text
    curve = answered(house[1], asked(client, plan_id))
    assert [point.hires for point in curve.points] == [0, 1, 2]
    assert "Letter with its curve" in client.get(f"/plans/{plan_id}").text
    assert len(client.get(f"/plans/{plan_id}/letter.pdf").content) > len(without) * 1.02
    event = next(e for e in house[1].audit.list() if e.action == "export_made")
    assert event.details["rows"] == 3


def test_a_key_that_somebody_chose_leads_to_no_foreign_curve(house, as_role, plan_id, solved):
    other = ExploreRequest(problem=tiny(), question={"what": "curve", "most": 3})
    house[1].jobs.submit(
        Kind.EXPLORE.value,
        other.model_dump_json(),
        owner="planner",
        idempotency_key=f"letter:{plan_id}:mine",
    )
    assert "Letter without a curve" in as_role("director").get(f"/plans/{plan_id}").text


def test_a_plan_without_new_women_has_no_letter_to_ask_for(house, as_role):
    problem = tiny()
    plan = solve(problem, time_limit_s=30).plan
    other = house[1].plans.save(problem, plan, owner="director").id
    answer = as_role("director").post(f"/plans/{other}/letter", headers=ORIGIN)
    assert answer.status_code == 404
