"""Versions of the data: adding, retiring, undoing, and what is active now."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from geo.places import Standing
from service.store import tables_data as tables
from service.store.engine import Transactions
from service.store.errors import ConflictError, PurgedError, UnknownError
from service.store.types import utc_now


class Kind(StrEnum):
    """Kinds of data that an office keeps; each has its own import."""

    BOUNDARIES = "boundaries"
    INCIDENTS = "incidents"
    ARRIVALS = "arrivals"
    POPULATION = "population"
    OFFICES = "offices"
    FORUMS = "forums"
    STAFF = "staff"
    REQUESTS = "requests"
    TRAVEL = "travel"
    CROSSINGS = "crossings"

    @property
    def is_register(self) -> bool:
        """Registers are whole lists: a new version replaces the one before.

        The others are series: a new version adds to what is there.
        """
        return self in _REGISTERS


_REGISTERS = {
    Kind.BOUNDARIES, Kind.OFFICES, Kind.FORUMS, Kind.STAFF, Kind.TRAVEL, Kind.CROSSINGS,
}  # fmt: skip

TABLES: Mapping[Kind, type[tables.RecordMixin]] = {
    Kind.BOUNDARIES: tables.AreaRow,
    Kind.INCIDENTS: tables.IncidentRow,
    Kind.ARRIVALS: tables.ArrivalRow,
    Kind.POPULATION: tables.PopulationRow,
    Kind.OFFICES: tables.OfficeRow,
    Kind.FORUMS: tables.ForumRow,
    Kind.STAFF: tables.PostRow,
    Kind.REQUESTS: tables.RequestRow,
    Kind.TRAVEL: tables.TravelRow,
    Kind.CROSSINGS: tables.CrossingRow,
}

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Dataset:
    """One version of one kind of data, and how its rows were counted.

    ``rows_read = rows_kept + rows_already + rows_rejected``; ``rows_flagged`` are kept rows that
    equal another of the same file.
    """

    sequence: int
    kind: Kind
    at: datetime
    actor: str
    file_name: str
    file_sha256: str
    digest: str
    rows_read: int
    rows_kept: int
    rows_already: int
    rows_rejected: int
    rows_flagged: int
    source: str
    licence: str
    note: str
    standing: Standing
    as_of: date | None
    summary: Mapping[str, Any]
    demo: bool
    active: bool
    revision: int = 0

    @property
    def id(self) -> str:
        return f"{self.kind.value}-{self.sequence}"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What an import hands over. Each record carries ``identity`` and ``content``."""

    kind: Kind
    records: Sequence[Mapping[str, Any]]
    standing: Standing
    file_name: str = ""
    file_sha256: str = ""
    rows_read: int = 0
    rows_kept: int = 0
    rows_already: int = 0
    rows_rejected: int = 0
    rows_flagged: int = 0
    source: str = ""
    licence: str = ""
    note: str = ""
    as_of: date | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    demo: bool = False


