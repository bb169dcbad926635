"""plan.geojson: RFC 7946, typed columns in GDAL, metadata beside the features."""

import json

import pyogrio
import pytest
import shapely

from service.exports.plan_features import plan_geojson
from tests.service.export.builders import AREAS, OFFICES, tiny_plan, tiny_problem


@pytest.fixture(scope="module")
def content():
    problem = tiny_problem()
    return plan_geojson(problem, tiny_plan(problem), areas=AREAS, offices=OFFICES)


@pytest.fixture(scope="module")
def document(content):
    return json.loads(content.body)


def test_outer_rings_turn_left(document):
    rings = [
        shapely.LinearRing(row["geometry"]["coordinates"][0])
        for row in document["features"]
        if row["geometry"]["type"] == "Polygon"
    ]
    assert len(rings) == 2
    assert all(ring.is_ccw for ring in rings)


def test_box_holds_everything(document):
    assert document["bbox"] == [47.0, 30.0, 48.0, 30.5]


def test_no_crs_member_and_ids_are_unique(document):
    assert "crs" not in document
    ids = [row["id"] for row in document["features"]]
    assert sorted(ids) == ["area:A1", "area:A2", "office:O1", "office:O2"]


def test_metadata_says_synthetic_date_version_and_serial(document, content):
    told = document["metadata"]
    assert told["standing"] == "synthetic"
    assert told["as_of"] == "2026-01-31"
    assert told["data_version"] == "v1"
    assert told["serial"] == content.serial
    assert [source["name"] for source in told["sources"]] == ["demo", "COD"]


def test_area_has_its_lead_office_and_served_share(document):
    served = {row["id"]: row["properties"] for row in document["features"]}
    assert served["area:A1"]["lead_office"] == "O1"
    assert served["area:A1"]["served_share"] == 0.75
    assert served["area:A1"]["women_served_share"] == 0.75
    assert served["area:A2"]["served_share"] == 0.0
    assert served["area:A2"]["women_served_share"] is None
    assert served["area:A2"]["out_of_reach"] is True


def test_every_feature_has_every_column(document):
    columns = {tuple(row["properties"]) for row in document["features"]}
    assert len(columns) == 1


def test_gdal_opens_it_with_typed_columns(content, tmp_path):
    file = tmp_path / content.filename
    file.write_bytes(content.body)
    info = pyogrio.read_info(file)
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert info["crs"] == "EPSG:4326"
    assert types["served_share"] == "OFTReal"
    assert types["officers"] == "OFTInteger"
    assert types["name_ar"] == "OFTString"
    frame = pyogrio.read_dataframe(file)
    assert set(frame["kind"]) == {"area", "office"}
    assert "القرنة" in set(frame["name_ar"])


def test_area_without_geometry_is_said_not_dropped():
    problem = tiny_problem()
    content = plan_geojson(problem, tiny_plan(problem), areas={}, offices=OFFICES)
    document = json.loads(content.body)
    assert document["metadata"]["without_place"] == ["area:A1", "area:A2"]
    assert [row["geometry"] for row in document["features"][:2]] == [None, None]


def test_equal_plans_are_equal_bytes_and_other_plans_other_serials():
    problem = tiny_problem()
    first = plan_geojson(problem, tiny_plan(problem), areas=AREAS, offices=OFFICES)
    again = plan_geojson(problem, tiny_plan(problem), areas=AREAS, offices=OFFICES)
    other = plan_geojson(problem, tiny_plan(problem, flows=()), areas=AREAS, offices=OFFICES)
    assert first.body == again.body
    assert first.serial != other.serial


def test_shared_border_stays_shared_after_rounding():
    line = [(47.5000001234, 30.0), (47.51111119, 30.2), (47.5000001234, 30.5)]
    west = shapely.Polygon([(47, 30), *line, (47, 30.5)])
    east = shapely.Polygon([(48, 30), (48, 30.5), *line[::-1]])
    problem = tiny_problem()
    content = plan_geojson(
        problem, tiny_plan(problem), areas={"A1": west, "A2": east}, offices=OFFICES
    )
    shapes = [
        shapely.from_geojson(json.dumps(row["geometry"]))
        for row in json.loads(content.body)["features"][:2]
    ]
    assert shapely.coverage_is_valid(shapes)
