"""Points of a curve say what the report of each plan says."""

from optimizer.plan import Status
from service.reports.curves import curve_of, curve_point
from tests.service.export.builders import tiny_plan, tiny_problem


def test_a_point_has_the_shares_of_its_plan():
    problem = tiny_problem()
    point = curve_point(problem, tiny_plan(problem), 4)
    assert (point.hires, point.women, point.women_worst, point.proven) == (4, 0.75, 0.75, True)
    assert round(point.demand, 4) == round(45 / 70, 4)


def test_points_come_in_the_order_of_their_hires():
    problem = tiny_problem()
    plan = tiny_plan(problem, status=Status.FEASIBLE)
    found = curve_of([(2, problem, plan), (0, problem, plan), (1, problem, plan)])
    assert [one.hires for one in found] == [0, 1, 2]
    assert not found[0].proven
