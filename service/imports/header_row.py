"""Where a table's header stands, and whether an HXL row follows it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from geo.checks import Fault
from geo.notes import Note, said
from service.imports.limits import Limits
from service.imports.table import RawTable, refuse

_LOOK = 12
"""Rows in which the header is looked for."""

Row = tuple[int, Sequence[str | None]]


def build_table(rows: Iterable[Row], limits: Limits) -> RawTable:
    """A raw table from rows of text with their numbers in the file.

    The header is the first of the leading rows that is filled like one: DTM's workbooks carry
    a title above it. Blank rows are skipped and not counted.
    """
    iterator = iter(rows)
    leading = [row for row in islice(iterator, _LOOK) if any(row[1])]
    if not leading:
        raise refuse(said("The file has no rows."), said("Export it again."))
    at = _header_at([cells for _, cells in leading])
    header = _unique(_trimmed(leading[at][1]))
    if len(header) > limits.columns:
        raise refuse(
            said("The file has {n} columns; {limit} are allowed."),
            said("Leave out columns that are not needed."),
            n=len(header),
            limit=limits.columns,
        )
    table = RawTable(cells={name: [] for name in header if name})
    if at:
        table.notes.append(Note(said("The header stands on row {row}."), row=leading[at][0]))
    rest: Iterator[Row] = chain(leading[at + 1 :], iterator)
    first = next(rest, None)
    if first is not None and _is_hxl(first[1]):
        table.tags = {
            name: tag for name, tag in zip(header, first[1], strict=False) if name and tag
        }
        table.notes.append(Note(said("The HXL row {row} was used for the columns."), row=first[0]))
        first = next(rest, None)
    for row in chain([first] if first else [], rest):
        _add(table, header, row, limits)
    return table


def _add(table: RawTable, header: Sequence[str], row: Row, limits: Limits) -> None:
    number, cells = row
    if not any(cells):
        return
    if len(table) + len(table.unread) >= limits.rows:
        raise refuse(
            said("The file has more than {limit} rows."), said("Split it."), limit=limits.rows
        )
    reason = None
    if any(cells[len(header) :]):
        reason = said("The row has {n} cells, the header {header}.")
    elif any(cell is not None and len(cell) > limits.cell_chars for cell in cells):
        reason = said("A cell of the row is longer than {limit} characters.")
    if reason is not None:
        params = {"n": len(cells), "header": len(header), "limit": limits.cell_chars}
        remedy = said("Look for a separator or a line break inside a cell; quote it.")
        table.faults.append(Fault(reason, remedy, params, row=number))
        table.unread[number] = " | ".join(cell or "" for cell in cells)[:500]
        return
    table.rows.append(number)
    for position, name in enumerate(header):
        if name:
            table.cells[name].append(cells[position] if position < len(cells) else None)


def _trimmed(cells: Sequence[str | None]) -> Sequence[str | None]:
    """Without the empty cells at the end, of which workbooks have many."""
    last = max((n for n, cell in enumerate(cells) if cell), default=-1)
    return cells[: last + 1]


def _header_at(leading: Sequence[Sequence[str | None]]) -> int:
    """The first row that is nearly as wide as the widest and holds words, not figures."""
    width = max(_filled(cells) for cells in leading)
    for at, cells in enumerate(leading):
        words = sum(1 for cell in cells if cell and not _is_figure(cell))
        if _filled(cells) >= 0.6 * width and words >= 0.7 * _filled(cells):
            return at
    return 0


def _filled(cells: Sequence[str | None]) -> int:
    return sum(1 for cell in cells if cell)


def _is_figure(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").replace("-", "").replace("/", "").isdigit()


def _is_hxl(cells: Sequence[str | None]) -> bool:
    filled = [cell for cell in cells if cell]
    tags = [cell for cell in filled if cell.startswith("#") and not cell[1:2].isdigit()]
    return bool(filled) and len(tags) * 2 >= len(filled)


def _unique(header: Sequence[str | None]) -> list[str]:
    """Header texts; a second one of the same text gets a number, an empty one is left out."""
    seen: dict[str, int] = {}
    names = []
    for cell in header:
        name = " ".join((cell or "").split())
        seen[name] = seen.get(name, 0) + 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return names
