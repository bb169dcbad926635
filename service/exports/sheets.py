"""Sheets of a workbook: one way to write a table, in the reader's direction, with its standing."""

import io
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import xlsxwriter

from geo.notes import said
from service.exports.cells import neutral_text
from service.exports.provenance import Provenance
from service.locale.source_words import source_name
from service.locale.terms import STANDING
from service.locale.words import Words

_LONGEST = 60
_SHORTEST = 9
_HEADER_ROW = 4
_LINE_PT = 15.0
_A4 = 9
_PLENTY = 3
"""More sources than this are counted at the head of a sheet; all have a sheet of their own."""
_FIXED_MOMENT = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


class Show(StrEnum):
    """How the figures of a column look; numbers stay numbers."""

    TEXT = "text"
    COUNT = "#,##0"
    SIGNED = "+#,##0;-#,##0;0"
    HOURS = "#,##0.0"
    SHARE = "0.0%"
    FINE = "#,##0.000"
    DAY = "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its title (a message id) and how it looks."""

    title: str
    show: Show = Show.TEXT


class Workbook:
    """An XLSX file in memory. Every sheet starts with its title, standing, date, version, sources.

    Text never becomes a formula, a link or a number. Equal content gives equal bytes.
    """

    def __init__(self, words: Words, provenance: Provenance) -> None:
        self._words = words
        self._provenance = provenance
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self._book.set_properties(
            {
                "title": provenance.title,
                "comments": provenance.serial,
                "created": _FIXED_MOMENT,
                "author": provenance.generator,
            }
        )
        side = {"reading_order": 2 if words.is_arabic else 1}
        self._side = side
        self._title = self._book.add_format({"bold": True, "font_size": 14, **side})
        self._note = self._book.add_format({"italic": True, "font_color": "#555555", **side})
        self._warning = self._book.add_format({"bold": True, "font_color": "#B00020", **side})
        self._header = self._book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, **side}
        )
        self._formats = {
            show: self._book.add_format(
                side if show is Show.TEXT else {"num_format": show.value, **side}
            )
            for show in Show
        }

    def table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], note: str = ""
    ) -> int:
        """Add a sheet; ``name`` is a message id. Returns the number of rows."""
        sheet = self._book.add_worksheet(self._sheet_name(name))
        if self._words.is_arabic:
            sheet.right_to_left()
        self._head(sheet, name, note)
        titles = [neutral_text(self._words.say(column.title)) for column in columns]
        widths = [max(_SHORTEST, *map(len, title.split())) for title in titles]
        for place, title in enumerate(titles):
            sheet.write_string(_HEADER_ROW, place, title, self._header)
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                widths[place] = max(
                    widths[place], self._write(sheet, _HEADER_ROW + count, place, column, value)
                )
        lines = 1
        for place, (width, title) in enumerate(zip(widths, titles, strict=True)):
            wide = min(_LONGEST, max(width, len(title) // 3) + 3)
            sheet.set_column(place, place, wide)
            lines = max(lines, len(textwrap.wrap(title, wide - 2)))
        # A head as high as its words: programs disagree on how high wrapped words make a row.
        sheet.set_row(_HEADER_ROW, _LINE_PT * lines)
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        if count:
            sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + count, len(columns) - 1)
        return count

    def content(self) -> bytes:
        """Close the book and hand over its bytes."""
        self._book.close()
        return self._buffer.getvalue()

    def _head(self, sheet: Any, name: str, note: str) -> None:
        words, provenance = self._words, self._provenance
        sheet.write_string(0, 0, neutral_text(words.say(name)), self._title)
        standing = words.say(STANDING[provenance.standing])
        form = self._warning if provenance.is_synthetic else self._note
        facts = [
            words.say(said("Standing: {standing}"), standing=standing),
            words.say(said("figures as of {day}"), day=words.date(provenance.as_of)),
            words.say(said("data version {version}"), version=provenance.data_version or "–"),
            words.say(said("serial {serial}"), serial=provenance.serial),
        ]
        sheet.write_string(1, 0, neutral_text(" · ".join(facts)), form)
        sheet.write_string(2, 0, neutral_text(self._sources()), self._note)
        if note:
            sheet.write_string(3, 0, neutral_text(note), self._note)
        sheet.set_paper(_A4)
        sheet.set_footer(f"&L{provenance.serial}&C{standing}&R&P / &N")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADER_ROW)

    def _sources(self) -> str:
        """Where the figures come from, in one line."""
        words = self._words
        names = list(dict.fromkeys(source_name(words, s.name) for s in self._provenance.sources))
        told = words.joined(names[:_PLENTY], ";")
        more = len(names) - _PLENTY
        if more > 0:
            told += " " + words.count("and {n} source more", "and {n} sources more", more)
        return words.say(said("Sources: {names}"), names=told or "–")

    def _write(self, sheet: Any, row: int, place: int, column: Column, value: Any) -> int:
        form = self._formats[column.show]
        if value is None or value == "":
            sheet.write_blank(row, place, None, form)
            return 0
        if isinstance(value, bool):
            text = self._words.say(said("yes") if value else said("no"))
            sheet.write_string(row, place, text, form)
            return len(text)
        if isinstance(value, int | float):
            sheet.write_number(row, place, value, form)
            return 10
        if isinstance(value, date):
            sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001 (a day has no zone)
            return 10
        text = neutral_text(str(value))
        sheet.write_string(row, place, text, form)
        return len(text)

    def _sheet_name(self, name: str) -> str:
        """31 characters at most, none that Excel refuses."""
        said_name = self._words.say(name)
        return "".join(sign for sign in said_name if sign not in "[]:*?/\\")[:31]
