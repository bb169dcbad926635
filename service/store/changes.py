"""Has anybody written since? Asked before every kept answer, so it must be cheap."""

import sqlite3
import time
from collections.abc import Callable, Hashable

from service.store.engine import Transactions, sqlite_file

_LOOK_S = 1.0


class Changes:
    """A marker that differs as soon as the store was written to.

    SQLite tells it of every process, to the commit. A database server does not without a
    question: there the writes of this process count at once, those of others within a second.
    One thread asks at a time.
    """

    def __init__(
        self, transactions: Transactions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tx = transactions
        self._clock = clock
        self._file = sqlite_file(transactions.engine.url)
        self._watch: sqlite3.Connection | None = None

    def marker(self) -> Hashable:
        """Equal markers: nothing was written in between. A store that is away gives none twice."""
        if self._file is None:
            return self._tx.writes, int(self._clock() / _LOOK_S)
        try:
            if self._watch is None:
                self._watch = sqlite3.connect(self._file, timeout=0, check_same_thread=False)
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return object()

    def close(self) -> None:
        """Give the watching connection back."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
