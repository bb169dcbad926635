"""States of the data: which versions were read after each change; any of them is found again."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, Select, select

from service.store.errors import UnknownError
from service.store.tables_data import StateRow

_VERSION = re.compile(r"[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class State:
    """What was active from ``at`` on: sequences of versions, and the digest that names them."""

    sequence: int
    at: datetime
    actor: str
    action: str
    version: str
    datasets: tuple[int, ...]


class States:
    """The list of states; it only grows."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def list(self, limit: int = 100, before: int | None = None) -> "tuple[State, ...]":
        """Newest first; ``before`` is the sequence of the last one that is known."""
        query = select(StateRow.__table__).order_by(StateRow.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(StateRow.sequence < before)
        return self._read(query)

    def find(self, text: str) -> State:
        """The state that a version names (the newest of that name), or that a day ended with.

        Args:
            text: a data version, or a day of this machine's calendar (``2026-01-31``).

        Raises:
            UnknownError: there was none, or the text is neither.

        """
        query = select(StateRow.__table__).order_by(StateRow.sequence.desc()).limit(1)
        if _VERSION.fullmatch(text):
            query = query.where(StateRow.version == text)
        elif _DAY.fullmatch(text):
            query = query.where(StateRow.at < _end_of(text))
        else:
            raise UnknownError(f"{text} is no data version and no day such as 2026-01-31")
        found = self._read(query)
        if not found:
            raise UnknownError(f"there were no data at {text}")
        return found[0]

    def _read(self, query: "Select[tuple[object, ...]]") -> "tuple[State, ...]":
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(State(**{**row, "datasets": tuple(row["datasets"])}) for row in rows)


def _end_of(text: str) -> datetime:
    try:
        # The machine's own midnight: that is the office's calendar.
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time()).astimezone()
    except (ValueError, OverflowError) as error:
        raise UnknownError(f"{text} is no day") from error
