import pytest

from optimizer.instance import Instance
from optimizer.plan import Crews
from optimizer.problem import Policies, Term
from tests.optimizer.asking import breaches, edited, proven
from tests.optimizer.builders import MAN, P, demand, office, patrols, staff


def calls(plan):
    return sum(f.call_hours_week for f in plan.flows)


def test_crews_need_officers_and_vehicles(milp):
    assert proven(patrols(), milp).crews == (Crews(office="O1", crews=2, vehicles=2),)
    three = patrols(staff=(staff("O1", P, MAN, 3),))
    assert proven(three, milp).crews[0].crews == 1
    problem = patrols(offices=(office("O1", vehicles=1),))
    assert proven(problem, milp).crews[0].crews == 1


@pytest.mark.parametrize(("officers", "per_hour"), [(2, 0.142857), (4, 0.756)])
def test_calls_are_answered_within_the_waiting_standard(milp, officers, per_hour):
    """32 manned hours a week, 3 hours of work a call: the published rates of 1 and 2 crews."""
    busy = (demand("A1", P, 300.0, term=Term.INCIDENTS, cases=100.0),)
    problem = patrols(staff=(staff("O1", P, MAN, officers),), demand=busy)
    expected = min(per_hour * 32 * 3, 0.6 * 32 * officers)
    assert calls(proven(problem, milp)) == pytest.approx(expected, abs=0.05)


def test_no_vehicle_no_calls_yet_presence_stays(milp):
    problem = patrols(offices=(office("O1", vehicles=0),))
    plan = proven(problem, milp)
    assert calls(plan) == 0
    assert sum(f.hours_week for f in plan.flows) == pytest.approx(40, abs=1e-4)


def test_a_spare_vehicle_is_placed(milp):
    problem = patrols(
        offices=(office("O1", vehicles=0),),
        policies=Policies(hours_week=32, patrol_hours_week=32, spare_vehicles=1),
    )
    plan = proven(problem, milp)
    assert plan.crews == (Crews(office="O1", crews=1, vehicles=1),)
    two = edited(plan, crews=(Crews(office="O1", crews=1, vehicles=2),))
    assert ("crews", "spare_vehicles") in breaches(problem, two)


def test_calls_take_at_most_their_share_of_patrol_time(milp):
    many = patrols(
        demand=(demand("A1", P, 600.0, term=Term.INCIDENTS, cases=1.0),),
    )
    assert calls(proven(many, milp)) == pytest.approx(0.6 * 4 * 32, abs=1e-3)


def test_too_many_calls_for_the_crews_are_a_breach(milp):
    problem = patrols()
    plan = proven(problem, milp)
    none = edited(plan, crews=(Crews(office="O1", crews=0, vehicles=2),))
    assert ("crews", "calls") in breaches(problem, none)
    four = edited(plan, crews=(Crews(office="O1", crews=4, vehicles=4),))
    assert {("crews", "officers"), ("crews", "spare_vehicles")} <= breaches(problem, four)


def test_one_post_all_year_takes_as_many_officers_as_the_relief_factor_says():
    """References: 2,920 hours of an 8-hour shift every day, 1,698 productive ones: 1.72."""
    policies = Policies(patrol_crew=1, patrol_hours_week=2920 / 52, hours_week=1698 / 52)
    post = Instance(patrols(policies=policies)).officers_per_crew
    assert round(post, 2) == 1.72
    assert round(Policies().hours_week * 52) == 1698
