"""Uploads by programs: staged, previewed, kept with an app token; hostile files refused, alive."""

import io
import json
import sqlite3
import struct
import zipfile

import pytest

from geo.places import Level
from service.auth.accounts import token_hash
from service.imports import staging
from service.imports.turns import turn
from service.store import Kind
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import TestClient, make_house, squares

TOKEN = "an-app-token-of-a-test"
GOOD = "date,area,families,phone\n2024-01-02,T01N1,12,0770 123 4567\n2024-13-02,T01N1,3,\n"
CASES = "date,category,longitude,latitude\n" + "2024-01-02,domestic violence,47.3123,31.2\n" * 12


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    from service.imports.run import import_file

    app, store = make_house(tmp_path_factory.mktemp("api"), language="en", upload_limit_mb=2)
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    file = store.home / "squares.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(store, Kind.BOUNDARIES, file)
    for role in ("viewer", "planner", "director", "admin"):
        store.accounts.add_token(role, "test", token_hash(f"{TOKEN}-{role}"))
    yield app, store
    store.close()


@pytest.fixture
def program(town):
    def of(role="planner"):
        client = TestClient(town[0], raise_server_exceptions=False)
        client.auth = (role, f"{TOKEN}-{role}")
        return client

    return of


def send(client, content, kind="arrivals", name="file.csv", **data):
    body = content if isinstance(content, bytes) else content.encode()
    return client.post(f"/api/uploads/{kind}", files={"file": (name, body)}, data=data)


def waiting(town):
    """Files that wait for a decision."""
    return set((town[1].home / "staging").glob("*"))


def test_too_many_waiting_files_are_refused_in_both_languages(program, monkeypatch):
    monkeypatch.setattr(staging, "MOST_WAITING", 2)
    client = program("director")
    made = [send(client, GOOD).json()["id"] for _ in range(2)]
    full = send(client, GOOD)
    assert full.status_code == 429
    assert full.json()["faults"][0]["problem"].startswith("2 files of yours")
    arabic = client.post("/api/uploads/arrivals?lang=ar", files={"file": ("a.csv", GOOD.encode())})
    assert arabic.status_code == 429
    assert "ملفاتك" in arabic.json()["faults"][0]["problem"]
    for one in made:
        client.delete(f"/api/uploads/{one}")
    assert send(client, GOOD).status_code == 201


def test_waiting_files_are_listed_for_who_brought_them_alone(program):
    client = program()
    made = send(client, GOOD).json()
    listed = client.get("/api/uploads").json()
    assert listed["most"] == staging.MOST_WAITING
    (one,) = [one for one in listed["uploads"] if one["id"] == made["id"]]
    assert (one["kind"], one["name"], one["rows"]) == ("arrivals", "file.csv", 2)
    assert one["links"] == made["links"]
    theirs = program("director").get("/api/uploads").json()["uploads"]
    assert made["id"] not in {one["id"] for one in theirs}
    assert program("viewer").get("/api/uploads").status_code == 403
    client.delete(made["links"]["self"])
    left = client.get("/api/uploads").json()["uploads"]
    assert made["id"] not in {one["id"] for one in left}


def test_the_way_of_an_upload(town, program):
    client = program()
    before = town[1].data_version()
    answer = send(client, GOOD, options=json.dumps({"source": "Al-Qurna office"}))
    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["location"] == told["links"]["self"]
    assert told["counts"] == {"read": 2, "kept": 1, "already": 0, "rejected": 1}
    assert told["dropped"] == ["phone"]
    assert told["areas"] == [{"area": "T01N1", "rows_from": 1, "rows_to": 1}]
    (fault,) = told["faults"]
    assert (fault["row"], fault["column"]) == (3, "date")
    assert fault["remedy"]
    assert "0770" not in answer.text
    assert town[1].data_version() == before
    assert client.get(told["links"]["self"]).json()["counts"] == told["counts"]
    kept = client.post(told["links"]["keep"])
    assert kept.status_code == 200
    assert kept.json()["version"].startswith("arrivals-")
    assert kept.json()["data_version"] == town[1].data_version() != before
    assert list(town[1].arrivals()["source"]) == ["Al-Qurna office"]
    assert client.post(told["links"]["keep"]).status_code == 404
    sequence = kept.json()["version"].rpartition("-")[2]
    undone = client.post(f"/api/versions/{sequence}/undo")
    assert undone.json() == {"undone": kept.json()["version"], "data_version": before}
    entry = town[1].audit.list(limit=1)[0]
    assert (entry.action, entry.actor) == ("import_undone", "planner")
    assert client.post(f"/api/versions/{sequence}/undo").status_code == 409


def test_a_file_is_let_go(town, program):
    client, before = program(), waiting(town)
    address = send(client, GOOD).json()["links"]["self"]
    assert program("director").get(address).status_code == 404
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert waiting(town) == before


def test_faults_are_said_in_arabic_if_asked(program):
    answer = program().post(
        "/api/uploads/arrivals?lang=ar", files={"file": ("a.csv", GOOD.encode())}
    )
    assert "ليس تاريخاً" in answer.text or "تاريخ" in answer.json()["faults"][0]["problem"]


