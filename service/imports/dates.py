"""Cells to days. Whether 03/04 is March or April is decided for the whole column, and told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from geo.notes import Note, said
from service.imports.values import is_empty, plain

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"(19|20)\d{2}")
_PARTS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ,].*)?")
_WORDS = re.compile(r"(\d{1,2})[-/ .]+([^\d\W]+(?: [^\d\W]+)?)[-/ .,]+(\d{4}|\d{2})", re.UNICODE)
_WORDS_FIRST = re.compile(r"([^\d\W]+)[ .]+(\d{1,2}),?[ ]+(\d{4})", re.UNICODE)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_EXCEL_ZERO = date(1899, 12, 30)
_TWELVE = 12
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january كانون الثاني يناير", "feb february شباط فبراير",
            "mar march آذار اذار مارس",
            "apr april نيسان أبريل ابريل", "may أيار ايار مايو", "jun june حزيران يونيو",
            "jul july تموز يوليو", "aug august آب اب أغسطس اغسطس",
            "sep sept september أيلول ايلول سبتمبر",
            "oct october أكتوبر اكتوبر", "nov november نوفمبر", "dec december ديسمبر",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTHS |= {
    "كانون الثاني": 1, "كانون ثاني": 1, "كانون الأول": 12, "كانون الاول": 12,
    "تشرين الأول": 10, "تشرين الاول": 10, "تشرين الثاني": 11,
}  # fmt: skip
del _MONTHS["كانون"], _MONTHS["الثاني"]


class Order(StrEnum):
    """How a date with three numbers is read."""

    AUTO = "auto"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(slots=True)
class Days:
    """Parsed days: None where empty or bad; ``bad`` are positions with what is wrong."""

    days: list[date | None]
    bad: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


NOT_A_DATE = said("{value} is not a date.")
TWO_ORDERS = said("{value} is day/month by some rows and month/day by others.")


def parse_days(cells: Sequence[str | None], order: Order = Order.AUTO) -> Days:
    """The days of one column: ISO, dd/mm/yyyy, month names, Excel's day numbers, months, years.

    Where no row shows whether the day or the month comes first, day first is taken, as in Iraq,
    and a note says how many dates could be read otherwise.
    """
    texts = [None if is_empty(cell) else plain(str(cell)) for cell in cells]
    chosen, mixed = _order(texts, order)
    found = Days([None] * len(texts))
    unclear = months = years = 0
    for position, text in enumerate(texts):
        if text is None:
            continue
        parts = _PARTS.fullmatch(text)
        if parts is not None and mixed and order is Order.AUTO and _could_be_both(parts):
            found.bad[position] = TWO_ORDERS
            continue
        day = _day(text, chosen)
        if day is None:
            found.bad[position] = NOT_A_DATE
            continue
        unclear += bool(parts is not None and _could_be_both(parts))
        months += _MONTH.fullmatch(text) is not None
        years += _YEAR.fullmatch(text) is not None
        found.days[position] = day
    if unclear and order is Order.AUTO and not _shown(texts):
        found.notes.append(
            Note(
                said("{n} dates could be read two ways; day/month/year was taken (--dates mdy)."),
                n=unclear,
            )
        )
    if months:
        found.notes.append(
            Note(said("{n} dates name only the month; its first day was taken."), n=months)
        )
    if years:
        found.notes.append(
            Note(said("{n} dates name only the year; its first day was taken."), n=years)
        )
    return found


def _order(texts: Sequence[str | None], order: Order) -> tuple[Order, bool]:
    if order is not Order.AUTO:
        return order, False
    firsts, seconds = _shown(texts) or (False, False)
    if firsts and seconds:
        return Order.DAY_FIRST, True
    return (Order.MONTH_FIRST if seconds else Order.DAY_FIRST), False


def _shown(texts: Sequence[str | None]) -> tuple[bool, bool] | None:
    """Whether some row shows day first, and some month first; None when no row shows either."""
    day_first = month_first = False
    for text in texts:
        parts = _PARTS.fullmatch(text) if text is not None else None
        if parts is not None:
            day_first |= int(parts[1]) > _TWELVE
            month_first |= int(parts[2]) > _TWELVE
    return (day_first, month_first) if day_first or month_first else None


def _could_be_both(parts: re.Match[str]) -> bool:
    one, two = int(parts[1]), int(parts[2])
    return one <= _TWELVE and two <= _TWELVE and one != two


def _day(text: str, order: Order) -> date | None:
    try:
        return _with_three_numbers(text, order) or _with_a_word(text) or _with_less(text)
    except ValueError:
        return None


def _with_three_numbers(text: str, order: Order) -> date | None:
    if iso := _ISO.fullmatch(text):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if parts := _PARTS.fullmatch(text):
        one, two, year = int(parts[1]), int(parts[2]), _year(parts[3])
        day, month = (two, one) if order is Order.MONTH_FIRST else (one, two)
        return date(year, month, day)
    return None


def _with_a_word(text: str) -> date | None:
    if words := _WORDS.fullmatch(text):
        return _named(words[2], int(words[1]), _year(words[3]))
    if words := _WORDS_FIRST.fullmatch(text):
        return _named(words[1], int(words[2]), int(words[3]))
    return None


def _with_less(text: str) -> date | None:
    """A month, a year, Excel's number of a day."""
    if whole := _MONTH.fullmatch(text):
        return date(int(whole[1] or whole[4]), int(whole[2] or whole[3]), 1)
    if _YEAR.fullmatch(text):
        return date(int(text), 1, 1)
    if serial := _SERIAL.fullmatch(text):
        return _EXCEL_ZERO + timedelta(days=int(serial[1]))
    return datetime.fromisoformat(text).date()


def _named(name: str, day: int, year: int) -> date | None:
    month = _MONTHS.get(name.casefold())
    return None if month is None else date(year, month, day)


def _year(text: str) -> int:
    """Two figures mean this century."""
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004 - figures
