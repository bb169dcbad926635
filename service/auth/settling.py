"""Settling: an account that somebody made, changed, reset or enabled waits a day for some acts.

Whoever looks after accounts can walk in as one of them. For a day it can neither break the glass
nor give a clearance: time for the one whose account it is, and for readers of the log, to notice.
"""

from datetime import datetime, timedelta

from service.store.errors import ConflictError
from service.store.store import Store

SETTLES_IN = timedelta(hours=24)
_BY_OTHERS = frozenset({"account_made", "account_changed", "password_reset", "account_enabled"})


class UnsettledError(ConflictError):
    """Somebody else had a hand in the account within the last day."""


def settles_at(store: Store, name: str, now: datetime) -> datetime | None:
    """Until when the account ``name`` has to wait; None where it need not.

    The audit log is asked, which nobody can change. Nobody made the account of the first start,
    so it need not wait; a password of its own choice ends no wait and begins none.
    """
    act = store.audit.last(_BY_OTHERS, name)
    # An act from the future, where the clock went back, counts as one of just now.
    return act.at + SETTLES_IN if act is not None and now < act.at + SETTLES_IN else None


def check_settled(store: Store, name: str, now: datetime) -> None:
    """Raises ``UnsettledError`` while the account has to wait."""
    if settles_at(store, name, now) is not None:
        raise UnsettledError(f"{name} has to wait")
