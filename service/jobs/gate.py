"""The gate before the solvers: how many solve at once, and whose turn it is.

Plans that somebody asked for enter at once; they are few, as many as a runner has slots. Points
of explorations come by the hundred: they wait here, and the owner with the fewest inside goes
first, then the one who was let in longest ago. So nobody's exploration starves another's.

A gate is one runner's. Among several runners of a store the claim keeps the order: an owner has one
exploration at a time, wherever that runs (decision 96).
"""

import itertools
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Gate:
    """Thread-safe. ``capacity`` is asked each time: a cluster grows and shrinks."""

    def __init__(self, capacity: Callable[[], int]) -> None:
        self._capacity = capacity
        self._changed = threading.Condition()
        self._inside: Counter[str] = Counter()
        self._waiting: dict[str, deque[object]] = defaultdict(deque)
        self._served: dict[str, int] = {}
        self._clock = itertools.count(1)

    @property
    def inside(self) -> int:
        """How many solve now."""
        return self._inside.total()

    @contextmanager
    def at_once(self, owner: str) -> Iterator[None]:
        """Enter without waiting; points then wait for longer."""
        with self._changed:
            self._enter(owner)
        try:
            yield
        finally:
            self._leave(owner)

    @contextmanager
    def in_turn(self, owner: str, given_up: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a turn; yields False when ``given_up`` said so before it came."""
        ticket = object()
        with self._changed:
            self._waiting[owner].append(ticket)
            while not given_up() and not self._is_next(owner, ticket):
                self._changed.wait(0.2)
            self._waiting[owner].remove(ticket)
            came = not given_up()
            if came:
                self._enter(owner)
            self._changed.notify_all()
        try:
            yield came
        finally:
            if came:
                self._leave(owner)

    def _enter(self, owner: str) -> None:
        self._inside[owner] += 1
        self._served[owner] = next(self._clock)

    def _leave(self, owner: str) -> None:
        with self._changed:
            self._inside[owner] -= 1
            self._changed.notify_all()

    def _is_next(self, owner: str, ticket: object) -> bool:
        if self.inside >= max(1, self._capacity()):
            return False
        waiting = (name for name, tickets in self._waiting.items() if tickets)
        first = min(waiting, key=lambda name: (self._inside[name], self._served.get(name, 0)))
        return first == owner and self._waiting[owner][0] is ticket
