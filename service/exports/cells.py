"""Cells of tables: what a spreadsheet would run as a formula is made plain text."""

import re

from service.unseen import UNSEEN

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?%?\Z")
_BEFORE = " \u00a0" + UNSEEN
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def neutral_text(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs: a leading apostrophe where one is needed.

    A plain number such as ``-4`` stays a number. Control characters that XML refuses go.
    Wide forms of the signs count as the signs (some programs fold them).
    """
    text = _CONTROL.sub("", text)
    first = text.lstrip(_BEFORE)[:1]
    runs = first in {*_RUNS, "＝", "＋", "－", "＠"}
    return "'" + text if runs and not _NUMBER.match(text) else text


def neutral(value: object) -> object:
    """``value`` for a cell: text is neutralised, numbers and dates stay what they are."""
    return neutral_text(value) if isinstance(value, str) else value
