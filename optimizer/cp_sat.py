"""CP-SAT as it is used here: one worker, so that equal questions get equal answers."""

from ortools.sat.python import cp_model


def one_worker(*, effort: float, seed: int = 1) -> cp_model.CpSolver:
    """A solver with a limit of work (``effort``, deterministic time) and none by the clock.

    It leaves Ctrl-C alone: left to itself it takes the signal from the program and never gives it
    back, so that the next Ctrl-C ends the program instead of asking it to stop.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.catch_sigint_signal = False
    return solver
