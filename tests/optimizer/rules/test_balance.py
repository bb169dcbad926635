import pytest

from tests.optimizer.asking import breaches, edited, proven
from tests.optimizer.builders import MAN, WOMAN, T, W, demand, staff, tiny


def test_served_and_unmet_are_what_is_asked(milp):
    problem = tiny(staff=(staff("O1", T, MAN, 1), staff("O1", W, WOMAN, 2)))
    plan = proven(problem, milp)
    served = sum(f.hours_week for f in plan.flows if f.unit is T)
    unmet = sum(s.amount for s in plan.shortfalls if s.kind == "unmet_hours" and s.unit is T)
    assert served + unmet == pytest.approx(80, abs=1e-4)


def test_nobody_gets_more_than_is_asked(milp):
    problem = tiny(demand=(demand("A1", T, 5.0),))
    plan = proven(problem, milp)
    assert sum(f.hours_week for f in plan.flows) == pytest.approx(5, abs=1e-4)
    more = tuple(f.model_copy(update={"hours_week": 6.0}) for f in plan.flows)
    assert ("balance", "more_than_asked") in breaches(problem, edited(plan, flows=more))


def test_mens_hours_do_not_count_for_womens_demand(milp):
    problem = tiny(staff=(staff("O1", T, MAN, 6),), demand=(demand("A1", T, 10.0, women=10.0),))
    plan = proven(problem, milp)
    assert plan.flows == ()
