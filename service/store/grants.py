"""Rights for a time: break-glass, and exact exports that a second person releases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Select, Table, insert, select, update

from service.store.engine import Transactions
from service.store.errors import ConflictError, UnknownError
from service.store.tables_work import AccountRow, GrantRow
from service.store.types import utc_now

_ACCOUNT = cast("Table", AccountRow.__table__)
_GRANT = cast("Table", GrantRow.__table__)


class GrantKind(StrEnum):
    """What is granted."""

    BREAK_GLASS = "break_glass"  # exact figures for some hours; nobody is asked, everybody is told
    EXPORT = "export"  # one file of exact figures, once


@dataclass(frozen=True, slots=True)
class Grant:
    """Asked by ``account`` with ``reason``; ``approved`` is None while nobody decided.

    It holds from the decision to ``ends_at``, unless ``closed_at`` before; an export leaves once
    (``used_at``), under ``serial``.
    """

    id: int
    kind: str
    account: str
    reason: str
    subject: dict[str, Any]
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    approved: bool | None
    ends_at: datetime | None
    used_at: datetime | None = None
    closed_at: datetime | None = None
    serial: str = ""

    def holds(self, now: datetime) -> bool:
        """Whether it can be used at ``now``; not before its decision, should the clock jump."""
        return (
            self.approved is True
            and self.used_at is None
            and self.closed_at is None
            and self.decided_at is not None
            and self.ends_at is not None
            and self.decided_at <= now < self.ends_at
        )


class Grants:
    """Repository of grants. Who may ask or decide is the caller's; that it are two, is ours."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def ask(
        self,
        kind: GrantKind,
        name: str,
        reason: str,
        subject: dict[str, Any] | None = None,
        *,
        now: datetime | None = None,
    ) -> Grant:
        """Ask for a right for a time."""
        with self._tx.write() as connection:
            account = connection.execute(
                select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == name.casefold())
            ).scalar()
            if account is None:
                raise UnknownError(f"there is no account {name}")
            number = connection.execute(
                insert(_GRANT)
                .values(
                    kind=kind.value,
                    account_id=account,
                    reason=reason,
                    subject=subject or {},
                    asked_at=now or utc_now(),
                )
                .returning(_GRANT.c.id)
            ).scalar_one()
            return self.get(int(number))

    def get(self, grant_id: int) -> Grant:
        """One of them. Raises ``UnknownError``."""
        found = self._read(_query().where(_GRANT.c.id == grant_id))
        if not found:
            raise UnknownError("there is no such grant")
        return found[0]

    def decide(
        self,
        grant_id: int,
        *,
        by: str,
        approved: bool,
        ends_at: datetime | None = None,
        now: datetime | None = None,
    ) -> Grant:
        """Approve or refuse, once.

        Raises:
            ConflictError: it was decided already, or ``by`` asked for it and it needs two.

        """
        with self._tx.write() as connection:
            asked = self.get(grant_id)
            if asked.kind == GrantKind.EXPORT and approved and asked.account == by.casefold():
                raise ConflictError("an export is released by another person than asked for it")
            changed = connection.execute(
                update(_GRANT)
                .where(_GRANT.c.id == grant_id, _GRANT.c.approved.is_(None))
                .values(
                    decided_at=now or utc_now(), decided_by=by, approved=approved, ends_at=ends_at
                )
            )
            if changed.rowcount == 0:
                raise ConflictError("this was decided already")
            return self.get(grant_id)

    def use(self, grant_id: int, serial: str, now: datetime) -> Grant:
        """Use it up, under the serial of the file that leaves.

        Raises:
            ConflictError: it does not hold at ``now`` (any more).

        """
        with self._tx.write() as connection:
            if not self.get(grant_id).holds(now):
                raise ConflictError("this release does not hold any more; ask again")
            connection.execute(
                update(_GRANT)
                .where(_GRANT.c.id == grant_id, _GRANT.c.used_at.is_(None))
                .values(used_at=now, serial=serial)
            )
            return self.get(grant_id)

    def close(self, grant_id: int, now: datetime) -> Grant:
        """End it before its end."""
        with self._tx.write() as connection:
            connection.execute(
                update(_GRANT)
                .where(_GRANT.c.id == grant_id, _GRANT.c.closed_at.is_(None))
                .values(closed_at=now)
            )
            return self.get(grant_id)

    def close_glass_of(self, name: str, now: datetime) -> Sequence[int]:
        """End whatever break-glass access an account holds; ids of those that were still to end.

        One whose end is past by ``now`` is closed at that end: a clock that goes back opens none.
        """
        with self._tx.write() as connection:
            still = []
            for one in self.list(GrantKind.BREAK_GLASS, name, limit=10_000):
                if one.closed_at is None and one.ends_at is not None:
                    still += [one.id] if one.ends_at > now else []
                    connection.execute(
                        update(_GRANT)
                        .where(_GRANT.c.id == one.id)
                        .values(closed_at=min(now, one.ends_at))
                    )
            return still

    def list(
        self, kind: GrantKind | None = None, name: str | None = None, *, limit: int = 200
    ) -> Sequence[Grant]:
        """Grants asked for, newest first."""
        query = _query().order_by(_GRANT.c.id.desc()).limit(limit)
        if kind is not None:
            query = query.where(_GRANT.c.kind == kind.value)
        if name is not None:
            query = query.where(_ACCOUNT.c.name == name.casefold())
        return self._read(query)

    def holding(self, kind: GrantKind, now: datetime, name: str | None = None) -> Sequence[Grant]:
        """Those that hold at ``now``, oldest first."""
        query = _query().where(
            _GRANT.c.kind == kind.value,
            _GRANT.c.approved.is_(True),
            _GRANT.c.used_at.is_(None),
            _GRANT.c.closed_at.is_(None),
            _GRANT.c.ends_at > now,
        )
        if name is not None:
            query = query.where(_ACCOUNT.c.name == name.casefold())
        return [one for one in self._read(query.order_by(_GRANT.c.id)) if one.holds(now)]

    def breaks_glass(self, name: str, now: datetime) -> bool:
        """Whether an account may see exact figures at ``now`` because it broke the glass."""
        return bool(self.holding(GrantKind.BREAK_GLASS, now, name))

    def _read(self, query: Select[Any]) -> Sequence[Grant]:
        with self._tx.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Grant(**{f: row[f] for f in Grant.__dataclass_fields__}) for row in rows]


def _query() -> Select[Any]:
    return select(_GRANT, _ACCOUNT.c.name.label("account")).join(
        _ACCOUNT, _ACCOUNT.c.id == _GRANT.c.account_id
    )
