"""Brakes: how often something may be tried in a minute, by address or name, kept in memory.

They slow guessing down and cost nothing else; what locks an account is in the store.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

_MOST_KEYS = 10_000


class Brake:
    """At most ``tries`` of one key within ``window_s`` seconds; the oldest keys are forgotten."""

    def __init__(
        self, tries: int, window_s: float = 60.0, clock: Callable[[], float] = monotonic
    ) -> None:
        self._tries = tries
        self._window_s = window_s
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Whether another try of ``key`` is allowed now; asking counts nothing."""
        with self._lock:
            return len(self._of(key)) < self._tries

    def count(self, key: str) -> None:
        """Count a try."""
        with self._lock:
            times = self._of(key)
            times.append(self._clock())
            self._seen[key] = times
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST_KEYS:
                self._seen.popitem(last=False)

    def take(self, key: str) -> bool:
        """Count a try, and whether it was allowed."""
        allowed = self.allows(key)
        if allowed:
            self.count(key)
        return allowed

    def forget(self, key: str) -> None:
        """Start anew for a key that turned out to be right."""
        with self._lock:
            self._seen.pop(key, None)

    def _of(self, key: str) -> deque[float]:
        times = self._seen.get(key, deque())
        while times and times[0] <= self._clock() - self._window_s:
            times.popleft()
        return times
