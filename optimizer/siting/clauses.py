"""CP-SAT for siting: one worker unless asked, so that equal input gives the equal answer."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from optimizer.siting.watch import Watch

_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class ClauseAnswer:
    """Chosen columns (None: no solution found), a true upper bound, and what is proven."""

    sites: tuple[int, ...] | None
    bound: float
    infeasible: bool
    chosen: tuple[tuple[int, int], ...] = ()


class _Teller(cp_model.CpSolverSolutionCallback):
    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def on_solution_callback(self) -> None:
        self._watch.say("clauses", self.objective_value, self.best_objective_bound)


def run(
    model: cp_model.CpModel,
    opens: list[cp_model.IntVar],
    watch: Watch,
    ceiling: float,
    *,
    workers: int = 1,
    effort: float | None = None,
    extra: Mapping[tuple[int, int], cp_model.IntVar] | None = None,
) -> ClauseAnswer:
    """Maximise; ends at the watch's limit or cancel with the best found. ``ceiling``: a bound.

    Keys of the variables of ``extra`` that are true come back as ``chosen``. ``effort`` limits
    CP-SAT's deterministic seconds, which a busy machine does not stretch.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.catch_sigint_signal = False  # it would never give Ctrl-C back
    solver.parameters.max_time_in_seconds = max(watch.left, 0.01)
    if effort is not None:
        solver.parameters.max_deterministic_time = effort
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_EVERY_S):
            if watch.is_cancelled:
                solver.stop_search()

    looker = threading.Thread(target=look, daemon=True)
    if watch.may_be_cancelled:
        looker.start()
    try:
        status = solver.solve(model, _Teller(watch))
    finally:
        done.set()
        if watch.may_be_cancelled:
            looker.join()
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"CP-SAT refuses the model: {model.validate()}")
    if status == cp_model.INFEASIBLE:
        return ClauseAnswer(None, ceiling, infeasible=True)
    bound = min(ceiling, float(solver.best_objective_bound))
    if status == cp_model.UNKNOWN:
        return ClauseAnswer(None, bound, infeasible=False)
    chosen = tuple(k for k, y in enumerate(opens) if solver.boolean_value(y))
    pairs = tuple(key for key, x in (extra or {}).items() if solver.boolean_value(x))
    return ClauseAnswer(chosen, bound, infeasible=False, chosen=pairs)


def open_variables(
    model: cp_model.CpModel, columns: int, p: int, existing: tuple[int, ...]
) -> list[cp_model.IntVar]:
    """``p`` of the columns are open, the existing ones among them."""
    opens = [model.new_bool_var("") for _ in range(columns)]
    model.add(cp_model.LinearExpr.sum(opens) == p)
    for k in existing:
        model.add(opens[k] == 1)
    return opens


def hint(model: cp_model.CpModel, opens: list[cp_model.IntVar], sites: list[int]) -> None:
    chosen = set(sites)
    for k, y in enumerate(opens):
        model.add_hint(y, k in chosen)
