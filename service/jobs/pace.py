"""Times and limits of a runner."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times and limits of a runner; tests make them shorter."""

    slots: int = 1
    explorations: int = 3  # of different owners at once; each is one quiet child
    lease_s: float = 30.0
    look_s: float = 1.0  # how often an idle slot looks for work of other machines
    tick_s: float = 0.2  # how often a busy slot looks at its child and at the row
    say_s: float = 0.5  # how often progress is written at most
    grace_s: float = 1.2  # for a cancelled child to hand over what it has
    overtime_s: float = 60.0  # beyond the solver's own limit, for assembling and auditing
    memory_mb: float = 2048.0
