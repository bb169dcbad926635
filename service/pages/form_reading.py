"""Values of a form as they were typed, read with a word at every fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo.notes import Note, said
from service.unseen import UNSEEN

WHOLE = said("Give a whole number from {low} to {high}.")
_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩٫−", "0123456789.-", UNSEEN)


def _whole_text(value: int) -> str:
    """A figure whose minus stays before it in a sentence that runs from right to left."""
    return f"\u2066{value}\u2069" if value < 0 else str(value)


@dataclass
class Reading:
    """Values as typed, and what is wrong with them, by the name of the field."""

    typed: Mapping[str, Any]
    faults: dict[str, Note] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.typed.get(name)
        return "" if value is None else str(value).strip()

    def latin(self, name: str) -> str:
        """The text with Latin digits, as programs read figures."""
        return self.text(name).translate(_LATIN)

    def many(self, name: str) -> tuple[str, ...]:
        found = self.typed.get(name) or ()
        return (found,) if isinstance(found, str) else tuple(found)

    def whole(self, name: str, low: int, high: int, fault: str = WHOLE) -> int | None:
        """A whole number in either digits; ``None`` where nothing is typed or it is no number."""
        text = self.text(name).translate(_LATIN)
        if not text:
            return None
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            self.faults[name] = Note(fault, low=_whole_text(low), high=_whole_text(high))
            return None
        return value

    def number(self, name: str, low: float, high: float, fault: str) -> float | None:
        """A number in either digits, with or without a per-cent sign."""
        text = self.text(name).translate(_LATIN).replace("%", "").replace("٪", "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            self.faults[name] = Note(fault, low=f"{low:g}", high=f"{high:g}")
            return None
        return value

    def day(self, name: str, fault: str) -> date | None:
        """A date as browsers send it, in either digits."""
        text = self.text(name).translate(_LATIN)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.faults[name] = Note(fault)
            return None
