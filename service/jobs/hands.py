"""Who does the steps of a job: children beside the runner, and solvers that may be elsewhere."""

from typing import Protocol

from service.jobs.messages import Said, Solved, Step, Task
from service.jobs.process import Child


class Hand(Protocol):
    """Somebody at a step. Whoever starts one must ``kill`` it in the end, whatever happens."""

    def hear(self, timeout_s: float) -> Said | None:
        """The next message, or None if none comes in time."""

    def ask_to_stop(self) -> None:
        """Let it hand over what it has; it may not listen."""

    def tell(self, solved: Solved) -> None:
        """A point that it asked for."""

    def kill(self) -> None:
        """End it and what it started, now, and wait until it is gone."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be heard."""

    @property
    def how_it_ended(self) -> str:
        """For people who look into a lost worker."""

    @property
    def has_begun(self) -> bool:
        """Whether it is at work; a step on a cluster may wait for a free worker."""

    @property
    def memory_mb(self) -> float:
        """What it and its own children hold; 0 where nobody knows."""


class Solvers(Protocol):
    """A place that has hands for steps which need no store."""

    @property
    def where(self) -> str:
        """``cluster``, ``beside`` (children of the runner) or ``none``, as it is now."""

    @property
    def capacity(self) -> int:
        """How many can be at work at once."""

    def start(self, task: Task, perform: str, memory_mb: float) -> Hand:
        """Begin ``task``, or have it wait for a free worker."""

    def is_ready(self) -> bool:
        """Whether work can begin now; a cluster of our own is started by asking."""

    def rest(self) -> None:
        """Nothing is at work: what is held may be given back."""

    def close(self) -> None:
        """Give everything back."""


class BesideSolvers:
    """Solvers as children of the runner itself, on this machine."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity

    @property
    def where(self) -> str:
        return "beside"

    @property
    def capacity(self) -> int:
        return self._capacity

    def start(self, task: Task, perform: str, memory_mb: float) -> Hand:  # noqa: ARG002 (the watch looks at the memory of a child beside it)
        return Child(task, perform)

    def is_ready(self) -> bool:
        return True

    def rest(self) -> None:
        """Children end with their jobs: nothing is held."""

    def close(self) -> None:
        """As ``rest``."""


class Hands:
    """Starts each step where it belongs: what reads the store stays beside the runner."""

    def __init__(self, solvers: Solvers, perform: str, memory_mb: float) -> None:
        self.solvers = solvers
        self._perform = perform
        self._memory_mb = memory_mb

    def start(self, task: Task) -> Hand:
        if task.step in {Step.ASSEMBLE, Step.EXPLORE}:
            return Child(task, self._perform)
        return self.solvers.start(task, self._perform, self._memory_mb)
