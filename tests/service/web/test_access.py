"""Deny by default: every route asks for a right, or stands in the short public list."""

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from service.app import PUBLIC
from service.auth.roles import MATRIX, Right, Role
from service.locale.words import make_words
from service.pages.released_files import subject_words
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import FakeAtlas


def walk(routes, prefix=""):
    for route in routes:
        if isinstance(route, APIRoute):
            yield prefix + route.path, route
        elif hasattr(route, "original_router"):  # FastAPI keeps included routers as such
            yield from walk(route.original_router.routes, prefix)
        elif isinstance(route, Mount):
            yield prefix + route.path, route
        else:
            yield prefix + getattr(route, "path", "?"), route


def rights(dependant):
    found = {getattr(dependant.call, "right", None)} - {None}
    for below in dependant.dependencies:
        found |= rights(below)
    return found


def test_every_route_asks_for_a_right_or_is_public(house):
    found = list(walk(house[0].routes))
    assert len(found) > 15
    for path, route in found:
        if path in PUBLIC:
            continue
        assert isinstance(route, APIRoute), path
        assert rights(route.dependant), path


def test_the_public_list_names_no_route_that_is_gone(house):
    assert set(PUBLIC) <= {path for path, _ in walk(house[0].routes)}


def filled(path):
    for name in ("plan_id", "job_id", "name", "ending"):
        path = path.replace("{" + name + "}", {"ending": "geojson", "name": "need"}.get(name, "x1"))
    return path


def test_each_role_is_refused_what_the_matrix_does_not_grant(house, as_role):
    routes = [
        (p, r) for p, r in walk(house[0].routes) if isinstance(r, APIRoute) and p not in PUBLIC
    ]
    for role in Role:
        client = as_role(role.value)
        for path, route in routes:
            granted = rights(route.dependant) <= MATRIX[role]
            if granted or "/logout" in path:
                continue
            method = next(iter(route.methods - {"HEAD"}))
            answer = client.request(method, filled(path), headers=ORIGIN, follow_redirects=False)
            assert answer.status_code == 403, (role, path)


@pytest.mark.parametrize(
    "path", ["/", "/map", "/scenarios", "/plans", "/data", "/export/need.geojson"]
)
def test_nobody_is_led_to_the_door_and_back(visitor, path):
    answer = visitor.get(path + "?layer=influx", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={path}%3Flayer%3Dinflux"


def test_a_program_without_a_session_gets_401_and_no_page(visitor):
    answer = visitor.get("/plans", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_change_from_elsewhere_is_refused(as_role, visitor, headers):
    client = as_role("director")
    for path in ("/scenarios", "/logout", "/account"):
        assert client.post(path, headers=headers, follow_redirects=False).status_code == 403
    assert visitor.post("/login", headers=headers, follow_redirects=False).status_code == 403


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/logout", "x"]
)
def test_signing_in_never_leads_outside(house, visitor, target):
    from tests.service.web_house import PASSWORD

    data = {"name": "director", "password": PASSWORD, "next": target}
    answer = visitor.post("/login", data=data, headers=ORIGIN, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_the_cookie_is_closed_to_scripts_and_other_sites(visitor, house):
    from tests.service.web_house import PASSWORD

    data = {"name": "planner", "password": PASSWORD}
    cookie = visitor.post("/login", data=data, headers=ORIGIN, follow_redirects=False).headers[
        "set-cookie"
    ]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # loopback


def test_a_one_time_password_opens_nothing_but_its_own_change(house, as_role):
    from service.auth.accounts import Account
    from tests.service.web_house import HASH, PASSWORD

    house[1].accounts.put_account(Account("new", Role.DIRECTOR, HASH, must_change=True))
    client = as_role("new")
    assert client.get("/", follow_redirects=False).headers["location"] == "/account"
    first = client.get("/account").text
    assert "The one-time password that you signed in with" in first
    assert "/account/tokens" not in first
    fresh = "a sentence of my own"
    data = {"old": PASSWORD, "new": fresh, "again": fresh}
    assert (
        client.post("/account", data=data, headers=ORIGIN, follow_redirects=False).status_code
        == 303
    )
    assert client.get("/", follow_redirects=False).status_code == 200


def test_who_sees_no_map_is_led_to_a_page_of_ones_own_after_the_first_password(house, as_role):
    from service.auth.accounts import Account
    from tests.service.web_house import HASH, PASSWORD

    house[1].accounts.put_account(Account("keeper", Role.ADMIN, HASH, must_change=True))
    client = as_role("keeper")
    fresh = "a sentence of my own"
    data = {"old": PASSWORD, "new": fresh, "again": fresh}
    answer = client.post("/account", data=data, headers=ORIGIN, follow_redirects=True)
    assert answer.status_code == 200


def test_rights_cover_everything_that_routes_ask_for(house):
    asked = set()
    for _, route in walk(house[0].routes):
        if isinstance(route, APIRoute):
            asked |= rights(route.dependant)
    assert asked <= set(Right)


@pytest.mark.parametrize(
    ("code", "lang", "told"), [("T", "en", "Basrah"), ("T", "ar", "البصرة"), ("GONE", "en", "GONE")]
)
def test_an_exact_file_names_its_governorate_to_the_one_who_decides(code, lang, told):
    subject = {"name": "need", "level": "district", "ending": "csv", "governorate": code}
    words = make_words(lang)
    assert f"\u00b7 {told} " in subject_words(
        subject | {"period": "2024-01-01/2025-01-01"}, words, FakeAtlas()
    )
