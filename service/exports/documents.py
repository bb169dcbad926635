"""Problem and plan files as they come back: read, checked, refused with every fault."""

from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import ValidationError

from geo.checks import Fault, FaultsError
from geo.notes import said
from geo.places import Document
from optimizer.plan import Plan
from optimizer.problem import Problem

LARGEST_BYTES = 512 * 1024 * 1024
Doc = TypeVar("Doc", bound=Document)


def read_problem(path: Path) -> Problem:
    """Read a problem file. Raises ``FaultsError`` with every field that is wrong."""
    return _read(path, Problem)


def read_plan(path: Path) -> Plan:
    """Read a plan file. Raises ``FaultsError`` with every field that is wrong."""
    return _read(path, Plan)


def is_problem_file(path: Path) -> bool:
    """Whether ``path`` holds a problem (it lists areas and offices), and not a scenario."""
    if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
        return False
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return False
    return isinstance(document, dict) and {"areas", "offices"} <= document.keys()


def _read(path: Path, kind: type[Doc]) -> Doc:
    """``NaN`` and ``Infinity`` are no JSON and are refused with the rest."""
    if not path.is_file():
        raise FaultsError(
            [Fault(said("There is no such file."), said("Check the path."), file=str(path))]
        )
    if path.stat().st_size > LARGEST_BYTES:
        raise FaultsError(
            [
                Fault(
                    said("The file is larger than any problem or plan."),
                    said("Give the file that mizan solve wrote."),
                    file=path.name,
                )
            ]
        )
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise FaultsError(
            [
                Fault(
                    said("This does not fit: {what}."),
                    said("Give the file as mizan solve wrote it, or correct this field."),
                    {"what": str(found["msg"])[:300]},
                    column=".".join(map(str, found["loc"])),
                    file=path.name,
                )
                for found in error.errors(include_url=False, include_input=False)
            ]
        ) from None
