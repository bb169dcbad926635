"""Goals settled by one solve: bounds that hold for each of them, and the same values as alone."""

import pytest

from optimizer import ahead, lexicographic
from optimizer.ahead import Sequel, key
from optimizer.instance import Instance
from optimizer.milp import Request, Verdict
from optimizer.model import build
from optimizer.problem import TierName
from optimizer.relaxation import Relaxation
from optimizer.rules import RULES
from optimizer.tiers import evaluate, goals
from tests.optimizer.asking import proven
from tests.optimizer.builders import random_problem

SEEDS = range(6)


def model_of(seed):
    return build(Instance(random_problem(seed, areas=3, most_staff=7)), RULES)


def least(model, expr, milp):
    """The proven minimum of an expression, and the plan."""
    model.solver.minimize(expr)
    answer = milp(Request(model.solver, 30.0, 1e-7))
    assert answer.verdict is Verdict.OPTIMAL
    return answer


@pytest.mark.parametrize("then", [TierName.ROAD, TierName.UNMET])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_whole_goal_and_the_next_are_bounded_by_their_sum(milp, seed, then):
    model = model_of(seed)
    first, second = next(goals(model, TierName.MOVES)), next(goals(model, then))
    fewest = round(least(model, first.expr, milp).objective)
    joint = Sequel(model, then=then).joint(first, {}, Relaxation(model.solver))
    answer = least(model, joint.expr, milp)
    bounds = joint.bounds(answer.bound, answer.values)
    assert fewest - 1 < bounds[key(first)] <= fewest + 1e-6
    model.require(first.expr <= fewest + 0.5, "kept")
    alone = least(model, second.expr, milp).objective
    assert bounds[key(second)] == pytest.approx(alone, abs=1e-5 * second.scale)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bound_of_the_largest_sum_bounds_each_smaller_one(milp, seed, monkeypatch):
    monkeypatch.setattr(ahead, "ALIKE", 10.0)  # ask whatever the areas look like
    model = model_of(seed)
    mine = list(goals(model, TierName.FAIRNESS_ALL))
    joint = Sequel(model, mine[1:]).joint(mine[0], {}, Relaxation(model.solver))
    bounds = joint.bounds(least(model, joint.expr, milp).objective, {})
    assert set(bounds) == {key(goal) for goal in mine}
    for goal in mine:
        assert bounds[key(goal)] <= least(model, goal.expr, milp).objective + 1e-6


def test_only_worst_areas_that_look_alike_are_asked_together(milp, monkeypatch):
    model = model_of(0)
    one, two, *rest = goals(model, TierName.FAIRNESS_ALL)
    values = least(model, one.expr, milp).values
    at = evaluate(two.expr, two.complete(values))
    last = Sequel(model, rest or [two])
    monkeypatch.setattr(ahead, "evaluate", lambda expr, _: at if expr is two.expr else 0.0)
    assert last.joint(two, values, Relaxation(model.solver)) is None


@pytest.mark.parametrize(("eps", "then"), [(0.0, TierName.ROAD), (0.1, None)])
def test_a_tier_that_gives_back_is_asked_alone(milp, eps, then, monkeypatch):
    """A worse first goal may then buy more of the second than the sum lets it."""
    problem = random_problem(1)
    tiers = tuple(
        rule.model_copy(update={"eps": eps}) if rule.name is TierName.MOVES else rule
        for rule in problem.tiers
    )
    seen = []

    def alone(sequel, goal, *_):
        seen.append((goal.tier, sequel.then))

    monkeypatch.setattr(Sequel, "joint", alone)
    monkeypatch.setattr(lexicographic, "_closes", lambda *_: False)
    proven(problem.model_copy(update={"tiers": tiers}), milp)
    assert (TierName.MOVES, then) in seen


@pytest.mark.parametrize("seeds", [range(n, n + 4) for n in (4000, 4004, 4008)])
def test_asking_together_changes_no_value_(milp, seeds, monkeypatch):
    """Nor is it left out: of four problems some have goals that are asked together."""
    real, joints = Sequel.joint, []

    def counted(sequel, *asked):
        joints.append(real(sequel, *asked))
        return joints[-1]

    for seed in seeds:
        problem = random_problem(seed)
        monkeypatch.setattr(Sequel, "joint", counted)
        plans = [proven(problem, milp)]
        monkeypatch.setattr(Sequel, "joint", lambda *_: None)
        plans.append(proven(problem, milp))
        one, two = ([p.value for t in plan.tiers for p in t.parts or (t,)] for plan in plans)
        assert one == pytest.approx(two, rel=1e-4, abs=1e-3)
        postings = [plan.postings for plan in plans]
        assert postings[0] == postings[1]
    assert any(joint is not None for joint in joints)
