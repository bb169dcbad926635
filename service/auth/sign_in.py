"""Signing in and out: argon2id, lock-out after failures, server-side sessions.

An unknown name takes as long as a wrong password, gets the same answer and is locked after as
many failures: nothing tells who has an account. Each act stands in the audit log.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from service.auth.accounts import Account, AccountBook, Session, new_token, token_hash
from service.auth.brakes import Brake

Clock = Callable[[], datetime]

MIN_PASSWORD = 12
MAX_PASSWORD = 200
_AT_ONCE = 4
_WAIT_S = 5.0
_MOST_GHOSTS = 10_000
_NOBODY = "nobody"


class Refusal(StrEnum):
    """Why somebody isn't signed in; a wrong name and a wrong password are one answer."""

    WRONG = "wrong"
    LOCKED = "locked"
    BUSY = "busy"
    SLOW = "slow"  # too many wrong ones from one place or for one name within a minute


class Journal(Protocol):
    """Where acts are written down, in one transaction with the act."""

    def together(self) -> AbstractContextManager[Any]: ...
    def note(self, action: str, actor: str, details: Mapping[str, Any] | None = None) -> None: ...


class NoJournal:
    """Writes nothing down: for tests and trials without a store."""

    def together(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def note(self, action: str, actor: str, details: Mapping[str, Any] | None = None) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: its token goes into the cookie and is kept nowhere."""

    account: Account
    token: str
    session: Session


@dataclass(slots=True)
class _Ghosts:
    """Names without an account that somebody tried: they rest as accounts would."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: OrderedDict[str, tuple[int, datetime | None]] = field(default_factory=OrderedDict)

    def try_again(self, name: str, now: datetime, most: int, until: datetime) -> tuple[bool, bool]:
        """Count a failure: whether the name rested already, and whether it rests now."""
        with self.lock:
            failures, locked = self.seen.pop(name, (0, None))
            rested = locked is not None and now < locked
            if not rested:
                failures, locked = failures + 1, None
                if failures >= most:
                    failures, locked = 0, until
            self.seen[name] = (failures, locked)
            while len(self.seen) > _MOST_GHOSTS:
                self.seen.popitem(last=False)
            return rested, locked is not None


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Checks passwords and sessions against the book."""

    book: AccountBook
    session_hours: float = 12.0
    lockout_failures: int = 5
    lockout_minutes: float = 15.0
    clock: Clock = lambda: datetime.now(UTC)
    journal: Journal = field(default_factory=NoJournal)
    brake: Brake = field(default_factory=lambda: Brake(30))
    _ghosts: _Ghosts = field(default_factory=_Ghosts)

    def sign_in(
        self, name: str, password: str, *, address: str = "", instead_of: str | None = None
    ) -> SignedIn | Refusal:
        """A session, or why not. ``instead_of`` is the token of a session that ends with it.

        ``address`` is where the request comes from. Failures of a locked account aren't counted on.
        """
        now, name = self.clock(), name.strip().casefold()
        keys = [f"name {name}", *([f"address {address}"] if address else [])]
        if not all(self.brake.allows(key) for key in keys):
            return Refusal.SLOW
        found = self._sign_in(name, password, now, instead_of)
        if isinstance(found, Refusal):
            for key in keys:
                self.brake.count(key)
        else:
            # Not the address: a guesser with an account of his own would start anew with it.
            self.brake.forget(keys[0])
        return found

    def _sign_in(
        self, name: str, password: str, now: datetime, instead_of: str | None
    ) -> SignedIn | Refusal:
        account = self.book.account(name)
        known = account is not None and not account.disabled
        right = _verify(password, account.password_hash if account and known else _decoy())
        if right is None:
            return Refusal.BUSY
        if account is None or not known:
            return self._refuse_ghost(name, now)
        if account.is_resting(now):
            return Refusal.LOCKED
        if not right:
            return self._count_failure(account, now)
        return self._admit(account, now, instead_of)

    def _admit(self, account: Account, now: datetime, instead_of: str | None) -> SignedIn | Refusal:
        """The password was right: open a session, unless the account changed meanwhile.

        Passwords are tried side by side; what others locked stays locked for this one too.
        """
        with self.journal.together():
            fresh = self.book.account(account.name)
            if fresh is None or fresh.disabled or fresh.password_hash != account.password_hash:
                return Refusal.WRONG
            if fresh.is_resting(now):
                return Refusal.LOCKED
            self.book.note_sign_in(fresh.name, now)
            self.journal.note("signed_in", fresh.name)
            self.sign_out(instead_of)
            return self._open(replace(fresh, failures=0, locked_until=None, last_seen=now), now)

    def _refuse_ghost(self, name: str, now: datetime) -> Refusal:
        until = now + timedelta(minutes=self.lockout_minutes)
        rests, locked = self._ghosts.try_again(name, now, self.lockout_failures, until)
        # An account at rest is not written of either: how long it takes tells nothing.
        if not rests:
            # Without the name: people type their password there.
            self.journal.note("sign_in_failed", _NOBODY)
        return Refusal.LOCKED if locked else Refusal.WRONG

    def _count_failure(self, account: Account, now: datetime) -> Refusal:
        until = now + timedelta(minutes=self.lockout_minutes)
        with self.journal.together():
            locked = self.book.count_failure(account.name, self.lockout_failures, now, until)
            self.journal.note("locked_out" if locked else "sign_in_failed", account.name)
        return Refusal.LOCKED if locked else Refusal.WRONG

    def _open(self, account: Account, now: datetime) -> SignedIn:
        token = new_token()
        session = Session(
            token_hash=token_hash(token),
            account=account.name,
            created=now,
            expires=now + timedelta(hours=self.session_hours),
        )
        self.book.put_session(session)
        return SignedIn(account=account, token=token, session=session)

    def whose(self, token: str | None) -> Account | None:
        """The account of a session's token, if both still hold."""
        if not token:
            return None
        session = self.book.session(token_hash(token))
        if session is None:
            return None
        now = self.clock()
        # A clock that jumped back closes sessions as well: nothing of the future is believed.
        if not session.created - timedelta(minutes=5) <= now < session.expires:
            self.book.drop_session(session.token_hash)
            return None
        account = self.book.account(session.account)
        return None if account is None or account.disabled else account

    def sign_out(self, token: str | None) -> None:
        if token:
            self.book.drop_session(token_hash(token))

    def change_password(self, account: Account, old: str, new: str) -> SignedIn | Refusal:
        """Close all sessions and open a new one, or say why not. Wrong ones count as failures.

        Raises ``ValueError`` for a password that is too short, too long or unchanged.
        """
        now = self.clock()
        if account.is_resting(now):
            return Refusal.LOCKED
        right = _verify(old, account.password_hash)
        if right is None:
            return Refusal.BUSY
        if not right:
            return self._count_failure(account, now)
        if not MIN_PASSWORD <= len(new) <= MAX_PASSWORD or new == old:
            raise ValueError("a new password of 12 characters or more is needed")
        made = hash_password(new)
        with self.journal.together():
            self.book.set_password(account.name, made)
            self.book.drop_sessions_of(account.name)
            self.journal.note("password_changed", account.name)
            return self._open(replace(account, password_hash=made, must_change=False), now)


_SLOTS = threading.BoundedSemaphore(_AT_ONCE)
"""Each check takes 64 MB and a core for a moment: not everybody at once."""


def _verify(password: str, known: str) -> bool | None:
    """Whether it fits; None where too many are being checked just now."""
    if not _SLOTS.acquire(timeout=_WAIT_S):
        return None
    try:
        return _hasher().verify(password[:MAX_PASSWORD], known)
    finally:
        _SLOTS.release()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _decoy() -> str:
    return _hasher().hash(new_token())


def hash_password(password: str) -> str:
    """argon2id with pwdlib's parameters, salt inside."""
    return _hasher().hash(password)
