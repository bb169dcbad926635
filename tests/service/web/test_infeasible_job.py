"""A job that found that no legal plan exists says why and what would help on its page."""

from service.jobs.model import AllocateRequest
from service.jobs.requests import ask_allocation
from service.jobs.runner import Runner
from service.store.jobs import JobStatus
from tests.service.export.builders import tiny_problem


def test_the_page_of_an_infeasible_job_says_why_and_what_would_help(house, as_role):
    _app, store = house
    problem = tiny_problem()
    offices = (problem.offices[0].model_copy(update={"capacity": 5}), problem.offices[1])
    request = AllocateRequest(
        problem=problem.model_copy(update={"offices": offices}), time_limit_s=30.0
    )
    job = ask_allocation(store, request, owner="director")
    assert Runner(store).run_waiting() == 1
    assert store.jobs.get(job.id).status is JobStatus.SUCCESSFUL
    english = as_role("director").get(f"/jobs/{job.id}").text
    assert "No legal plan exists" in english
    assert "Al-Asma&#39;i: raise the capacity by 3." in english
    assert 'value="8"' not in english, "no goal was settled"
    assert "الأصمعي: زيادة السعة بمقدار 3." in as_role("director", "ar").get(f"/jobs/{job.id}").text
