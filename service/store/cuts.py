"""Which rows are kept until when, and the days before which rows were purged.

The days stand in the audit log, and outside the database as well: a restore over a database that is
damaged or gone must bring back no row that was purged.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from service.atomic import write_whole
from service.store.datasets import Kind

FILE = "purged.json"


class RetentionClass(StrEnum):
    """Rows that are kept for a time of their own."""

    SEVERE = "severe"  # domestic violence, extortion, sexual and child cases
    INCIDENTS = "incidents"  # all other incidents
    ARRIVALS = "arrivals"
    REQUESTS = "requests"

    @property
    def kind(self) -> Kind:
        """The kind of data whose rows these are."""
        return Kind.INCIDENTS if self is RetentionClass.SEVERE else Kind(self.value)


Cuts = Mapping[RetentionClass, date]
"""The first day that is kept, by class."""


def cut_of(months: int, today: date) -> date:
    """The first day that is kept: so many whole months before the month of ``today``."""
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def cuts_of(months: Mapping[str, int], today: date) -> dict[RetentionClass, date]:
    """The first day that is kept, by class; classes that no time is set for are not in it."""
    return {one: cut_of(months[one.value], today) for one in RetentionClass if one.value in months}


def later(*given: Cuts) -> dict[RetentionClass, date]:
    """Of several cuts the latest, by class."""
    found: dict[RetentionClass, date] = {}
    for cuts in given:
        for one, day in cuts.items():
            found[one] = max(day, found.get(one, day))
    return found


@dataclass(frozen=True, slots=True)
class Past:
    """What a restore must not undo.

    ``cuts``: up to which day each class was purged; ``believed``: the newest moment that no jump of
    the clock stands before, None where nothing is known of it.
    """

    cuts: Cuts = field(default_factory=dict)
    believed: datetime | None = None


def read_past(home: Path) -> Past | None:
    """What stands beside the database; None where nothing that can be read does."""
    try:
        told = json.loads((home / FILE).read_text(encoding="utf-8"))
        cuts = {RetentionClass(one): date.fromisoformat(day) for one, day in told["before"].items()}
        believed = told["believed"]
        return Past(cuts, None if believed is None else datetime.fromisoformat(believed))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_past(home: Path, past: Past) -> None:
    """Keep it beside the database, with what stands there already. Raises ``OSError``."""
    before = read_past(home)
    cuts = later(past.cuts, before.cuts if before else {})
    believed = past.believed or (before.believed if before else None)
    if before == Past(cuts, believed):
        return
    told = {
        "before": {one.value: day.isoformat() for one, day in sorted(cuts.items())},
        "believed": believed.isoformat() if believed else None,
    }
    write_whole(home / FILE, json.dumps(told).encode(), private=True)
