"""Signing in and out: argon2id, lock-out after failures, server-side sessions.

An unknown name takes as long as a wrong password and gets the same answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from service.auth.accounts import Account, AccountBook, Session, new_token, token_hash

Clock = Callable[[], datetime]

MIN_PASSWORD = 12
MAX_PASSWORD = 200


class Refusal(StrEnum):
    """Why somebody isn't signed in; a wrong name and a wrong password are one answer."""

    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: its token goes into the cookie and is kept nowhere."""

    account: Account
    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Checks passwords and sessions against the book."""

    book: AccountBook
    session_hours: float = 12.0
    lockout_failures: int = 5
    lockout_minutes: float = 15.0
    clock: Clock = lambda: datetime.now(UTC)

    def sign_in(self, name: str, password: str) -> SignedIn | Refusal:
        """A session, or why not. Failures of a locked account aren't counted on."""
        now = self.clock()
        account = self.book.account(name.strip().lower())
        if account is None or account.disabled:
            _hasher().verify(password[:MAX_PASSWORD], _decoy())
            return Refusal.WRONG
        if account.locked_until is not None and now < account.locked_until:
            return Refusal.LOCKED
        if not _hasher().verify(password[:MAX_PASSWORD], account.password_hash):
            return self._count_failure(account, now)
        account = replace(account, failures=0, locked_until=None, last_seen=now)
        self.book.put_account(account)
        return self._open(account, now)

    def _count_failure(self, account: Account, now: datetime) -> Refusal:
        failures = account.failures + 1
        locked = failures >= self.lockout_failures
        until = now + timedelta(minutes=self.lockout_minutes) if locked else None
        self.book.put_account(
            replace(account, failures=0 if locked else failures, locked_until=until)
        )
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

    def change_password(self, account: Account, old: str, new: str) -> SignedIn | None:
        """Close all sessions and open a new one; ``None`` where the old password is wrong.

        Raises ``ValueError`` for a password that is too short or unchanged.
        """
        if not _hasher().verify(old[:MAX_PASSWORD], account.password_hash):
            return None
        if len(new) < MIN_PASSWORD or len(new) > MAX_PASSWORD or new == old:
            raise ValueError("a new password of 12 characters or more is needed")
        changed = replace(account, password_hash=hash_password(new), must_change=False)
        self.book.put_account(changed)
        self.book.drop_sessions_of(account.name)
        return self._open(changed, self.clock())


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _decoy() -> str:
    return _hasher().hash(new_token())


def hash_password(password: str) -> str:
    """argon2id with pwdlib's parameters, salt inside."""
    return _hasher().hash(password)
