"""A job whose request is at fault says so on its page in the reader's language, with the remedy."""

from service.jobs.model import AllocateRequest
from service.jobs.requests import ask_allocation
from service.jobs.runner import Runner
from service.locale.terms import UNIT
from service.pages.jobs import _said_params, view_of
from service.scenario import Scenario
from service.store.jobs import JobStatus


def test_the_page_of_a_refused_job_says_what_is_wrong_and_what_to_do(house, as_role):
    _app, store = house
    scenario = Scenario(name="nowhere", governorate="IQG99")
    job = ask_allocation(store, AllocateRequest(scenario=scenario), owner="director")
    assert Runner(store).run_waiting() == 1
    found = store.jobs.get(job.id)
    assert found.status is JobStatus.FAILED
    (fault,) = view_of(found, found.finished_at).faults
    english = as_role("director").get(f"/jobs/{job.id}").text
    arabic = as_role("director", "ar").get(f"/jobs/{job.id}").text
    said = fault.fault().problem
    assert said in english
    assert said not in arabic


def test_a_unit_among_the_params_is_named_in_words():
    class Loud:
        def say(self, message, **_):
            return message.upper()

    told = _said_params({"unit": "women", "count": 3}, Loud())
    assert told == {"unit": UNIT["women"].upper(), "count": 3}
