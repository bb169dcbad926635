"""Points solved elsewhere: an exploration's child asks its runner, and waits for the answer."""

import itertools
import queue
import threading
from collections.abc import Callable

from optimizer.milp import BrokenSolverError, Cancelled
from optimizer.plan import Outcome, Plan
from optimizer.problem import Problem
from service.jobs.messages import Point, Said, Solved, Word

Say = Callable[[Said], None]
Stopped = Callable[[], bool]


class Elsewhere:
    """Stands for the solver; many threads may call it at the same time."""

    def __init__(self, say: Say, stopped: Stopped) -> None:
        self._say = say
        self._stopped = stopped
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[Solved | None]] = {}

    def __call__(self, problem: Problem, warm: Plan | None = None) -> Outcome:
        """The outcome of ``problem``.

        Raises ``Cancelled`` when somebody stopped the exploration, ``BrokenSolverError`` when the
        runner could not get an answer.
        """
        mine: queue.SimpleQueue[Solved | None] = queue.SimpleQueue()
        with self._lock:
            if self._stopped():
                raise Cancelled
            number = next(self._numbers)
            self._waiting[number] = mine
        self._say(Said(word=Word.POINT, point=Point(number=number, problem=problem, warm=warm)))
        solved = mine.get()
        if solved is None:
            raise Cancelled
        if solved.outcome is None:
            raise BrokenSolverError(solved.lost)
        return solved.outcome

    def hear(self, solved: Solved) -> None:
        """An answer came; one that nobody waits for is dropped."""
        with self._lock:
            waiting = self._waiting.pop(solved.number, None)
        if waiting is not None:
            waiting.put(solved)

    def give_up(self) -> None:
        """Somebody stopped it: nobody waits any longer."""
        with self._lock:
            for waiting in self._waiting.values():
                waiting.put(None)
            self._waiting.clear()
