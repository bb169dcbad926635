"""OGC API - Features: landing to items, paging, boxes, times, coordinate systems, refusals."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely

from service.ogc.crs import CRS84, EPSG4326, UTM38


def ids(page):
    return [one["id"] for one in page["features"]]


def follow(document, rel):
    return [one["href"] for one in document["links"] if one["rel"] == rel]


def test_landing_leads_to_everything(planner):
    landing = planner.get("/ogc").json()
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert follow(landing, rel), rel
    for one in landing["links"]:
        assert planner.get(one["href"]).status_code == 200, one


def test_every_link_of_every_collection_answers(planner):
    for one in planner.get("/ogc/collections").json()["collections"]:
        for where in one["links"]:
            answer = planner.get(where["href"])
            assert answer.status_code == 200, where
            assert answer.headers["content-type"].split(";")[0] == where["type"], where


def test_extent_crs_and_storage_crs(planner):
    found = planner.get("/ogc/collections/districts").json()
    assert found["extent"]["spatial"]["bbox"] == [[47.2, 30.2, 48.2, 31.4]]
    assert found["crs"] == [CRS84, EPSG4326, UTM38]
    assert found["storageCrs"] == CRS84


def test_paging_keeps_every_parameter_and_finds_everything(planner, items):
    whole = items("subdistricts")
    assert whole["numberMatched"] == whole["numberReturned"] == 12
    asked = {"limit": 5, "filter": "name_en LIKE 'Part%'", "crs": EPSG4326, "lang": "en"}
    page = items("subdistricts", **asked)
    seen, following = ids(page), follow(page, "next")
    while following:
        assert all(f"{name}=" in following[0] for name in asked)
        page = planner.get(following[0]).json()
        seen += ids(page)
        following = follow(page, "next")
    assert seen == ids(whole)
    assert follow(page, "prev")


def test_next_and_prev_keep_every_parameter_there_is(planner, items):
    asked = {
        "limit": "2",
        "bbox": "30,47,32,49",
        "bbox-crs": EPSG4326,
        "datetime": "2025-01-01/2025-12-31",
        "crs": UTM38,
        "filter": "S_INTERSECTS(geometry, BBOX(30, 47, 32, 49)) AND name_en LIKE '%'",
        "filter-lang": "cql2-text",
        "filter-crs": EPSG4326,
        "lang": "en",
        "f": "json",
    }
    path = "/ogc/collections/need-districts/items"
    whole = ids(planner.get(path, params=asked | {"limit": "100"}).json())
    assert len(whole) > 3
    seen, back = [], []
    page = planner.get(path, params=asked).json()
    while True:
        seen.append(ids(page))
        for rel in ("next", "prev"):
            for href in follow(page, rel):
                kept = parse_qs(urlsplit(href).query)
                assert {name: kept[name][0] for name in asked} == asked, rel
        if not follow(page, "next"):
            break
        page = planner.get(follow(page, "next")[0]).json()
    while follow(page, "prev"):
        page = planner.get(follow(page, "prev")[0]).json()
        back.insert(0, ids(page))
    assert [one for part in seen for one in part] == whole
    assert back == seen[:-1]


def test_a_box_finds_what_it_touches(items):
    assert ids(items("districts", bbox="47.25,31.05,47.3,31.1")) == ["T01"]
    assert ids(items("districts", bbox="0,0,1,1")) == []
    assert len(ids(items("districts", bbox="-180,-90,180,90"))) == 6
    assert len(ids(items("districts", bbox="47.25,31.05,0,47.3,31.1,9"))) == 1


def test_a_box_in_other_coordinate_systems(items):
    assert ids(items("districts", bbox="31.05,47.25,31.1,47.3", bbox_crs=EPSG4326)) == ["T01"]
    metres = "714000,3436000,716000,3438000"
    assert ids(items("districts", bbox=metres, bbox_crs=UTM38)) == ["T01"]


def test_a_box_across_the_antimeridian_is_no_box_around_the_world(items):
    assert ids(items("districts", bbox="170,-10,-170,10")) == []
    assert len(ids(items("districts", bbox="47,-90,-170,90"))) == 6


def test_coordinates_in_the_asked_system_and_its_axis_order(planner):
    path = "/ogc/collections/offices/items/ashar"
    point = {
        crs: planner.get(path, params={"crs": crs}).json()["geometry"]["coordinates"]
        for crs in (CRS84, EPSG4326, UTM38)
    }
    assert point[CRS84] == [47.83, 30.52]
    assert point[EPSG4326] == [30.52, 47.83]
    assert 770_000 < point[UTM38][0] < 772_500
    assert 3_379_000 < point[UTM38][1] < 3_381_500
    answer = planner.get(path, params={"crs": UTM38})
    assert answer.headers["content-crs"] == f"<{UTM38}>"


def test_layers_by_period(items):
    both = items("need-districts")
    assert both["numberMatched"] == 12
    year = items("need-districts", datetime="2024-03-01/2024-06-30")
    assert {one["properties"]["period_start"] for one in year["features"]} == {"2024-01-01"}
    assert items("need-districts", datetime="../2023-12-31")["numberMatched"] == 0
    assert items("need-districts", datetime="2025-12-31T23:59:59Z")["numberMatched"] == 6
    assert items("need-districts", datetime="2026-01-01")["numberMatched"] == 0


def test_a_layer_says_unit_standing_source_and_no_data(items):
    last = items("need-districts", code="T06", datetime="2025-06-01")["features"][0]
    told = last["properties"]
    assert told["value"] is None
    assert (told["standing"], told["source"]) == ("synthetic", "SYNTHETIC")
    assert "per 10,000 residents a year" in told["unit"]


def test_properties_as_parameters(items):
    assert ids(items("offices", kind="sub")) == ["tanuma"]
    assert ids(items("offices", referral_centre="true")) == ["tanuma"]
    assert ids(items("offices", vehicles=2)) == ["ashar"]
    assert ids(items("offices", name_ar="موقع القرنة")) == ["qurna"]


def test_polygons_turn_left(items):
    for one in items("districts")["features"]:
        shape = shapely.from_geojson(json.dumps(one["geometry"]))
        assert shape.geom_type == "MultiPolygon"
        assert all(shapely.LinearRing(part.exterior).is_ccw for part in shape.geoms)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "1e3"},
        {"limit": "٥"},
        {"offset": "-1"},
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,0,1,1"},
        {"bbox": "0,10,1,5"},
        {"bbox": "0,0,inf,1"},
        {"bbox": "500,0,600,1"},
        {"bbox-crs": "EPSG:4326"},
        {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
        {"datetime": "yesterday"},
        {"datetime": "2025-13-01"},
        {"datetime": "2025-01-01/2024-01-01"},
        {"datetime": "2025-01-01T00:00:00"},
        {"datetime": "a/b"},
        {"filter-lang": "sql"},
        {"f": "xml"},
        {"colour": "red"},
        {"vehicles": "many"},
        {"referral_centre": "1"},
    ],
)
def test_what_is_not_well_formed_is_400_and_not_repeated(planner, query):
    answer = planner.get("/ogc/collections/offices/items", params=query)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    value = next(iter(query.values()))
    if len(value) > 3:
        assert value not in answer.text


@pytest.mark.parametrize(
    "path",
    ["", "/", "/conformance", "/api", "/collections", "/collections/offices",
     "/collections/offices/queryables", "/collections/offices/schema",
     "/collections/offices/items/ashar", "/processes", "/processes/allocate", "/jobs"],
)  # fmt: skip
def test_unknown_parameters_are_400_everywhere(planner, path):
    assert planner.get(f"/ogc{path}", params={"nothing": "1"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/collections/cats", "/collections/cats/items", "/collections/offices/items/none",
     "/collections/cats/queryables", "/processes/cats", "/jobs/cats", "/jobs/cats/results"],
)  # fmt: skip
def test_what_is_not_there_is_404(planner, path):
    answer = planner.get(f"/ogc{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_parameter_given_twice_is_400(planner):
    assert planner.get("/ogc/collections/offices/items?limit=1&limit=2").status_code == 400


def test_equal_bytes_have_one_tag_and_are_not_sent_twice(planner):
    path = "/ogc/collections/subdistricts/items"
    first = planner.get(path)
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    again = planner.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert planner.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert "no-cache" in first.headers["cache-control"]
    assert "private" in first.headers["cache-control"]


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity", "br;q=0, gzip"])
def test_every_encoding_is_the_same_document(planner, encoding):
    path = "/ogc/collections/subdistricts/items"
    answer = planner.get(path, headers={"accept-encoding": encoding})
    used = answer.headers.get("content-encoding", "identity")
    assert used == ("gzip" if "gzip" in encoding else encoding)
    assert answer.json() == planner.get(path).json()


def test_tags_of_encodings_differ(planner):
    path = "/ogc/collections/subdistricts/items"
    tags = {
        planner.get(path, headers={"accept-encoding": one}).headers["etag"]
        for one in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


def test_pages_for_people_in_both_languages_escape_what_they_show(planner, house):
    english = planner.get("/ogc/collections/offices/items", params={"f": "html", "lang": "en"})
    arabic = planner.get("/ogc/collections/offices/items", params={"f": "html", "lang": "ar"})
    assert 'dir="ltr"' in english.text
    assert 'dir="rtl"' in arabic.text
    assert "Al-Ma&#39;qil" in planner.get("/ogc/collections/forums/items?f=html").text
    browser = planner.get("/ogc", headers={"accept": "text/html,application/xhtml+xml"})
    assert browser.headers["content-type"].startswith("text/html")


def test_queryables_and_schema_name_types(planner):
    found = planner.get("/ogc/collections/offices/queryables").json()
    assert found["additionalProperties"] is False
    assert found["properties"]["vehicles"]["type"] == "integer"
    assert found["properties"]["geometry"]["format"] == "geometry-point"
    schema = planner.get("/ogc/collections/need-districts/schema").json()
    assert schema["properties"]["id"]["x-ogc-role"] == "id"
    assert schema["properties"]["period_start"]["format"] == "date"
    assert schema["$id"].endswith("/collections/need-districts/schema")


def test_the_description_is_openapi_3_0_and_covers_every_route(planner, house):
    answer = planner.get("/ogc/api")
    document = answer.json()
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert document["openapi"] == "3.0.3"
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    wanted = json.dumps(document)
    for reference in set(_references(document)):
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    assert "/collections/districts/items" in wanted


def _references(node):
    if isinstance(node, dict):
        if "$ref" in node and node["$ref"].startswith("#"):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)
