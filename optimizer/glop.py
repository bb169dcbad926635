"""One linear program asked again and again, GLOP going on from where it stopped.

MathOpt's own ``IncrementalSolver`` turns each answer into objects of its own, basis included: that
takes as long as the solving. Here answers stay arrays by id.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    parameters_pb2,
    result_pb2,
)
from ortools.math_opt.core.python import solver as core
from ortools.math_opt.python import mathopt
from pybind11_abseil.status import StatusNotOk

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class LpAnswer:
    """Values and dual values, each with the ids they belong to; what is absent is 0."""

    ids: Ids
    values: Floats
    rows: Ids
    duals: Floats


class Glop:
    """Solves the model as it stands at each call; whoever changes it goes through MathOpt."""

    def __init__(self, model: Any, time_limit_s: float) -> None:
        self._model = model
        self._changes = model.add_update_tracker()
        self._settings = mathopt.SolveParameters(
            time_limit=dt.timedelta(seconds=time_limit_s)
        ).to_proto()
        self._new()

    def solve(self) -> LpAnswer | None:
        """The optimum, or None where the solver found none for whatever reason.

        GLOP sometimes fails numerically from where it stopped (about once in 100,000 programs,
        seen in governorates of 20 areas); it is then asked once more from the start.
        """
        try:
            return self._solved()
        except StatusNotOk:
            self._changes.advance_checkpoint()
            self._new()
        try:
            return self._solved()
        except StatusNotOk:
            self._new()
            return None

    def _solved(self) -> LpAnswer | None:
        change = self._changes.export_update()
        if change is not None:
            if not self._solver.update(change):
                self._new()
            self._changes.advance_checkpoint()
        result = self._solver.solve(
            self._settings,
            model_parameters_pb2.ModelSolveParametersProto(),
            None,
            callback_pb2.CallbackRegistrationProto(),
            None,
            None,
        )
        if result.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
            return None
        primal = result.solutions[0].primal_solution.variable_values
        dual = result.solutions[0].dual_solution.dual_values
        return LpAnswer(
            np.array(primal.ids, dtype=np.int64),
            np.array(primal.values, dtype=np.float64),
            np.array(dual.ids, dtype=np.int64),
            np.array(dual.values, dtype=np.float64),
        )

    def _new(self) -> None:
        self._solver = core.new(
            parameters_pb2.SOLVER_TYPE_GLOP,
            self._model.export_model(remove_names=True),
            parameters_pb2.SolverInitializerProto(),
        )
