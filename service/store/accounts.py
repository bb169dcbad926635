"""Accounts, sessions and app tokens, kept in the store.

``Accounts`` is the ``AccountBook`` of ``service.auth``: only hashes come in, none is made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import RowMapping, Table, delete, insert, select, update

from service.auth.accounts import Account, Session
from service.auth.roles import Role
from service.store.engine import Transactions
from service.store.errors import UnknownError
from service.store.tables_work import AccountRow, AppTokenRow, SessionRow
from service.store.types import utc_now

_ACCOUNT = cast("Table", AccountRow.__table__)
_SESSION = cast("Table", SessionRow.__table__)
_TOKEN = cast("Table", AppTokenRow.__table__)


@dataclass(frozen=True, slots=True)
class AppToken:
    """A token of another program, such as QGIS; revoked ones stay on record."""

    id: int
    account: str
    label: str
    token_hash: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class Accounts:
    """Repository of who may come in. Names are compared casefolded."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def account(self, name: str) -> Account | None:
        query = select(_ACCOUNT).where(_ACCOUNT.c.name == name.casefold())
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _account(row)

    def accounts(self) -> Sequence[Account]:
        """All of them, by name."""
        query = select(_ACCOUNT).order_by(_ACCOUNT.c.name)
        with self._tx.read() as connection:
            return [_account(row) for row in connection.execute(query).mappings()]

    def put_account(self, account: Account) -> None:
        """Make an account or change it."""
        name = account.name.casefold()
        values = {
            "role": account.role.value,
            "password_hash": account.password_hash,
            "must_change": account.must_change,
            "active": not account.disabled,
            "failures": account.failures,
            "locked_until": account.locked_until,
            "signed_in_at": account.last_seen,
            "clearance": account.clearance,
            "office": account.office,
        }
        with self._tx.write() as connection:
            changed = connection.execute(
                update(_ACCOUNT).where(_ACCOUNT.c.name == name).values(values)
            )
            if changed.rowcount == 0:
                connection.execute(
                    insert(_ACCOUNT).values(name=name, created_at=utc_now(), **values)
                )

    def note_sign_in(self, name: str, at: datetime) -> None:
        """A right password: failures are forgotten. Nothing else of the account is touched."""
        with self._tx.write() as connection:
            connection.execute(
                update(_ACCOUNT)
                .where(_ACCOUNT.c.name == name.casefold())
                .values(failures=0, locked_until=None, signed_in_at=at)
            )

    def set_password(self, name: str, password_hash: str) -> None:
        """A password that its holder chose; nothing else of the account is touched."""
        with self._tx.write() as connection:
            connection.execute(
                update(_ACCOUNT)
                .where(_ACCOUNT.c.name == name.casefold())
                .values(password_hash=password_hash, must_change=False)
            )

    def count_failure(self, name: str, most: int, now: datetime, until: datetime) -> bool:
        """Count a wrong password; True when the account rests, by this one or already.

        Counted in the database, so that passwords that are tried side by side count as well.
        """
        with self._tx.write() as connection:
            mine = _ACCOUNT.c.name == name.casefold()
            locked = connection.execute(select(_ACCOUNT.c.locked_until).where(mine)).scalar()
            if locked is not None and now < locked:
                return True
            failures = connection.execute(
                update(_ACCOUNT)
                .where(mine)
                .values(failures=_ACCOUNT.c.failures + 1)
                .returning(_ACCOUNT.c.failures)
            ).scalar()
            if failures is None or failures < most:
                return False
            connection.execute(update(_ACCOUNT).where(mine).values(failures=0, locked_until=until))
            return True

    def session(self, token_hash: str) -> Session | None:
        """The session, expired or not: the caller has the clock."""
        query = (
            select(_SESSION, _ACCOUNT.c.name)
            .join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account_id)
            .where(_SESSION.c.token_hash == token_hash)
        )
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        return Session(token_hash, row["name"], row["created_at"], row["expires_at"])

    def put_session(self, session: Session) -> None:
        """Keep a session; ended ones of the same account are swept."""
        with self._tx.write() as connection:
            number = self._number(session.account)
            connection.execute(
                delete(_SESSION).where(
                    _SESSION.c.account_id == number, _SESSION.c.expires_at <= session.created
                )
            )
            connection.execute(delete(_SESSION).where(_SESSION.c.token_hash == session.token_hash))
            connection.execute(
                insert(_SESSION).values(
                    token_hash=session.token_hash,
                    account_id=number,
                    created_at=session.created,
                    seen_at=session.created,
                    expires_at=session.expires,
                )
            )

    def drop_session(self, token_hash: str) -> None:
        with self._tx.write() as connection:
            connection.execute(delete(_SESSION).where(_SESSION.c.token_hash == token_hash))

    def drop_sessions_of(self, name: str) -> None:
        """Sign an account out everywhere."""
        with self._tx.write() as connection:
            number = select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == name.casefold())
            connection.execute(
                delete(_SESSION).where(_SESSION.c.account_id.in_(number.scalar_subquery()))
            )

    def add_token(
        self,
        name: str,
        label: str,
        token_hash: str,
        expires_at: datetime | None = None,
        *,
        at: datetime | None = None,
    ) -> AppToken:
        """Keep a token by its hash, made ``at`` (now)."""
        with self._tx.write() as connection:
            connection.execute(
                insert(_TOKEN).values(
                    account_id=self._number(name),
                    label=label,
                    token_hash=token_hash,
                    created_at=at or utc_now(),
                    expires_at=expires_at,
                )
            )
            found = self.token(token_hash)
        assert found is not None
        return found

    def token(self, token_hash: str) -> AppToken | None:
        """A token, revoked and expired ones too: the caller judges."""
        found = self._tokens(_TOKEN.c.token_hash == token_hash)
        return found[0] if found else None

    def tokens(self, name: str) -> Sequence[AppToken]:
        """An account's tokens, oldest first."""
        return self._tokens(_ACCOUNT.c.name == name.casefold())

    def use_token(self, token_id: int, at: datetime) -> None:
        with self._tx.write() as connection:
            connection.execute(update(_TOKEN).where(_TOKEN.c.id == token_id).values(used_at=at))

    def revoke_token(self, token_id: int) -> None:
        with self._tx.write() as connection:
            connection.execute(
                update(_TOKEN)
                .where(_TOKEN.c.id == token_id, _TOKEN.c.revoked_at.is_(None))
                .values(revoked_at=utc_now())
            )

    def revoke_tokens_of(self, name: str) -> None:
        """Shut every program of an account out."""
        with self._tx.write() as connection:
            number = select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == name.casefold())
            connection.execute(
                update(_TOKEN)
                .where(
                    _TOKEN.c.account_id.in_(number.scalar_subquery()), _TOKEN.c.revoked_at.is_(None)
                )
                .values(revoked_at=utc_now())
            )

    def _tokens(self, condition: Any) -> list[AppToken]:
        query = (
            select(_TOKEN, _ACCOUNT.c.name.label("account"))
            .join(_ACCOUNT, _ACCOUNT.c.id == _TOKEN.c.account_id)
            .where(condition)
            .order_by(_TOKEN.c.id)
        )
        with self._tx.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [AppToken(**{f: row[f] for f in AppToken.__dataclass_fields__}) for row in rows]

    def _number(self, name: str) -> int:
        query = select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == name.casefold())
        with self._tx.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            raise UnknownError(f"there is no account {name}")
        return int(found)


def _account(row: RowMapping) -> Account:
    return Account(
        name=row["name"],
        role=Role(row["role"]),
        password_hash=row["password_hash"],
        must_change=row["must_change"],
        disabled=not row["active"],
        failures=row["failures"],
        locked_until=row["locked_until"],
        last_seen=row["signed_in_at"],
        clearance=row["clearance"],
        office=row["office"],
    )
