"""Workbooks: the sheet that looks like data, cell values as text."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl

from geo.notes import Note, said
from service.imports.header_row import Row, build_table
from service.imports.limits import Limits
from service.imports.table import RawTable, refuse

_PREFERRED = ("full dataset", "data", "dataset", "البيانات")


def read_sheet(path: Path, limits: Limits, sheet: str | None = None) -> RawTable:
    """One sheet of a workbook: the asked one, DTM's ``Full Dataset``, else the first with rows."""
    try:
        # Opened here: openpyxl refuses a path without ``.xlsx``, and uploads wait without a name.
        with path.open("rb") as content, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # unknown extensions of the workbook
            book = openpyxl.load_workbook(content, read_only=True, data_only=True)
            chosen = _choose(book, sheet)
            table = build_table(_rows(chosen, limits), limits)
    except (BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError) as error:
        if hasattr(error, "faults"):
            raise
        raise refuse(
            said("The workbook is damaged."), said("Open it in Excel and save it again as XLSX.")
        ) from error
    if len(book.sheetnames) > 1:
        table.notes.insert(0, Note(said("The sheet {sheet} was read."), sheet=chosen.title))
    return table


def _choose(book: Any, sheet: str | None) -> Any:
    if sheet is not None:
        if sheet not in book.sheetnames:
            raise refuse(
                said("There is no sheet {sheet}."),
                said("The workbook has: {sheets}."),
                sheet=sheet,
                sheets=", ".join(book.sheetnames),
            )
        return book[sheet]
    by_name = {name.strip().lower(): name for name in book.sheetnames}
    for wanted in _PREFERRED:
        if wanted in by_name:
            return book[by_name[wanted]]
    for found in book.worksheets:
        rows = found.iter_rows(max_row=5, max_col=50, values_only=True)
        if sum(1 for row in rows if sum(cell is not None for cell in row) > 1) > 1:
            return found
    return book.worksheets[0]


def _rows(sheet: Any, limits: Limits) -> Iterator[Row]:
    sheet.reset_dimensions()  # some programs write a wrong size
    blank = 0
    for number, cells in enumerate(
        sheet.iter_rows(values_only=True, max_col=limits.columns + 1), start=1
    ):
        row = [_text(cell) for cell in cells]
        # Formats reach down to the last row of the sheet long after the data ended.
        blank = 0 if any(row) else blank + 1
        if blank > 10_000:  # noqa: PLR2004 - rows
            return
        yield number, row


def _text(cell: Any) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case datetime():
            midnight = cell.time() == time()
            return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case float() if cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004 - exact as integer
            return str(int(cell))
        case _:
            return str(cell).strip() or None
