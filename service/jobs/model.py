"""Words of a job: its state, its progress, its request. The row in the store is the truth."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from geo.places import Document
from optimizer.problem import Problem, TierName
from service.scenario import Scenario

MAX_ATTEMPTS = 3
"""A job whose worker was lost is taken up again, this many times in all."""


class State(StrEnum):
    """Where a job stands; ``meaning`` is one phrase for people."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def meaning(self) -> str:
        """One phrase, a message id of the catalogue."""
        return {
            State.QUEUED: "waits its turn",
            State.RUNNING: "a worker is at it",
            State.DONE: "ended with an answer",
            State.FAILED: "ended without an answer, the reason says why",
            State.CANCELLED: "stopped on request",
        }[self]

    @property
    def is_final(self) -> bool:
        return self in {State.DONE, State.FAILED, State.CANCELLED}


class Kind(StrEnum):
    """What a job does."""

    ALLOCATE = "allocate"  # solve a scenario or a problem


class Stage(StrEnum):
    """What the worker is doing right now."""

    START = "start"
    ASSEMBLE = "assemble"
    SOLVE = "solve"
    AUDIT = "audit"
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


class Job(Document):
    """A row of the queue as it was read; nothing in it changes by itself.

    ``attempt`` counts how often a worker took it up and fences off one that was presumed dead.
    ``lease_until`` is when a running job counts as orphaned unless its worker renews it.
    """

    id: str
    sequence: int
    kind: Kind
    request: str = Field(description="JSON of the kind's request document")
    owner: str
    state: State
    progress: Progress = Progress()
    attempt: int = Field(default=0, ge=0)
    idempotency_key: str | None = None
    cancel_requested: bool = False
    worker: str | None = None
    lease_until: AwareDatetime | None = None
    plan_id: str | None = None
    reason: str = ""
    created_at: AwareDatetime
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None

    def runs_for_s(self, now: datetime) -> float:
        """Seconds since the last start, or of the whole run if it has ended."""
        if self.started_at is None:
            return 0.0
        return max(0.0, ((self.finished_at or now) - self.started_at).total_seconds())