class Datasets:
    """Repository of versions."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def list(self, kind: Kind | None = None, *, active: bool | None = None) -> Sequence[Dataset]:
        """Versions, oldest first."""
        query = select(tables.DatasetRow.__table__).order_by(tables.DatasetRow.sequence)
        if kind is not None:
            query = query.where(tables.DatasetRow.kind == kind.value)
        if active is not None:
            query = query.where(tables.DatasetRow.active.is_(active))
        with self._tx.read() as connection:
            return [_dataset(row) for row in connection.execute(query).mappings()]

    def get(self, sequence: int) -> Dataset:
        query = select(tables.DatasetRow.__table__).where(tables.DatasetRow.sequence == sequence)
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UnknownError(f"there is no version {sequence}")
        return _dataset(row)

    def active(self) -> tuple[int, ...]:
        """Sequences of the versions that are read now."""
        query = select(tables.DatasetRow.sequence).where(tables.DatasetRow.active.is_(True))
        with self._tx.read() as connection:
            return tuple(sorted(connection.execute(query).scalars()))

    def version(self, *kinds: Kind) -> str:
        """A short digest of all active versions (of some kinds).

        Everybody may read it, so no case is in it: incidents count by the number of their version,
        never by their content. The others count by content: equal data, equal version.
        """
        return _version(d for d in self.list(active=True) if not kinds or d.kind in kinds)

    def at_version(self, version: str) -> tuple[int, ...]:
        """The sequences that were active when the data had this version."""
        query = (
            select(tables.StateRow.datasets)
            .where(tables.StateRow.version == version)
            .order_by(tables.StateRow.sequence.desc())
            .limit(1)
        )
        with self._tx.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            if version == self.version():  # nothing was ever loaded: no change made this state
                return self.active()
            raise UnknownError(f"the data never had the version {version}")
        if _version(one for one in self.list() if one.sequence in set(found)) != version:
            raise PurgedError(f"rows of the version {version} were purged since")
        return tuple(found)

    def of(self, sequences: Iterable[int]) -> Sequence[Dataset]:
        """The versions with these numbers, oldest first."""
        wanted = set(sequences)
        return [one for one in self.list() if one.sequence in wanted]

    def known(self, kind: Kind, *, demo: bool = True) -> dict[str, str]:
        """Identity -> content of the rows that are active now; the newest version's content.

        ``demo=False`` leaves out the demo's: they go when others come.
        """
        table = TABLES[kind]
        active = [d.sequence for d in self.list(kind, active=True) if demo or not d.demo]
        query = (
            select(table.identity, table.content)
            .where(table.dataset.in_(active))
            .order_by(table.dataset, table.ordinal)
        )
        with self._tx.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def add(
        self,
        new: NewVersion,
        actor: str = "",
        expected: str | None = None,
        over: Sequence[Kind] = (),
    ) -> Dataset:
        """Write a version and make it active; a register retires the version before it.

        A version that is not the demo's retires the demo's of its kind: made-up and real rows
        are never mixed.

        Args:
            new: the version and its rows.
            actor: who does it.
            expected: the data version that the caller looked at, of the kinds ``over``.
            over: see ``version``.

        Raises:
            ConflictError: somebody changed the data since ``expected``.

        """
        with self._tx.write() as connection:
            before = self.list(active=True)
            if expected is not None and self.version(*over) != expected:
                raise ConflictError("the data changed meanwhile; look again, then import again")
            same_kind = [d for d in before if d.kind is new.kind]
            retired = [
                d.sequence for d in same_kind if new.kind.is_register or (d.demo and not new.demo)
            ]
            values = {
                "kind": new.kind.value,
                "at": utc_now(),
                "actor": actor,
                "digest": _digest(new.records),
                "standing": new.standing.value,
                "summary": {**new.summary, "retired": retired},
                "active": True,
                **{name: getattr(new, name) for name in _PLAIN},
            }
            sequence = connection.execute(
                insert(tables.DatasetRow).values(values).returning(tables.DatasetRow.sequence)
            ).scalar_one()
            table = TABLES[new.kind]
            for start in range(0, len(new.records), _BATCH):
                batch = new.records[start : start + _BATCH]
                connection.execute(
                    insert(table),
                    [{**r, "dataset": sequence, "ordinal": start + i} for i, r in enumerate(batch)],
                )
            self._set_active(retired, value=False)
            self.keep_state(actor, "import")
            return self.get(sequence)

    def undo(self, sequence: int, actor: str = "") -> None:
        """Take a version out again and bring back what it retired; both stay on record.

        The demo's rows come back with the last version that is not the demo's: made-up and real
        rows are never mixed.

        Raises:
            ConflictError: it is not active.

        """
        with self._tx.write():
            dataset = self.get(sequence)
            if not dataset.active:
                raise ConflictError(f"version {dataset.id} is not active: nothing to undo")
            self._set_active([sequence], value=False)
            self._set_active(self._brought_back(dataset), value=True)
            self.keep_state(actor, "undo")

    def _brought_back(self, undone: Dataset) -> Sequence[int]:
        """What ``undone`` retired; of a series, the demo's as they stood before all real rows."""
        known = {one.sequence: one for one in self.list(undone.kind)}
        if undone.kind.is_register or undone.demo:
            return list(undone.summary.get("retired", ()))
        if any(one.active and not one.demo for one in known.values()):
            return []  # a series retires the demo's only
        query = select(tables.StateRow.datasets).order_by(tables.StateRow.sequence.desc())
        with self._tx.read() as connection:
            for datasets in connection.execute(query).scalars():
                there = [known[number] for number in datasets if number in known]
                if all(one.demo for one in there):
                    return [one.sequence for one in there]
        return []

    def retire(self, sequences: Iterable[int], actor: str = "", action: str = "retire") -> None:
        """Make versions inactive; their rows stay and can be read at their version."""
        with self._tx.write():
            self._set_active(sequences, value=False)
            self.keep_state(actor, action)

    def _set_active(self, sequences: Iterable[int], *, value: bool) -> None:
        with self._tx.write() as connection:
            connection.execute(
                update(tables.DatasetRow)
                .where(tables.DatasetRow.sequence.in_(list(sequences)))
                .values(active=value)
            )

    def keep_state(self, actor: str, action: str) -> None:
        """Note what is active now as a state; every change of it ends with this."""
        with self._tx.write() as connection:
            now = self.list(active=True)
            connection.execute(
                insert(tables.StateRow).values(
                    at=utc_now(),
                    actor=actor,
                    action=action,
                    version=_version(now),
                    datasets=[d.sequence for d in now],
                )
            )


_PLAIN = (
    "file_name", "file_sha256", "rows_read", "rows_kept", "rows_already", "rows_rejected",
    "rows_flagged", "source", "licence", "note", "as_of", "demo",
)  # fmt: skip


def _dataset(row: RowMapping) -> Dataset:
    values: dict[str, Any] = {str(key): value for key, value in row.items()}
    return Dataset(
        **{
            **values,
            "kind": Kind(values["kind"]),
            "standing": Standing(values["standing"]),
        }
    )


def _digest(records: Sequence[Mapping[str, Any]]) -> str:
    lines = sorted(f"{r['identity']}:{r['content']}" for r in records)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


PROTECTED = frozenset({Kind.INCIDENTS})
"""Kinds whose rows nobody may guess at: neither counts nor digests of them reach a role."""


def _version(datasets: Iterable[Dataset]) -> str:
    lines = sorted(
        f"{d.kind.value}:{d.sequence}.{d.revision}"
        if d.kind in PROTECTED
        else f"{d.kind.value}:{d.digest}.{d.revision}"
        for d in datasets
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
