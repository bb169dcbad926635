"""Accounts and tokens by page: one-time passwords shown once, nobody above himself, all written."""

import re
from dataclasses import replace

import pytest

from geo.layers import Clearance
from service.auth.accounts import token_hash
from service.auth.roles import Role
from service.pages.tokens import MOST_TOKENS
from service.store.grants import GrantKind
from tests.service.auth.house_of_two import ORIGIN, Town
from tests.service.web_house import PASSWORD


@pytest.fixture
def town(tmp_path):
    found = Town(tmp_path)
    yield found
    found.store.close()


def post(client, path, **data):
    return client.post(path, data=data, headers=ORIGIN)


def shown(answer, name):
    """What stands in the element of that id."""
    return re.search(rf'id="{name}">([^<]+)<', answer.text)[1]


def test_a_new_account_signs_in_with_the_password_that_was_shown_once(town):
    admin = town.client("admin")
    answer = post(admin, "/accounts", name=" Zainab ", role="planner", office="")
    password = shown(answer, "password")
    assert password not in admin.get("/accounts").text
    assert town.store.accounts.account("zainab").must_change
    fresh = town.client()
    assert post(fresh, "/login", name="zainab", password=password).status_code == 303
    assert fresh.get("/plans").status_code == 403
    (act,) = town.acts("account_made")
    assert (act.actor, act.subject, act.details["role"]) == ("admin", "zainab", "planner")
    assert password not in str(act)


@pytest.mark.parametrize(
    "data",
    [
        {"name": "x", "role": "viewer"},
        {"name": "<b>", "role": "viewer"},
        {"name": "planner", "role": "viewer"},
        {"name": "CLI", "role": "viewer"},
        {"name": "other", "role": "viewer", "office": "nowhere"},
    ],
)
def test_what_makes_no_account(town, data):
    before = len(town.store.accounts.accounts())
    assert post(town.client("admin"), "/accounts", **data).status_code == 422
    assert len(town.store.accounts.accounts()) == before


def test_another_role_signs_out_and_ends_the_clearance(town):
    cleared, admin = town.client("cleared"), town.client("admin")
    assert post(admin, "/accounts/cleared/change", role="director", office="").status_code == 303
    account = town.store.accounts.account("cleared")
    assert (account.role, account.clearance) == (Role.DIRECTOR, False)
    assert cleared.get("/account").status_code == 401
    (act,) = town.acts("account_changed")
    assert (act.subject, act.details["role"]) == ("cleared", "director")
    assert post(admin, "/accounts/cleared/change", role="king").status_code == 404


def test_a_reset_ends_sessions_tokens_and_clearance(town):
    town.store.accounts.add_token("cleared", "QGIS", token_hash("secret"), at=town.clock())
    cleared, admin = town.client("cleared"), town.client("admin")
    password = shown(post(admin, "/accounts/cleared/reset"), "password")
    assert cleared.get("/account").status_code == 401
    program = town.client()
    program.auth = ("cleared", "secret")
    assert program.get("/ogc").status_code == 401
    assert not town.store.accounts.account("cleared").clearance
    assert post(town.client(), "/login", name="cleared", password=PASSWORD).status_code == 401
    assert post(town.client(), "/login", name="cleared", password=password).status_code == 303


def test_disabled_is_out_at_once_and_enabled_is_in_again(town):
    planner, admin = town.client("planner"), town.client("admin")
    assert post(admin, "/accounts/planner/disable").status_code == 303
    assert planner.get("/account").status_code == 401
    assert post(town.client(), "/login", name="planner", password=PASSWORD).status_code == 401
    post(admin, "/accounts/planner/enable")
    assert town.client("planner").get("/account").status_code == 200
    assert [len(town.acts(f"account_{one}d")) for one in ("disable", "enable")] == [1, 1]


@pytest.mark.parametrize("act", ["change", "reset", "disable"])
def test_a_broken_glass_does_not_pass_to_who_is_given_the_account(town, act):
    reason = {"reason": "a threat to the life of somebody", "hours": "2"}
    assert post(town.client("planner"), "/access/glass", **reason).status_code == 303
    admin = town.client("admin")
    sent = {"role": "director", "office": ""} if act == "change" else {}
    assert post(admin, f"/accounts/planner/{act}", **sent).status_code in {200, 303}
    account = replace(town.store.accounts.account("planner"), must_change=False, disabled=False)
    assert town.house.clearances.of(account) is Clearance.RELEASED
    (grant,) = town.store.grants.list(GrantKind.BREAK_GLASS)
    assert grant.closed_at is not None


