"""The seam to the solvers: one that refuses is broken, here as in a child."""

import pytest
from ortools.math_opt.python import mathopt

from optimizer import milp as seam
from optimizer.milp import BrokenSolverError, Child, Request, Verdict, ask, here


@pytest.fixture
def request_with_a_fault(monkeypatch):
    """An option that HiGHS doesn't know: it refuses the solve."""
    monkeypatch.setattr(seam, "_HIGHS_OFF", ("no_such_option",))
    model = mathopt.Model()
    x = model.add_integer_variable(lb=0, ub=7)
    model.maximize(x)
    return Request(model, 5.0, 0.5), x


def test_a_solver_that_refuses_is_broken(request_with_a_fault):
    request, _ = request_with_a_fault
    with pytest.raises(BrokenSolverError, match="no_such_option"):
        here(request)
    with Child() as child, pytest.raises(BrokenSolverError, match="no_such_option"):
        child(request)


def test_the_other_solver_is_asked_then(request_with_a_fault):
    request, x = request_with_a_fault
    answer = ask(here, request)
    assert answer.verdict is Verdict.OPTIMAL
    assert answer.values[x] == 7
