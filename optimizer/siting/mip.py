"""A mixed-integer program as arrays, and HiGHS (through OR-Tools MathOpt) to solve it.

HiGHS can't be interrupted through MathOpt 9.15 (its interrupter is ignored, an exception in the
message callback ends the process), so that callers give it short time limits and look at the
clock between two calls.
"""

import datetime as dt
import time
from dataclasses import dataclass, field, replace

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from optimizer.siting.instance import Floats
from optimizer.siting.watch import Watch

_FIRST_SLICE_S = 10.0  # doubles; also about how long a cancel may have to wait


@dataclass(slots=True)
class Rows:
    """Grows a model: minimise ``sum objective * x`` under rows with bounds."""

    objective: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    row_of: list[int] = field(default_factory=list)
    column_of: list[int] = field(default_factory=list)
    value_of: list[float] = field(default_factory=list)
    offset: float = 0.0

    def column(
        self,
        objective: float = 0.0,
        *,
        lower: float = 0.0,
        upper: float = 1.0,
        integer: bool = False,
    ) -> int:
        """Add a variable; returns its number."""
        self.objective.append(float(objective))
        self.lower.append(float(lower))
        self.upper.append(float(upper))
        self.integer.append(integer)
        return len(self.objective) - 1

    def row(
        self, terms: list[tuple[int, float]], lower: float = -np.inf, upper: float = np.inf
    ) -> None:
        """Add ``lower <= sum coefficient * x <= upper``; each variable at most once."""
        number = len(self.row_lower)
        self.row_lower.append(float(lower))
        self.row_upper.append(float(upper))
        for column, value in sorted(terms):
            self.row_of.append(number)
            self.column_of.append(column)
            self.value_of.append(float(value))

    def relaxed(self) -> "Rows":
        """The same rows without whole numbers."""
        return replace(self, integer=[False] * len(self.integer))

    def solve_watched(
        self, watch: Watch, *, absolute_gap: float = 0.0, seconds: float = np.inf
    ) -> "Answer":
        """Run until solved or the watch is over: in one go, or in slices if it may be cancelled.

        ``seconds`` limits this run further.
        """
        until = watch.seconds + min(seconds, watch.left)
        slice_s = _FIRST_SLICE_S if watch.may_be_cancelled else seconds
        best = Answer(None, -np.inf, infeasible=False, optimal=False)
        while not watch.over and watch.seconds < until:
            left = min(slice_s, watch.left, until - watch.seconds)
            answer = self.solve(left, absolute_gap=absolute_gap)
            best = Answer(
                best.x if answer.x is None else answer.x,
                max(best.bound, answer.bound),
                infeasible=answer.infeasible,
                optimal=answer.optimal,
            )
            if answer.infeasible or answer.optimal:
                break
            slice_s *= 2
        return best

    def _model(self) -> mathopt.Model:
        proto = model_pb2.ModelProto()
        proto.variables.ids.extend(range(len(self.objective)))
        proto.variables.lower_bounds.extend(self.lower)
        proto.variables.upper_bounds.extend(self.upper)
        proto.variables.integers.extend(self.integer)
        costs = np.array(self.objective)
        nonzero = np.flatnonzero(costs)
        proto.objective.linear_coefficients.ids.extend(nonzero.tolist())
        proto.objective.linear_coefficients.values.extend(costs[nonzero].tolist())
        proto.objective.offset = self.offset
        proto.linear_constraints.ids.extend(range(len(self.row_lower)))
        proto.linear_constraints.lower_bounds.extend(self.row_lower)
        proto.linear_constraints.upper_bounds.extend(self.row_upper)
        proto.linear_constraint_matrix.row_ids.extend(self.row_of)
        proto.linear_constraint_matrix.column_ids.extend(self.column_of)
        proto.linear_constraint_matrix.coefficients.extend(self.value_of)
        return mathopt.Model.from_model_proto(proto)

    def solve(self, time_limit_s: float, *, absolute_gap: float = 0.0) -> "Answer":
        """Run HiGHS; ``absolute_gap`` below the unit of the objective loses nothing.

        Where HiGHS fails or sees no solution SCIP is asked: infeasible only if both say so.
        """
        model, start = self._model(), time.monotonic()
        first = _run(model, mathopt.SolverType.HIGHS, time_limit_s, absolute_gap)
        if first is not None and not first.infeasible:
            return first
        left = time_limit_s - (time.monotonic() - start)
        if left <= 0:
            return Answer(None, -np.inf, infeasible=False, optimal=False)
        second = _run(model, mathopt.SolverType.GSCIP, left, absolute_gap)
        if second is None:
            raise RuntimeError("neither HiGHS nor SCIP could solve the siting model")
        if first is None and second.infeasible:
            return Answer(None, -np.inf, infeasible=False, optimal=False)
        return second


@dataclass(frozen=True, slots=True)
class Answer:
    """``x`` is None without a solution; ``infeasible`` is proven; ``bound`` is always true."""

    x: Floats | None
    bound: float
    infeasible: bool
    optimal: bool


def _run(
    model: mathopt.Model, solver: mathopt.SolverType, time_limit_s: float, absolute_gap: float
) -> Answer | None:
    """One solver's answer, never with a start (decision 0010); None if it failed."""
    params = mathopt.SolveParameters(
        time_limit=dt.timedelta(seconds=max(time_limit_s, 0.01)),
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=absolute_gap,
    )
    try:
        result = mathopt.solve(model, solver, params=params)
    except (mathopt.InternalMathOptError, RuntimeError, ValueError):
        return None
    reason = result.termination.reason
    infeasible = reason is mathopt.TerminationReason.INFEASIBLE
    known = {
        mathopt.TerminationReason.OPTIMAL,
        mathopt.TerminationReason.FEASIBLE,
        mathopt.TerminationReason.NO_SOLUTION_FOUND,
    }
    if not infeasible and reason not in known:
        return None
    x: Floats | None = None
    if result.solutions and result.has_primal_feasible_solution():
        x = np.array(result.variable_values(list(model.variables())), dtype=np.float64)
    bound = float(result.termination.objective_bounds.dual_bound)
    return Answer(x, bound, infeasible, reason is mathopt.TerminationReason.OPTIMAL)
