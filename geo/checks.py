"""Checks collect every fault of a file and raise them together, each with its remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from geo.notes import Note

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what to do about it.

    ``key`` and ``remedy`` are catalogue ids (English sentences with ``{names}``), ``params``
    fills both. ``row`` is the row of the file as its reader counts it (the frame's index label
    where nothing better is known); ``None`` means the file as a whole.
    """

    key: str
    remedy: str
    params: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    row: int | str | None = None
    file: str = ""

    @property
    def problem(self) -> str:
        """The fault in English."""
        return Note(self.key, **self.params)

    @property
    def advice(self) -> str:
        """The remedy in English."""
        return Note(self.remedy, **self.params)

    def at(self, *, file: str | None = None, row: int | str | None = None) -> "Fault":
        """The same fault, placed in a file or row that its finder did not know."""
        return replace(self, file=self.file if file is None else file, row=row or self.row)

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}"
        place = ", ".join(part for part in (self.file, row, self.column) if part)
        return (
            f"{place}: {self.problem} {self.advice}" if place else f"{self.problem} {self.advice}"
        )


class FaultsError(ValueError):
    """The input is refused; ``faults`` says everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        lines = [str(fault) for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"and {len(self.faults) - _SHOWN} more")
        super().__init__("\n".join(lines))


def raise_faults(faults: Iterable[Fault]) -> None:
    """Raise ``FaultsError`` if there is any fault."""
    found = tuple(faults)
    if found:
        raise FaultsError(found)
