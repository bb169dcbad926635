"""Visiting days: the road paid once, neighbours on one trip, women with women, lacks named."""

import pytest

from optimizer.plan import Crews, Flow, Plan, Posting, ShortfallKind, Status
from optimizer.problem import Policies, UnitRule
from optimizer.roster import Weekday
from optimizer.visits import AreaTravel, SetAside, VisitRules, check_visits, days, plan_visits
from optimizer.visits.choose import Choice
from optimizer.visits.days import days_of
from optimizer.visits.facts import Round, VisitFacts
from tests.optimizer.builders import MAN, WOMAN, P, T, W, area, demand, office, staff, tiny, way

FAR = (AreaTravel(area="A2", other="A3", travel_min=10),)


def far_away(*, men=4, women=0, spent=0.0, **changes):
    """One office with a tribal unit, one area at its door and two that are two hours away."""
    base = {
        "areas": (area("A1"), area("A2", need=8.0), area("A3", need=4.0)),
        "offices": (office("O1"), office("O2")),
        "units": (
            UnitRule(unit=T, reach_min=60, visit_h=2),
            UnitRule(unit=P, reach_min=60, visit_h=1),
        ),
        "staff": tuple(
            s for s in (staff("O1", T, MAN, men), staff("O1", T, WOMAN, women)) if s.count
        ),
        "demand": (
            demand("A1", T, 40.0),
            demand("A2", T, 6.0, 2.0),
            demand("A3", T, 3.0),
        ),
        "travel": (way("A1", "O1", 0), way("A2", "O1", 120), way("A3", "O1", 125)),
        "policies": Policies(hours_week=32),
    }
    problem = tiny(**(base | changes))
    postings = tuple(
        Posting(office=g.office, unit=g.unit, gender=g.gender, count=g.count) for g in problem.staff
    )
    flows = (Flow(area="A1", office="O1", unit=T, hours_week=spent),) if spent else ()
    plan = Plan(
        status=Status.FEASIBLE,
        method="test",
        problem_digest=problem.digest,
        open_offices=("O1", "O2"),
        postings=postings,
        flows=flows,
    )
    return problem, plan


def made(question, milp, **how):
    visits = plan_visits(*question, milp=milp, **how)
    assert check_visits(*question, visits) == ()
    return visits


def served(visits):
    return {(s.area, s.unit): s.served_hours_week for s in visits.service}


def test_what_is_out_of_reach_gets_a_day_and_what_is_near_does_not(milp):
    visits = made(far_away(men=6), milp)
    assert {s.area for s in visits.service} == {"A2", "A3"}
    assert served(visits)["A2", T] == pytest.approx(4.0, rel=0.02)  # the rest needs women
    assert served(visits)["A3", T] == pytest.approx(3.0, rel=0.02)
    assert all(g.proven for g in visits.goals)
    lacks = [(s.kind, s.area, s.rule) for s in visits.shortfalls]
    assert (ShortfallKind.UNMET_WOMEN_HOURS, "A2", "no_hours") in lacks


def test_neighbours_share_one_road(milp):
    question = far_away(demand=(demand("A2", T, 1.0), demand("A3", T, 0.75)))
    alone = made(question, milp)
    together = made(question, milp, between=FAR)
    both = [t for t in together.trips if len(t.stops) == 2]
    assert both
    assert {t.road_min for t in both} == {120 + 10 + 125}
    assert not [t for t in alone.trips if len(t.stops) == 2]  # by way of the office saves nothing
    assert sum(t.road_min for t in together.trips) == 255
    assert sum(t.road_min for t in alone.trips) == 2 * (120 + 125)
    assert served(together) == pytest.approx(served(alone), rel=0.02)


def test_only_hours_that_are_left_are_used(milp):
    question = far_away(spent=124.0)  # of 128: one hour a week for each of four
    visits = made(question, milp)
    used = sum(t.hours * t.officers for t in visits.trips) / 4
    assert 0 < used <= 4 + 1e-6
    assert visits.goals[0].value == 1  # one trip in four weeks: one of the two areas
    assert {s.rule for s in visits.shortfalls} == {"no_hours"}


def test_no_hours_left_means_no_visits_unless_some_are_set_aside(milp):
    question = far_away(spent=128.0)
    assert made(question, milp).trips == ()
    kept = SetAside(office="O1", unit=T, hours_week=16)
    visits = made(question, milp, rules=VisitRules(set_aside=(kept,)))
    assert sum(t.hours * t.officers for t in visits.trips) <= 4 * 16 + 1e-4
    assert visits.goals[0].value == 2


