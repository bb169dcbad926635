"""The audit log: it only grows, it is chained, its head is kept outside."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from service.auth.accounts import Account
from service.auth.roles import Role
from service.store import DamagedStoreError, Store, open_store
from service.store.audit import entry_hash
from service.store.errors import StoreError
from service.store.guard import SEAL
from service.store.tables_work import AuditRow
from service.store.types import utc_now


def test_the_chain_holds_and_its_head_is_sealed_outside(store: Store) -> None:
    for n in range(3):
        store.audit.append("looked", actor="ali", details={"n": n})
    found = store.audit.verify()
    assert found.holds
    assert found.entries == 4
    assert store.sealed_head() == store.audit.head()
    assert [e.details for e in store.audit.list(action="looked", limit=2)] == [{"n": 2}, {"n": 1}]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"]
)
def test_the_database_itself_refuses_to_rewrite_it(store: Store, statement: str) -> None:
    with pytest.raises((DBAPIError, StoreError)), store.write() as connection:
        connection.execute(text(statement))
    assert store.audit.verify().holds


def _without_guard(store: Store, statement: str) -> None:
    """What somebody with the database file in hand can do."""
    with store.write() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_log_no_UPDATE"))
            connection.execute(text("DROP TRIGGER audit_log_no_DELETE"))
        else:
            connection.execute(text("DROP TRIGGER audit_log_only_grows ON audit_log"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_log SET actor = 'nobody' WHERE sequence = 2", 2),
        ("DELETE FROM audit_log WHERE sequence = 2", 2),
        ("DELETE FROM audit_log WHERE sequence > 2", 3),
    ],
)
def test_changed_missing_and_cut_entries_are_found(
    store: Store, statement: str, broken_at: int
) -> None:
    for n in range(3):
        store.audit.append("looked", actor="ali", details={"n": n})
    _without_guard(store, statement)
    found = store.audit.verify()
    assert not found.holds
    assert found.broken_at == broken_at


def test_a_chain_made_again_differs_from_the_head_outside(store: Store) -> None:
    store.audit.append("looked", actor="ali")
    sealed = json.loads((store.home / SEAL).read_text())
    (store.home / SEAL).write_text(json.dumps(sealed | {"audit_hash": "f" * 64}))
    assert store.audit.verify().broken_at == 2


def test_a_store_older_than_its_head_is_refused(store: Store) -> None:
    store.audit.append("looked", actor="ali")
    sealed = json.loads((store.home / SEAL).read_text())
    (store.home / SEAL).write_text(json.dumps(sealed | {"audit_sequence": 9}))
    with pytest.raises(DamagedStoreError, match="9 were acknowledged"):
        open_store(store.url.render_as_string(hide_password=False), home=store.home)


def test_an_entry_put_behind_the_head_is_found(store: Store) -> None:
    """Forged past the program: its hash may fit, but the head outside doesn't know it."""
    store.audit.append("looked", actor="ali")
    sequence, previous = store.audit.head()
    at = utc_now()
    fields = (sequence + 1, at, "boss", "looked", "", "{}", previous)
    with store.write() as connection:
        connection.execute(
            insert(AuditRow).values(
                sequence=fields[0],
                at=at,
                actor="boss",
                action="looked",
                subject="",
                details="{}",
                previous=previous,
                hash=entry_hash(*fields),
            )
        )
    found = store.audit.verify()
    assert not found.holds
    assert found.broken_at == sequence + 1
    assert "head" in found.reason
    # The next start goes on, and says for ever that somebody, or a crash, put them there.
    with open_store(store.url.render_as_string(hide_password=False), home=store.home) as again:
        (told,) = again.audit.list(action="unsealed_found")
        assert told.details == {"after": sequence, "entries": 1}
        assert again.audit.verify().holds


def test_an_act_and_its_entry_are_kept_together_or_not_at_all(store: Store) -> None:
    before = store.audit.head()

    def broken() -> None:
        with store.write():
            store.accounts.put_account(Account("ali", Role.VIEWER, "hash"))
            store.audit.append("account_made", actor="cli", subject="ali")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert store.accounts.account("ali") is None
    assert store.audit.head() == before
    assert store.audit.verify().holds


def test_the_order_is_the_sequence_whatever_the_clock_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    for back in (0, 3, 1):
        monkeypatch.setattr("service.store.audit.utc_now", lambda b=back: now - timedelta(days=b))
        store.audit.append("looked", actor="ali", details={"back": back})
    told = [one.details["back"] for one in store.audit.list(action="looked")]
    assert told == [1, 3, 0]
    assert store.audit.verify().holds
    assert store.audit.actions() == ("looked", "store_made")
