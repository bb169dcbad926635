"""What a planner says about a file on its page: columns, spellings, words, dates."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from geo.checks import Fault
from geo.places import Level, Standing
from service.imports.dates import Order, parse_days
from service.imports.options import Options
from service.store import Kind

MOST_ASKED = 40
"""Spellings and words that a page asks about at once; the next follow when these are answered."""
DAYS = ("day", "as_of")
LEVELS = (Level.SUBDISTRICT, Level.DISTRICT, Level.GOVERNORATE)
_DATED = {Kind.INCIDENTS, Kind.ARRIVALS, Kind.REQUESTS, Kind.POPULATION}


@dataclass(frozen=True, slots=True)
class Asked:
    """A spelling that is not certain, and the codes it may mean, likeliest first."""

    text: str
    candidates: tuple[str, ...] = ()


def spellings(faults: Sequence[Fault]) -> list[Asked]:
    """Names of areas that the file's rows have and nobody is sure about, each once."""
    found: dict[str, Asked] = {}
    for fault in faults:
        if "--alias" not in fault.remedy:
            continue
        text = str(fault.params["value"])
        codes = [part.rpartition("(")[2].rstrip(")") for part in _parts(fault)]
        found.setdefault(text, Asked(text, tuple(codes)))
    return list(found.values())[:MOST_ASKED]


def _parts(fault: Fault) -> list[str]:
    return [part for part in str(fault.params.get("candidates") or "").split(", ") if part]


def asks_dates(kind: Kind) -> bool:
    """Whether rows of the kind have days, whose order may be unclear."""
    return kind in _DATED


def read_options(before: Options, sent: FormData) -> Options:
    """What was said before with what the form says now; what can't be is left out."""
    changes: dict[str, Any] = {
        "columns": _pairs(before.columns, sent, "column"),
        "aliases": _numbered(before.aliases, sent, "alias"),
        "categories": _numbered(before.categories, sent, "word"),
        "drop_repeats": bool(sent.get("drop_repeats")),
    }
    for name in ("source", "licence", "sheet"):
        if name in sent:
            text = str(sent[name]).strip()[:80]
            changes[name] = text or (None if name == "sheet" else "")
    for name in DAYS:
        if name in sent:
            changes[name] = _day(str(sent[name]))
    for name, known in (("dates", Order), ("level", Level), ("standing", Standing)):
        if name in sent:
            changes[name] = _one_of(known, str(sent[name]), before)
    return Options.model_validate({**before.model_dump(), **changes})


def _one_of(known: Any, text: str, before: Options) -> Any:
    with suppress(ValueError):
        return known(text)
    return before.dates if known is Order else None


def unread_days(sent: FormData) -> dict[str, str]:
    """Fields whose text is no day, with that text."""
    typed = {name: str(sent.get(name) or "").strip() for name in DAYS}
    return {name: text for name, text in typed.items() if text and _day(text) is None}


def _day(text: str) -> date | None:
    """A day in any of the ways that files have; of three numbers the day comes before the month."""
    return parse_days([text]).days[0]


def _pairs(before: Mapping[str, str], sent: FormData, start: str) -> dict[str, str]:
    """``column_date=when``; an empty choice takes back what was said."""
    found = dict(before)
    for name, value in sent.items():
        if not name.startswith(f"{start}_") or not isinstance(value, str):
            continue
        key = name.removeprefix(f"{start}_")
        found.pop(key, None)
        if value:
            found[key] = value
    return found


def _numbered(before: Mapping[str, str], sent: FormData, start: str) -> dict[str, str]:
    """``alias_3`` is the spelling, ``alias_3_is`` what it means; no meaning leaves it open."""
    found = dict(before)
    for place in range(MOST_ASKED):
        text, means = sent.get(f"{start}_{place}"), sent.get(f"{start}_{place}_is")
        if isinstance(text, str) and isinstance(means, str) and text and means:
            found[text] = means
    return found
