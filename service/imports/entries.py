"""Rows that somebody writes into a form instead of a file: same understanding, checks, versions.

A series gets a version with the one row. A register is a whole list, so its new version is the
list as it is now with one entry added, changed or taken out. Whoever saves says which version he
looked at: if somebody else saved since, he is told, and nothing is mixed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from geo.checks import Fault, FaultsError, raise_faults
from geo.notes import said
from geo.places import Document
from service.imports.options import Options
from service.imports.run import Paper, context_of, fields_of, keep, looked_at, understand
from service.imports.summary import Summary
from service.imports.table import RawTable
from service.imports.turns import turn
from service.store import Kind, Records, Store, UnknownError

ENTERED = (
    Kind.ARRIVALS, Kind.REQUESTS, Kind.OFFICES, Kind.FORUMS, Kind.CROSSINGS, Kind.STAFF,
)  # fmt: skip
"""Kinds that have a form."""
NAME = "form"
"""What a version is called that came from a form."""
_LONGEST = 200
Row = Mapping[str, str | None]


def seen_version(store: Store, kind: Kind) -> str:
    """What a form shows that it was written against; given back when it is saved."""
    return store.datasets.version(*looked_at(kind))


def add_entry(
    store: Store,
    kind: Kind,
    values: Row,
    *,
    actor: str,
    seen: str | None = None,
    today: date | None = None,
) -> Summary:
    """Keep one more row; cells are texts by field, as a file would hold them.

    Raises:
        FaultsError: the row can't be; each fault names its field as ``column``.
        ConflictError: somebody changed the data since ``seen``.
        ImportRunningError: an import of the kind is at work.

    """
    before = entries_of(store, kind) if kind.is_register else []
    return _save(store, kind, [*before, _clean(kind, values)], actor, seen, today)


def change_entry(
    store: Store,
    kind: Kind,
    code: str,
    values: Row,
    *,
    actor: str,
    seen: str | None = None,
    today: date | None = None,
) -> Summary:
    """Keep an entry of a register with other cells; fields that are not named stay.

    Raises:
        UnknownError: there is no such entry; else as ``add_entry``.

    """
    before = entries_of(store, kind)
    _place(before, code)
    cells = {name: cell for name, cell in _clean(kind, values).items() if name in values}
    after = [row | cells | {"code": code} if row["code"] == code else row for row in before]
    return _save(store, kind, after, actor, seen, today)


def remove_entries(
    store: Store,
    kind: Kind,
    codes: Sequence[str],
    *,
    actor: str,
    seen: str | None = None,
    today: date | None = None,
) -> Summary:
    """Take entries out of a register; a list that would be empty is refused.

    Raises:
        UnknownError: one of them isn't there; else as ``add_entry``.

    """
    before = entries_of(store, kind)
    for code in codes:
        _place(before, code)
    after = [row for row in before if row["code"] not in set(codes)]
    if not after:
        raise FaultsError(
            [
                Fault(
                    said("Nothing would be left in the list."),
                    said("Take the version back instead, or enter another one first."),
                    {},
                    "code",
                )
            ]
        )
    return _save(store, kind, after, actor, seen, today)


def entries_of(store: Store, kind: Kind) -> list[dict[str, str | None]]:
    """The entries of a register as a file would hold them: texts by field, in its order."""
    records = store.records()
    documents = _documents(records, kind)
    standing = _standing(store, kind)
    return [_row(kind, document, standing) for document in documents]


def _documents(records: Records, kind: Kind) -> Sequence[Document]:
    match kind:
        case Kind.OFFICES:
            return records.offices()
        case Kind.FORUMS:
            return records.forums()
        case Kind.CROSSINGS:
            return records.crossings()
        case Kind.STAFF:
            return records.posts()
        case _:
            raise UnknownError(f"{kind.value} has no entries of its own")


def _standing(store: Store, kind: Kind) -> str | None:
    """Posts do not say their standing; that of their version goes with them."""
    newest = store.datasets.list(kind, active=True)[-1:]
    return newest[0].standing.value if newest else None


def _row(kind: Kind, document: Document, standing: str | None) -> dict[str, str | None]:
    values = document.model_dump(mode="json")
    row = {name: _text(values.get(name)) for name in _fields(kind)}
    if kind is Kind.STAFF:
        row["standing"] = standing
    return row


def _text(value: Any) -> str | None:
    match value:
        case None | "":
            return None
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value)) or None
        case float():
            return repr(value)
        case _:
            return str(value)


def _fields(kind: Kind) -> tuple[str, ...]:
    """Fields that a form fills: an area is always meant by its code, a place by two figures."""
    left_out = {"point", "category_fine"}
    return tuple(n for n in fields_of(kind) if n not in left_out and not n.startswith("adm"))


def _clean(kind: Kind, values: Row) -> dict[str, str | None]:
    cells: dict[str, str | None] = dict.fromkeys(_fields(kind))
    for name, cell in values.items():
        if name in cells:
            cells[name] = (cell or "").strip() or None
    raise_faults(
        Fault(
            said("{column} is too long."),
            said("Write it in {n} characters at most."),
            {"column": name, "n": _LONGEST},
            name,
        )
        for name, cell in cells.items()
        if cell is not None and len(cell) > _LONGEST
    )
    return cells


def _place(rows: Sequence[Row], code: str) -> int:
    for place, row in enumerate(rows):
        if row["code"] == code:
            return place
    raise UnknownError(f"there is no entry {code} (any more)")


def _save(
    store: Store,
    kind: Kind,
    rows: Sequence[Row],
    actor: str,
    seen: str | None,
    today: date | None,
) -> Summary:
    names = _fields(kind)
    raw = RawTable(
        cells={name: [row.get(name) for row in rows] for name in names},
        rows=list(range(1, len(rows) + 1)),
    )
    options = Options(columns={name: name for name in names})
    with turn(store, kind):
        expected = seen if seen is not None else seen_version(store, kind)
        what = understand(kind, raw, context_of(store, today), options)
        if what.faults:
            raise FaultsError(what.faults)
        paper = Paper(NAME, _digest(rows), options, actor, written=True)
        return keep(store, what, paper, expected=expected)


def _digest(rows: Sequence[Row]) -> str:
    text = json.dumps([dict(row) for row in rows], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
