import random

import pytest

from geo.places import OfficeKind
from optimizer.explain import explain, repaired
from optimizer.instance import Instance
from optimizer.milp import SCIP, Answer, Request, Verdict
from optimizer.model import build
from optimizer.plan import Status
from optimizer.problem import Policies
from optimizer.rules import POSTING_RULES
from optimizer.solve import solve
from tests.optimizer.builders import MAN, WOMAN, T, W, office, random_problem, staff, tiny

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


@pytest.mark.parametrize("problem", [LONE, CROWDED, HELD])
def test_no_repair_is_told_that_time_did_not_suffice_to_verify(milp, problem):
    """The solver sees what is impossible and nothing else."""

    def slow(request, *_):
        answer = milp(request)
        impossible = answer.verdict is Verdict.INFEASIBLE
        return answer if impossible else Answer(Verdict.NOTHING, 0.0, 0.0, {})

    found = explain(problem, milp=slow)
    assert found.conflicts
    assert found.repairs == ()


def impossible(seed):
    """A random problem whose offices ask for more, and allow less, than there is."""
    rng = random.Random(seed)
    problem = random_problem(6000 + seed)
    offices = tuple(
        o.model_copy(
            update={
                "min_staff": o.min_staff + rng.choice([0, 2, 4]),
                "capacity": rng.choice([o.capacity, 1, 3]),
            }
        )
        for o in problem.offices
    )
    policies = problem.policies.model_copy(update={"max_moves": rng.choice([0, 1, 2])})
    return problem.model_copy(update={"offices": offices, "policies": policies})


def posting_rules(problem, *, kept):
    """The model of the posting rules with only these groups of rows."""
    model = build(Instance(problem), POSTING_RULES).solver
    model.minimize(0)
    for row in model.linear_constraints():
        rule, what, place = [*row.name.split("|"), "", ""][:3]
        known = {(c.rule, c.what, c.office or "") for c in kept}
        name = ("headcount", "", "") if rule == "headcount" else (rule, what, place)
        if name not in known:
            row.lower_bound, row.upper_bound = float("-inf"), float("inf")
    return model


def feasible(model, milp):
    return milp(Request(model, 10.0, 1e-7, solver=SCIP)).verdict is not Verdict.INFEASIBLE


@pytest.mark.parametrize("fours", range(10))
def test_a_rule_taken_out_of_an_explanation_makes_it_feasible(milp, fours):
    """The rules named are enough for the conflict, and none of them is idle; SCIP judges."""
    explained = 0
    for seed in range(4 * fours, 4 * fours + 4):
        problem = impossible(seed)
        found = explain(problem, milp=milp)
        if found is None:
            assert solve(problem, milp=milp).status is Status.PROVEN
            continue
        explained += 1
        assert not feasible(posting_rules(problem, kept=found.conflicts), milp), seed
        for conflict in found.conflicts:
            rest = [c for c in found.conflicts if c != conflict]
            assert feasible(posting_rules(problem, kept=rest), milp), (seed, conflict)
        assert found.repairs, seed
        assert [r.cost for r in found.repairs] == sorted(r.cost for r in found.repairs)
        for repair in found.repairs:
            assert solve(repaired(problem, repair), milp=milp).plan is not None, (seed, repair)
    assert explained
