"""What a plan lacks is said once, and never as a shortfall of 0.0 hours."""

import pytest

from optimizer.plan import Shortfall, ShortfallKind
from optimizer.staff import Unit
from service.locale.words import Words
from service.pages.answer import five_sentences
from service.pages.lacks import lacks_of
from service.pages.planview import PlanView, margins
from tests.service.export.builders import tiny_plan, tiny_problem


def view_of(**changes):
    problem = tiny_problem()
    return PlanView(problem, tiny_plan(problem, **changes), Words("en"))


def lack(kind, amount, area, unit=Unit.PATROL):
    return Shortfall(kind=kind, amount=amount, measure="h", area=area, unit=unit)


def test_hours_are_one_list_by_area_the_most_first():
    """Women's hours are part of the hours not served: told beside them, never a second time."""
    lacks = (
        lack(ShortfallKind.UNMET_HOURS, 3, "A1"),
        lack(ShortfallKind.UNMET_HOURS, 12, "A1", Unit.WOMEN),
        lack(ShortfallKind.UNMET_WOMEN_HOURS, 7, "A1", Unit.WOMEN),
        lack(ShortfallKind.UNMET_HOURS, 20, "A2"),
    )
    found = lacks_of(view_of(shortfalls=lacks), first=1)
    assert [(one.name, one.hours_week, one.women_hours_week) for one in found.areas] == [
        ("+Al-Faw", 20, 0),
        ("Al-Qurna", 15, 7),
    ]
    assert [one.unit for one in found.areas[1].units] == [Unit.WOMEN, Unit.PATROL]
    assert (found.hours_week, found.women_hours_week, found.count) == (35, 7, 3)
    assert len(found.first) == len(found.rest) == 1
    assert found.rest_hours_week == 15
    assert found.traces == ""


def test_what_rounds_to_nothing_is_one_line_with_its_total():
    lacks = (
        lack(ShortfallKind.UNMET_HOURS, 0.04, "A1"),
        lack(ShortfallKind.UNMET_HOURS, 0.03, "A2"),
        lack(ShortfallKind.UNMET_WOMEN_HOURS, 0.03, "A2"),
    )
    found = lacks_of(view_of(shortfalls=lacks))
    assert found.areas == ()
    assert found.traces == (
        "2 more lacks are under 0.1 hours a week each; together they come to 4 minutes a week."
    )
    assert not found.none


def test_units_that_leave_out_the_same_areas_share_a_sentence():
    lacks = tuple(
        lack(ShortfallKind.OUT_OF_REACH, 5, area, unit)
        for unit in (Unit.PATROL, Unit.WOMEN)
        for area in ("A1", "A2")
    )
    found = lacks_of(view_of(shortfalls=lacks))
    (told,) = found.others
    assert told == (
        "Patrol and Women's engagement: no office reaches Al-Qurna and +Al-Faw in daily work "
        "(20 hours a week)."
    )


def test_womens_hours_that_nothing_else_tells_of_are_not_lost():
    found = lacks_of(view_of(shortfalls=(lack(ShortfallKind.UNMET_WOMEN_HOURS, 3, "A1"),)))
    assert (found.count, found.hours_week, found.women_hours_week) == (1, 3, 3)


def test_a_trace_of_womens_hours_alone_is_not_said_to_be_nothing():
    found = lacks_of(view_of(shortfalls=(lack(ShortfallKind.UNMET_WOMEN_HOURS, 0.02, "A1"),)))
    assert not found.none
    assert "1 minute a week" in found.traces


def test_a_plan_that_lacks_nothing_says_so():
    found = lacks_of(view_of(shortfalls=()))
    assert found.none
    assert found.count == 0


def test_a_plan_is_no_better_than_itself():
    view = view_of()
    told = margins(view, [("Today", view)])
    assert "0.0" in told
    assert "(Today)" in told


def test_areas_whose_women_get_nothing_are_named_in_the_answer():
    """The share of all, 15 of 24 hours, would hide that A2 gets none of its four."""
    asks = tiny_problem().demand
    other = asks[1].model_copy(update={"area": "A2", "hours_week": 4, "women_hours_week": 4})
    problem = tiny_problem(demand=(*asks, other))
    served = five_sentences(PlanView(tiny_problem(), tiny_plan(tiny_problem()), Words("en")))
    assert not any("No women's demand is served" in one for one in served)
    told = five_sentences(PlanView(problem, tiny_plan(problem), Words("en")))
    assert len(told) == 5
    assert "No women's demand is served in: +Al-Faw." in told[3]
    arabic = five_sentences(PlanView(problem, tiny_plan(problem), Words("ar")))[3]
    assert "الفاو" in arabic
    assert "No women" not in arabic


@pytest.mark.parametrize(
    ("before", "said"),
    [(+30.0, "Demand falls against today"), (-30.0, "Demand rises against today"), (0.0, "")],
)
def test_the_answer_begins_with_how_far_a_scenario_changes_what_is_asked(before, said):
    plain = tiny_problem()
    asked = sum(one.hours_week for one in plain.demand)
    problem = tiny_problem(hours_week_today=asked + before)
    first = five_sentences(PlanView(problem, tiny_plan(problem), Words("en")))[0]
    unchanged = five_sentences(PlanView(plain, tiny_plan(plain), Words("en")))[0]
    if not said:
        assert first == unchanged
        return
    assert first.endswith(unchanged)
    figures = f"by 30 officer-hours a week, from {asked + before:g} to {asked:g}. "
    assert first == f"{said} {figures}{unchanged}"
    assert "hours_week_today" not in plain.model_dump_json()


def test_hours_that_all_need_a_woman_officer_are_said_to_be_all():
    both = [
        lack(kind, 12, "A1", Unit.WOMEN)
        for kind in (ShortfallKind.UNMET_HOURS, ShortfallKind.UNMET_WOMEN_HOURS)
    ]
    assert lacks_of(view_of(shortfalls=tuple(both))).only_women
    more = (*both, lack(ShortfallKind.UNMET_HOURS, 1, "A1"))
    assert not lacks_of(view_of(shortfalls=more)).only_women


def test_womens_demand_is_told_against_today():
    sentences = five_sentences(view_of(), view_of(flows=()))
    assert "of women's demand is served, 0% with today's postings; in the worst" in sentences[3]
