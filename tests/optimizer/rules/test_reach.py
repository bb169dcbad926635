import pytest

from optimizer.plan import Flow, ShortfallKind
from tests.optimizer.asking import breaches, edited, proven
from tests.optimizer.builders import T, tiny, way


@pytest.mark.parametrize(("minutes", "served"), [(60, True), (61, False)])
def test_an_office_serves_within_its_reach_only(milp, minutes, served):
    plan = proven(tiny(travel=(way("A1", "O1", 0), way("A2", "O1", minutes))), milp)
    assert any(f.area == "A2" for f in plan.flows) is served


def test_out_of_reach_is_listed_apart_and_leaves_fairness_alone(milp):
    plan = proven(tiny(travel=(way("A1", "O1", 0), way("A1", "O2", 0))), milp)
    apart = [s for s in plan.shortfalls if s.kind is ShortfallKind.OUT_OF_REACH]
    assert {s.area for s in apart} == {"A2"}
    worst = next(t for t in plan.tiers if t.name == "T2_fairness_all")
    assert worst.value < 1


def test_a_flow_across_the_river_is_a_breach(milp):
    problem = tiny(travel=(way("A1", "O1", 0),))
    plan = proven(problem, milp)
    across = Flow(area="A2", office="O1", unit=T, hours_week=1)
    assert ("reach", "out_of_reach") in breaches(problem, edited(plan, flows=(*plan.flows, across)))
