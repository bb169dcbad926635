"""Removing rows for good: out of every version and the files of the database.

Versions are otherwise never changed. A purge deletes the rows of a class that are older than a day,
of all versions, active or not, and counts up their revision: their data version becomes another
one, and past states that held such rows say that they can't be shown any more. What left the
machine (exports, backups elsewhere) is not reached; backups that are here are named.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update

from geo.incidents import SEVERE
from service.store import tables_data as tables
from service.store.cuts import Cuts, Past, RetentionClass, write_past
from service.store.datasets import PROTECTED, Kind
from service.store.engine import told
from service.store.errors import BusyStoreError, StoreError
from service.store.store import Store
from service.store.types import utc_now

_TRIES, _PAUSE_S = 3, 0.5
_STILL = timedelta(days=60)
"""Longer than this no service stands still: a clock that says so has probably jumped."""
_APART = timedelta(minutes=5)
"""Clocks of several machines on one database may be so far apart."""


@dataclass(frozen=True, slots=True)
class Purged:
    """Rows by class that were (or, in a trial, would be) removed, and copies that still hold them.

    ``is_clean``: no byte of them is left in the database's files; else somebody reads just now,
    and ``scrub`` has to be tried again.
    """

    rows: Mapping[RetentionClass, int]
    versions: tuple[str, ...]
    backups: tuple[Path, ...]
    is_clean: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no row was, or would be, removed."""
        return not any(self.rows.values())


def check_clock(
    store: Store,
    now: datetime | None = None,
    *,
    seen: datetime | None = None,
    since: datetime | None = None,
) -> None:
    """Refuse to purge by a clock that has jumped: it would remove what is still to be kept.

    ``seen`` is a moment that is known to have been, besides those of the audit log. A pause is
    counted from ``since`` where it is given: acts that a clock which jumped has stamped since then
    are no witnesses for it.

    Raises:
        StoreError: it runs before the newest entry of the audit log, or long after it.

    """
    acts = store.audit.list(limit=1)
    known = [act.at for act in acts] + ([seen] if seen else [])
    moment = now or utc_now()
    if known and moment < max(known) - _APART:
        raise StoreError("the clock is before the newest entry of the audit log; set it right")
    began = since or max(known, default=moment)
    if moment - began > _STILL:
        raise StoreError(
            f"nothing was done here for more than {_STILL.days} days, if the clock is right. "
            "Look at it, then give the day yourself: --before 2020-01-01"
        )


def find_old(store: Store, before: Cuts) -> Purged:
    """What a purge would remove; nothing is changed."""
    rows, touched = {}, set[int]()
    with store.read() as connection:
        for one, day in before.items():
            table = _table(one)
            query = select(table.dataset, func.count()).where(_old(one, day))
            found = connection.execute(query.group_by(table.dataset)).all()
            rows[one] = sum(count for _, count in found)
            touched |= {sequence for sequence, _ in found}
    versions = tuple(d.id for d in store.datasets.of(touched))
    return Purged(rows, versions, _backups(store))


def purge(
    store: Store,
    before: Cuts,
    *,
    actor: str,
    forget: Callable[[], object] = lambda: None,
) -> Purged:
    """Remove the rows of each class before its day, with an entry in the audit log.

    The entry tells classes, days and versions; how many cases there were it does not tell. The days
    are kept beside the database as well, for a restore. ``forget`` lets go of what was reckoned
    from the rows: it is called before they go, so that no kill leaves it behind them.

    Raises:
        BusyStoreError: somebody else is writing.

    """
    forget()
    with store.write() as connection:
        found = find_old(store, before)
        for one, day in before.items():
            connection.execute(delete(_table(one)).where(_old(one, day)))
        touched = [int(version.rpartition("-")[2]) for version in found.versions]
        if touched:
            connection.execute(
                update(tables.DatasetRow)
                .where(tables.DatasetRow.sequence.in_(touched))
                .values(revision=tables.DatasetRow.revision + 1)
            )
            store.datasets.keep_state(actor, "purge")
        store.audit.append(
            "purged",
            actor=actor,
            details={
                "before": {one.value: day.isoformat() for one, day in before.items()},
                "versions": list(found.versions),
                "rows": {
                    one.value: count for one, count in found.rows.items() if not _is_case(one)
                },
            },
        )
    write_past(store.home, Past(before))
    return Purged(found.rows, found.versions, _backups(store), scrub(store, before))


def _is_case(one: RetentionClass) -> bool:
    return one.kind in PROTECTED


def _table(
    one: RetentionClass,
) -> type[tables.IncidentRow] | type[tables.ArrivalRow] | type[tables.RequestRow]:
    match one.kind:
        case Kind.INCIDENTS:
            return tables.IncidentRow
        case Kind.ARRIVALS:
            return tables.ArrivalRow
        case _:
            return tables.RequestRow


def _old(one: RetentionClass, day: date) -> ColumnElement[bool]:
    table = _table(one)
    old = table.date < day
    if not _is_case(one):
        return old
    severe = tables.IncidentRow.category.in_(sorted(SEVERE))
    return and_(old, severe if one is RetentionClass.SEVERE else ~severe)


def _backups(store: Store) -> tuple[Path, ...]:
    """Copies of the database on this machine, made before now."""
    named = [*(store.home / "backups").glob("*"), *store.home.glob("damaged-*")]
    return tuple(sorted(named))


def scrub(store: Store, classes: Iterable[RetentionClass]) -> bool:
    """Leave no byte of deleted rows in the database's files; False while readers hold them.

    SQLite overwrites deleted rows (``secure_delete``); its write-ahead log is emptied and the
    file is written anew. A database server gets its tables rewritten; its own log is its owner's.
    """
    engine = store.engine
    with told(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            for name in sorted({_table(one).__tablename__ for one in classes}):
                connection.execute(text(f'VACUUM FULL "{name}"'))
            return True
        raw = connection.connection.driver_connection
        assert raw is not None
        for number in range(_TRIES):
            try:
                raw.execute("VACUUM")
                busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except Exception as error:
                if "lock" not in str(error) and "busy" not in str(error):
                    raise BusyStoreError("the database could not be cleaned up") from error
                busy = 1
            if not busy:
                return True
            if number < _TRIES - 1:
                time.sleep(_PAUSE_S)
    return False
