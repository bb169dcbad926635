"""What a runner tells its child and what the child says back: closed documents, one JSON a line.

No pickle crosses the pipe: a child that was taken over by a hostile input can only say these.
"""

from enum import StrEnum
from typing import Any

from pydantic import Field

from geo.checks import Fault
from geo.places import Document
from optimizer.explain import Explanation
from optimizer.plan import Outcome, Plan
from optimizer.problem import Problem
from service.jobs.model import Kind, Progress

CANCEL = b"cancel\n"
"""The one word that a runner says after the task."""


class Task(Document):
    """All that a child needs; ``database`` is where it reads layers from, never writes.

    ``warm`` is the best plan of an earlier attempt: a start, no answer.
    """

    job_id: str
    kind: Kind
    request: str
    database: str | None = Field(default=None, repr=False)
    home: str | None = None
    warm: Plan | None = None
    time_limit_s: float = Field(gt=0)


class Word(StrEnum):
    """What a message is about."""

    PROGRESS = "progress"
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


class Said(Document):
    """One message of a child; which fields it has follows from its word."""

    word: Word
    progress: Progress | None = None
    problem: Problem | None = None
    outcome: Outcome | None = None
    explanation: Explanation | None = None
    plan: Plan | None = None
    report: dict[str, Any] | None = None
    faults: tuple[SaidFault, ...] = ()
    reason: str = ""

    def line(self) -> bytes:
        """The message as it goes down the pipe."""
        return self.model_dump_json(exclude_none=True).encode() + b"\n"
