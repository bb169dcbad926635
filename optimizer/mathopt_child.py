"""OR-Tools MathOpt on bare protocol buffers; also the program of the solving child.

``python -m optimizer.mathopt_child`` reads requests from its standard input and answers on its
standard output until that ends: two frames in (the model, whose kind names the solver, and the
settings), then ``L`` frames (log lines) and one ``R`` (result) or ``E`` (error text) frame out.
A frame is a kind byte, a length of eight bytes and that many bytes.
"""

import os
import struct
import sys
from collections.abc import Callable
from typing import IO, Any

from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
)
from ortools.math_opt.core.python import solver as core
from pybind11_abseil.status import StatusNotOk

HIGHS, SCIP = b"H", b"S"

_HEAD = struct.Struct(">cQ")


def solve(
    solver: bytes, model: Any, settings: Any, on_line: Callable[[str], None] | None = None
) -> Any:
    """A ``SolveResultProto``. Raises RuntimeError when the solver fails."""
    kind = {
        HIGHS: parameters_pb2.SOLVER_TYPE_HIGHS,
        SCIP: parameters_pb2.SOLVER_TYPE_GSCIP,
    }[solver]

    def speak(lines: list[str]) -> None:
        for line in lines:
            if on_line is not None:
                on_line(line)

    try:
        return core.solve(
            model,
            kind,
            parameters_pb2.SolverInitializerProto(),
            settings,
            model_parameters_pb2.ModelSolveParametersProto(),
            speak if on_line is not None else None,
            callback_pb2.CallbackRegistrationProto(),
            None,
            None,
        )
    except StatusNotOk as error:  # no RuntimeError by itself
        raise RuntimeError(str(error)) from error


def write_frame(stream: IO[bytes], kind: bytes, body: bytes) -> None:
    """Send one frame at once."""
    stream.write(_HEAD.pack(kind, len(body)))
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame, or None at the end of the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    return kind, stream.read(length)


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer requests one after the other."""
    while (model := read_frame(source)) is not None:
        settings = read_frame(source)
        if settings is None:
            return
        try:
            result = solve(
                model[0],
                model_pb2.ModelProto.FromString(model[1]),
                parameters_pb2.SolveParametersProto.FromString(settings[1]),
                lambda line: write_frame(sink, b"L", line.encode()),
            )
        except Exception as error:  # noqa: BLE001 - handed to the parent, which raises it
            write_frame(sink, b"E", f"{type(error).__name__}: {error}".encode())
        else:
            write_frame(sink, b"R", result.SerializeToString())


def main() -> None:
    """Keep the answers' pipe for frames only: the solver prints to standard output."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
