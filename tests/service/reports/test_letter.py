"""The letter: it asks for the hires of the plan, shows what they change, and hides nothing."""

from datetime import date

import pytest

from geo.checks import FaultsError
from optimizer.plan import Plan, Posting, ShiftPosting, Transfer
from optimizer.problem import HireLot
from optimizer.staff import Gender, Unit
from service.locale.words import Words
from service.pages.planview import PlanView
from service.reports.charts import CurvePoint
from service.reports.letter import _sheet, letter_pdf
from service.reports.press import fonts_are_here
from tests.service.export.builders import tiny_plan, tiny_problem

DAY = date(2026, 11, 23)
CURVE = [CurvePoint(n, 0.1 * n, 0.5 + 0.1 * n, 0.6) for n in range(4)]
HIRES = (HireLot(gender=Gender.WOMAN, skills=(Unit.WOMEN,), count=3),)


def plans():
    """Today, and a plan with three more women of whom one is on duty at night."""
    problem = tiny_problem(hires=HIRES)
    today: Plan = tiny_plan(problem, method="today", flows=tiny_plan(problem).flows[:1])
    men, women = today.postings
    after = tiny_plan(
        problem,
        postings=(men, Posting(**{**women.model_dump(), "count": 5})),
        transfers=(
            Transfer(
                gender=Gender.WOMAN,
                skills=(Unit.WOMEN,),
                to_office="O1",
                to_unit=Unit.WOMEN,
                count=3,
            ),
        ),
        shifts=(
            *today.shifts,
            ShiftPosting(office="O1", unit=Unit.WOMEN, shift="night", gender=Gender.WOMAN, count=1),
        ),
        shortfalls=today.shortfalls[1:],
    )
    return problem, today, after


def told(lang="en", curve=CURVE, knee=2):
    problem, today, after = plans()
    words = Words(lang)
    views = PlanView(problem, after, words), PlanView(problem, today, words)
    sheet = _sheet(*views, 3, DAY, "MZ-1", curve, knee)
    return sheet, sheet.data()["blocks"]


@pytest.mark.skipif(not fonts_are_here(), reason="the fonts are fetched by make setup")
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_letter_is_a_pdf_and_the_same_one_again(lang):
    problem, today, after = plans()

    def letter():
        return letter_pdf(
            problem, after, words=Words(lang), day=DAY, today=today, curve=CURVE, knee=2
        )

    first = letter()
    assert first.body.startswith(b"%PDF-")
    assert first.filename == "letter.pdf"
    assert letter().body == first.body


def test_it_asks_for_the_hires_of_the_plan():
    sheet, _ = told()
    assert sheet.title == "Request for 3 more women officers in the community police"
    assert "3 ضابطات" in told("ar")[0].title


def test_before_and_after_stand_side_by_side():
    _, blocks = told()
    rows = {row[0]: row[1:] for row in blocks[4]["rows"]}
    assert rows["Women officers"] == ["2", "5"]
    assert rows["Women's demand served"] == ["0.0%", "75.0%"]
    assert rows["Shifts of offices without a woman on duty"] == ["1", "0"]


def test_it_says_where_they_would_serve_and_what_stays_lacking():
    _, blocks = told()
    bullets = [item for one in blocks if one["kind"] == "bullets" for item in one["items"]]
    assert "Al-Asma'i, Women's engagement: 3" in bullets
    assert any(item.startswith("5.0 hours a week") for item in bullets)


@pytest.mark.parametrize(("reach_min", "served"), [(10, True), (10, False), (60, True)])
def test_areas_far_from_women_officers_come_with_the_reach_that_is_meant(reach_min, served):
    """A1 lies 20 minutes away and is served from there by the longer reach of the unit."""
    problem, today, after = plans()
    policies = problem.policies.model_copy(update={"women_reach_min": reach_min})
    problem = problem.model_copy(update={"policies": policies})
    after = after.model_copy(update={} if served else {"flows": after.flows[:1]})
    words = Words("en")
    views = PlanView(problem, after, words), PlanView(problem, today, words)
    blocks = _sheet(*views, 3, DAY, "MZ-1", CURVE, 2).data()["blocks"]
    bullets = [item for one in blocks if one["kind"] == "bullets" for item in one["items"]]
    line = next(item for item in bullets if item.startswith("No woman officer"))
    areas = "+Al-Faw" if reach_min == 60 else "Al-Qurna and +Al-Faw"
    told = f"No woman officer will be posted within {reach_min} minutes by road of: {areas}."
    assert line.startswith(told)
    assert line.endswith("comes from farther away.") == (served and reach_min == 10)


def test_the_curve_comes_with_its_reading_and_may_be_left_out():
    with_curve = [one for one in told()[1] if one["kind"] == "picture"]
    assert len(with_curve) == 1
    assert "the first 2" in with_curve[0]["reading"]
    assert not [one for one in told(curve=())[1] if one["kind"] == "picture"]


def test_a_letter_on_synthetic_figures_says_that_it_must_not_be_sent():
    sheet, blocks = told()
    assert ("SYNTHETIC, for demonstration", "bad") in sheet.badges
    assert "must not be sent" in blocks[-1]["text"]


def test_a_plan_without_new_women_has_no_letter():
    problem = tiny_problem()
    plan = tiny_plan(problem)
    with pytest.raises(FaultsError, match="no new women"):
        letter_pdf(problem, plan, words=Words("en"), day=DAY, today=plan)


def test_the_first_point_of_the_curve_is_no_share_of_today():
    """Today's officers in better places serve more than today: unsaid, two figures disagree."""
    prose = [one["text"] for one in told()[1] if one["kind"] == "prose"]
    (note,) = [one for one in prose if one.startswith("The curve begins")]
    assert "50% of women's demand" in note
    later = [one["text"] for one in told(curve=CURVE[1:])[1] if one["kind"] == "prose"]
    assert not [one for one in later if one.startswith("The curve begins")]


@pytest.mark.parametrize(
    ("lang", "way"), [("en", "60 minutes by road"), ("ar", "60 دقيقة بالطريق")]
)
def test_the_reach_of_women_officers_is_said_in_minutes(lang, way):
    grid = next(one for one in told(lang)[1] if one["kind"] == "grid")
    assert way in grid["rows"][3][0]
