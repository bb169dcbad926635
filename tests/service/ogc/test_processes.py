"""OGC API - Processes: describe, execute once, follow, stop, results; and who may do it."""

import time
from pathlib import Path

import httpx
import pytest

from service.auth.accounts import token_hash
from service.jobs.pace import Pace
from service.jobs.runner import Runner
from tests.service.export.builders import tiny_problem
from tests.service.ogc.conftest import TOKEN

EXECUTE = "/ogc/processes/allocate/execution"


def body(**inputs):
    return {"inputs": inputs or {"problem": tiny_problem().model_dump(mode="json")}}


@pytest.fixture(scope="module")
def runner(house):
    """Not started: jobs wait until a test lets them run."""
    return Runner(house[1], pace=Pace(lease_s=10, tick_s=0.05, say_s=0.05))


@pytest.fixture
def asked(planner):
    answer = planner.post(EXECUTE, json=body())
    assert answer.status_code == 201, answer.text
    return answer


def test_description_has_json_schemas(planner):
    found = planner.get("/ogc/processes/allocate").json()
    assert found["jobControlOptions"] == ["async-execute", "dismiss"]
    scenario = found["inputs"]["scenario"]["schema"]["oneOf"]
    assert "ten-women" in scenario[0]["enum"]
    assert "hires" in scenario[1]["properties"]
    assert {"plan", "problem", "report", "outcome"} <= found["outputs"].keys()


def test_execution_is_stored_before_it_is_answered(planner, house, asked):
    status = asked.json()
    assert asked.headers["location"].endswith(f"/ogc/jobs/{status['jobID']}")
    assert asked.headers["cache-control"] == "no-store"
    assert status["status"] == "accepted"
    assert status["type"] == "process"
    assert house[1].jobs.get(status["jobID"]).owner == "planner"


def test_the_same_key_is_the_same_job(planner):
    headers = {"idempotency-key": "once"}
    first = planner.post(EXECUTE, json=body(), headers=headers)
    again = planner.post(EXECUTE, json=body(), headers=headers)
    assert first.json()["jobID"] == again.json()["jobID"]
    other = {"problem": tiny_problem(seed=5).model_dump(mode="json")}
    assert planner.post(EXECUTE, json=body(**other), headers=headers).status_code == 409


def test_no_key_of_a_caller_stands_before_our_own_work(planner, house):
    headers = {"idempotency-key": "letter:some-plan:mine"}
    before = len(house[1].jobs.list())
    assert planner.post(EXECUTE, json=body(), headers=headers).status_code == 400
    assert len(house[1].jobs.list()) == before


def test_results_wait_for_the_end_and_carry_plan_problem_and_report(planner, asked, runner):
    where = asked.headers["location"]
    early = planner.get(f"{where}/results")
    assert early.status_code == 404
    assert early.json()["type"].endswith("result-not-ready")
    runner.run_waiting()
    status = planner.get(where).json()
    assert (status["status"], status["progress"]) == ("successful", 100)
    assert status["goal"]["settled"] == status["goal"]["all"] == 8
    assert {"created", "started", "finished"} <= status.keys()
    found = planner.get(f"{where}/results").json()
    assert found["plan"]["status"] == "proven"
    assert found["plan"]["problem_digest"] == tiny_problem().digest
    assert found["problem"]["title"] == tiny_problem().title
    assert found["report"]["breaches"] == []
    assert planner.get(f"{where}?f=html").status_code == 200
    assert "T3_unmet" in planner.get(f"{where}/results?f=html").text


def test_dismiss_ends_a_waiting_job_and_is_the_same_twice(planner, asked):
    where = asked.headers["location"]
    assert planner.delete(where).json()["status"] == "dismissed"
    assert planner.delete(where).json()["status"] == "dismissed"
    assert planner.get(f"{where}/results").status_code == 410


