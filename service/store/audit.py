"""The audit log: append-only, each entry's hash covers the one before, the head kept outside."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from service.store.engine import AUDITED, Transactions
from service.store.tables_work import AuditRow
from service.store.types import utc_now

GENESIS = "0" * 64
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An act: who did what to what. ``details`` never hold data of a person."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """Result of ``verify``: ``broken_at`` is the first entry that doesn't fit, None if all do."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        return self.broken_at is None


class AuditLog:
    """Repository of the audit log.

    Call ``append`` inside the ``store.write()`` block of the act itself: both are kept or neither.
    """

    def __init__(
        self, transactions: Transactions, seal: Callable[[], tuple[int, str] | None]
    ) -> None:
        self._tx = transactions
        self._sealed_head = seal

    def append(
        self,
        action: str,
        *,
        actor: str,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        """Add an entry; ``details`` must be plain JSON."""
        with self._tx.write() as connection:
            sequence, previous = self.head()
            content = canonical(details or {})
            at = utc_now()
            sequence += 1
            digest = entry_hash(sequence, at, actor, action, subject, content, previous)
            connection.execute(
                insert(AuditRow).values(
                    sequence=sequence,
                    at=at,
                    actor=actor,
                    action=action,
                    subject=subject,
                    details=content,
                    previous=previous,
                    hash=digest,
                )
            )
            connection.info[AUDITED] = True
            return AuditEntry(
                sequence, at, actor, action, subject, json.loads(content), previous, digest
            )

    def head(self) -> tuple[int, str]:
        """Sequence and hash of the last entry; (0, zeros) before the first."""
        query = select(AuditRow.sequence, AuditRow.hash).order_by(AuditRow.sequence.desc()).limit(1)
        with self._tx.read() as connection:
            row = connection.execute(query).first()
        return (0, GENESIS) if row is None else (row[0], row[1])

    def list(
        self, *, action: str | None = None, limit: int = 100, before: int | None = None
    ) -> list[AuditEntry]:
        """Entries, newest first."""
        query = select(AuditRow.__table__).order_by(AuditRow.sequence.desc()).limit(limit)
        if action is not None:
            query = query.where(AuditRow.action == action)
        if before is not None:
            query = query.where(AuditRow.sequence < before)
        with self._tx.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [AuditEntry(**{**row, "details": json.loads(row["details"])}) for row in rows]

    def last(self, actions: Collection[str], subject: str) -> AuditEntry | None:
        """The newest entry of one of ``actions`` on ``subject``, whatever its time says."""
        query = (
            select(AuditRow.__table__)
            .where(AuditRow.action.in_(sorted(actions)), AuditRow.subject == subject)
            .order_by(AuditRow.sequence.desc())
            .limit(1)
        )
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else AuditEntry(**{**row, "details": json.loads(row["details"])})

    def actions(self) -> tuple[str, ...]:
        """The kinds of acts that stand in the log, by name."""
        query = select(AuditRow.action).distinct().order_by(AuditRow.action)
        with self._tx.read() as connection:
            return tuple(connection.execute(query).scalars())

    def verify(self) -> AuditCheck:
        """Walk the whole chain and compare it with the head kept outside the database."""
        query = select(AuditRow.__table__).order_by(AuditRow.sequence)
        sealed = self._sealed_head()
        previous, last = GENESIS, 0
        with self._tx.read() as connection:
            for row in connection.execute(query).mappings():
                expected = entry_hash(
                    row["sequence"],
                    row["at"],
                    row["actor"],
                    row["action"],
                    row["subject"],
                    row["details"],
                    previous,
                )
                if row["sequence"] != last + 1:
                    return AuditCheck(last, previous, last + 1, "an entry is missing")
                if row["hash"] != expected or row["previous"] != previous:
                    return AuditCheck(last, previous, row["sequence"], "an entry was changed")
                previous, last = row["hash"], row["sequence"]
                if sealed is not None and sealed[0] == last and sealed[1] != previous:
                    return AuditCheck(last, previous, last, "it differs from the head kept outside")
        if sealed is not None and sealed[0] > last:
            return AuditCheck(last, previous, last + 1, "entries at the end are missing")
        known = self.sealed_up_to(last)
        if known is not None and known < last:
            reason = "it stands behind the head kept outside: no act of the program put it there"
            return AuditCheck(last, previous, known + 1, reason)
        return AuditCheck(last, previous)

    def sealed_up_to(self, last: int, patience_s: float = _PATIENCE_S) -> int | None:
        """Up to which entry the head outside knows the log; ``None`` where no head is kept.

        An act is on the disk a moment before its head is: up to ``patience_s`` are given to it.
        """
        until = time.monotonic() + patience_s
        while True:
            sealed = self._sealed_head()
            if sealed is None or sealed[0] >= last or time.monotonic() >= until:
                return None if sealed is None else sealed[0]
            time.sleep(0.05)


def canonical(details: Mapping[str, Any]) -> str:
    """One text for equal details."""
    return json.dumps(
        details, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def entry_hash(
    sequence: int, at: datetime, actor: str, action: str, subject: str, details: str, previous: str
) -> str:
    """SHA-256 over all fields, with no two different entries of equal text."""
    fields = [sequence, at.isoformat(), actor, action, subject, details, previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
