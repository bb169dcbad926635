"""One language's words: messages, plurals, numbers, dates and names, said as people say them.

Message ids are English sentences with named places, ``{n}``. Catalogues are read from the
``.po`` files themselves: no compiled file can be stale. Months are those said in Iraq.
"""

import gettext
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from geo.layers import Period  # a name only: tables would cost each command 75 MB

Lang = Literal["ar", "en"]
Digits = Literal["latn", "arab"]
LANGS: tuple[Lang, ...] = ("ar", "en")
DOMAIN = "mizan"
FOLDER = Path(__file__).parent

_IRAQI_MONTHS = (
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)
_ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ARABIC_DIGITS = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_LATIN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
# Places to be filled, examples to be typed, options and words of programs keep their digits.
_FIGURES = re.compile(
    "\\{[^}]*\\}|\u2068[^\u2069]*\u2069|--\\S+(?: \\S+)?|\\S*[A-Za-z]\\S*|(\\d+(?:[.,]\\d+)*)(%?)"
)
_TEN = 10
_ARABIC_MARKS = {",": "،", ";": "؛"}
_MINUS = "\u2212"
NO_FIGURE = "\u2013"


class Named(Protocol):
    """Whatever has a name in both languages."""

    @property
    def name_ar(self) -> str: ...
    @property
    def name_en(self) -> str: ...


@lru_cache(maxsize=4)
def _catalogue(lang: Lang) -> gettext.GNUTranslations:
    path = FOLDER / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache(maxsize=4096)
def _in_arabic_digits(said: str) -> str:
    """A sentence of the catalogue with the figures that stand in it."""

    def turned(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        return found[1].translate(_ARABIC_DIGITS) + found[2].replace("%", "٪")

    return _FIGURES.sub(turned, said)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said to a reader of ``lang``; ``digits`` are those of Arabic pages."""

    lang: Lang
    digits: Digits = "latn"

    @property
    def is_arabic(self) -> bool:
        return self.lang == "ar"

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        return "rtl" if self.is_arabic else "ltr"

    @property
    def other(self) -> Lang:
        return "en" if self.is_arabic else "ar"

    def say(self, message: str, **parts: object) -> str:
        """The message in this language with its places filled."""
        said = self._written(_catalogue(self.lang).gettext(message))
        return said.format(**parts) if parts else said

    def count(self, one: str, many: str, n: float, **parts: object) -> str:
        """A message with the right plural for ``n``, whose figure is said as ``{n}``."""
        whole = round(abs(n))
        said = self._written(_catalogue(self.lang).ngettext(one, many, whole))
        return said.format(**{"n": self.number(n), **parts})

    def _written(self, said: str) -> str:
        return _in_arabic_digits(said) if self.is_arabic and self.digits == "arab" else said

    def name(self, of: Named | Mapping[str, object]) -> str:
        """The name in this language, else the other one, its figures in the reader's digits."""
        if isinstance(of, Mapping):
            names = (str(of.get("name_ar") or ""), str(of.get("name_en") or ""))
        else:
            names = (of.name_ar, of.name_en)
        first, second = names if self.is_arabic else names[::-1]
        return self._written(first or second)

    @property
    def comma(self) -> str:
        """What stands between the parts of a row, with its space."""
        return self._mark(",")

    def joined(self, parts: Iterable[str], mark: Literal[",", ";"] = ",") -> str:
        """``parts`` in a row; a semicolon where they hold commas themselves."""
        return self._mark(mark).join(parts)

    def _mark(self, mark: Literal[",", ";"]) -> str:
        return f"{_ARABIC_MARKS[mark] if self.is_arabic else mark} "

    def numerals(self, text: str) -> str:
        """``text`` with the digits of this reader, whichever it was written with."""
        if self.is_arabic and self.digits == "arab":
            return text.translate(_ARABIC_DIGITS)
        return text.translate(_LATIN_DIGITS)

    def number(self, value: float | None, places: int = 0) -> str:
        """A figure with thousands marked; no figure is a dash, never a zero."""
        if value is None or not math.isfinite(value):
            return NO_FIGURE
        rounded = round(value, places) + 0.0
        said = f"{abs(rounded):,.{places}f}"
        return (_MINUS if rounded < 0 else "") + self.numerals(said)

    def two_figures(self, value: float) -> str:
        """A figure that needs no more than two: one place below ten, none above."""
        return self.number(value, 0 if abs(value) >= _TEN else 1)

    def signed(self, value: float | None, places: int = 0) -> str:
        """A difference: with its sign, and a plain zero."""
        if value is None or not math.isfinite(value):
            return NO_FIGURE
        return ("+" if round(value, places) > 0 else "") + self.number(value, places)

    def percent(self, share: float | None, places: int = 0) -> str:
        if share is None or not math.isfinite(share):
            return NO_FIGURE
        sign = "٪" if self.is_arabic and self.digits == "arab" else "%"
        return self.number(100 * share, places) + sign

    def month(self, day: date) -> str:
        names = _IRAQI_MONTHS if self.is_arabic else _ENGLISH_MONTHS
        return f"{names[day.month - 1]} {self.numerals(str(day.year))}"

    def date(self, day: date | None) -> str:
        if day is None:
            return NO_FIGURE
        return f"{self.numerals(str(day.day))} {self.month(day)}"

    def moment(self, when: datetime | None) -> str:
        """Day and hour, in the time zone that ``when`` is in."""
        if when is None:
            return NO_FIGURE
        return f"{self.date(when.date())} {self.numerals(when.strftime('%H:%M'))}"

    def period(self, period: "Period | None") -> str:
        """A year as a year, a month as a month, else from month to month."""
        if period is None:
            return NO_FIGURE
        start, last = period.start, period.end - timedelta(days=1)
        if period.start.day != 1 or period.end.day != 1:
            return f"{self.date(start)} {NO_FIGURE} {self.date(last)}"
        if start.year == last.year and (start.month, last.month) == (1, 12):
            return self.numerals(str(start.year))
        if (start.year, start.month) == (last.year, last.month):
            return self.month(start)
        return f"{self.month(start)} {NO_FIGURE} {self.month(last)}"

    def duration(self, seconds: float) -> str:
        """Seconds as people say them: under a minute in seconds, else minutes and seconds."""
        if seconds < 60:  # noqa: PLR2004 (a minute)
            return self.say("{n} s", n=self.number(seconds, 1 if seconds < 10 else 0))  # noqa: PLR2004 (short times need the decimal)
        minutes, rest = divmod(round(seconds), 60)
        if not rest:
            return self.say("{m} min", m=self.number(minutes))
        return self.say("{m} min {s} s", m=self.number(minutes), s=self.number(rest))


def make_words(lang: str | None, *, default: Lang = "ar", digits: Digits = "latn") -> Words:
    """Words of the asked language, or of the default where it is not one of ours."""
    chosen: Lang = default
    if lang == "ar":
        chosen = "ar"
    elif lang == "en":
        chosen = "en"
    return Words(lang=chosen, digits=digits)
