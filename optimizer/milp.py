"""The seam to the mixed-integer solvers of OR-Tools MathOpt, here or in a child process.

HiGHS solves. Where it fails or calls a model infeasible, SCIP is asked as well: HiGHS erred so
in about one of a thousand small solves (docs/decisions/0010). HiGHS under MathOpt 9.15 ignores
interruption, so whoever wants to cancel solves in a child process that can be ended (``Child``);
a crash of the solver then ends the child and not the service. Both ways give the same answer:
fixed seed, no relative gap, the solvers' defaults.

No start is ever handed to HiGHS: with one it called plans optimal that were not, in one of a
hundred small solves. A known solution is kept outside and compared.
"""

import contextlib
import datetime as dt
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self

from ortools.math_opt import result_pb2
from ortools.math_opt.python import mathopt

from optimizer import mathopt_child
from optimizer.mathopt_child import HIGHS, SCIP

POLL_S = 0.1
GRACE_S = 15.0  # HiGHS looks at its clock between steps; then the child is ended


class Verdict(StrEnum):
    """What one solve established."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NOTHING = "nothing"


class Cancelled(Exception):  # noqa: N818 - it is a wish, not an error
    """The caller asked to stop."""


class BrokenSolverError(RuntimeError):
    """The solver failed or contradicted itself; neither infeasible nor unknown."""


@dataclass(frozen=True)
class Request:
    """One model with its objective; solved when bound and value are so near.

    ``most_nodes`` of the search tree are a limit that is the same on every machine.
    """

    model: Any
    time_limit_s: float
    absolute_gap: float
    seed: int = 1
    solver: bytes = HIGHS
    most_nodes: int | None = None


@dataclass(frozen=True)
class Answer:
    """``values`` by variable; objective and bound as the model states them.

    ``iterations`` of the simplex method: how hard it was, the same on every machine.
    """

    verdict: Verdict
    objective: float
    bound: float
    values: dict[Any, float]
    iterations: int = 0


OnIncumbent = Callable[[float | None, float], None]


class Milp(Protocol):
    """Anything that answers requests."""

    def __call__(self, request: Request, on_incumbent: OnIncumbent | None = None) -> Answer:
        """Solve, or raise ``Cancelled`` or ``BrokenSolverError``."""


def ask(milp: Milp, request: Request, on_incumbent: OnIncumbent | None = None) -> Answer:
    """HiGHS's answer; SCIP's where HiGHS fails or sees no solution."""
    try:
        answer = milp(request, on_incumbent)
    except BrokenSolverError:
        return milp(replace(request, solver=SCIP), on_incumbent)
    if answer.verdict is not Verdict.INFEASIBLE:
        return answer
    return milp(replace(request, solver=SCIP), on_incumbent)


def here(request: Request, on_incumbent: OnIncumbent | None = None) -> Answer:
    """Solve in this process; can't be cancelled."""
    model, settings = _protos(request)
    on_line = _listener(on_incumbent)
    try:
        return _answer(request, mathopt_child.solve(request.solver, model, settings, on_line))
    except RuntimeError as error:
        raise BrokenSolverError(f"the solver failed: {error}") from error


class Child:
    """A child process that solves; ended when ``cancelled()`` says so. Use as a context."""

    def __init__(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        self._cancelled = cancelled
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def close(self) -> None:
        """End the child; a later request starts another."""
        self._end()

    def __call__(self, request: Request, on_incumbent: OnIncumbent | None = None) -> Answer:
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            for part in _protos(request):
                body = part.SerializeToString()
                mathopt_child.write_frame(self._process.stdin, request.solver, body)
        except OSError as error:
            raise BrokenSolverError("the solving process ended before it was asked") from error
        return self._wait(request, _listener(on_incumbent))

    def _wait(self, request: Request, on_line: Callable[[str], None] | None) -> Answer:
        deadline = time.monotonic() + request.time_limit_s + GRACE_S
        while True:
            if self._cancelled():
                self._end()
                raise Cancelled
            if time.monotonic() > deadline:
                self._end()
                return Answer(Verdict.NOTHING, 0.0, 0.0, {})
            try:
                frame = self._frames.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if frame is None:
                self._end()
                raise BrokenSolverError("the solving process ended without an answer")
            kind, body = frame
            if kind == b"E":
                raise BrokenSolverError(f"the solver failed: {body.decode()}")
            if kind == b"R":
                return _answer(request, result_pb2.SolveResultProto.FromString(body))
            if on_line is not None:
                on_line(body.decode())

    def _start(self) -> None:
        self._frames = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "optimizer.mathopt_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        threading.Thread(
            target=_pump, args=(self._process.stdout, self._frames), daemon=True
        ).start()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()


