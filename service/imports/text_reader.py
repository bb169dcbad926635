"""Text tables: encoding and separator are found, not asked."""

import csv
from collections.abc import Iterator
from pathlib import Path

from geo.notes import Note, said
from service.imports.header_row import Row, build_table
from service.imports.limits import Limits
from service.imports.table import RawTable, refuse
from service.unseen import UNSEEN

_SEPARATORS = ",;\t|"
_SAMPLE = 40  # lines


def read_text(path: Path, limits: Limits) -> RawTable:
    """A CSV file: UTF-8 (with or without its mark), UTF-16 with its mark, else Windows-1256."""
    content = path.read_bytes()
    text, encoding = _decode(content)
    del content
    if "\x00" in text:
        raise refuse(said("This is no table: its content is binary."), said("Export it as CSV."))
    separator = _separator(text)
    csv.field_size_limit(max(limits.cell_chars * 4, 131_072))
    try:
        table = build_table(_rows(text, separator), limits)
    except csv.Error as error:
        raise refuse(
            said("The text can't be split into cells: {reason}."),
            said("Look for a quote that is not closed."),
            reason=str(error),
        ) from error
    if encoding != "UTF-8":
        table.notes.insert(0, Note(said("The text was read as {encoding}."), encoding=encoding))
    return table


def _rows(text: str, separator: str) -> Iterator[Row]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=separator, strict=False)
    before = 0
    for cells in reader:
        yield before + 1, [_clean(cell) for cell in cells]
        before = reader.line_num


def _clean(cell: str) -> str | None:
    """Without blanks, marks of order and the apostrophe that keeps spreadsheets from running it."""
    text = cell.strip().strip(UNSEEN)
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    return text or None


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise refuse(said("The text is damaged or cut."), said("Export it again.")) from error
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1256", errors="replace"), "Windows-1256"


def _separator(text: str) -> str:
    """The separator that splits the first lines into the most equal, widest rows."""
    sample = text[:200_000].splitlines(keepends=True)[:_SAMPLE]

    def score(separator: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=separator) if row]
        except csv.Error:
            return (0.0, 0)
        if not widths:
            return (0.0, 0)
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(_SEPARATORS, key=score)
