"""Every route x every role, an account of one office, and nobody: exactly as docs/access.md says."""

from pathlib import Path

import pytest

from service.app import PUBLIC
from service.auth.accounts import Account
from service.auth.roles import CONFINED, MATRIX, SEEN, Right, Role, may
from tests.service.auth.routes import filled, walk
from tests.service.web_house import HASH, PASSWORD, TestClient, make_house

DOC = Path(__file__).parents[3] / "docs" / "access.md"
ORIGIN = {"origin": "http://testserver"}
WHO = [*[role.value for role in Role], "confined"]
LIMITED = Account("confined", Role.DIRECTOR, HASH, office="ashar", clearance=True)


def rows_of(heading: str) -> list[list[str]]:
    """Cells of the table below a heading of the document."""
    part = DOC.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def told_routes() -> dict[str, str]:
    """Right by route, as a person wrote it down: not what the route's own guard says."""
    return dict(rows_of("Routes"))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("matrix"))
    app.state.house.journal.refusals._clock = lambda: 0.0  # not the machine's speed
    store.accounts.put_account(LIMITED)
    clients = {}
    for who in WHO:
        clients[who] = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        answer = clients[who].post(
            "/login", data={"name": who, "password": PASSWORD}, headers=ORIGIN
        )
        assert answer.status_code == 303
    clients["nobody"] = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    yield app, store, clients
    store.close()


def test_the_document_names_every_route_with_the_right_that_it_asks_for(town):
    found = {
        one.name: "public" if one.path in PUBLIC else ", ".join(sorted(one.rights)) or "NOTHING"
        for one in walk(town[0].routes)
    }
    told = told_routes()
    wrong = [
        f"| `{name}` | `{right}` |" for name, right in found.items() if told.get(name) != right
    ]
    assert not wrong, "look whether that is right, then put into docs/access.md: " + " ".join(wrong)
    assert set(told) == set(found), "docs/access.md names routes that are gone"


def test_the_document_tells_the_matrix_of_roles(town):
    head = ["viewer", "planner", "director", "admin"]
    told = {
        right: ([cell == "yes" for cell in cells[:4]], cells[4] == "keeps")
        for right, *cells in rows_of("Roles and rights")
    }
    assert told == {
        right.value: ([may(Role(role), right) for role in head], right in CONFINED)
        for right in Right
    }
    assert set(MATRIX) == set(Role)


def test_the_document_tells_the_matrix_of_fields():
    told = {
        (thing, name, right)
        for thing, right, names in rows_of("Fields")
        for name in names.split(", ")
    }
    assert told == {
        (thing.value, name, right.value)
        for thing, fields in SEEN.items()
        for name, right in fields.items()
    }


def granted(who: str, right: Right) -> bool:
    """From the tables of the matrix, not from ``may``, which the routes use."""
    if who == "confined":
        return right in MATRIX[LIMITED.role] & CONFINED
    return right in MATRIX[Role(who)]


@pytest.mark.parametrize("who", WHO)
def test_each_may_do_what_the_matrix_grants_and_nothing_else(town, who):
    client = town[2][who]
    wrong = []
    for route, right in told_routes().items():
        method, _, path = route.partition(" ")
        if right == "public" or path == "/logout":
            continue
        answer = client.request(method, filled(path), headers=ORIGIN)
        is_refused = answer.status_code == 403
        if is_refused == granted(who, Right(right)) or answer.status_code in {401, 500}:
            wrong.append((route, right, answer.status_code))
    assert wrong == []


def test_nobody_gets_nothing_but_the_public_routes(town):
    client = town[2]["nobody"]
    for route, right in told_routes().items():
        method, _, path = route.partition(" ")
        answer = client.request(method, filled(path), headers=ORIGIN)
        if right == "public":
            assert answer.status_code not in {403, 500}, route
        else:
            assert answer.status_code == 401, route


def test_a_one_time_password_opens_the_own_account_only(town):
    app, store, _ = town
    for role in Role:
        name = f"new-{role.value}"
        store.accounts.put_account(Account(name, role, HASH, must_change=True))
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        client.post("/login", data={"name": name, "password": PASSWORD}, headers=ORIGIN)
        for route, right in told_routes().items():
            method, _, path = route.partition(" ")
            if right in {"public", "own_account"}:
                continue
            assert client.request(method, filled(path), headers=ORIGIN).status_code == 403, route


def test_a_refusal_stands_in_the_audit_log_with_its_route_and_right(town):
    _app, store, clients = town
    refused = store.audit.list(action="refused", limit=500)
    assert {one.actor for one in refused} >= {"viewer", "admin", "confined"}
    one = next(entry for entry in refused if entry.actor == "viewer")
    assert one.details["right"] not in {right.value for right in MATRIX[Role.VIEWER]}
    assert one.details["method"] in {"GET", "POST", "DELETE"}
    for _ in range(30):
        clients["viewer"].get("/plans")
    noted = [entry for entry in store.audit.list(limit=1000) if entry.actor == "viewer"]
    assert sum(entry.action == "refused" for entry in noted) == 10


@pytest.mark.parametrize("who", WHO)
def test_a_collection_that_needs_more_is_unknown(town, who):
    client, sees = town[2][who], granted(who, Right.SEE_PLANS)
    if not granted(who, Right.SEE_MAP):
        return
    listed = client.get("/ogc/collections").json()["collections"]
    assert ("plans" in {one["id"] for one in listed}) == sees
    for part in ("", "/items", "/queryables", "/schema", "/items/x"):
        answer = client.get(f"/ogc/collections/plans{part}")
        unknown = client.get(f"/ogc/collections/never{part}")
        if not sees:
            assert (answer.status_code, answer.content) == (404, unknown.content)
    assert (client.get("/ogc/collections/plans").status_code == 200) == sees
