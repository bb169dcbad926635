"""Requests that nobody thought of, against the description of uploads, downloads and figures.

As in ``test_ogc``. Numbers and names of something are put in now and then, so that not every
answer is a 404.
"""

import re

import httpx
import pytest
import schemathesis
from hypothesis import settings
from openapi_spec_validator import OpenAPIV30SpecValidator, validate
from schemathesis import checks

from geo.places import Level
from service.imports import child
from service.imports.run import import_file
from service.ogc import openapi
from service.pages import api_description
from service.store import Kind
from tests.service.auth.routes import walk
from tests.service.fuzz.test_ogc import AUTH, EVERY, LONG, QUIET
from tests.service.fuzz.test_pages import HOME
from tests.service.web_house import PASSWORD, squares

ROWS = "date,area,families,phone\n2024-01-02,T01N1,12,0770 123 4567\n2024-13-02,T01N1,3,\n"
DOCUMENT = api_description.document("http://localhost", "0")
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": LONG}}})
described = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)
FORGIVEN = [
    # Periods and options of an import have a grammar that no schema tells.
    checks.positive_data_acceptance,
]
FILES = [
    path
    for path, verbs in DOCUMENT["paths"].items()
    if verbs.get("get", {}).get("security") == [{"session": []}]
]


@pytest.fixture(scope="module")
def town(fuzzed, tmp_path_factory):
    """Address, cookies of a session, and what stands for something in a path."""
    app, address = fuzzed
    store = app.state.house.store
    patch = pytest.MonkeyPatch()
    # In this process: the child, which tests of imports have for themselves, takes a second each.
    for where in ("run", "staging"):
        patch.setattr(f"service.imports.{where}.read_raw", child._read)
    units = squares(Level.SUBDISTRICT).reset_index()[["code", "name_ar", "name_en", "geometry"]]
    file = tmp_path_factory.mktemp("town") / "squares.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(store, Kind.BOUNDARIES, file)
    data = {"name": "planner", "password": PASSWORD}
    cookies = dict(httpx.post(f"{address}/login", data=data, headers=HOME).cookies)
    with httpx.Client(base_url=address, auth=AUTH, timeout=60) as client:
        staged = client.post("/api/uploads/arrivals", files={"file": ("a.csv", ROWS.encode())})
    real = {
        "plan_id": store.plans.list(limit=1)[0].id,
        "upload": staged.json()["id"],
        "sequence": str(store.datasets.list()[0].sequence),
    }
    yield address, cookies, real
    patch.undo()


def test_the_way_of_an_upload_is_as_described(town):
    """Before the tester, who may take the boundaries back."""

    def told(path, method, answer):
        answer.request.read()
        described[path][method].validate_response(answer)
        return answer.json() if answer.content else None

    with httpx.Client(base_url=town[0], auth=AUTH, timeout=60) as client:
        sent = {"files": {"file": ("b.csv", ROWS.replace("12", "13").encode())}}
        brought = client.post("/api/uploads/arrivals", **sent)
        assert brought.status_code == 201
        links = told(UPLOAD, "POST", brought)["links"]
        assert told("/api/uploads", "GET", client.get("/api/uploads"))["uploads"]
        assert told(UPLOAD, "GET", client.get(links["self"]))["counts"]["kept"] == 1
        kept = told(f"{UPLOAD}/keep", "POST", client.post(links["keep"]))
        number = kept["version"].rpartition("-")[2]
        undo = "/api/versions/{sequence}/undo"
        for status in (200, 409):
            answer = client.post(f"/api/versions/{number}/undo")
            assert answer.status_code == status
            told(undo, "POST", answer)
        refused = client.post("/api/uploads/arrivals", files={"file": ("c.csv", b"\xff\x00")})
        assert refused.status_code == 422
        assert told(UPLOAD, "POST", refused)["faults"]
        half = {"content": b"x", "headers": {"content-type": "multipart/form-data"}}
        unread = client.post("/api/uploads/arrivals", **half)
        assert unread.status_code == 400
        assert told(UPLOAD, "POST", unread)["title"] == "This request can't be read"
        other = client.post("/api/uploads/arrivals", **sent).json()
        gone = client.delete(other["links"]["self"])
        assert gone.status_code == 204
        told(UPLOAD, "DELETE", gone)


