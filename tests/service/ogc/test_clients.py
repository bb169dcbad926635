"""A client that nobody here wrote: GDAL's OGC API driver, as QGIS uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.ogc.conftest import TOKEN


@pytest.fixture(scope="module")
def gdal(address):
    script = Path(__file__).with_name("gdal_client.py")
    done = subprocess.run(
        [sys.executable, str(script), address, "planner", f"{TOKEN}-planner"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "no_proxy": "*"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_lists_every_collection(gdal, planner):
    listed = [one["id"] for one in planner.get("/ogc/collections").json()["collections"]]
    assert gdal["layers"] == listed


def test_loads_every_collection_with_all_features(gdal, planner):
    for name in gdal["layers"]:
        page = planner.get(f"/ogc/collections/{name}/items", params={"limit": 1}).json()
        assert gdal[name]["count"] == page["numberMatched"], name


def test_places_are_where_they_are(gdal):
    assert gdal["districts"]["bounds"] == [47.2, 30.2, 48.2, 31.4]
    west, south, _east, _north = gdal["offices"]["bounds"]
    assert (west, south) == (47.43, 30.52)


def test_columns_are_typed(gdal):
    kinds = gdal["need-districts"]["types"]
    assert kinds["value"] == "float64"
    assert kinds["period_start"].startswith("datetime64")
    assert gdal["offices"]["types"]["vehicles"].startswith("int")
    assert gdal["offices"]["types"]["referral_centre"] == "bool"


def test_pages(gdal, planner):
    every = planner.get("/ogc/collections/subdistricts/items").json()["features"]
    assert gdal["paged"] == sorted(one["properties"]["code"] for one in every)


def test_filters_and_boxes(gdal):
    assert gdal["filtered"] == ["ashar"]
    assert gdal["boxed"] == ["T01"]
