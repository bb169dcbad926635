"""Who a row is: so that a file that comes a second time adds nothing.

Series without ids of their own: the hash of what is kept of the row, and its occurrence number
among equal rows of the same file. Two files that each hold a row twice hold the same two rows.
Rows with an id of the source, and rows of registers, are who their key says; ``content`` then
tells whether they changed. Cells that are dropped never enter a hash: it could be guessed back.
"""

import hashlib
from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any

_LENGTH = 20


def content_hash(values: Sequence[Any]) -> str:
    """16 hex digits over the values, of equal length for equal values."""
    return hashlib.sha256("\x1f".join(_said(v) for v in values).encode()).hexdigest()[:16]


def key_identity(kind: str, key: Sequence[Any]) -> str:
    """The identity of a row that has a key."""
    text = "\x1f".join((kind, *(_said(v) for v in key)))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def counted_identities(kind: str, contents: Sequence[str]) -> list[str]:
    """Identities of rows without keys: content and occurrence number, in the file's order."""
    seen: Counter[str] = Counter()
    found = []
    for content in contents:
        seen[content] += 1
        found.append(key_identity(kind, (content, seen[content])))
    return found


def repeats(rows: Sequence[Hashable]) -> list[bool]:
    """Whether an equal row stands earlier."""
    seen: set[Hashable] = set()
    found = []
    for row in rows:
        found.append(row in seen)
        seen.add(row)
    return found


def _said(value: Any) -> str:
    """One text for equal values, whatever file they come from."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            return "" if value != value else repr(round(value, 7) + 0.0)  # noqa: PLR0124 - NaN
        case int():
            return repr(float(value))
        case date():
            return value.isoformat()[:10]
        case _:
            return str(value)
