"""Words of a job: its state, its progress, its request. The row in the store is the truth."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from geo.notes import said
from geo.places import Document
from optimizer.problem import Problem, TierName
from service.exploration.questions import AskYears, Question
from service.scenario import Scenario

MEANING: Mapping[str, str] = {
    "accepted": said("waits its turn"),
    "running": said("a worker is at it"),
    "successful": said("ended with an answer"),
    "failed": said("ended without an answer"),
    "dismissed": said("stopped on request"),
}
"""One phrase (id of the catalogue) for each ``service.store.jobs.JobStatus``, by its value.

By its value, because a child that solves must not have to import the store.
"""


class Kind(StrEnum):
    """What a job does."""

    ALLOCATE = "allocate"  # solve a scenario or a problem
    EXPLORE = "explore"  # a question around its plan: many solves, side by side


class Stage(StrEnum):
    """What the worker is doing right now."""

    START = "start"
    ASSEMBLE = "assemble"
    SOLVE = "solve"
    AUDIT = "audit"
    EXPLORE = "explore"  # points are solved, each a plan of its own
    EXPLAIN = "explain"  # no legal plan exists: why, and what would help
    SAVE = "save"


class Progress(Document):
    """The last thing that a worker said; ``None`` means that nothing is known yet.

    ``gap`` is absolute, in the unit of the tier. ``reached`` holds the last value of each tier
    that was worked on. ``best_saved`` says that a legal plan, not proven best, is kept should the
    job be stopped now. An exploration counts points instead of tiers; ``point`` names the last
    one that was answered.
    """

    stage: Stage = Stage.START
    tier: TierName | None = None
    tiers_done: int = Field(default=0, ge=0)
    tiers_total: int = Field(default=0, ge=0)
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    reached: dict[TierName, float] = Field(default_factory=dict)
    elapsed_s: float = Field(default=0.0, ge=0)
    best_saved: bool = False
    points_done: int = Field(default=0, ge=0)
    points_total: int = Field(default=0, ge=0)
    point: str = ""

    @property
    def share(self) -> float:
        """Share of the tiers or points that are settled, 0..1: they differ, it is no clock."""
        if self.points_total:
            return min(1.0, self.points_done / self.points_total)
        return min(1.0, self.tiers_done / self.tiers_total) if self.tiers_total else 0.0


class WorkRequest(Document):
    """What every process asks for: a scenario on the store's data, or a problem with its own."""

    scenario: Scenario | None = None
    problem: Problem | None = None
    time_limit_s: Annotated[float, Field(gt=0, le=86_400)] = 120.0

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.scenario is None) == (self.problem is None):
            raise ValueError("give either a scenario or a problem")
        return self

    @property
    def title(self) -> str:
        """What lists show: the scenario's name."""
        if self.scenario is not None:
            return self.scenario.name
        return self.problem.scenario if self.problem is not None else ""


class AllocateRequest(WorkRequest):
    """Solve a scenario on the store's data, or a problem that carries its own."""


class ExploreRequest(WorkRequest):
    """Ask a question around the plan of a scenario or problem.

    ``time_limit_s`` is the limit of each solve: how many there will be follows from the question.
    """

    question: Question

    @model_validator(mode="after")
    def _years_need_data(self) -> Self:
        if self.problem is not None and isinstance(self.question, AskYears):
            raise ValueError("a problem holds one year only: years need a scenario")
        return self


def request_of(process: str, text: str) -> AllocateRequest | ExploreRequest:
    """The stored request of a job."""
    if process == Kind.EXPLORE:
        return ExploreRequest.model_validate_json(text)
    return AllocateRequest.model_validate_json(text)
