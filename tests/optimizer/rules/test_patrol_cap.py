import pytest

from optimizer.problem import Policies, Term
from tests.optimizer.asking import breaches, edited, proven
from tests.optimizer.builders import MAN, P, area, demand, patrols, staff, way


def two_districts(cap):
    return patrols(
        areas=(area("A1", district="D1"), area("A2", district="D2")),
        staff=(staff("O1", P, MAN, 4),),
        demand=(
            demand("A1", P, 100.0, term=Term.PRESENCE),
            demand("A2", P, 20.0, term=Term.PRESENCE),
        ),
        travel=(way("A1", "O1", 0), way("A2", "O1", 0)),
        policies=Policies(hours_week=32, patrol_hours_week=32, patrol_share_cap=cap),
    )


@pytest.mark.parametrize(("cap", "most"), [(None, 100.0), (0.7, 20 * 7 / 3), (0.5, 20.0)])
def test_no_district_takes_more_than_its_cap(milp, cap, most):
    plan = proven(two_districts(cap), milp)
    assert sum(f.hours_week for f in plan.flows if f.area == "A1") == pytest.approx(most, abs=1e-3)


def test_more_is_a_breach(milp):
    problem = two_districts(0.7)
    plan = proven(problem, milp)
    more = tuple(
        f.model_copy(update={"hours_week": f.hours_week + 5}) if f.area == "A1" else f
        for f in plan.flows
    )
    assert ("patrol_cap", "district") in breaches(problem, edited(plan, flows=more))
