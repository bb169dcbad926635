"""CP-SAT leaves Ctrl-C to the program: after a solve it is still asked, not killed."""

import re
import signal
from pathlib import Path

import pytest
from ortools.sat.python import cp_model

from optimizer.cover import cheapest_starts
from optimizer.cp_sat import one_worker

ROOT = Path(__file__).resolve().parents[2] / "optimizer"


def hears_interrupts():
    """Whether the kernel hands SIGINT to a handler of this process."""
    status = Path("/proc/self/status").read_text()
    caught = int(re.search(r"SigCgt:\s*([0-9a-f]+)", status)[1], 16)
    return bool(caught >> (signal.SIGINT - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="asks Linux for its handlers")
def test_the_program_hears_ctrl_c_after_a_solve():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert hears_interrupts()
    cheapest_starts((3, 2, 1), (1, 1, 1), periods_per_shift=2)
    assert hears_interrupts()


def test_equal_work_ends_alike():
    solver = one_worker(effort=5.0, seed=3)
    model = cp_model.CpModel()
    x = model.new_int_var(0, 9, "x")
    model.maximize(x)
    assert solver.solve(model) == cp_model.OPTIMAL
    assert solver.value(x) == 9


def test_every_cp_sat_solver_leaves_ctrl_c_alone():
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        # Once for each solver that is made, in cp_sat for all.
        assert text.count("CpSolver()") == text.count("catch_sigint_signal = False"), path
