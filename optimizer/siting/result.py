"""What a siting solver hands back, and what it says on the way."""

import math

from pydantic import Field

from geo.places import Document
from optimizer.plan import Status


class SitingProgress(Document):
    """A moment of a solve: the best value so far and what is proven about it."""

    phase: str
    value: float | None = None
    bound: float | None = None
    seconds: float = Field(ge=0)


class Served(Document):
    """A client and the site that serves it, at its unweighted cost (or a share of it)."""

    client: str
    site: str
    cost: float = Field(ge=0)
    share: float = Field(default=1.0, gt=0, le=1)


class SitingResult(Document):
    """Open sites with their proof.

    ``status`` is ``proven`` only if ``bound`` equals ``value`` (whole-numbered data: exactly,
    else within 1e-6 of the value); an answer that ran out of time is ``feasible`` whatever its
    gap. ``gap`` is relative to the value. ``maximise`` tells which side the bound is on.
    ``unserved`` clients have no open site that can serve (or cover) them; ``out_of_reach`` ones
    no allowed site at all: they are listed apart and are no part of ``value``.
    """

    schema_version: int = 1
    model: str
    method: str
    status: Status
    p: int | None = None
    maximise: bool = False
    value: float | None = None
    bound: float | None = None
    gap: float | None = Field(default=None, ge=0)
    seconds: float = Field(ge=0)
    open_sites: tuple[str, ...] = ()
    assignment: tuple[Served, ...] = ()
    unserved: tuple[str, ...] = ()
    out_of_reach: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_proven(self) -> bool:
        return self.status is Status.PROVEN


REL_TOL = 1e-6


def relative_gap(value: float, bound: float) -> float:
    """Distance of value and bound, relative to the value (absolute where that is zero)."""
    distance = abs(value - bound)
    return distance / abs(value) if value else distance


def judge(value: float, bound: float, *, step: float) -> tuple[Status, float]:
    """Status and bound of a minimisation; costs that are multiples of ``step`` round the bound.

    ``step`` 0 means real-valued data: proven is within ``REL_TOL`` of the value.
    """
    if step:
        bound = math.ceil(bound / step - REL_TOL) * step
    bound = min(bound, value)
    proven = value - bound <= REL_TOL * max(1.0, abs(value))
    return (Status.PROVEN if proven else Status.FEASIBLE), bound
