import pytest

from geo.places import OfficeKind
from optimizer.explain import explain, repaired
from optimizer.plan import Status
from optimizer.problem import Policies
from optimizer.solve import solve
from tests.optimizer.builders import MAN, WOMAN, T, W, office, staff, tiny

LONE = tiny(staff=(staff("O1", W, WOMAN, 1), staff("O1", T, MAN, 2)))
CROWDED = tiny(
    offices=(office("O1", OfficeKind.MAIN, capacity=2), office("O2", capacity=2)),
    staff=(staff("O1", T, MAN, 6),),
)
HELD = tiny(
    offices=(office("O1", OfficeKind.MAIN), office("O2", min_staff=3)),
    staff=(staff("O1", T, MAN, 6),),
    policies=Policies(hours_week=32, max_moves=1),
)


def test_a_legal_problem_needs_no_explanation(milp):
    assert explain(tiny(), milp=milp) is None


@pytest.mark.parametrize(
    ("problem", "conflict", "repair"),
    [
        (LONE, {"headcount", "women"}, ("women", None, 1)),
        (CROWDED, {"headcount", "offices"}, ("capacity", "O1", 2)),
        (HELD, {"headcount", "offices", "stability"}, ("max_moves", None, 2)),
    ],
)
def test_what_conflicts_and_the_cheapest_way_out(milp, problem, conflict, repair):
    found = explain(problem, milp=milp)
    assert {c.rule for c in found.conflicts} == conflict
    first = found.repairs[0].changes[0]
    assert (first.what, first.office, first.amount) == repair


@pytest.mark.parametrize("problem", [LONE, CROWDED, HELD])
def test_every_repair_is_verified_by_solving(milp, problem):
    assert solve(problem, milp=milp).status is Status.INFEASIBLE
    for repair in explain(problem, milp=milp).repairs:
        assert solve(repaired(problem, repair), milp=milp).status is Status.PROVEN