def test_womens_demand_is_served_by_a_crew_of_women(milp):
    visits = made(far_away(women=2), milp)
    two = next(s for s in visits.service if s.area == "A2")
    assert two.women_served_hours_week == pytest.approx(2.0, rel=0.02)
    hers = [t for t in visits.trips if any(s.women_hours > 0 for s in t.stops)]
    assert hers
    assert all(t.women_crew for t in hers)


def test_one_woman_makes_no_crew_of_women(milp):
    visits = made(far_away(women=1), milp)
    assert not any(t.women_crew for t in visits.trips)


def test_patrol_crews_stay_where_they_are_called(milp):
    question = far_away(
        staff=(staff("O1", P, MAN, 4),),
        demand=(demand("A2", P, 10.0),),
        policies=Policies(hours_week=32, patrol_hours_week=64),
    )
    problem, plan = question
    assert made(question, milp).trips
    busy = plan.model_copy(update={"crews": (Crews(office="O1", crews=1, vehicles=1),)})
    assert made((problem, busy), milp).trips == ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"travel": (way("A1", "O1", 0),)}, "no_way"),
        ({"travel": (way("A1", "O1", 0), way("A2", "O1", 230), way("A3", "O1", 240))}, "too_far"),
        ({"staff": (staff("O1", T, MAN, 1),)}, "no_crew"),
    ],
)
def test_why_nobody_comes_is_named(changes, why, milp):
    visits = made(far_away(**changes), milp)
    assert visits.trips == ()
    assert {s.rule for s in visits.shortfalls} == {why}


