"""``mizan user`` and ``mizan audit-log`` as whoever runs the machine types them."""

from pathlib import Path

import pytest
from sqlalchemy import text

from service.auth.accounts import token_hash
from service.auth.roles import Role
from service.cli import main
from service.store import open_store


@pytest.fixture
def mizan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MIZAN_LANGUAGE", "en")

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out + err

    run.home = tmp_path / "home"
    return run


def opened(mizan):
    return open_store(mizan.home / "mizan.db")


def test_a_clearance_needs_a_role_that_may_hold_one(mizan) -> None:
    assert mizan("user", "add", "eye", "--role", "viewer", "--clearance")[0] == 1
    assert mizan("user", "add", "boss", "--role", "admin", "--clearance")[0] == 1
    assert mizan("user", "add", "ali", "--role", "planner", "--clearance")[0] == 0
    assert mizan("user", "add", "far", "--role", "planner", "--office", "nowhere")[0] == 1
    with opened(mizan) as store:
        assert [(one.name, one.clearance) for one in store.accounts.accounts()] == [("ali", True)]


def test_a_change_signs_out_and_another_role_ends_the_clearance(mizan) -> None:
    mizan("user", "add", "ali", "--role", "planner", "--clearance")
    assert mizan("user", "change", "ali", "--role", "director")[0] == 0
    with opened(mizan) as store:
        account = store.accounts.account("ali")
        assert (account.role, account.clearance) == (Role.DIRECTOR, False)
    assert mizan("user", "change", "ali", "--clearance")[0] == 0
    assert "cleared" in mizan("user", "list")[1]
    assert mizan("user", "change", "ali", "--role", "viewer", "--clearance")[0] == 1
    assert mizan("user", "change", "nobody")[0] == 1
    code, told = mizan("audit-log", "list", "--action", "account_changed")
    assert (code, told.count("account_changed")) == (0, 1)
    # Which nobody has to wait for: a first director who is alone is cleared so, and clears others.
    code, told = mizan("audit-log", "list", "--action", "clearance_given")
    assert (code, told.count("clearance_given")) == (0, 1)


def test_tokens_are_revoked_and_a_reset_ends_them_and_the_clearance(mizan) -> None:
    mizan("user", "add", "ali", "--role", "planner", "--clearance")
    for words in (("revoke-tokens", "ali"), ("reset", "ali")):
        with opened(mizan) as store:
            store.accounts.add_token("ali", "QGIS", token_hash(words[0]))
        assert mizan("user", *words)[0] == 0
        with opened(mizan) as store:
            assert all(one.revoked_at is not None for one in store.accounts.tokens("ali"))
    with opened(mizan) as store:
        assert not store.accounts.account("ali").clearance


def test_verify_says_where_the_log_was_changed(mizan) -> None:
    for name in ("ali", "zainab"):
        mizan("user", "add", name, "--role", "viewer")
    assert mizan("audit-log", "verify")[0] == 0
    with opened(mizan) as store, store.write() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_UPDATE"))
        connection.execute(text("UPDATE audit_log SET actor = 'nobody' WHERE sequence = 2"))
    code, told = mizan("audit-log", "verify")
    assert code == 1
    assert "2" in told
