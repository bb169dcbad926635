"""Accounts and sessions as values, and the book that keeps them.

``AccountBook`` is the seam to the store; ``MemoryBook`` is for tests and trials. Times are aware
UTC datetimes. A session is known by the SHA-256 of its token: who reads the store can't use it.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from service.auth.roles import Right, Role, may

NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,31}$"
PROGRAMS = frozenset({"cli", "mizan"})
"""Names under which programs of ours stand in the audit log: no account may bear one."""


def is_account_name(name: str) -> bool:
    """Whether an account may be called so: 2 to 32 of a-z, 0-9, dot, _ and -, no program's name."""
    return re.fullmatch(NAME_PATTERN, name) is not None and name not in PROGRAMS


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. ``must_change``: the password was given, not chosen.

    ``clearance``: may see exact figures of cases, where the role may hold one. ``office``: the one
    office that the account belongs to and is confined to; None for the whole governorate.
    ``by_token``: a program asks in its name; it lives with the request and is kept nowhere.
    """

    name: str
    role: Role
    password_hash: str
    must_change: bool = False
    disabled: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    last_seen: datetime | None = None
    clearance: bool = False
    office: str | None = None
    by_token: bool = False

    def may(self, right: Right) -> bool:
        """Whether the matrix grants it to this account."""
        return may(self.role, right, office=self.office)

    def is_resting(self, now: datetime) -> bool:
        """Whether it is locked after too many wrong passwords."""
        return self.locked_until is not None and now < self.locked_until


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    token_hash: str
    account: str
    created: datetime
    expires: datetime


class AccountBook(Protocol):
    """Keeps accounts and sessions; every call is one transaction."""

    def account(self, name: str) -> Account | None: ...
    def accounts(self) -> Sequence[Account]: ...
    def put_account(self, account: Account) -> None: ...
    def note_sign_in(self, name: str, at: datetime) -> None: ...
    def set_password(self, name: str, password_hash: str) -> None: ...
    def count_failure(self, name: str, most: int, now: datetime, until: datetime) -> bool: ...
    def session(self, token_hash: str) -> Session | None: ...
    def put_session(self, session: Session) -> None: ...
    def drop_session(self, token_hash: str) -> None: ...
    def drop_sessions_of(self, name: str) -> None: ...


class MemoryBook:
    """An ``AccountBook`` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[str, Session] = {}

    def account(self, name: str) -> Account | None:
        return self._accounts.get(name)

    def accounts(self) -> Sequence[Account]:
        return tuple(self._accounts[name] for name in sorted(self._accounts))

    def put_account(self, account: Account) -> None:
        self._accounts[account.name] = replace(account)

    def note_sign_in(self, name: str, at: datetime) -> None:
        known = self._accounts[name]
        self._accounts[name] = replace(known, failures=0, locked_until=None, last_seen=at)

    def set_password(self, name: str, password_hash: str) -> None:
        known = self._accounts[name]
        self._accounts[name] = replace(known, password_hash=password_hash, must_change=False)

    def count_failure(self, name: str, most: int, now: datetime, until: datetime) -> bool:
        known = self._accounts[name]
        if known.is_resting(now):
            return True
        locked = known.failures + 1 >= most
        self._accounts[name] = replace(
            known,
            failures=0 if locked else known.failures + 1,
            locked_until=until if locked else known.locked_until,
        )
        return locked

    def session(self, token_hash: str) -> Session | None:
        return self._sessions.get(token_hash)

    def put_session(self, session: Session) -> None:
        self._sessions[session.token_hash] = session

    def drop_session(self, token_hash: str) -> None:
        self._sessions.pop(token_hash, None)

    def drop_sessions_of(self, name: str) -> None:
        gone = [key for key, session in self._sessions.items() if session.account == name]
        for key in gone:
            del self._sessions[key]


def new_token() -> str:
    """256 random bits for a session's cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Under which a session is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