def test_an_area_is_visited_on_its_day_of_the_week(milp):
    """A trip a week to each: the same weekday every week, and not more than one a day."""
    question = far_away(men=6, demand=(demand("A2", T, 8.0), demand("A3", T, 6.0)))
    visits = made(question, milp)
    for code in ("A2", "A3"):
        days = [t.day for t in visits.trips if t.stops[0].area == code]
        weeks = [t.week for t in visits.trips if t.stops[0].area == code]
        assert len(set(zip(weeks, days, strict=True))) == len(days)
        assert len(set(days)) == -(-len(days) // 4)
    assert set(visits.rules.weekdays) >= {t.day for t in visits.trips}


def test_work_and_not_the_clock_ends_the_search(milp):
    """Equal questions get equal days however busy the machine is."""
    asked = []

    def recorded(request, *_):
        asked.append(request)
        return milp(request)

    question = far_away(women=2, men=5)
    one, two = made(question, recorded), made(question, recorded)
    assert one.model_dump_json() == two.model_dump_json()
    assert all(request.most_nodes for request in asked)
    assert min(request.time_limit_s for request in asked) >= 3600


def test_goals_are_told_at_the_plan_that_is_handed_out(milp):
    """Later goals use what the proof of earlier ones leaves open; the figures know it."""
    visits = made(far_away(women=2, men=5), milp)
    told = {g.name: g for g in visits.goals}
    hours = sum(t.hours * t.officers for t in visits.trips) / visits.rules.cycle_weeks
    assert told["officer_hours"].value == pytest.approx(hours)
    hers = sum(s.women_served_hours_week for s in visits.service)
    assert told["women_hours"].value == pytest.approx(hers)
    asked = {s.area: s.hours_week for s in visits.service}
    least = min(s.served_hours_week / asked[s.area] for s in visits.service)
    assert told["least_served_share"].value == pytest.approx(least)
    for goal in visits.goals:
        if goal.proven:
            assert goal.bound == pytest.approx(goal.value, rel=0.011, abs=1e-3), goal.name


def test_without_anybody_out_of_reach_there_is_nothing_to_plan(milp):
    visits = made(far_away(demand=(demand("A1", T, 5.0),)), milp)
    assert (visits.trips, visits.service, visits.shortfalls) == ((), (), ())


def test_the_checker_sees_what_is_wrong(milp):
    question = far_away(women=2)
    good = made(question, milp, between=FAR)
    trip = good.trips[0]

    def whats(**changes):
        bad = good.model_copy(update=changes)
        return {b.what.split(":")[0] for b in check_visits(*question, bad)}

    def with_trip(**changes):
        return whats(trips=(trip.model_copy(update=changes), *good.trips[1:]))

    stop = trip.stops[0]
    assert "road" in with_trip(road_min=10)
    assert "crew" in with_trip(officers=1)
    assert "unknown" in with_trip(day=Weekday.FRIDAY)
    assert "unknown" in with_trip(office="O9")
    assert "stay_too_short" in with_trip(stops=(stop.model_copy(update={"site_h": 0.2}),))
    assert "day_too_long" in with_trip(stops=(stop.model_copy(update={"site_h": 9}),))
    assert "more_than_the_stay" in with_trip(stops=(stop.model_copy(update={"served_hours": 99}),))
    near = stop.model_copy(update={"area": "A1"})
    assert "within_daily_reach" in with_trip(stops=(near,))
    hers = next(t for t in good.trips if any(s.women_hours > 0 for s in t.stops))
    men = tuple(t.model_copy(update={"women_crew": False}) if t is hers else t for t in good.trips)
    assert "women_needed" in whats(trips=men)
    assert {"hours", "twice_a_day"} <= whats(trips=good.trips * 60)
    assert "service" in whats(trips=good.trips[1:])
    assert "service_not_listed" in whats(service=())


def test_a_unit_without_women_needs_none(milp):
    question = far_away(
        units=(UnitRule(unit=W, reach_min=60, visit_h=2),),
        staff=(staff("O1", W, MAN, 2),),
        demand=(demand("A2", W, 2.0),),
    )
    assert served(made(question, milp))["A2", W] == pytest.approx(2.0, rel=0.02)


def test_ways_of_the_problem_are_taken_unless_others_are_given(milp):
    problem, plan = far_away()
    own = problem.model_copy(update={"between": FAR})
    question = own, plan.model_copy(update={"problem_digest": own.digest})
    assert made(question, milp).between == FAR
    assert made(question, milp) == made(question, milp, between=FAR)
    assert made(question, milp, between=()).between == ()
    # Without a way of their own two areas are joined by way of the office: no round saves road.
    several = [
        [r.road_min for r in VisitFacts(*question, VisitRules(), ways).rounds("O1", T)]
        for ways in (FAR, ())
    ]
    assert several == [[240, 250, 120 + 10 + 125], [240, 250]]


def test_a_way_names_areas_that_are_there():
    problem, _ = far_away()
    lost = AreaTravel(area="A2", other="X", travel_min=1)
    with pytest.raises(ValueError, match="unknown area X"):
        type(problem)(**(problem.model_dump() | {"between": (lost,)}))
    assert "between" not in problem.model_dump_json()


def test_more_trips_than_crews_have_days_are_not_chosen(milp):
    rules = VisitRules(cycle_weeks=1, weekdays=(Weekday.SUNDAY, Weekday.MONDAY))
    near = tuple(area(f"A{n}") for n in range(2, 7))
    question = far_away(
        men=6,
        areas=(area("A1"), *near),
        demand=(demand("A1", T, 1.0), *(demand(a.code, T, 12.0) for a in near)),
        travel=(way("A1", "O1", 0), *(way(a.code, "O1", 100) for a in near)),
    )
    away = VisitFacts(*question, rules, ()).crews_away("O1", T, women=False)
    visits = made(question, milp, rules=rules)
    assert 0 < len(visits.trips) <= away * len(rules.weekdays)
    assert next(g.value for g in visits.goals if g.name == "trips_without_day") == 0


class TwoCrews:
    """Facts of an office whose two crews may be away on each of five days."""

    rules = VisitRules(cycle_weeks=1)

    def crews_away(self, *_, women):
        return 2


def test_trips_that_stand_in_one_anothers_way_are_told_instead_of_failing():
    pairs = (("A", "B"), ("B", "C"), ("A", "C"))  # any two of them meet in an area
    days = len(TwoCrews.rules.weekdays)
    trips = days // 2
    chosen = [Choice(Round("O1", T, stops, 60.0), False, trips, {}, {}, {}) for stops in pairs]
    placed, goals = days_of(TwoCrews(), chosen)
    assert goals[0].name == "trips_without_day"
    assert goals[0].value == max(0, 3 * trips - days)
    assert sum(len(one) for one in placed) == min(days, 3 * trips)
    assert len({day for one in placed for day in one}) == sum(len(one) for one in placed)


def test_days_found_so_far_stand_where_the_work_for_a_later_goal_is_spent(monkeypatch):
    monkeypatch.setattr(days, "LAST_LIMIT", 0.0)
    chosen = [Choice(Round("O1", T, (f"A{n}",), 60.0), False, 1, {}, {}, {}) for n in range(8)]
    placed, goals = days_of(TwoCrews(), chosen)
    assert [len(one) for one in placed] == [1] * 8
    assert goals[0].value == 0
    assert goals[0].proven
    assert goals[-1].name == days.LAST
    assert not goals[-1].proven
    assert goals[-1].bound <= goals[-1].value
