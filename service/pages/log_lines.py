"""An entry of the audit log in words: what it is about, and its details.

The log keeps codes, for they have to mean the same in a year's time. Whoever reads the page is
told the names that the same things have on every other page; a name of an account or of a file
stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from geo.incidents import CATEGORIES
from geo.layers import SEVERE_GROUP, Clearance, LayerCode
from geo.notes import said
from geo.places import Level
from service.auth.roles import Right, Role
from service.locale import map_words, terms
from service.locale.audit_words import RIGHT
from service.locale.words import Words
from service.pages.released_files import category_words
from service.store import Kind

_NUMBERED = {
    "grant": said("permission {n}"),
    "token": said("token {n}"),
    "plan": said("plan {n}"),
}
_CLEARANCE = {
    Clearance.EXACT.value: said("exact figures"),
    Clearance.RELEASED.value: said("released figures"),
    "True": said("given"),
    "False": said("none"),
}
_READ = {
    "placement": said("how incidents were placed"),
    "series": said("figures through time"),
    "surface": said("Incident density as a surface"),
    "layers": said("all layers"),
}
_COLLECTIONS = {
    "offices": said("Offices"),
    "forums": said("Forums"),
    "plans": said("Plans"),
    **{f"{level.value}s": word for level, word in terms.LEVELS.items()},
}


NAMED = frozenset(
    {
        "account_changed", "account_disabled", "account_enabled", "account_made", "backup_made",
        "clearance_given", "clearance_taken", "job_cancelled", "locked_out", "password_changed",
        "password_reset", "restored", "sign_in_failed", "signed_in", "tokens_revoked",
    }
)  # fmt: skip
"""Acts on accounts, files and jobs: an account may be called "need", which is no layer then."""


def subject_line(words: Words, action: str, subject: str) -> tuple[str, bool]:
    """What an act is about, and whether that is a code or somebody's name as the log has it."""
    if action in NAMED:
        return subject, True
    if subject in _READ:
        return words.say(_READ[subject]), False
    first, _, rest = subject.partition(" ")
    if rest and first in _NUMBERED:
        number = words.number(int(rest)) if rest.isdigit() else f"\u2068{rest}\u2069"
        return words.say(_NUMBERED[first], n=number), False
    if rest and first in {"layer", "map", "layers"}:
        told = _layer(words, rest) or _collection(words, rest) or _collection(words, f"{rest}s")
        return (told, False) if told else (subject, True)
    told = _version(words, subject) or _layer(words, subject) or _collection(words, subject)
    return (told, False) if told else (subject, True)


def detail_line(words: Words, name: str, value: Any) -> str:
    """One detail's value in words; texts that people wrote stay theirs."""
    if isinstance(value, int) and not isinstance(value, bool):
        return words.number(value)
    reader = _READERS.get(name)
    return reader(words, str(value)) if reader is not None else str(value)


def _layer(words: Words, code: str) -> str:
    """The name of a layer; empty where it is none."""
    return words.say(map_words.TITLE[LayerCode(code)]) if code in set(LayerCode) else ""


def _version(words: Words, name: str) -> str:
    """A version's kind and number, such as offices-2."""
    kind, _, number = name.rpartition("-")
    if kind not in set(Kind) or not number.isdigit():
        return ""
    return words.say(
        said("{kind}, version {n}"),
        kind=words.say(terms.KIND[Kind(kind)]),
        n=words.number(int(number)),
    )


def _collection(words: Words, name: str) -> str:
    """A collection that programs read: a register, units of a level, or a layer on them."""
    if name in _COLLECTIONS:
        return words.say(_COLLECTIONS[name])
    found = re.fullmatch(rf"([a-z-]+)-({'|'.join(Level)})s", name)
    layer = _layer(words, found[1].replace("-", "_")) if found else ""
    return f"{layer} · {words.say(terms.LEVELS[Level(found[2])])}" if found and layer else ""


def _category(words: Words, value: str) -> str:
    return category_words(value, words) if value in {*CATEGORIES, SEVERE_GROUP} else value


def _moment(words: Words, value: str) -> str:
    return words.moment(datetime.fromisoformat(value))


def _of(table: Mapping[Any, str], of: Callable[[str], Any] = str) -> Callable[[Words, str], str]:
    """A reader of codes that ``table`` has words for; an unknown one stays a code."""

    def read(words: Words, value: str) -> str:
        try:
            return words.say(table[of(value)])
        except (KeyError, ValueError):
            return value

    return read


_READERS: Mapping[str, Callable[[Words, str], str]] = {
    "category": _category,
    "clearance": _of(_CLEARANCE),
    "exact": _of({"True": said("yes"), "False": said("no")}),
    "right": _of(RIGHT, Right),
    "role": _of(terms.ROLE, Role),
    "until": _moment,
    "where": _of(terms.LEVEL, Level),
}
