from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.auth.accounts import Account, MemoryBook
from service.auth.first_run import FIRST_ACCOUNT, first_password, one_time_password, welcome
from service.auth.roles import MATRIX, Right, Role, may
from service.auth.sign_in import Doorkeeper, Refusal, SignedIn, hash_password
from service.store import open_store

PASSWORD = "a long enough sentence"
HASH = hash_password(PASSWORD)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 1, 1, 8, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_minutes(self, minutes):
        self.now += timedelta(minutes=minutes)


@pytest.fixture(params=["memory", "store"])
def book(request, tmp_path):
    found = MemoryBook()
    if request.param == "store":
        store = open_store(tmp_path / "mizan.db")
        found = store.accounts
    found.put_account(Account(name="amal", role=Role.PLANNER, password_hash=HASH))
    yield found
    if request.param == "store":
        store.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(book, clock):
    return Doorkeeper(book, clock=clock, lockout_failures=3, lockout_minutes=15)


def test_the_right_password_opens_a_session_that_is_kept_by_its_hash_only(door, book):
    signed = door.sign_in(" Amal ", PASSWORD)
    assert isinstance(signed, SignedIn)
    assert door.whose(signed.token).name == "amal"
    assert book.session(signed.token) is None
    assert book.session(signed.session.token_hash) is not None


@pytest.mark.parametrize(("name", "password"), [("amal", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(door, name, password):
    assert door.sign_in(name, password) is Refusal.WRONG


def test_failures_lock_the_account_even_for_the_right_password_until_it_rested(door, clock):
    assert [door.sign_in("amal", "no") for _ in range(3)] == [
        Refusal.WRONG,
        Refusal.WRONG,
        Refusal.LOCKED,
    ]
    assert door.sign_in("amal", PASSWORD) is Refusal.LOCKED
    clock.pass_minutes(16)
    assert isinstance(door.sign_in("amal", PASSWORD), SignedIn)


def test_a_success_forgets_earlier_failures(door):
    for _ in range(2):
        door.sign_in("amal", "no")
    door.sign_in("amal", PASSWORD)
    assert door.sign_in("amal", "no") is Refusal.WRONG


def test_a_session_ends_with_its_time_and_when_the_clock_jumps_back(door, clock):
    token = door.sign_in("amal", PASSWORD).token
    clock.pass_minutes(60 * 13)
    assert door.whose(token) is None
    token = door.sign_in("amal", PASSWORD).token
    clock.pass_minutes(-60)
    assert door.whose(token) is None


def test_signing_out_and_a_disabled_account_end_the_session(door, book):
    token = door.sign_in("amal", PASSWORD).token
    door.sign_out(token)
    assert door.whose(token) is None
    token = door.sign_in("amal", PASSWORD).token
    book.put_account(replace(book.account("amal"), disabled=True))
    assert door.whose(token) is None
    assert door.sign_in("amal", PASSWORD) is Refusal.WRONG


def test_a_new_password_closes_all_other_sessions(door, book):
    old = door.sign_in("amal", PASSWORD).token
    changed = door.change_password(book.account("amal"), PASSWORD, "another long sentence")
    assert door.whose(old) is None
    assert door.whose(changed.token).name == "amal"
    assert door.sign_in("amal", PASSWORD) is Refusal.WRONG


@pytest.mark.parametrize("new", ["short", PASSWORD, "x" * 201])
def test_a_weak_or_equal_password_is_refused(door, book, new):
    with pytest.raises(ValueError, match="12"):
        door.change_password(book.account("amal"), PASSWORD, new)


def test_the_first_start_makes_a_director_whose_password_must_change():
    book = MemoryBook()
    first = first_password(book)
    account = book.account(FIRST_ACCOUNT)
    assert (account.role, account.must_change) == (Role.DIRECTOR, True)
    assert isinstance(Doorkeeper(book).sign_in(first.account, first.password), SignedIn)
    assert first.password in welcome("http://x", first)


def test_each_start_voids_the_one_time_password_before_until_one_was_chosen():
    book = MemoryBook()
    before, after = first_password(book), first_password(book)
    door = Doorkeeper(book)
    assert door.sign_in(before.account, before.password) is Refusal.WRONG
    door.change_password(book.account(FIRST_ACCOUNT), after.password, PASSWORD)
    assert first_password(book) is None
    assert "password" not in welcome("http://x", None)


def test_one_time_passwords_differ():
    assert len({one_time_password() for _ in range(50)}) == 50


def test_the_matrix_names_every_role_and_the_administrator_sees_no_cases():
    assert set(MATRIX) == set(Role)
    assert not any(
        may(Role.ADMIN, right) for right in (Right.SEE_MAP, Right.SEE_PLANS, Right.EXPORT)
    )
    assert may(Role.DIRECTOR, Right.APPROVE)
    assert not may(Role.PLANNER, Right.APPROVE)
    assert not may(Role.VIEWER, Right.ASK_SCENARIO)
