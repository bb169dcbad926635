"""What linear programs prove: bounds below every plan, limits that lose no plan worth having."""

import pytest
from ortools.math_opt.python import mathopt

from optimizer import lexicographic
from optimizer.instance import Instance
from optimizer.milp import Request, Verdict
from optimizer.model import build
from optimizer.problem import TierName
from optimizer.relaxation import Limits, Relaxation
from optimizer.rules import RULES
from optimizer.tiers import evaluate, goals
from tests.optimizer.asking import proven
from tests.optimizer.builders import random_problem

GOALS = (TierName.UNMET, TierName.MOVES, TierName.WOMEN_ACCESS, TierName.ROAD)


def never():
    """Nobody stops it."""
    return False


def solved(seed, name, milp):
    """A model without kept goals, one goal and its best plan."""
    model = build(Instance(random_problem(seed, areas=3, most_staff=7)), RULES)
    goal = next(goals(model, name))
    if goal.maximise:
        model.solver.maximize(goal.expr)
    else:
        model.solver.minimize(goal.expr)
    answer = milp(Request(model.solver, 30.0, 1e-7))
    assert answer.verdict is Verdict.OPTIMAL
    return model, goal, answer.values


@pytest.mark.parametrize("name", GOALS)
@pytest.mark.parametrize("seed", range(6))
def test_no_plan_beats_the_bound_of_the_relaxation(milp, seed, name):
    model, goal, best = solved(seed, name, milp)
    bound = Relaxation(model.solver).bound(goal.expr, maximise=goal.maximise)
    value = evaluate(goal.expr, best)
    assert (bound >= value - 1e-6) if goal.maximise else (bound <= value + 1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_polish_keeps_whole_unknowns_and_is_never_worse(milp, seed):
    model, _, moved = solved(seed, TierName.MOVES, milp)
    unmet = next(goals(model, TierName.UNMET)).expr
    linear = Relaxation(model.solver)
    better = linear.polish(unmet, moved, maximise=False)
    assert all(better[v] == round(moved[v]) for v in linear.whole)
    assert evaluate(unmet, better) <= evaluate(unmet, moved) + 1e-6


@pytest.mark.parametrize("name", [TierName.UNMET, TierName.WOMEN_ACCESS])
@pytest.mark.parametrize("seed", range(6))
def test_limits_lose_no_plan_that_is_as_good(milp, seed, name):
    """Each limit against the furthest value that any whole plan of this worth takes there."""
    model, goal, best = solved(100 + seed, name, milp)
    worst = evaluate(goal.expr, best) + (-0.01 if goal.maximise else 0.01) * goal.scale
    linear = Relaxation(model.solver)
    linear.cut_off(goal.expr, worst, maximise=goal.maximise)
    limits = linear.tighten(linear.whole, best, never)
    assert limits
    model.require(goal.expr >= worst if goal.maximise else goal.expr <= worst, "as good")
    for v, found in limits.items():
        for side in (-1, 1):
            model.solver.maximize(side * v)
            answer = milp(Request(model.solver, 30.0, 1e-6))
            assert found.least - 1e-6 <= answer.values[v] <= found.most + 1e-6, v.name


def test_a_tight_cut_off_fixes_what_it_leaves_no_choice():
    model = mathopt.Model()
    x, y = (model.add_integer_variable(lb=0, ub=9) for _ in range(2))
    model.add_linear_constraint(x + y >= 5.5)
    linear = Relaxation(model)
    linear.cut_off(2 * x + y, 7.0, maximise=False)
    limits = linear.tighten([x, y], {x: 0.0, y: 6.0}, never)
    assert (limits[x].least, limits[x].most) == (0.0, 1.0)
    assert (limits[y].least, limits[y].most) == (5.0, 7.0)


def test_a_tenth_of_an_officer_that_no_solution_does_without_is_one():
    """The first program passes near a limit of the second unknown, and does not take it."""
    model = mathopt.Model()
    z, x = (model.add_integer_variable(lb=0, ub=9) for _ in range(2))
    y = model.add_variable(lb=0, ub=0.2)
    model.add_linear_constraint(x + y >= 0.3)
    model.add_linear_constraint(z >= 2 * x)
    limits = Relaxation(model).tighten([z, x], {z: 4.0, x: 2.0, y: 0.0}, never)
    assert limits[x].least == 1.0


def test_limits_reach_what_was_found_meanwhile():
    assert Limits(2.0, 3.0).reaching(None) == (2.0, 3.0)
    assert Limits(2.0, 3.0).reaching(1.0000004) == (1.0, 3.0)
    assert Limits(2.0, 3.0).reaching(4.0) == (2.0, 4.0)


def test_the_plan_in_hand_stays_possible_even_if_it_breaks_a_row_a_little():
    """Its solver allows a millionth; a row with a small factor makes more of that."""
    model = mathopt.Model()
    x = model.add_integer_variable(lb=0, ub=9)
    model.add_linear_constraint(1e-4 * x <= 4e-4 - 5e-7)
    limits = Relaxation(model).tighten([x], {x: 4.0}, never)
    assert limits[x].most == 4.0


def test_once_stopped_nothing_is_limited():
    model = mathopt.Model()
    x = model.add_integer_variable(lb=0, ub=9)
    model.add_linear_constraint(x <= 3.5)
    linear = Relaxation(model)
    assert linear.tighten([x], {x: 0.0}, lambda: True) == {}
    assert linear.tighten([x], {x: 0.0}, never)[x].most == 3.0


@pytest.mark.parametrize("seed", range(20))
def test_limiting_unknowns_changes_no_value(milp, seed, monkeypatch):
    """Once as if every goal were hard, once as if none were."""
    problem = random_problem(3000 + seed)
    plans = []
    for least in (-1, 10**9):
        monkeypatch.setattr(lexicographic, "HARD_ITERATIONS", least)
        plans.append(proven(problem, milp))
    one, two = ([(p.k, p.value) for t in plan.tiers for p in t.parts] for plan in plans)
    assert [k for k, _ in one] == [k for k, _ in two]
    assert [v for _, v in one] == pytest.approx([v for _, v in two], rel=1e-5, abs=1e-5)
    singles = ([t.value for t in plan.tiers] for plan in plans)
    assert next(singles) == pytest.approx(next(singles), rel=1e-4, abs=1e-3)
