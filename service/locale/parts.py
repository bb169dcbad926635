"""Sentences of geo or optimizer, and what is filled into them, as people read it.

Notes carry figures and days as the code has them: 0.25, "-0.01", "2024-12-31". A page says them
with the reader's digits, and days like every other day on it; keys of ours by their words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

from geo.incidents import CATEGORIES
from geo.notes import Note, Notes
from service.locale.terms import COMPONENT, MEAN
from service.locale.words import Words

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TERMS: Mapping[str, Mapping[str, str]] = {"mean": MEAN, "component": COMPONENT}
_FIGURE = re.compile(r"[-+]?\d+(?:[.,]\d+)*%?")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number that is written in its place's own form, then with the reader's digits."""

    words: Words
    value: Real

    def __format__(self, form: str) -> str:
        return _in_digits(self.words, format(self.value, form))

    def __str__(self) -> str:
        return format(self)


def say_note(words: Words, text: str) -> str:
    """A sentence of geo or optimizer in the reader's language; plain text is looked up as it is."""
    if isinstance(text, Notes):
        return words.joined(say_note(words, one) for one in text.parts)
    if isinstance(text, Note):
        return words.say(text.key, **read_parts(words, text.params))
    return words.say(text) if text else ""


def read_parts(words: Words, parts: Mapping[str, Any]) -> dict[str, Any]:
    """``parts`` for ``Words.say``; a word, a code or a name stays as it is."""
    return {name: _read(words, name, value) for name, value in parts.items()}


def _read(words: Words, name: str, value: object) -> object:
    if isinstance(value, Note | Notes):
        return say_note(words, value)
    if isinstance(value, str):
        return _called(words, name, value) or _written(words, value)
    if isinstance(value, bool) or not isinstance(value, Real):
        return value
    return _Figure(words, value)


def _written(words: Words, value: str) -> str:
    if _DAY.fullmatch(value):
        try:
            return words.date(date.fromisoformat(value))
        except ValueError:  # a day that no calendar has, told as it was typed
            return value
    return _in_digits(words, value) if _FIGURE.fullmatch(value) else value


def _in_digits(words: Words, written: str) -> str:
    told = words.numerals(written)
    return told if told == written else told.replace("%", "٪")


def _called(words: Words, name: str, key: str) -> str:
    """What a key of ours is called that stands in the part ``name``; empty where it is none."""
    if name == "category":
        return next((words.name(one) for one in CATEGORIES.values() if one.name_en == key), "")
    term = _TERMS.get(name, {}).get(key)
    return words.say(term) if term else ""
