"""Breaking the glass: exact figures for some hours, with a reason, for all to see who may.

Nobody is asked, because a life may hang on it; the act and its grant are one transaction.
"""

from datetime import datetime, timedelta

from service.auth.accounts import Account
from service.auth.roles import Right
from service.auth.settling import check_settled
from service.errors import NotAllowedError
from service.store.errors import ConflictError
from service.store.grants import Grant, GrantKind
from service.store.store import Store
from service.store.types import utc_now

LEAST_REASON = 10
MOST_REASON = 1000


def break_glass(store: Store, account: Account, reason: str, hours: int, now: datetime) -> Grant:
    """Exact figures for ``account`` from ``now`` on, for ``hours``.

    Raises:
        ValueError: the reason is too short to be one.
        UnsettledError: somebody made, changed, reset or enabled it within the last day.
        ConflictError: it holds such an access already.

    """
    reason = reason.strip()[:MOST_REASON]
    if len(reason) < LEAST_REASON:
        raise ValueError("a reason is needed")
    ends = now + timedelta(hours=hours)
    with store.write():
        check_settled(store, account.name, now)
        if store.grants.breaks_glass(account.name, now):
            raise ConflictError("the glass is broken already")
        asked = store.grants.ask(GrantKind.BREAK_GLASS, account.name, reason, now=now)
        found = store.grants.decide(asked.id, by=account.name, approved=True, ends_at=ends, now=now)
        store.audit.append(
            "glass_broken",
            actor=account.name,
            subject=f"grant {found.id}",
            details={"hours": hours, "until": ends.isoformat(), "reason": reason},
        )
        return found


def close_glass_of(store: Store, actor: str, name: str) -> None:
    """End whatever ``name`` holds: its role or password was changed by ``actor``."""
    with store.write():
        for number in store.grants.close_glass_of(name, utc_now()):
            store.audit.append("glass_closed", actor=actor, subject=f"grant {number}")


def close_glass(store: Store, account: Account, grant_id: int, now: datetime) -> Grant:
    """End it before its end: the one who broke it, or who may give clearances.

    Raises:
        UnknownError: there is no such access.
        NotAllowedError: it is another's.
        ConflictError: it does not hold any more.

    """
    with store.write():
        found = store.grants.get(grant_id)
        if found.account != account.name and not account.may(Right.GIVE_CLEARANCE):
            raise NotAllowedError
        if found.kind != GrantKind.BREAK_GLASS or not found.holds(now):
            raise ConflictError("it ended already")
        store.audit.append("glass_closed", actor=account.name, subject=f"grant {grant_id}")
        return store.grants.close(grant_id, now)
