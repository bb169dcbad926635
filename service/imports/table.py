"""The raw table: what a file says, cell by cell, as text; nothing is understood yet."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from geo.checks import Fault, FaultsError
from geo.notes import Note


@dataclass(slots=True)
class RawTable:
    """Columns of text with the file's own row numbers.

    ``cells[header][i]`` is a text (never empty or blank) or None. ``rows[i]`` is the row as a
    spreadsheet or editor counts it; of a feature file, the number of the feature. ``wkb`` holds
    WGS84 geometry where there is any. ``tags`` are HXL hashtags by header. ``faults`` are of
    single rows that could not be read; those rows are counted in ``unread``, with their text.
    """

    cells: dict[str, list[str | None]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    wkb: list[bytes | None] | None = None
    tags: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def save(self, folder: Path) -> None:
        """Write it where the parent process reads it: Arrow and JSON, no pickle."""
        import pyarrow as pa  # noqa: PLC0415 - a refusal needs no Arrow, and is quick without
        import pyarrow.ipc  # noqa: PLC0415

        names = list(self.cells)
        columns: dict[str, pa.Array] = {
            f"c{i}": pa.array(self.cells[name], pa.string()) for i, name in enumerate(names)
        }
        columns["row"] = pa.array(self.rows, pa.int64())
        if self.wkb is not None:
            columns["wkb"] = pa.array(self.wkb, pa.binary())
        table = pa.table(columns)
        with (
            (folder / "table.arrow").open("wb") as file,
            pyarrow.ipc.new_file(file, table.schema) as writer,
        ):
            writer.write_table(table)
        meta = {
            "headers": names,
            "tags": self.tags,
            "faults": [fault_to_json(f) for f in self.faults],
            "unread": self.unread,
            "notes": [note_to_json(n) for n in self.notes],
        }
        (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        import pyarrow.ipc  # noqa: PLC0415 - as above

        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        with (folder / "table.arrow").open("rb") as file:
            table = pyarrow.ipc.open_file(file).read_all()
        return cls(
            cells={
                name: table.column(f"c{i}").to_pylist() for i, name in enumerate(meta["headers"])
            },
            rows=table.column("row").to_pylist(),
            wkb=table.column("wkb").to_pylist() if "wkb" in table.column_names else None,
            tags=meta["tags"],
            faults=[fault_from_json(f) for f in meta["faults"]],
            unread={int(row): text for row, text in meta["unread"].items()},
            notes=[note_from_json(n) for n in meta["notes"]],
        )


def refuse(key: str, remedy: str, **params: Any) -> FaultsError:
    """The whole file is refused."""
    return FaultsError([Fault(key, remedy, params)])


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """Plain JSON of a fault."""
    return {
        "key": fault.key,
        "remedy": fault.remedy,
        "params": {name: _plain(value) for name, value in fault.params.items()},
        "column": fault.column,
        "row": fault.row,
        "file": fault.file,
    }


def fault_from_json(values: dict[str, Any]) -> Fault:
    """The fault again."""
    return Fault(**values)


def note_to_json(note: Note) -> dict[str, Any]:
    """Plain JSON of a note."""
    return {"key": note.key, "params": {k: _plain(v) for k, v in note.params.items()}}


def note_from_json(values: dict[str, Any]) -> Note:
    """The note again."""
    return Note(values["key"], **values["params"])


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | bool | None) else str(value)
