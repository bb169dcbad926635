"""What is made once and kept while there is room: layers, sums, whatever takes a while to make."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any


class Held:
    """The ``most`` things that were asked for last, by key.

    Whoever asks for what somebody else is making waits for that, and for nothing else. What can't
    be made is not kept: its error goes to all who wait, and the next one tries anew.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The thing of ``key``; raises what ``make`` raises."""
        with self._lock:
            found = self._things.get(key)
            thing: Future[Any] = found or Future()
            self._things[key] = thing
            self._things.move_to_end(key)
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        if found is None:
            try:
                thing.set_result(make())
            except BaseException as error:
                with self._lock:
                    if self._things.get(key) is thing:
                        del self._things[key]
                thing.set_exception(error)
                raise
        return thing.result()

    def at_hand(self, key: Hashable) -> Any:
        """The thing of ``key``, or ``None`` where it would have to be made or waited for."""
        with self._lock:
            found = self._things.get(key)
        return found.result() if found is not None and found.done() else None
