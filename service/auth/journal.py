"""Acts of access in the audit log: sign-ins, refusals, reads of exact figures."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import structlog

from service.auth.accounts import Account
from service.auth.brakes import Brake
from service.auth.roles import Right
from service.store.errors import StoreError
from service.store.store import Store

log = structlog.get_logger("service.auth")
REFUSED = "refused"
TOKEN_REFUSED = "token_refused"  # noqa: S105 (a kind of act, no secret)
EXACT_READ = "exact_read"
NOBODY = "nobody"
"""Actor of what is done before anybody is known; what was typed as a name may be a password."""


@dataclass(frozen=True, slots=True)
class StoreJournal:
    """The ``Journal`` of the sign-in, and what routes refuse.

    Refusals are written ten times a minute for each account at most: whoever is refused must not
    be able to fill the disk. They are refused whether or not they could be written down.
    """

    store: Store
    refusals: Brake = field(default_factory=lambda: Brake(10))

    def together(self) -> AbstractContextManager[Any]:
        """One transaction for an act and what is noted of it."""
        return self.store.write()

    def note(self, action: str, actor: str, details: Mapping[str, Any] | None = None) -> None:
        """Add an entry about ``actor``. Raises ``StoreError`` where it can't be kept."""
        self.store.audit.append(action, actor=actor, subject=actor, details=details)

    def refused(self, account: Account, right: Right, method: str, path: str) -> None:
        """``account`` lacks ``right`` for a route; ``path`` is the route's, without its values."""
        self._note_slowly(
            REFUSED,
            account.name,
            path,
            {"right": right.value, "method": method, "by_token": account.by_token},
        )

    def token_refused(self, address: str, name: str | None) -> None:
        """A token that is none, or holds no more; ``name`` only where such an account exists."""
        self._note_slowly(TOKEN_REFUSED, name or NOBODY, "", {"address": address})

    def exact_read(self, account: Account, what: str, asked: Mapping[str, str]) -> None:
        """Exact figures of cases are shown to ``account``. Raises ``StoreError``: then not."""
        self.store.audit.append(EXACT_READ, actor=account.name, subject=what, details=dict(asked))

    def _note_slowly(
        self, action: str, actor: str, subject: str, details: Mapping[str, Any]
    ) -> None:
        if not self.refusals.take(f"{action} {actor}"):
            return
        try:
            self.store.audit.append(action, actor=actor, subject=subject, details=details)
        except StoreError:
            log.exception("refusal not noted", action=action)
