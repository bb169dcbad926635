"""Words of a job: its state, its progress, its request. The row in the store is the truth."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from geo.notes import said
from geo.places import Document
from optimizer.problem import Problem, TierName
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


class Stage(StrEnum):
    """What the worker is doing right now."""

    START = "start"
    ASSEMBLE = "assemble"
    SOLVE = "solve"
    AUDIT = "audit"
    EXPLAIN = "explain"  # no legal plan exists: why, and what would help
    SAVE = "save"


class Progress(Document):
    """The last thing that a worker said; ``None`` means that nothing is known yet.

    ``gap`` is absolute, in the unit of the tier. ``best_saved`` says that a legal plan, not
    proven best, is kept should the job be stopped now.
    """

    stage: Stage = Stage.START
    tier: TierName | None = None
    tiers_done: int = Field(default=0, ge=0)
    tiers_total: int = Field(default=0, ge=0)
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    elapsed_s: float = Field(default=0.0, ge=0)
    best_saved: bool = False

    @property
    def share(self) -> float:
        """Share of the tiers that are settled, 0..1: tiers differ, it is no clock."""
        return min(1.0, self.tiers_done / self.tiers_total) if self.tiers_total else 0.0


class AllocateRequest(Document):
    """Solve a scenario on the store's data, or a problem that carries its own."""

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