def test_dismiss_stops_a_running_solver(planner, asked, house, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    slow = Runner(
        house[1],
        pace=Pace(look_s=0.05, tick_s=0.05, say_s=0.05, grace_s=0.5),
        perform="tests.service.jobs.fakes:deaf",
    )
    where = asked.headers["location"]
    slow.start()
    try:
        end = time.monotonic() + 20
        while planner.get(where).json()["status"] != "running" and time.monotonic() < end:
            time.sleep(0.05)
        planner.delete(where)
        asked_at = time.monotonic()
        while planner.get(where).json()["status"] == "running":
            assert time.monotonic() - asked_at < 3
            time.sleep(0.05)
        assert planner.get(where).json()["status"] == "dismissed"
    finally:
        slow.stop()


def test_jobs_are_the_callers_own(planner, client_of, asked):
    listed = [one["jobID"] for one in planner.get("/ogc/jobs").json()["jobs"]]
    assert asked.json()["jobID"] in listed
    director = client_of("director")
    assert director.get("/ogc/jobs").json()["jobs"] == []
    assert director.get(asked.headers["location"]).status_code == 404
    assert director.delete(asked.headers["location"]).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"[]",
        b"{}",
        b'{"inputs": 3}',
        b'{"inputs": {}}',
        b'{"inputs": {"scenario": "nowhere"}}',
        b'{"inputs": {"scenario": {"name": "x", "unknown_thing": 1}}}',
        b'{"inputs": {"scenario": "today", "time_limit_s": -1}}',
        b'{"inputs": {"scenario": "today", "time_limit_s": NaN}}',
        b'{"inputs": {"problem": {"areas": [], "offices": []}}}',
        b"[" * 10_000,
    ],
)
def test_input_that_does_not_fit_is_400_and_stores_nothing(planner, house, sent):
    before = len(house[1].jobs.list(limit=1000))
    answer = planner.post(EXECUTE, content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(house[1].jobs.list(limit=1000)) == before


def test_a_body_without_end_is_refused(planner):
    def endless():
        for _ in range(40):
            yield b" " * 1_000_000

    try:
        answer = planner.post(EXECUTE, content=endless())
    except httpx.WriteError:
        return  # the service closed the connection: refused as well
    assert answer.status_code == 413


def test_without_a_token_programs_are_asked_for_one(address):
    answer = httpx.get(f"{address}/ogc")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "header",
    ["Basic !!!", "Basic", "Basic Og==", "Bearer x", "Basic //79", "basic cGxhbm5lcjp3cm9uZw=="],
)
def test_rubbish_credentials_are_401(address, header):
    answer = httpx.get(f"{address}/ogc", headers={"authorization": header})
    assert answer.status_code == 401


def test_a_token_of_another_name_revoked_or_expired_is_401(address, house):
    store = house[1]
    other = httpx.get(f"{address}/ogc", auth=("director", f"{TOKEN}-planner"))
    assert other.status_code == 401
    token = store.accounts.add_token("planner", "lost", token_hash("lost"))
    assert httpx.get(f"{address}/ogc", auth=("planner", "lost")).status_code == 200
    store.accounts.revoke_token(token.id)
    assert httpx.get(f"{address}/ogc", auth=("planner", "lost")).status_code == 401


def test_roles(client_of):
    viewer, admin = client_of("viewer"), client_of("admin")
    assert viewer.get("/ogc/collections/districts/items").status_code == 200
    assert viewer.get("/ogc/collections/plans/items").status_code == 404
    names = [one["id"] for one in viewer.get("/ogc/collections").json()["collections"]]
    assert "plans" not in names
    assert "plans" not in viewer.get("/ogc/api").text
    assert viewer.post(EXECUTE, json=body()).status_code == 403
    assert viewer.get("/ogc/jobs").status_code == 403
    assert admin.get("/ogc/collections").status_code == 403


def test_a_page_of_another_site_can_not_ask(planner):
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert planner.post(EXECUTE, json=body(), headers=headers).status_code == 403


def test_plans_are_a_collection(planner, runner):
    planner.post(EXECUTE, json=body())
    runner.run_waiting()
    page = planner.get("/ogc/collections/plans/items", params={"code": "A1"}).json()
    told = page["features"][0]["properties"]
    assert told["status"] == "proven"
    assert told["lead_office"] == "O1"
