"""Sentences that people read, said in English here and in Arabic by the catalogue."""

from collections.abc import Iterable, Mapping
from typing import Any, Self


def said(message: str) -> str:
    """Mark ``message`` as a catalogue id; the extractor of the catalogue looks for this name."""
    return message


class Note(str):
    """An English sentence that remembers its catalogue id and what was filled into it.

    It is a plain string for whoever only shows English; a translator uses ``key`` and
    ``params``. ``Note("{n} rows", n=3) == "3 rows"``.
    """

    __slots__ = ("key", "params")
    key: str
    params: Mapping[str, Any]

    def __new__(cls, key: str, /, **params: Any) -> Self:
        text = super().__new__(cls, key.format(**params) if params else key)
        text.key = key
        text.params = params
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.key,), dict(self.params)


class Notes(str):
    """Notes in a row that are told inside of another; in English with commas between them."""

    __slots__ = ("parts",)
    parts: tuple[Note, ...]

    def __new__(cls, parts: Iterable[Note]) -> Self:
        kept = tuple(parts)
        text = super().__new__(cls, ", ".join(kept))
        text.parts = kept
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[tuple[Note, ...]], dict[str, Any]]:
        return (self.parts,), {}