@pytest.mark.parametrize("act", ["change", "reset", "disable", "enable"])
def test_nobody_changes_his_own_account_from_there(town, act):
    admin = town.client("admin")
    assert post(admin, f"/accounts/admin/{act}", role="director").status_code == 403
    assert post(admin, f"/accounts/nobody-here/{act}", role="viewer").status_code == 404
    assert town.store.accounts.account("admin").role is Role.ADMIN


def test_a_token_is_shown_once_kept_by_its_hash_used_and_revoked(town):
    client = town.client("viewer")
    answer = post(client, "/account/tokens", label="QGIS, room 4", days="30")
    secret = shown(answer, "secret")
    assert answer.headers["cache-control"] == "no-store"
    assert secret not in client.get("/account/tokens").text
    (token,) = town.store.accounts.tokens("viewer")
    assert token.token_hash == token_hash(secret)
    program = town.client()
    program.auth = ("Viewer", secret)
    assert program.get("/ogc/collections").status_code == 200
    other = town.client()
    other.auth = ("planner", secret)
    assert other.get("/ogc/collections").status_code == 401
    assert post(town.client("planner"), f"/account/tokens/{token.id}/revoke").status_code == 404
    assert post(client, f"/account/tokens/{token.id}/revoke").status_code == 303
    assert program.get("/ogc/collections").status_code == 401
    assert [one.subject for one in town.acts("token_made") + town.acts("token_revoked")] == [
        f"token {token.id}"
    ] * 2


def test_a_token_ends_with_its_days(town):
    secret = shown(
        post(town.client("viewer"), "/account/tokens", label="QGIS", days="30"), "secret"
    )
    program = town.client()
    program.auth = ("viewer", secret)
    town.clock.go(days=29)
    assert program.get("/ogc").status_code == 200
    town.clock.go(days=1)
    assert program.get("/ogc").status_code == 401


def test_what_makes_no_token(town):
    client = town.client("viewer")
    assert post(client, "/account/tokens", label=" ").status_code == 422
    assert post(client, "/account/tokens", label="QGIS", days="4000").status_code == 404
    for n in range(MOST_TOKENS):
        town.store.accounts.add_token("viewer", "QGIS", f"hash{n}", at=town.clock())
    assert post(client, "/account/tokens", label="QGIS").status_code == 422
    assert post(town.client("admin"), "/account/tokens", label="QGIS").status_code == 403


def test_wrong_tokens_are_braked_by_address_and_written_down_without_the_name(town):
    program = town.client()
    program.auth = ("my-password-typed-as-name", "guess")
    answers = [program.get("/ogc").status_code for _ in range(32)]
    assert answers == [401] * 30 + [429] * 2
    told = town.acts("token_refused")
    assert {one.actor for one in told} == {"nobody"}
    assert len(told) == 10
    assert "my-password" not in str(told)
    last = program.get("/ogc")
    assert (last.status_code, last.headers["retry-after"]) == (429, "60")


def test_a_right_token_from_a_braked_address_is_let_in(town):
    """A whole office comes from one address: one forgotten project must not shut it out."""
    town.store.accounts.add_token("viewer", "QGIS", token_hash("right"), at=town.clock())
    wrong, right = town.client(), town.client()
    wrong.auth, right.auth = ("viewer", "guess"), ("viewer", "right")
    assert [wrong.get("/ogc").status_code for _ in range(31)] == [401] * 30 + [429]
    assert right.get("/ogc").status_code == 200
    assert wrong.get("/ogc").status_code == 429  # nor does a right one let wrong ones in


def test_wrong_passwords_from_one_address_are_braked(town):
    client = town.client()
    told = [post(client, "/login", name=f"n{n}", password="x").status_code for n in range(31)]
    assert told == [401] * 30 + [429]
    answer = post(client, "/login", name="planner", password=PASSWORD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert {one.actor for one in town.acts("sign_in_failed")} == {"nobody"}


def test_the_name_of_the_product_leads_everybody_to_a_page_they_may_see(town):
    for role in ("admin", "planner"):
        client = town.client(role)
        home = re.search(r'class="brand" href="([^"]+)"', client.get("/account").text)[1]
        assert client.get(home).status_code == 200, role
