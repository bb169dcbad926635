"""Answers hold only fields that the matrix lets a role see; a field that is not in it leaves not."""

import csv
import io

import pytest

from geo.places import Level
from service.auth.accounts import Account, token_hash
from service.auth.roles import Role, Thing, fields_seen, may
from service.exports.layer_table import one_layer_table
from tests.service.export.builders import tiny_plan, tiny_problem
from tests.service.layers.test_neighbours import book, rows_of_two_years
from tests.service.web_house import HASH, PASSWORD, FakeAtlas, TestClient, make_house

ORIGIN = {"origin": "http://testserver"}
CANARY = "a-column-nobody-thought-of"


class ChattyAtlas(FakeAtlas):
    """Its layers have a column that stands in no matrix."""

    def layer(self, code, level, category=None, period=None):
        made = super().layer(code, level, category, period)
        made.values[CANARY] = 1.0
        return made


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("fields"), ChattyAtlas(), language="en")
    store.accounts.put_account(Account("confined", Role.PLANNER, HASH, office="ashar"))
    store.accounts.add_token("viewer", "QGIS", token_hash("secret"))
    problem = tiny_problem()
    plan_id = store.plans.save(problem, tiny_plan(problem), owner="planner").id
    clients = {}
    for who in [*(role.value for role in Role), "confined"]:
        clients[who] = TestClient(app, raise_server_exceptions=False)
        clients[who].post("/login", data={"name": who, "password": PASSWORD}, headers=ORIGIN)
    yield app, store, clients, plan_id
    store.close()


def thing_of(collection):
    whole = {"offices": Thing.OFFICE, "forums": Thing.FORUM, "plans": Thing.PLAN}
    units = {f"{level.value}s" for level in Level}
    return Thing.AREA if collection in units else whole.get(collection, Thing.LAYER)


@pytest.mark.parametrize("who", ["viewer", "planner", "director", "confined"])
def test_features_and_their_schemas_hold_seen_fields_only(town, who):
    app, _store, clients, _plan = town
    role, office = (Role.PLANNER, "ashar") if who == "confined" else (Role(who), None)
    looked = 0
    for one in app.state.ogc.collections.values():
        if not may(role, one.right, office=office):
            continue
        seen = fields_seen(role, thing_of(one.id), office=office)
        base = f"/ogc/collections/{one.id}"
        features = clients[who].get(f"{base}/items?limit=3&f=json").json()["features"]
        for feature in features:
            assert set(feature["properties"]) <= seen, one.id
            looked += 1
        for part in ("schema", "queryables"):
            told = set(clients[who].get(f"{base}/{part}?f=json").json()["properties"])
            assert told - {"id", "geometry"} <= seen, (one.id, part)
    assert looked > 20


@pytest.mark.parametrize("who", ["planner", "director"])
def test_files_hold_seen_fields_only(town, who):
    _app, _store, clients, plan_id = town
    seen = fields_seen(Role(who), Thing.LAYER)
    text = clients[who].get("/export/incident_rate.csv?level=district").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text)) if len(row) > 3]
    assert {"code", "value", "count_low"} <= set(rows[0]) <= seen
    geojson = clients[who].get("/export/need.geojson?level=district").json()
    assert all(set(one["properties"]) <= seen for one in geojson["features"])
    plan = clients[who].get(f"/plans/{plan_id}/plan.geojson").json()
    told = {name for one in plan["features"] for name in one["properties"]}
    assert {"hours_week", "women"} <= told <= fields_seen(Role(who), Thing.PLAN)


def test_no_page_holds_a_column_that_nobody_named(town):
    for who, client in town[2].items():
        for path in ("/", "/map", "/?area=T01", "/data", "/ogc/collections?f=html"):
            assert CANARY not in client.get(path).text, (who, path)


def test_no_answer_holds_a_hash_of_a_password_token_or_session(town):
    _app, store, clients, plan_id = town
    secrets = [HASH, "$argon2id$", token_hash("secret")]
    for who, client in clients.items():
        mine = [*secrets, token_hash(client.cookies["mizan_session"])]
        for path in ("/", "/account", "/account/tokens", "/accounts", "/access", "/access/log",
                     "/data", "/scenarios", f"/plans/{plan_id}", "/metrics", "/ogc/jobs"):  # fmt: skip
            text = client.get(path).text
            assert not [one for one in mine if one in text], (who, path)
    assert store.accounts.account("viewer").password_hash == HASH


def test_every_column_of_the_real_layers_stands_in_the_matrix():
    """Else an export would lose it without a word."""
    made = book(rows_of_two_years())
    seen = fields_seen(Role.PLANNER, Thing.LAYER)
    for level in made.levels():
        for code in made.layer_codes(level):
            category = made.categories_of(code, level)[0]
            for period in made.periods(level=level, code=code, category=category)[:1]:
                layer = made.layer(code, level, category, period)
                table = one_layer_table(layer, made.units(level))
                assert set(table.columns) <= seen, (code, level)


def test_an_unknown_role_or_thing_sees_nothing():
    assert fields_seen("king", Thing.LAYER) == frozenset()
    assert fields_seen(Role.ADMIN, Thing.LAYER) == frozenset()
    assert "password_hash" not in fields_seen(Role.ADMIN, Thing.ACCOUNT)
