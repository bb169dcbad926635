"""Who is told exact figures of cases now: a clearance, or a broken glass that has not ended.

Everybody else is told released figures (``geo.privacy``), whatever the role. A program with an app
token is told released figures only: its token lies in project files and lives for months.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from geo.layers import Clearance
from service.auth.accounts import Account
from service.auth.roles import Right

GlassHolds = Callable[[str, datetime], bool]
"""Whether an account (by name) holds a break-glass grant at a moment."""


@dataclass(frozen=True, slots=True)
class Clearances:
    """Answers for an account and the moment of the question; nothing is remembered."""

    glass_holds: GlassHolds
    clock: Callable[[], datetime]

    def of(self, account: Account) -> Clearance:
        """Exact only where role, account and moment all allow it."""
        if account.by_token or account.disabled or account.must_change:
            return Clearance.RELEASED
        if account.clearance and account.may(Right.HOLD_CLEARANCE):
            return Clearance.EXACT
        if account.may(Right.BREAK_GLASS) and self.glass_holds(account.name, self.clock()):
            return Clearance.EXACT
        return Clearance.RELEASED


def as_program(account: Account) -> Account:
    """The account as its programs and plain exports act: told released figures only."""
    return replace(account, by_token=True)
