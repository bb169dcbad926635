"""Accounts, their sessions and app tokens. Hashes come from ``service.auth``; none is made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.engine import Transactions
from service.store.errors import ConflictError, UnknownError
from service.store.tables_work import AccountRow, AppTokenRow, SessionRow
from service.store.types import utc_now


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in; ``role`` is one of viewer, planner, director, admin."""

    id: int
    name: str
    password_hash: str
    role: str
    clearance: bool
    office: str | None
    language: str | None
    active: bool
    must_change: bool
    failures: int
    locked_until: datetime | None
    created_at: datetime
    signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    token_hash: str
    account_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AppToken:
    """A token of another program; revoked ones stay on record."""

    id: int
    account_id: int
    label: str
    token_hash: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class Accounts:
    """Repository of accounts, sessions and app tokens. Names are compared casefolded."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def add(
        self,
        name: str,
        password_hash: str,
        role: str,
        *,
        clearance: bool = False,
        office: str | None = None,
        must_change: bool = False,
    ) -> Account:
        """Make an account.

        Raises:
            ConflictError: the name is taken.

        """
        values = {
            "name": name.casefold(),
            "password_hash": password_hash,
            "role": role,
            "clearance": clearance,
            "office": office,
            "must_change": must_change,
            "created_at": utc_now(),
        }
        with self._tx.write() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(AccountRow).values(values))
            except IntegrityError as error:
                raise ConflictError(f"there is already an account {name}") from error
        found = self.find(name)
        assert found is not None
        return found

    def find(self, name: str) -> Account | None:
        return self._one(AccountRow.name == name.casefold())

    def get(self, account_id: int) -> Account:
        found = self._one(AccountRow.id == account_id)
        if found is None:
            raise UnknownError(f"there is no account {account_id}")
        return found

    def list(self) -> Sequence[Account]:
        query = select(AccountRow.__table__).order_by(AccountRow.name)
        with self._tx.read() as connection:
            return [Account(**row) for row in connection.execute(query).mappings()]

    def count(self) -> int:
        with self._tx.read() as connection:
            return connection.execute(select(func.count()).select_from(AccountRow)).scalar_one()

    def change(self, account_id: int, **values: Any) -> Account:
        """Set columns: password_hash, role, clearance, office, active, failures, ..."""
        with self._tx.write() as connection:
            connection.execute(
                update(AccountRow).where(AccountRow.id == account_id).values(**values)
            )
        return self.get(account_id)

    def remove(self, account_id: int) -> None:
        """Delete an account with its sessions and tokens; what it did stays in the audit log."""
        with self._tx.write() as connection:
            connection.execute(delete(AccountRow).where(AccountRow.id == account_id))

    def open_session(self, account_id: int, token_hash: str, expires_at: datetime) -> Session:
        now = utc_now()
        session = Session(token_hash, account_id, now, now, expires_at)
        with self._tx.write() as connection:
            connection.execute(
                insert(SessionRow).values(
                    token_hash=token_hash,
                    account_id=account_id,
                    created_at=now,
                    seen_at=now,
                    expires_at=expires_at,
                )
            )
        return session

    def session(self, token_hash: str) -> tuple[Session, Account] | None:
        """The session and its account; None if unknown. Whether it expired is the caller's."""
        query = select(SessionRow.__table__).where(SessionRow.token_hash == token_hash)
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            return Session(**row), self.get(row["account_id"])

    def see_session(self, token_hash: str, at: datetime) -> None:
        with self._tx.write() as connection:
            connection.execute(
                update(SessionRow).where(SessionRow.token_hash == token_hash).values(seen_at=at)
            )

    def close_session(self, token_hash: str) -> None:
        with self._tx.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))

    def close_sessions(self, account_id: int) -> int:
        """Sign an account out everywhere; how many sessions that were."""
        with self._tx.write() as connection:
            done = connection.execute(delete(SessionRow).where(SessionRow.account_id == account_id))
            return done.rowcount

    def sweep_sessions(self, now: datetime) -> int:
        """Forget sessions that ended."""
        with self._tx.write() as connection:
            done = connection.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
            return done.rowcount

    def add_token(
        self, account_id: int, label: str, token_hash: str, expires_at: datetime | None = None
    ) -> AppToken:
        with self._tx.write() as connection:
            number = connection.execute(
                insert(AppTokenRow)
                .values(
                    account_id=account_id,
                    label=label,
                    token_hash=token_hash,
                    created_at=utc_now(),
                    expires_at=expires_at,
                )
                .returning(AppTokenRow.id)
            ).scalar_one()
            return next(t for t in self.tokens(account_id) if t.id == number)

    def tokens(self, account_id: int) -> Sequence[AppToken]:
        query = (
            select(AppTokenRow.__table__)
            .where(AppTokenRow.account_id == account_id)
            .order_by(AppTokenRow.id)
        )
        with self._tx.read() as connection:
            return [AppToken(**row) for row in connection.execute(query).mappings()]

    def token(self, token_hash: str) -> tuple[AppToken, Account] | None:
        """A token and its account; revoked and expired ones too: the caller judges."""
        query = select(AppTokenRow.__table__).where(AppTokenRow.token_hash == token_hash)
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            return AppToken(**row), self.get(row["account_id"])

    def use_token(self, token_id: int, at: datetime) -> None:
        with self._tx.write() as connection:
            connection.execute(
                update(AppTokenRow).where(AppTokenRow.id == token_id).values(used_at=at)
            )

    def revoke_token(self, token_id: int) -> None:
        with self._tx.write() as connection:
            connection.execute(
                update(AppTokenRow)
                .where(AppTokenRow.id == token_id, AppTokenRow.revoked_at.is_(None))
                .values(revoked_at=utc_now())
            )

    def _one(self, condition: Any) -> Account | None:
        query = select(AccountRow.__table__).where(condition)
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Account(**row)
