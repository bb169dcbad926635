"""What is filled into a sentence of geo or optimizer, as people read it.

Notes carry figures and days as the code has them: 0.25, "-0.01", "2024-12-31". A page says them
with the reader's digits, and days like every other day on it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

from service.locale.words import Words

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
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


def read_parts(words: Words, parts: Mapping[str, Any]) -> dict[str, Any]:
    """``parts`` for ``Words.say``; a word, a code or a name stays as it is."""
    return {name: _read(words, value) for name, value in parts.items()}


def _read(words: Words, value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, Real):
        return _Figure(words, value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return words.date(date.fromisoformat(value))
    if isinstance(value, str) and _FIGURE.fullmatch(value):
        return _in_digits(words, value)
    return value


def _in_digits(words: Words, written: str) -> str:
    told = words.numerals(written)
    return told if told == written else told.replace("%", "٪")
