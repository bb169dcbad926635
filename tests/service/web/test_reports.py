"""A plan on paper, over HTTP: for who may export, in the reader's language."""

from hashlib import sha256

import pytest

from optimizer.problem import HireLot
from optimizer.staff import Gender, Unit
from service.reports.press import fonts_are_here
from tests.service.export.builders import tiny_plan, tiny_problem

pytestmark = pytest.mark.skipif(
    not fonts_are_here(), reason="the fonts of the reports are fetched by make setup"
)


@pytest.fixture(autouse=True)
def _without_details(monkeypatch):
    """No child works out visiting days here: ``tests/service/details`` has them."""
    monkeypatch.setattr("service.details.shelf._heard", lambda *_: True)


def kept(house, **changes):
    problem = tiny_problem(**changes)
    return house[1].plans.save(problem, tiny_plan(problem), owner="director", title="A try").id


@pytest.fixture
def plan_id(house):
    return kept(house)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_report_of_a_plan_is_a_pdf(as_role, plan_id, lang):
    answer = as_role("director").get(f"/plans/{plan_id}/report.pdf?lang={lang}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="report.pdf"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF-")


def test_who_took_a_report_away_is_written_down(house, as_role, plan_id):
    answer = as_role("director").get(f"/plans/{plan_id}/report.pdf?lang=en")
    found = next(e for e in house[1].audit.list() if e.action == "export_made")
    assert found.subject == plan_id
    assert found.details["sha256"] == sha256(answer.content).hexdigest()
    as_role("planner").get(f"/plans/{plan_id}/report.pdf?lang=en")
    copies = [e.details["serial"] for e in house[1].audit.list() if e.action == "export_made"]
    assert len(set(copies)) == len(copies) == 2  # who finds one knows whose it was


def test_the_stable_link_leads_to_the_report(as_role, plan_id):
    answer = as_role("director").get(f"/export/plan.pdf?plan={plan_id}", follow_redirects=False)
    assert answer.headers["location"] == f"/plans/{plan_id}/report.pdf"


def test_there_is_no_letter_where_nobody_new_is_asked_for(as_role, plan_id):
    client = as_role("director")
    assert client.get(f"/plans/{plan_id}/letter.pdf").status_code == 404
    assert "letter.pdf" not in client.get(f"/plans/{plan_id}").text


def test_a_plan_with_new_women_officers_has_its_letter(house, as_role):
    hires = (HireLot(gender=Gender.WOMAN, skills=(Unit.WOMEN,), count=3),)
    plan_id = kept(house, hires=hires)
    client = as_role("director")
    assert client.get(f"/plans/{plan_id}/letter.pdf").content.startswith(b"%PDF-")
    assert "letter.pdf" in client.get(f"/plans/{plan_id}").text


def test_an_unknown_plan_has_no_report(as_role):
    assert as_role("director").get("/plans/nothing/report.pdf").status_code == 404


def test_a_viewer_may_not_take_a_report_away(as_role, plan_id):
    assert as_role("viewer").get(f"/plans/{plan_id}/report.pdf").status_code == 403
