"""Visiting days as people read them: a row a round, hours that add up, what remains and why."""

import pytest

from optimizer.roster.document import Weekday
from optimizer.staff import Unit
from optimizer.visits import Stop, Trip, VisitPlan, VisitRules, plan_visits
from optimizer.visits.document import VisitGoal
from service.details.document import Part, PlanDetails, Why
from service.details.shelf import Making
from service.details.tables import details_tables
from service.details.visiting import visit_areas, visit_days, visit_sentences, visit_table
from service.locale.words import Words
from service.pages.planview import PlanView
from service.reports.blocks import Grid
from service.reports.lack_parts import visit_annex, visit_blocks
from tests.optimizer.test_visits import far_away


@pytest.fixture(scope="module")
def far():
    problem, plan = far_away(men=6)
    return problem, plan, plan_visits(problem, plan)


def trip(week, day=Weekday.SUNDAY, road_min=120.0):
    stops = (Stop(area="A2", site_h=3, served_hours=6), Stop(area="A3", site_h=1, served_hours=2))
    return Trip(
        week=week,
        day=day,
        office="O1",
        unit=Unit.TRIBAL,
        women_crew=False,
        officers=2,
        road_min=road_min,
        stops=stops,
    )


def visits_of(*trips, **changes):
    return VisitPlan(problem_digest="d", rules=VisitRules(), trips=trips).model_copy(update=changes)


def test_trips_that_are_alike_are_one_row_with_its_weeks():
    found = visit_days(visits_of(trip(1), trip(2), trip(4), trip(1, Weekday.MONDAY)))
    assert [(one.day, one.weeks) for one in found] == [
        (Weekday.SUNDAY, (1, 2, 4)),
        (Weekday.MONDAY, (1,)),
    ]
    assert (found[0].areas, found[0].road_h, found[0].there_h) == (("A2", "A3"), 2.0, 4.0)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_table_holds_every_hour_of_every_trip(far, lang):
    problem, _, visits = far
    rows = visit_table(problem, visits, Words(lang)).rows
    days = visit_days(visits)
    assert len(rows) == len(days)
    assert sum(len(one.weeks) for one in days) == len(visits.trips)
    road_h = sum(len(one.weeks) * one.road_h for one in days)
    there_h = sum(len(one.weeks) * one.there_h for one in days)
    assert road_h + there_h == pytest.approx(sum(one.hours for one in visits.trips))
    assert {row[0] for row in rows} <= {Words(lang).say(day.value.title()) for day in Weekday}


def test_what_visits_serve_and_leave_is_said(far):
    problem, _, visits = far
    told = visit_sentences(problem, visits, Words("en"))
    assert f"{len(visits.trips)} trips in 4 weeks serve 7.0 of the 9.0 hours" in told[0]
    assert "daily work leaves no hours for it" in told[1]
    assert not any("no day" in one for one in told)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "2 trips find no day"), ("ar", "لا تجدان يوماً")]
)
def test_trips_that_find_no_day_are_told(far, lang, words):
    problem, _, visits = far
    goal = VisitGoal(name="trips_without_day", value=2, bound=2, proven=True)
    told = visit_sentences(problem, visits.model_copy(update={"goals": (goal,)}), Words(lang))
    assert any(words in one for one in told)


def test_a_plan_that_reaches_everybody_needs_no_visits():
    problem, _ = far_away()
    (told,) = visit_sentences(problem, visits_of(), Words("en"))
    assert told.startswith("No area lies beyond daily reach")


def test_each_area_beyond_reach_is_a_row_with_what_it_asks_and_gets(far):
    problem, _, visits = far
    rows = visit_areas(problem, visits, Words("en")).rows
    asked, served = (sum(row[column] for row in rows) for column in (1, 2))
    every = visits.service
    assert asked == pytest.approx(sum(one.hours_week for one in every))
    assert served == pytest.approx(sum(one.served_hours_week for one in every))
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    stops = sum(len({stop.area for stop in trip.stops}) for trip in visits.trips)
    assert sum(row[3] for row in rows) == stops


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_visits_go_into_the_report_and_the_workbook(far, lang):
    problem, plan, visits = far
    words = Words(lang)
    view = PlanView(problem, plan, words)
    (summary,) = (one for one in visit_blocks(view, visits) if isinstance(one, Grid))
    assert len(summary.rows) == len({one.area for one in visits.service})
    assert summary.figures == (1, 2, 3)
    heading, annex = visit_annex(view, visits)
    assert heading.level == 1
    assert len(annex.rows) == len(visit_days(visits))
    assert annex.figures == (5, 6)
    names = [one.name for one in details_tables(problem, PlanDetails(visits=visits), words)]
    assert names[:4] == [
        "Visiting days",
        "What visits leave unserved",
        "Proof of visits",
        "Assumptions about visits",
    ]


def test_a_report_says_why_visits_are_not_in_it(far):
    problem, plan, _ = far
    view = PlanView(problem, plan, Words("en"))
    assert visit_blocks(view, None) == visit_annex(view, None) == visit_annex(view, Why.TIME) == []
    assert "longer than is allowed" in visit_blocks(view, Why.TIME)[1].text
    assert "mizan visits" in visit_blocks(view, Why.APART)[1].text
    under_way = Making().so_far.lacking[Part.VISITS]
    assert "still being worked out" in visit_blocks(view, under_way)[1].text
