"""Jobs over the API: both processes, paging that keeps every filter, what a stopped or failed job
answers; explorations with points and findings.
"""

import pytest

from service.jobs.pace import Pace
from service.jobs.runner import Runner
from service.store import JobStatus
from tests.service.export.builders import tiny_problem


def body(seed=1, **inputs):
    return {"inputs": {"problem": tiny_problem(seed=seed).model_dump(mode="json")} | inputs}


def asked(planner, process, **inputs):
    answer = planner.post(f"/ogc/processes/{process}/execution", json=body(**inputs))
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


@pytest.fixture(scope="module")
def runner(house):
    return Runner(house[1], pace=Pace(lease_s=10, tick_s=0.05, say_s=0.05))


def test_both_processes_are_told(planner):
    listed = planner.get("/ogc/processes").json()["processes"]
    assert [one["id"] for one in listed] == ["allocate", "explore"]
    explore = planner.get("/ogc/processes/explore").json()
    questions = explore["inputs"]["what"]["schema"]["enum"]
    assert {"worth", "curve", "frontier", "alternatives", "stress", "years"} <= set(questions)
    options = {one["title"]: one for one in explore["inputs"]["options"]["schema"]["anyOf"]}
    assert options.keys() == set(questions)
    assert "most" in options["curve"]["properties"]


def test_an_exploration_tells_its_points_and_brings_its_findings(planner, runner):
    job = asked(planner, "explore", what="worth")
    assert planner.get(job).json()["points"]["answered"] == 0
    runner.run_waiting()
    status = planner.get(job).json()
    assert status["status"] == "successful", status
    assert status["points"]["answered"] == status["points"]["all"] > 0
    found = planner.get(f"{job}/results").json()["explored"]
    assert found["reading"]["ar"] != found["reading"]["en"]
    assert found["proven"] is True
    assert found["problem_digest"] == tiny_problem().digest


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({}, "what"),
        ({"what": "weather"}, "what"),
        ({"what": "curve", "options": {"most": 0}}, "most"),
        ({"what": "curve", "options": {"colour": 1}}, "colour"),
        ({"what": "curve", "options": 3}, "options"),
        ({"what": "years"}, "inputs"),
    ],
)
def test_a_question_that_does_not_fit_is_400(planner, inputs, named):
    answer = planner.post("/ogc/processes/explore/execution", json=body(**inputs))
    assert answer.status_code == 400, answer.text
    assert named in answer.json()["title"]


def test_pages_of_jobs_keep_every_filter_and_find_each_once(planner):
    made = [asked(planner, "allocate", seed=seed).rpartition("/")[2] for seed in range(20, 27)]
    for job in made:
        planner.delete(f"/ogc/jobs/{job}")
    query = {
        "limit": "3",
        "status": "dismissed,failed",
        "processID": "allocate",
        "type": "process",
        "datetime": "2026-01-01T00:00:00Z/..",
        "lang": "en",
    }
    seen, where, params = [], "/ogc/jobs", query
    while where:
        page = planner.get(where, params=params).json()
        assert len(page["jobs"]) <= 3
        seen += [one["jobID"] for one in page["jobs"]]
        following = [one["href"] for one in page["links"] if one["rel"] == "next"]
        for href in following:
            assert all(f"{name}=" in href for name in query)
        where, params = (following[0], None) if following else (None, None)
    assert len(seen) == len(set(seen))
    assert [job for job in seen if job in made] == made[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "sleeping"},
        {"limit": "0"},
        {"before": "x"},
        {"minDuration": "-1"},
        {"maxDuration": "long"},
        {"datetime": "soon"},
        {"colour": "red"},
    ],
)
def test_filters_that_do_not_fit_are_400(planner, query):
    assert planner.get("/ogc/jobs", params=query).status_code == 400


def test_other_types_and_long_runs_are_none(planner):
    assert planner.get("/ogc/jobs", params={"type": "theirs"}).json()["jobs"] == []
    assert planner.get("/ogc/jobs", params={"minDuration": "86400"}).json()["jobs"] == []


def test_results_of_a_stopped_and_of_a_failed_job_say_so(planner, house):
    stopped = asked(planner, "allocate", seed=31)
    planner.delete(stopped)
    gone = planner.get(f"{stopped}/results")
    assert gone.status_code == 410
    store = house[1]
    job = store.jobs.get(asked(planner, "allocate", seed=32).rpartition("/")[2])
    held = store.jobs.claim("a test", 60)
    while held is not None and held.id != job.id:
        store.jobs.finish(held, JobStatus.DISMISSED)
        held = store.jobs.claim("a test", 60)
    store.jobs.finish(held, JobStatus.FAILED, message="its worker was lost 3 times")
    status = planner.get(f"/ogc/jobs/{job.id}").json()
    assert (status["status"], status["message"]) == ("failed", "its worker was lost 3 times")
    failed = planner.get(f"/ogc/jobs/{job.id}/results")
    assert failed.status_code == 422
    for answer in (gone, failed):
        assert answer.headers["content-type"] == "application/problem+json"
