"""What a runner tells its child and what the child says back: closed documents, one JSON a line.

No pickle crosses the pipe: a child that was taken over by a hostile input can only say these.
"""

from enum import StrEnum
from typing import Any

from pydantic import Field, ValidationError

from geo.checks import Fault
from geo.places import Document
from optimizer.explain import Explanation
from optimizer.plan import Outcome, Plan
from optimizer.problem import Problem
from service.jobs.model import Progress


class Step(StrEnum):
    """What a child is for."""

    ASSEMBLE = "assemble"  # from a scenario to its problem; reads the store
    SOLVE = "solve"  # a problem to its plan, with progress and better plans on the way
    POINT = "point"  # a problem to its plan, nothing else: one point of an exploration
    EXPLORE = "explore"  # asks for points, and reads them; reads the store


class Task(Document):
    """All that a child needs; ``database`` is where it reads layers from, never writes.

    A child that only solves gets no database: it may run on a machine that has none. ``warm`` is
    a start, no answer. ``side_by_side`` is how many points an exploration may ask for at once.
    ``reporting``, ``unregistered`` and ``spatial_rates`` are the settings that layers are made by:
    a worker has none of its own.
    """

    job_id: str
    step: Step = Step.SOLVE
    request: str
    database: str | None = Field(default=None, repr=False)
    home: str | None = None
    warm: Plan | None = None
    time_limit_s: float = Field(gt=0)
    side_by_side: int = Field(default=1, ge=1)
    reporting: dict[str, float] = Field(default_factory=dict)
    unregistered: tuple[float, float, float] = (1.0, 1.0, 1.0)
    spatial_rates: bool = False

    def line(self) -> bytes:
        """The task as it goes down the pipe, ``service.jobs.pipes.CANCEL`` or ``Solved`` after."""
        return self.model_dump_json().encode() + b"\n"


class Word(StrEnum):
    """What a message is about."""

    PROGRESS = "progress"
    PROBLEM = "problem"  # what the scenario means on today's data
    POINT = "point"  # an exploration asks for a plan
    BEST = "best"  # a legal plan so far, not proven best
    ANSWER = "answer"  # the outcome; the child ends
    REFUSED = "refused"  # the input is at fault; the child ends
    BROKEN = "broken"  # we are at fault; the child ends


class SaidFault(Document):
    """A fault of the input as it crosses the pipe: catalogue ids and what fills them."""

    key: str
    remedy: str
    params: dict[str, Any] = Field(default_factory=dict)
    column: str = ""
    row: int | str | None = None
    file: str = ""

    @classmethod
    def of(cls, fault: Fault) -> "SaidFault":
        params = {
            name: value if isinstance(value, int | float | str | bool) else str(value)
            for name, value in fault.params.items()
        }
        return cls(
            key=fault.key,
            remedy=fault.remedy,
            params=params,
            column=fault.column,
            row=fault.row,
            file=fault.file,
        )

    def fault(self) -> Fault:
        """The fault again, which says itself in either language."""
        return Fault(self.key, self.remedy, self.params, self.column, self.row, self.file)


class Point(Document):
    """A plan that an exploration wants; ``number`` comes back with it."""

    number: int
    problem: Problem
    warm: Plan | None = None


class Solved(Document):
    """What a point came to; ``lost`` says why there is no outcome."""

    number: int
    outcome: Outcome | None = None
    lost: str = ""

    def line(self) -> bytes:
        """The message as it goes down the pipe."""
        return self.model_dump_json(exclude_none=True).encode() + b"\n"


class Said(Document):
    """One message of a child; which fields it has follows from its word."""

    word: Word
    progress: Progress | None = None
    problem: Problem | None = None
    outcome: Outcome | None = None
    explanation: Explanation | None = None
    plan: Plan | None = None
    report: dict[str, Any] | None = None
    point: Point | None = None
    explored: dict[str, Any] | None = None
    faults: tuple[SaidFault, ...] = ()
    reason: str = ""

    def line(self) -> bytes:
        """The message as it goes down the pipe."""
        return self.model_dump_json(exclude_none=True).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Said":
        """The message of a line; a child that talks nonsense is not believed."""
        try:
            return cls.model_validate_json(line)
        except ValidationError:
            return cls(word=Word.BROKEN, reason="the worker said something that is no message")
