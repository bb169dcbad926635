"""A table that was worked out becomes a version, as if it had come from a file."""

from collections.abc import Mapping, Sequence

import pandas as pd

from geo.checks import FaultsError
from service.imports.options import Options
from service.imports.run import Paper, context_of, keep, looked_at, understand
from service.imports.summary import Summary
from service.imports.table import RawTable
from service.imports.turns import turn
from service.store import Kind, Store


def keep_table(
    store: Store,
    kind: Kind,
    table: pd.DataFrame,
    paper: Paper,
    *,
    dry_run: bool = False,
) -> Summary:
    """Keep the rows of ``table`` (columns are fields of ``kind``) as a version.

    All rows or none: a row that can't be is a fault of ours or of the store's data. Raises
    ``FaultsError``, ``ConflictError`` and ``ImportRunningError``.
    """
    cells: Mapping[str, Sequence[object]] = {str(c): table[c].tolist() for c in table.columns}
    raw = RawTable(
        cells={name: [_text(value) for value in column] for name, column in cells.items()},
        rows=list(range(1, len(table) + 1)),
    )
    options = paper.options.model_copy(update={"columns": {name: name for name in cells}})
    with turn(store, kind):
        expected = store.datasets.version(*looked_at(kind))
        what = understand(kind, raw, context_of(store), options)
        if what.faults:
            raise FaultsError(what.faults)
        return keep(store, what, paper, expected=expected, dry_run=dry_run)


def paper_of(name: str, sha256: str, options: Options, actor: str = "cli") -> Paper:
    """What goes on record beside the rows: the file that they were worked out from."""
    return Paper(name, sha256, options, actor)


def _text(value: object) -> str | None:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)
