"""Whoever looks after accounts gets no exact figures alone: what he touched has to wait a day."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from service.auth.first_run import FIRST_ACCOUNT, first_password
from service.auth.glass import break_glass
from service.auth.roles import Role
from service.auth.settling import settles_at
from service.store import open_store
from service.store.tables_work import AccountRow
from tests.service.auth.house_of_two import ORIGIN, Town

REASON = {"reason": "a threat to the life of somebody", "hours": "2"}


@pytest.fixture
def town(tmp_path):
    found = Town(tmp_path)
    found.clock.now = datetime.now(UTC)  # the audit log knows no other
    yield found
    found.store.close()


def post(client, path, **data):
    return client.post(path, data=data, headers=ORIGIN)


def glass(client):
    return post(client, "/access/glass", **REASON)


def touch(town, name, act):
    """What the admin does to an account; its password is the same as before."""
    before, admin = town.store.accounts.account(name), town.client("admin")
    if act == "make":
        with town.store.transactions.write() as connection:  # as if it had never been
            connection.execute(delete(AccountRow).where(AccountRow.name == name))
        assert post(admin, "/accounts", name=name, role=before.role.value).status_code in {200, 303}
    elif act == "change":
        other = Role.DIRECTOR if before.role is Role.PLANNER else Role.PLANNER
        post(admin, f"/accounts/{name}/change", role=other.value, office="")
    elif act == "enable":
        post(admin, f"/accounts/{name}/disable")
        post(admin, f"/accounts/{name}/enable")
    else:
        post(admin, f"/accounts/{name}/reset")
    town.add(name, before.role)


@pytest.mark.parametrize("act", ["make", "change", "reset", "enable"])
def test_a_touched_account_breaks_no_glass_for_a_day(town, act):
    touch(town, "planner", act)
    client = town.client("planner")
    page = client.get("/access").text
    assert "within the last 24 hours" in page
    assert 'action="/access/glass"' not in page
    answer = glass(client)
    assert answer.status_code == 403
    assert "ask a director for a clearance" in answer.text
    assert town.acts("glass_broken") == []
    assert not town.is_told_exact(client)
    town.clock.go(hours=23)
    assert glass(town.client("planner")).status_code == 403
    town.clock.go(hours=1, seconds=5)
    client = town.client("planner")
    assert glass(client).status_code == 303
    assert town.is_told_exact(client)


def test_who_was_not_touched_need_not_wait(town):
    touch(town, "second", "reset")
    assert glass(town.client("planner")).status_code == 303


def test_a_clock_that_goes_back_ends_no_wait(town):
    touch(town, "planner", "reset")
    town.clock.go(days=-30)
    assert glass(town.client("planner")).status_code == 403


@pytest.mark.parametrize("act", ["make", "reset", "enable"])
def test_a_touched_director_gives_no_clearance_for_a_day_and_may_take_one(town, act):
    touch(town, "director", act)
    director = town.client("director")
    answer = post(director, "/access/clearance", name="planner", cleared="yes")
    assert answer.status_code == 403
    assert "give clearances yet" in answer.text
    assert not town.store.accounts.account("planner").clearance
    assert post(director, "/access/clearance", name="cleared", cleared="no").status_code == 303
    assert not town.store.accounts.account("cleared").clearance
    town.clock.go(hours=24, seconds=5)
    director = town.client("director")
    assert post(director, "/access/clearance", name="planner", cleared="yes").status_code == 303
    assert town.store.accounts.account("planner").clearance


def test_one_admin_with_two_planners_takes_no_file_even_after_a_day(town):
    for name in ("one", "two"):
        town.add(name, Role.PLANNER)
        touch(town, name, "make")
    town.clock.go(hours=25)
    one, two = town.client("one"), town.client("two")
    assert glass(one).status_code == 303
    assert glass(two).status_code == 303
    wanted = {"name": "need", "ending": "csv", "level": "district"}
    purpose = "the yearly report to the governor"
    assert post(one, "/access/export", purpose=purpose, **wanted).status_code == 303
    (grant,) = town.store.grants.list(limit=1)
    path = f"/access/export/{grant.id}/decide"
    assert post(two, path, decision="release").status_code == 403
    assert town.store.grants.get(grant.id).approved is None


def test_the_first_account_of_all_need_not_wait(tmp_path):
    with open_store(tmp_path / "mizan.db") as store:
        assert first_password(store.accounts) is not None
        now = datetime.now(UTC)
        assert settles_at(store, FIRST_ACCOUNT, now) is None
        account = store.accounts.account(FIRST_ACCOUNT)
        assert break_glass(store, account, REASON["reason"], 1, now).holds(now)
