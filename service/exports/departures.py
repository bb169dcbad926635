"""What leaves: every file gets a serial of its own, and an event in the audit log before that."""

import secrets
from collections.abc import Mapping

from service.auth.accounts import Account
from service.exports.content import Content
from service.store import Store


def copy_serial() -> str:
    """A serial that no other copy has: who finds the file knows who took it (``MZ-`` + 12 hex)."""
    return f"MZ-{secrets.token_hex(6)}"


def note_export(
    store: Store,
    account: Account,
    subject: str,
    content: Content,
    *,
    asked: Mapping[str, str],
    exact: bool,
) -> None:
    """Write down who takes which file away; ``asked`` is what chose its rows.

    Raises ``StoreError``: what can't be written down does not leave.
    """
    store.audit.append(
        "export_made",
        actor=account.name,
        subject=subject,
        details={
            "file": content.filename,
            "serial": content.serial,
            "sha256": content.sha256,
            "rows": content.rows,
            "filter": dict(asked),
            "exact": exact,
        },
    )
