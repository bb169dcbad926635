"""What an import did, in counts that add up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.checks import Fault
from geo.notes import Note
from geo.places import Standing
from service.imports.personal import Dropped
from service.store import Kind


@dataclass(frozen=True, slots=True)
class Summary:
    """``read = kept + already + rejected``, always.

    ``flagged``: kept rows that equal an earlier one of the file. ``revised``: kept rows that
    replace an older state of the same row. ``removed``: rows of the version before that a
    register no longer lists. ``dataset``: sequence of the new version; None if nothing changed.
    """

    kind: Kind
    file_name: str
    read: int
    kept: int
    already: int
    rejected: int
    standing: Standing = Standing.REPORTED
    flagged: int = 0
    revised: int = 0
    removed: int = 0
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()
    dataset: int | None = None
    dry_run: bool = False
    retired_demo: bool = False

    def __post_init__(self) -> None:
        if self.read != self.kept + self.already + self.rejected:
            raise ValueError(
                f"{self.read} rows read, but {self.kept} kept, {self.already} there already and "
                f"{self.rejected} rejected"
            )

    @property
    def personal_cells(self) -> int:
        """Cells of columns that look like a person's data; none of them was kept."""
        return sum(column.cells for column in self.dropped if column.personal)
