"""Cells to figures: Arabic-Indic digits, decimal commas, thousands, yes and no."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from geo.names import western_digits
from service.unseen import seen

_ARABIC_MARKS = str.maketrans({"٫": ".", "٬": ",", "،": ",", "−": "-", "–": "-", "\u00a0": " "})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ ,'.]\d{3})+")
_DMS = re.compile(
    r"(?P<d>\d{1,3}(\.\d+)?)\s*[°º]\s*((?P<m>\d{1,2}(\.\d+)?)\s*['′’]\s*)?"
    r"((?P<s>\d{1,2}(\.\d+)?)\s*([\"″”]|''))?\s*(?P<side>[NSEW])?",
    re.IGNORECASE,
)
_TRUE = {"1", "true", "yes", "y", "t", "x", "نعم", "صح", "موجود", "✓"}
_FALSE = {"0", "false", "no", "n", "f", "-", "لا", "كلا", "غير موجود"}
EMPTY_WORDS = {"", "-", "--", "n/a", "na", "nan", "null", "none", "#n/a", "لا يوجد", "غير معروف"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Parsed figures: NaN where a cell is empty; ``bad`` are positions that are no figure."""

    figures: list[float]
    bad: list[int]


def plain(cell: str) -> str:
    """Western digits and marks, no marks of direction, no blanks around."""
    return western_digits(seen(cell)).translate(_ARABIC_MARKS).strip()


def is_empty(cell: str | None) -> bool:
    """Whether a cell says nothing."""
    return cell is None or seen(cell).casefold().strip() in EMPTY_WORDS


def parse_numbers(cells: Sequence[str | None], *, coordinate: bool = False) -> Numbers:
    """Figures of one column.

    A comma is read the same way in the whole column: as thousands where every cell with one fits
    (1,326,564), unless it is a coordinate; else as a decimal comma.
    """
    texts = [None if is_empty(cell) else plain(str(cell)) for cell in cells]
    commas = [text for text in texts if text is not None and "," in text]
    thousands = (
        bool(commas)
        and not coordinate
        and all(_THOUSANDS.fullmatch(text.split(".")[0]) for text in commas)
    )
    values, bad = [], []
    for position, text in enumerate(texts):
        value = math.nan if text is None else _number(text, thousands, coordinate)
        if text is not None and math.isnan(value):
            bad.append(position)
        values.append(value)
    return Numbers(values, bad)


def _number(text: str, thousands: bool, coordinate: bool) -> float:
    if coordinate and (degrees := _DMS.fullmatch(text)) is not None:
        return _degrees(degrees)
    compact = text.replace(" ", "").replace("'", "")
    if thousands:
        compact = compact.replace(",", "")
    elif compact.count(",") == 1 and "." not in compact:
        compact = compact.replace(",", ".")
    elif compact.count(".") > 1 and _THOUSANDS.fullmatch(compact.split(",")[0]):
        compact = compact.replace(".", "").replace(",", ".")  # 1.326.564,5
    compact = compact.removesuffix("%") if compact.endswith("%") else compact
    if not _NUMBER.fullmatch(compact):
        return math.nan
    value = float(compact)
    if not math.isfinite(value):
        return math.nan
    return value / 100 if text.rstrip().endswith("%") else value


def _degrees(found: re.Match[str]) -> float:
    value = float(found["d"]) + float(found["m"] or 0) / 60 + float(found["s"] or 0) / 3600
    return -value if (found["side"] or "").upper() in {"S", "W"} else value


def parse_flags(cells: Sequence[str | None]) -> tuple[list[bool | None], list[int]]:
    """Yes and no; None where empty; positions that are neither."""
    values: list[bool | None] = []
    bad = []
    for position, cell in enumerate(cells):
        word = "" if cell is None else plain(cell).casefold()
        if word in _TRUE:
            values.append(True)
        elif word in _FALSE:
            values.append(False)
        else:
            values.append(None)
            if word and not is_empty(cell):
                bad.append(position)
    return values, bad
