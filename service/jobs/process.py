"""The runner's side of a child beside it."""

from service.jobs.messages import Said, Solved, Task
from service.jobs.pipes import CANCEL, Piped


class Child:
    """A running child of this process. Whoever starts one must ``kill`` it in the end."""

    def __init__(self, task: Task, perform: str) -> None:
        self._piped = Piped(task.line(), perform)

    def hear(self, timeout_s: float) -> Said | None:
        """The next message, or None if none comes in time."""
        line = self._piped.line(timeout_s)
        return None if line is None else Said.read(line)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be heard."""
        return self._piped.has_ended

    @property
    def how_it_ended(self) -> str:
        """For people who look into a lost worker."""
        return self._piped.how_it_ended

    @property
    def memory_mb(self) -> float:
        """Resident memory of the child and of what it started; 0 where the system does not tell."""
        return self._piped.memory_mb

    @property
    def pid(self) -> int:
        return self._piped.pid

    @property
    def has_begun(self) -> bool:
        """Always: a process of our own waits for nobody."""
        return True

    def ask_to_stop(self) -> None:
        """Let it hand over what it has; it may not listen."""
        self._piped.tell(CANCEL)

    def tell(self, solved: Solved) -> None:
        """A point that it asked for."""
        self._piped.tell(solved.line())

    def kill(self) -> None:
        """End it and what it started, now, and wait until it is gone."""
        self._piped.kill()