def test_every_form_of_an_export_is_as_described(town):
    address, cookies, real = town
    forms = described["/export/{name}.{ending}"]["GET"]
    with httpx.Client(base_url=address, cookies=cookies, timeout=60) as client:
        for ending in ("geojson", "gpkg", "parquet", "csv", "xlsx"):
            answer = client.get(f"/export/need.{ending}")
            assert answer.status_code == 200, answer.text
            forms.validate_response(answer)
        onward = client.get("/export/plan.xlsx", params={"plan": real["plan_id"]})
        assert onward.status_code == 307
        forms.validate_response(onward)


@described.exclude(path=FILES).parametrize()
@QUIET
def test_answers_are_as_described(case, town):
    validated(case, town)


@described.include(path=FILES).parametrize()
@settings(QUIET, max_examples=40 if LONG else 2)
def test_files_are_as_described(case, town):
    """Few of each: to make one takes its time."""
    validated(case, town)


def validated(case, town):
    address, cookies, real = town
    is_file = case.operation.path in FILES
    if case.method == "GET" and case.meta.generation.mode.is_positive:
        for name in real.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = real[name]
    # A stable link never breaks: what is not offered falls back, and the description says so.
    lenient = [checks.negative_data_rejection] if is_file else []
    answer = case.call_and_validate(
        base_url=address,
        auth=None if is_file else AUTH,
        cookies=cookies if is_file else None,
        timeout=60,
        excluded_checks=[*FORGIVEN, *lenient],
    )
    assert answer.headers["x-content-type-options"] == ["nosniff"]


def test_it_is_valid_and_answered_as_it_stands(town):
    validate(DOCUMENT, cls=OpenAPIV30SpecValidator)
    answer = httpx.get(f"{town[0]}/api", auth=AUTH)
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    told = answer.json()
    assert told["servers"] == [{"url": town[0]}]
    assert told["paths"] == DOCUMENT["paths"]
    assert httpx.get(f"{town[0]}/ogc/api", auth=AUTH).json()["externalDocs"]["url"].endswith("/api")
    assert httpx.get(f"{town[0]}/api").status_code == 401


def test_every_route_of_programs_is_described_and_no_other(fuzzed):
    """Names of parts of a path may differ: one path of the description may be two routes."""
    routes = {plain(one.method, one.path) for one in walk(fuzzed[0].routes) if not one.is_mount}
    ours, ogc = operations(DOCUMENT), operations(openapi.document("", "0", EVERY.values()), "/ogc")
    known = {plain("GET", f"/ogc/collections/{name}{end}") for name in EVERY for end in ENDS}
    described_of_collections = {one for one in ogc if "/ogc/collections/" in one}
    assert described_of_collections == known
    assert ours <= routes
    assert ogc - described_of_collections <= routes | {"GET /ogc/"}
    lacking = {one for one in routes if one.split(" ")[1].startswith(("/api", "/export", "/ogc"))}
    lacking -= ours | ogc | {plain("GET", f"/ogc/collections/{{name}}{end}") for end in ENDS}
    assert lacking == {"GET /ogc"}


ENDS = ("", "/queryables", "/schema", "/items", "/items/{item}")
UPLOAD = "/api/uploads/{upload}"


def plain(method, path):
    return f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}"


def operations(document, root=""):
    verbs = {"get", "post", "delete", "put", "patch"}
    return {
        plain(method, root + path)
        for path, methods in document["paths"].items()
        for method in methods.keys() & verbs
    }
