"""Bounds from dual values: below every solution whatever the duals, tight with good ones."""

import random

import numpy as np
import pytest
from ortools.math_opt.python import mathopt
from pybind11_abseil.status import Status, StatusCode, StatusNotOk

from optimizer.dual_bound import Rows
from optimizer.glop import Glop


def random_rows(seed):
    """A model with a known solution: rows are laid around it, some with one side only."""
    rng = random.Random(seed)
    model = mathopt.Model()
    inside = [rng.uniform(-3, 3) for _ in range(rng.randint(2, 6))]
    variables = [
        model.add_variable(lb=x - rng.uniform(0, 4), ub=x + rng.uniform(0, 4)) for x in inside
    ]
    for _ in range(rng.randint(1, 7)):
        factors = [rng.choice([0, 0, 1, -1, 2.5]) for _ in inside]
        at = sum(f * x for f, x in zip(factors, inside, strict=True))
        low = rng.choice([float("-inf"), at - rng.uniform(0, 2)])
        high = rng.choice([float("inf"), at + rng.uniform(0, 2), at])
        row = sum(f * v for f, v in zip(factors, variables, strict=True))
        if any(factors):
            model.add_linear_constraint(lb=low, ub=max(high, low), expr=row)
    costs = [rng.uniform(-2, 2) for _ in inside]
    return model, variables, costs, inside


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_duals_no_solution_is_below_the_bound(seed):
    model, variables, costs, inside = random_rows(seed)
    rng = random.Random(seed)
    rows = Rows(model.export_model())
    value = sum(c * x for c, x in zip(costs, inside, strict=True))
    for _ in range(20):
        ids = np.array([r.id for r in model.linear_constraints()], dtype=int)
        duals = np.array([rng.gauss(0, 2) for _ in ids])
        price = {v.id: c for v, c in zip(variables, costs, strict=True)}
        found = rows.dual_bound(price, ids, duals)
        assert found <= value + 1e-9


@pytest.mark.parametrize("seed", range(30))
def test_the_solvers_duals_give_the_optimum(seed):
    model, variables, costs, _ = random_rows(seed)
    model.minimize(sum(c * v for c, v in zip(costs, variables, strict=True)))
    rows, answer = Rows(model.export_model()), Glop(model, 10.0).solve()
    price = {v.id: c for v, c in zip(variables, costs, strict=True)}
    found = rows.dual_bound(price, answer.rows, answer.duals)
    value = mathopt.solve(model, mathopt.SolverType.GLOP).objective_value()
    assert found == pytest.approx(value, abs=1e-6)


def test_a_program_asked_again_knows_what_changed():
    model = mathopt.Model()
    x = model.add_variable(lb=0, ub=10)
    model.minimize(-x)
    program = Glop(model, 10.0)
    assert program.solve().values.tolist() == [10.0]
    x.upper_bound = 7
    assert program.solve().values.tolist() == [7.0]
    model.add_linear_constraint(2 * x <= 5)
    assert program.solve().values.tolist() == [2.5]
    model.add_linear_constraint(x >= 3)
    assert program.solve() is None


def test_a_program_that_fails_is_asked_again_from_the_start(monkeypatch):
    """As GLOP does now and then: ABNORMAL from where it stopped."""
    model = mathopt.Model()
    x = model.add_variable(lb=0, ub=10)
    model.minimize(-x)
    program, fails = Glop(model, 10.0), iter([True, False, True, True])
    real = Glop._solved

    def failing(self):
        if next(fails):
            raise StatusNotOk(Status(StatusCode.INTERNAL, "ABNORMAL"))
        return real(self)

    monkeypatch.setattr(Glop, "_solved", failing)
    x.upper_bound = 7
    assert program.solve().values.tolist() == [7.0]
    assert program.solve() is None
    monkeypatch.setattr(Glop, "_solved", real)
    x.upper_bound = 6
    assert program.solve().values.tolist() == [6.0]


def test_a_row_and_limits_added_later_count():
    model = mathopt.Model()
    x, y = (model.add_variable(lb=0, ub=10) for _ in range(2))
    rows = Rows(model.export_model())
    cost, none = {x.id: 1.0, y.id: 1.0}, np.array([], dtype=int)
    assert rows.dual_bound(cost, none, none) == 0.0
    rows.append({x.id: 1.0, y.id: 1.0}, 4.0, float("inf"))
    assert rows.dual_bound(cost, np.array([0]), np.array([1.0])) == 4.0
    rows.limit(x.id, 6.0, 10.0)
    assert rows.dual_bound(cost, none, none) == 6.0


def test_without_a_limit_nothing_is_proven():
    model = mathopt.Model()
    x, none = model.add_variable(lb=0), np.array([], dtype=int)
    rows = Rows(model.export_model())
    assert rows.dual_bound({x.id: -1.0}, none, none) == float("-inf")
