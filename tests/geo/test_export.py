"""Files for others: what RFC 7946 asks, what a spreadsheet may not run, and the meaning."""

import json
from datetime import date
from io import BytesIO

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely.geometry import shape

from geo.export import collection, neutral, to_csv, to_geojson, to_geopackage, to_geoparquet
from geo.layers import Clearance, Layer, LayerCode, Period
from geo.places import Level, Source, Standing

GATE = {"clearance": Clearance.EXACT}


@pytest.fixture
def layer(squares) -> Layer:
    codes = [c for c in squares.index if c.count(".") == 1]
    values = pd.DataFrame(
        {
            "value": [1.5, float("nan"), 3.0, float("inf")],
            "to": pd.to_datetime(["2024-01-01", None, "2024-02-01", "2024-03-01"]),
            "inherited": [True, False, True, False],
        },
        index=pd.Index(codes, name="code"),
    )
    return Layer(
        code=LayerCode.GROWTH,
        level=Level.DISTRICT,
        unit="percent a year",
        values=values,
        method="=compound",
        standing=Standing.ESTIMATED,
        sources=(Source(name="Census", as_of=date(2024, 11, 20), standing=Standing.OFFICIAL),),
        period=Period(date(2024, 1, 1), date(2025, 1, 1)),
        data_version="abc",
        caveats=("few",),
    )


def test_geojson_follows_rfc_7946(layer, squares):
    document = json.loads(to_geojson(layer, squares, **GATE))
    assert document["type"] == "FeatureCollection"
    assert document["bbox"] == [47.0, 30.0, 47.4, 30.2]
    assert "crs" not in document
    assert [f["id"] for f in document["features"]] == ["G.0", "G.1", "G.2", "G.3"]
    for feature in document["features"]:
        polygon = shape(feature["geometry"])
        assert polygon.is_valid
        assert polygon.exterior.is_ccw
    values = [f["properties"]["value"] for f in document["features"]]
    assert values == [1.5, None, 3.0, None]
    assert document["features"][0]["properties"]["to"] == "2024-01-01"
    assert document["features"][1]["properties"]["to"] is None
    about = document["metadata"]
    assert about["unit"] == "percent a year"
    assert about["standing"] == "estimated"
    assert about["sources"][0]["as_of"] == "2024-11-20"
    assert about["period"] == {"start": "2024-01-01", "end": "2025-01-01"}
    assert (about["data_version"], about["caveats"]) == ("abc", ["few"])


def test_holes_turn_the_other_way_and_borders_stay_shared(squares):
    ring = shapely.Polygon(
        [(47, 30), (47, 31), (48, 31), (48, 30)],
        [[(47.2, 30.2), (47.4, 30.2), (47.4, 30.4), (47.2, 30.4)]],
    )
    shapes = gpd.GeoSeries([ring], index=["a"], crs=4326)
    document = json.loads(collection(pd.DataFrame(index=["a"]), shapes))
    polygon = shape(document["features"][0]["geometry"])
    assert polygon.exterior.is_ccw
    assert not polygon.interiors[0].is_ccw


def test_the_real_boundaries_survive_rounding(iraq):
    rows = pd.DataFrame(iraq[iraq["level"] == "subdistrict"][["name_en"]])
    document = json.loads(collection(rows, iraq.geometry[rows.index]))
    shapes = [shape(f["geometry"]) for f in document["features"]]
    assert len(shapes) == 294
    assert shapely.coverage_is_valid(shapes)
    assert all(s.is_valid for s in shapes)


def test_an_empty_collection_is_one(squares):
    document = json.loads(collection(pd.DataFrame(), gpd.GeoSeries([], crs=4326)))
    assert document["features"] == []
    assert "bbox" not in document


def test_csv_reads_back_and_runs_nothing(layer, squares):
    raw = to_csv(layer, squares, **GATE)
    assert raw.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(BytesIO(raw), index_col="code")
    assert table["value"].iloc[0] == 1.5
    assert table["method"].iloc[0] == "'=compound"
    assert table["sources"].iloc[0] == "Census, 2024-11-20, official"
    assert table["period_start"].iloc[0] == "2024-01-01"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", "\rx"])
def test_formulas_are_made_plain(text):
    assert neutral(text) == f"'{text}"
    assert neutral(-3.5) == -3.5
    assert neutral("plain") == "plain"


def test_geopackage_carries_its_meaning(layer, squares, tmp_path):
    path = tmp_path / "growth.gpkg"
    to_geopackage(layer, squares, path, **GATE)
    info = pyogrio.read_info(path)
    assert json.loads(info["layer_metadata"]["metadata"])["unit"] == "percent a year"
    back = gpd.read_file(path)
    assert back.crs.to_epsg() == 4326
    assert len(back) == 4


def test_geoparquet_carries_its_meaning(layer, squares):
    raw = to_geoparquet(layer, squares, **GATE)
    schema = pq.read_schema(BytesIO(raw))
    assert json.loads(schema.metadata[b"metadata"])["layer"] == "growth"
    back = gpd.read_parquet(BytesIO(raw))
    assert back.geometry.geom_equals(squares.geometry[back.index], align=False).all()


def test_the_metadata_takes_an_export_serial(layer, squares):
    document = json.loads(to_geojson(layer, squares, extra={"serial": "X-1"}, **GATE))
    assert document["metadata"]["serial"] == "X-1"
