"""The hand-built description: valid OpenAPI 3.0.3, nothing declared that is not answered."""

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, validate

from service.ogc.features import CONFORMANCE
from service.ogc.job_status import FILTERS


@pytest.fixture(scope="module")
def document(planner):
    return planner.get("/ogc/api").json()


def test_it_is_valid(document):
    validate(document, cls=OpenAPIV30SpecValidator)


def test_every_collection_is_described(document, planner):
    listed = planner.get("/ogc/collections").json()["collections"]
    for one in listed:
        here = f"/collections/{one['id']}"
        for end in ("", "/items", "/items/{featureId}", "/queryables", "/schema"):
            assert here + end in document["paths"], one["id"]


def test_every_queryable_is_a_parameter(document, planner):
    for name in ("offices", "need-districts", "plans"):
        queryables = planner.get(f"/ogc/collections/{name}/queryables").json()["properties"]
        parameters = document["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        named = {one.get("name") for one in parameters}
        assert set(queryables) - {"geometry"} <= named


PROBES = {
    "ogcapi-features-1/1.0/conf/core": "/collections/offices/items?limit=1&bbox=47,30,48,31",
    "ogcapi-features-1/1.0/conf/oas30": "/api",
    "ogcapi-features-1/1.0/conf/html": "/collections/offices/items?f=html",
    "ogcapi-features-1/1.0/conf/geojson": "/collections/offices/items?f=json",
    "ogcapi-features-2/1.0/conf/crs": "/collections/offices/items"
    "?crs=http://www.opengis.net/def/crs/EPSG/0/32638",
    "ogcapi-features-3/1.0/conf/queryables": "/collections/offices/queryables",
    "ogcapi-features-3/1.0/conf/queryables-query-parameters": "/collections/offices/items?kind=sub",
    "ogcapi-features-3/1.0/conf/filter": "/collections/offices/items?filter=TRUE",
    "ogcapi-features-3/1.0/conf/features-filter": "/collections/offices/items?filter=vehicles=2",
    "ogcapi-features-5/1.0/conf/schemas": "/collections/offices/schema",
    "ogcapi-features-5/1.0/conf/core-roles-features": "/collections/offices/schema",
    "cql2/1.0/conf/cql2-text": "/collections/offices/items?filter=vehicles=2",
    "cql2/1.0/conf/cql2-json": "/collections/offices/items"
    '?filter-lang=cql2-json&filter={"op":"=","args":[{"property":"vehicles"},2]}',
    "cql2/1.0/conf/basic-cql2": "/collections/offices/items?filter=NOT vehicles>=2 AND kind='sub'",
    "cql2/1.0/conf/advanced-comparison-operators": "/collections/offices/items"
    "?filter=kind LIKE 's%25' AND vehicles BETWEEN 0 AND 3 AND kind IN ('sub','main')",
    "cql2/1.0/conf/case-insensitive-comparison": "/collections/offices/items"
    "?filter=CASEI(kind)=CASEI('SUB')",
    "cql2/1.0/conf/basic-spatial-functions": "/collections/offices/items"
    "?filter=S_INTERSECTS(geometry,POINT(47.83 30.52))",
    "cql2/1.0/conf/basic-spatial-functions-plus": "/collections/offices/items"
    "?filter=S_INTERSECTS(geometry,POLYGON((47 30,48 30,48 31,47 31,47 30)))",
    "ogcapi-common-1/1.0/conf/core": "",
    "ogcapi-common-2/1.0/conf/collections": "/collections",
    "ogcapi-processes-1/1.0/conf/core": "/processes",
    "ogcapi-processes-1/1.0/conf/ogc-process-description": "/processes/allocate",
    "ogcapi-processes-1/1.0/conf/json": "/processes?f=json",
    "ogcapi-processes-1/1.0/conf/html": "/processes?f=html",
    "ogcapi-processes-1/1.0/conf/job-list": "/jobs",
}
SPATIAL = ("EQUALS", "DISJOINT", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS")


@pytest.mark.parametrize("declared", CONFORMANCE)
def test_what_is_declared_is_answered(planner, declared):
    name = declared.removeprefix("http://www.opengis.net/spec/")
    if name == "cql2/1.0/conf/spatial-functions":
        for one in SPATIAL:
            text = f"S_{one}(geometry,POLYGON((47 30,48 30,48 31,47 31,47 30)))"
            answer = planner.get("/ogc/collections/districts/items", params={"filter": text})
            assert answer.status_code == 200, one
        return
    if name == "ogcapi-processes-1/1.0/conf/dismiss":
        # Dismissing is tried in full in test_processes.
        assert planner.delete("/ogc/jobs/none").status_code == 404
        return
    answer = planner.get("/ogc" + PROBES[name])
    assert answer.status_code == 200, answer.text


def test_what_jobs_take_and_tell_is_described(document, planner):
    listed = document["paths"]["/jobs"]["get"]["parameters"]
    named = {one["$ref"].rpartition("/")[2] for one in listed}
    assert named == {"f", "lang", "limit", "before"} | FILTERS
    for name, value in (
        ("type", "process"),
        ("processID", "allocate,explore"),
        ("status", "accepted,failed"),
        ("datetime", "2026-01-01T00:00:00Z/.."),
        ("minDuration", "0"),
        ("maxDuration", "9"),
        ("before", "7"),
    ):
        answer = planner.get("/ogc/jobs", params={name: value})
        assert answer.status_code == 200, name
    assert {"410", "422"} <= document["paths"]["/jobs/{jobId}/results"]["get"]["responses"].keys()
    kinds = document["components"]["parameters"]["processId"]["schema"]["enum"]
    assert kinds == [one["id"] for one in planner.get("/ogc/processes").json()["processes"]]
    taken = document["components"]["schemas"]["execute"]["properties"]["inputs"]["properties"]
    for kind in kinds:
        described = planner.get(f"/ogc/processes/{kind}").json()["inputs"]
        assert described.keys() <= taken.keys()
