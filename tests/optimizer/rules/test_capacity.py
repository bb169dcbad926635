import pytest

from tests.optimizer.asking import breaches, edited, proven
from tests.optimizer.builders import MAN, T, demand, staff, tiny, way

ONE_MAN = (staff("O1", T, MAN, 1),)
MUCH = (demand("A1", T, 500.0),)


@pytest.mark.parametrize(("minutes", "hours"), [(0, 32.0), (30, 32 / 1.5), (60, 16.0)])
def test_the_road_is_paid(milp, minutes, hours):
    """A visit of two hours: 30 minutes one way cost half an hour for each hour on site."""
    plan = proven(tiny(staff=ONE_MAN, demand=MUCH, travel=(way("A1", "O1", minutes),)), milp)
    assert sum(f.hours_week for f in plan.flows) == pytest.approx(hours, abs=0.01)


def test_an_hour_beyond_is_a_breach(milp):
    problem = tiny(staff=ONE_MAN, demand=MUCH)
    plan = proven(problem, milp)
    more = tuple(f.model_copy(update={"hours_week": f.hours_week + 1}) for f in plan.flows)
    assert ("capacity", "hours") in breaches(problem, edited(plan, flows=more))


def test_womens_hours_beyond_the_women_there_are_a_breach(milp):
    problem = tiny(demand=(demand("A1", T, 64.0, women=64.0),))
    plan = proven(problem, milp)
    swapped = tuple(
        f.model_copy(update={"hours_week": 64.0, "women_hours_week": 64.0}) for f in plan.flows
    )
    men_only = [
        p.model_copy(update={"count": p.count + 2}) if p.office == "O1" and p.gender == MAN else p
        for p in plan.postings
    ]
    wrong = edited(plan, flows=swapped, postings=tuple(p for p in men_only if p.gender == MAN))
    assert ("capacity", "women_hours") in breaches(problem, wrong)