def test_cases_are_told_in_bands_and_new_ones_with_known_ones(program):
    told = send(program(), CASES, "incidents").json()
    assert told["counts"] == {"read": 12, "good": 12, "rejected": 0}
    assert told["areas"] == [{"area": "T01N1", "rows_from": 10, "rows_to": 19}]
    assert "47.3123" not in json.dumps(told)


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_other_roles_bring_nothing(program, role):
    assert send(program(role), GOOD).status_code == 403


def test_nobody_brings_anything(town):
    client = TestClient(town[0], raise_server_exceptions=False)
    answer = send(client, GOOD)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_page_of_another_site_brings_nothing(program):
    client = program()
    client.headers["origin"] = "http://evil.example"
    assert send(client, GOOD).status_code == 403


@pytest.mark.parametrize("options", ["[", '{"colour": "red"}', '{"day": "soon"}', "null"])
def test_options_that_cannot_be_are_refused(town, program, options):
    answer = send(program(), GOOD, options=options)
    assert answer.status_code == 422
    assert "options" in answer.json()["faults"][0]["problem"]


def test_one_import_of_a_kind_at_a_time(town, program):
    client = program()
    told = send(client, GOOD).json()
    with turn(town[1], Kind.ARRIVALS):
        answer = client.post(told["links"]["keep"])
    assert answer.status_code == 409
    assert "importing" in answer.json()["title"]
    assert client.delete(told["links"]["self"]).status_code == 204


def test_a_change_since_the_preview_is_told(town, program):
    client = program()
    mine, other = send(client, GOOD).json(), send(client, GOOD.replace("12", "13")).json()
    assert client.post(other["links"]["keep"]).status_code == 200
    assert client.post(mine["links"]["keep"]).status_code == 409
    assert client.get(mine["links"]["self"]).status_code == 200
    assert client.post(mine["links"]["keep"]).status_code == 200


def test_the_same_file_on_the_page_and_as_a_program_is_one_waiting_room(town, program):
    told = send(program(), GOOD).json()
    browser = TestClient(town[0], raise_server_exceptions=False, headers={"accept": "text/html"})
    from tests.service.web_house import PASSWORD

    browser.post("/login", data={"name": "planner", "password": PASSWORD}, headers=ORIGIN)
    assert "file.csv" in browser.get(f"/data/uploads/{told['id']}").text


def _zip(**parts):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return packed.getvalue()


def _nested(tmp_path):
    file = tmp_path / "a.gpkg"
    squares(Level.DISTRICT)[["geometry"]].to_file(file, layer="town", driver="GPKG")
    wkb = struct.pack("<BIdd", 1, 1, 47.0, 30.0)
    for _ in range(20_000):
        wkb = struct.pack("<BII", 1, 7, 1) + wkb
    with sqlite3.connect(file) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        blob = b"GP\x00\x01" + struct.pack("<i", 4326) + wkb
        connection.execute("UPDATE town SET geom = ?", (blob,))
    connection.close()
    return file.read_bytes()


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{secret}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
NAN = '{"type":"FeatureCollection","features":[{"properties":{"a":NaN},"geometry":null}]}'
HOSTILE = {
    "vrt.geojson": VRT,
    "vrt.csv": VRT,
    "vrt.gpkg": VRT,
    "vrt.zip": _zip(a_DOT_shp=VRT, a_DOT_dbf=b"", a_DOT_prj=""),
    "path.zip": _zip(**{"..__..__evil_DOT_shp": b"\x00\x00\x27\x0a" + b"\0" * 96}),
    "bomb.xlsx": _zip(xl__workbook_DOT_xml=b"0" * 300_000_000),
    "nan.geojson": NAN,
    "deep.geojson": '{"features":' + "[" * 100_000,
    "pdf.csv": b"%PDF-1.7\n...",
    "cut.xlsx": b"PK\x03\x04 broken",
    "cut.gpkg": b"SQLite format 3\x00" + b"\xff" * 5000,
    "empty.csv": b"",
    "large.csv": b"a,b\n" + b"1,2\n" * 700_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason_and_we_live(town, program, name):
    before = waiting(town)
    secret = town[1].home / "secret.csv"
    secret.write_text("key,value\nsecret-word,1\n")
    content = HOSTILE[name]
    if isinstance(content, str):
        content = content.replace("{secret}", str(secret))
    answer = send(program(), content, "boundaries", f"../../{name}")
    assert answer.status_code == 422, answer.text[:300]
    fault = answer.json()["faults"][0]
    assert fault["problem"]
    assert fault["remedy"]
    assert "secret-word" not in answer.text
    assert str(town[1].home) not in answer.text
    assert waiting(town) == before
    assert not list(town[1].home.parent.glob("evil*"))
    assert program().get("/ogc/collections").status_code == 200


def test_a_collection_in_collections_breaks_nothing_of_ours(town, program, tmp_path):
    answer = send(program(), _nested(tmp_path), "boundaries", "a.gpkg")
    assert answer.status_code == 422
    assert program().get("/ogc/collections").status_code == 200


def test_no_program_moves_a_border_once_cases_are_there(town, program):
    from service.imports.run import import_file

    file = town[1].home / "cases.csv"
    file.write_text(CASES)
    import_file(town[1], Kind.INCIDENTS, file)
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    units["geometry"] = units.geometry.translate(0.01)
    answer = send(program("director"), units.to_json(), "boundaries", "b.geojson")
    assert answer.status_code == 201
    before = town[1].data_version()
    assert program("director").post(answer.json()["links"]["keep"]).status_code == 403
    assert town[1].data_version() == before