@contextlib.contextmanager
def engine(milp: Milp | None, cancelled: Callable[[], bool] | None = None) -> Iterator[Milp]:
    """The caller's solver, else a child of our own.

    A child even where nobody cancels: HiGHS prints to standard output as it likes.
    """
    if milp is not None:
        yield milp
    else:
        with Child(cancelled or (lambda: False)) as child:
            yield child


def _pump(stream: Any, frames: "queue.SimpleQueue[tuple[bytes, bytes] | None]") -> None:
    """Read frames until the child ends; a thread of its own, so that waiting can be polled."""
    with stream:
        while (frame := mathopt_child.read_frame(stream)) is not None:
            frames.put(frame)
    frames.put(None)


# HiGHS's searches around a solution by smaller problems take most of its time here, and each goal
# starts from a good plan that is kept outside: without them and without restarts the same proofs
# take a half to a quarter of the time (docs/benchmarks.md).
_HIGHS_OFF = (
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
    "mip_allow_restart",
)


def _protos(request: Request) -> tuple[Any, Any]:
    settings = mathopt.SolveParameters(
        time_limit=dt.timedelta(seconds=max(request.time_limit_s, 0.01)),
        absolute_gap_tolerance=request.absolute_gap,
        relative_gap_tolerance=0.0,
        random_seed=request.seed,
        node_limit=request.most_nodes,
    ).to_proto()
    if request.solver == HIGHS:
        for option in _HIGHS_OFF:
            settings.highs.bool_options[option] = False
    return request.model.export_model(remove_names=True), settings


_OPTIMAL = result_pb2.TERMINATION_REASON_OPTIMAL
_INFEASIBLE = result_pb2.TERMINATION_REASON_INFEASIBLE
_STOPPED = (
    result_pb2.TERMINATION_REASON_FEASIBLE,
    result_pb2.TERMINATION_REASON_NO_SOLUTION_FOUND,
)


def _answer(request: Request, result: Any) -> Answer:
    end = result.termination
    if end.reason == _INFEASIBLE:
        return Answer(Verdict.INFEASIBLE, 0.0, 0.0, {})
    if end.reason != _OPTIMAL and end.reason not in _STOPPED:
        name = result_pb2.TerminationReasonProto.Name(end.reason)
        raise BrokenSolverError(f"the solver ended with {name}: {end.detail}")
    if not result.solutions:
        return Answer(Verdict.NOTHING, 0.0, end.objective_bounds.dual_bound, {})
    found = result.solutions[0].primal_solution
    numbers = dict(zip(found.variable_values.ids, found.variable_values.values, strict=True))
    values = {v: numbers.get(v.id, 0.0) for v in request.model.variables()}
    verdict = Verdict.OPTIMAL if end.reason == _OPTIMAL else Verdict.FEASIBLE
    return Answer(
        verdict,
        found.objective_value,
        end.objective_bounds.dual_bound,
        values,
        result.solve_stats.simplex_iterations,
    )


# A row of HiGHS's tree log: "... 100.00%   933.1   935   0.21% ...": bound, incumbent, gap.
_ROW = re.compile(r"\d%\s+(-?[\d.eE+-]+|-?inf)\s+(-?[\d.eE+-]+|-?inf)\s+(?:[\d.]+%|Large)")


def _listener(on_incumbent: OnIncumbent | None) -> Callable[[str], None] | None:
    if on_incumbent is None:
        return None

    def listen(line: str) -> None:
        row = _ROW.search(line)
        if row:
            bound, value = float(row[1]), float(row[2])
            on_incumbent(None if abs(value) == float("inf") else value, bound)

    return listen
