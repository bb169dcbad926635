"""Exact exports: one person asks with a purpose, another one releases, the file leaves once.

Each step and its grant are one transaction with an entry of the audit log.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from service.auth.accounts import Account
from service.auth.roles import Right
from service.errors import NotAllowedError
from service.exports.content import Content
from service.store.errors import ConflictError
from service.store.grants import Grant, GrantKind
from service.store.store import Store

HOURS = 24
"""For how long a released file may be fetched."""
LEAST_PURPOSE = 10
MOST_PURPOSE = 1000


class NotClearedError(NotAllowedError):
    """Whoever releases needs a clearance of its own."""


def may_release(account: Account) -> bool:
    """Whether it may be the second person: with a clearance of its own.

    A broken glass is not enough. Whoever looks after accounts could make both persons, but gives
    nobody a clearance, and ends it in a reset account.
    """
    return (
        account.may(Right.RELEASE_EXPORT)
        and account.may(Right.HOLD_CLEARANCE)
        and account.clearance
        and not (account.by_token or account.disabled or account.must_change)
    )


def ask_export(
    store: Store, account: Account, purpose: str, subject: Mapping[str, str], now: datetime
) -> Grant:
    """Ask that the file that ``subject`` describes may leave. Raises ``ValueError``: no purpose."""
    purpose = purpose.strip()[:MOST_PURPOSE]
    if len(purpose) < LEAST_PURPOSE:
        raise ValueError("a purpose is needed")
    with store.write():
        asked = store.grants.ask(GrantKind.EXPORT, account.name, purpose, dict(subject), now=now)
        store.audit.append(
            "export_asked",
            actor=account.name,
            subject=f"grant {asked.id}",
            details={"filter": dict(subject), "purpose": purpose},
        )
        return asked


def decide_export(
    store: Store, account: Account, grant_id: int, *, approved: bool, now: datetime
) -> Grant:
    """Release it or not, as the second person.

    Raises:
        UnknownError: nothing was asked under this number.
        ConflictError: it was decided already, or ``account`` asked for it.
        NotClearedError: it would be released by who holds no clearance now.

    """
    with store.write():
        asked = store.grants.get(grant_id)
        # Read anew: the clearance may have been taken since the request came in.
        if approved and not may_release(store.accounts.account(account.name) or account):
            raise NotClearedError
        if asked.kind != GrantKind.EXPORT:
            raise ConflictError("nobody is asked for that")
        found = store.grants.decide(
            grant_id,
            by=account.name,
            approved=approved,
            ends_at=now + timedelta(hours=HOURS) if approved else None,
            now=now,
        )
        store.audit.append(
            "export_released" if approved else "export_rejected",
            actor=account.name,
            subject=f"grant {grant_id}",
            details={"asked_by": asked.account},
        )
        return found


def take_export(
    store: Store,
    account: Account,
    grant_id: int,
    subject: Mapping[str, str],
    make: Callable[[Grant], Content],
    now: datetime,
    *,
    spends: bool = True,
) -> Content:
    """The released file, once; ``make`` builds exactly what was asked for.

    Without ``spends`` nothing may leave of what is returned but that it could be had: the release
    holds on, and nothing is written down.

    Raises:
        UnknownError: there is no such release.
        NotAllowedError: it is another's, or was given for another file.
        ConflictError: it was used, rejected or has ended.

    """
    asked = store.grants.get(grant_id)
    if asked.account != account.name or asked.kind != GrantKind.EXPORT:
        raise NotAllowedError
    if asked.subject != dict(subject):
        raise NotAllowedError
    if not asked.holds(now):
        raise ConflictError("this release does not hold any more; ask again")
    content = make(asked)
    if not spends:
        return content
    with store.write():
        store.grants.use(grant_id, content.serial, now)
        store.audit.append(
            "export_made",
            actor=account.name,
            subject=f"grant {grant_id}",
            details={
                "file": content.filename,
                "serial": content.serial,
                "sha256": content.sha256,
                "rows": content.rows,
                "filter": dict(subject),
                "exact": True,
                "released_by": asked.decided_by,
                "purpose": asked.reason,
            },
        )
    return content
