"""A road graph becomes the travel table: by file format, with crossings closed, to the plan."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.layers import Clearance
from geo.places import Level
from service.layerbooks import LayerBooks
from service.settings import checkout_data
from service.store import Kind


@pytest.fixture
def book(store):
    return LayerBooks(store, checkout_data()).open(Clearance.RELEASED)


BARE = "IQG02Q03N01"
"""Al-Bahhar gets no road; no other one comes within 20 km of its seat."""


@pytest.fixture
def roads(store, book) -> gpd.GeoDataFrame:
    """A star: every seat and office to one hub that lies at the first crossing."""
    hub = next(iter(sorted(book.crossings(), key=lambda one: one.code)))
    seats = book.units(Level.SUBDISTRICT)[["seat_lon", "seat_lat"]].drop(index=BARE)
    ends = [(float(x), float(y)) for x, y in seats.itertuples(index=False)]
    ends += [(one.lon, one.lat) for one in book.offices()]
    lines = [shapely.LineString([end, (hub.lon, hub.lat)]) for end in ends]
    return gpd.GeoDataFrame(
        {"highway": ["primary"] * len(lines), "maxspeed": "60"}, geometry=lines, crs=4326
    )


def written(roads: gpd.GeoDataFrame, folder, form: str):
    path = folder / f"roads.{form}"
    roads.to_file(path, driver={"gpkg": "GPKG", "geojson": "GeoJSON"}[form])
    return path


@pytest.mark.parametrize("form", ["gpkg", "geojson"])
def test_a_graph_becomes_the_table_that_plans_use(mizan, store, book, roads, tmp_path, form):
    out = tmp_path / "minutes.csv"
    status, _told, err = mizan("travel", "roads", written(roads, tmp_path, form), "-o", out)
    assert status == 0, err
    units = {level: book.units(level) for level in (Level.DISTRICT, Level.SUBDISTRICT)}
    pairs = sum(map(len, units.values())) * len(book.offices())
    table = pd.read_csv(out)
    assert len(table) == pairs == len(table.drop_duplicates(["area", "office"]))
    lost = table[table["travel_min"] == "unreachable"]
    assert set(lost["area"]) == {BARE}
    kept = store.records().travel()
    assert len(kept) == pairs - len(lost)
    assert (kept["travel_min"] < 24 * 60).all()
    again = pd.to_numeric(table[table["travel_min"] != "unreachable"]["travel_min"])
    np.testing.assert_allclose(np.sort(kept["travel_min"]), np.sort(again))


def test_a_closed_crossing_is_taken_out_of_the_graph(mizan, store, book, roads, tmp_path):
    hub = min(one.code for one in book.crossings())
    path, out = written(roads, tmp_path, "geojson"), tmp_path / "x.csv"
    before = store.data_version()
    status, _, err = mizan("travel", "roads", path, "--close", hub, "-o", out, "--dry-run")
    assert status == 0, err
    closed = pd.read_csv(out)
    assert store.data_version() == before
    mizan("travel", "roads", path, "-o", out, "--dry-run")
    unreachable = [(t["travel_min"] == "unreachable").sum() for t in (closed, pd.read_csv(out))]
    assert unreachable[0] > unreachable[1]
    status, _, err = mizan("travel", "roads", path, "--close", "NO-SUCH")
    assert status == 1
    assert "no crossing that is loaded" in err


def test_a_file_without_roads_is_refused(mizan, tmp_path):
    points = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(47, 30)], crs=4326)
    path = tmp_path / "points.geojson"
    points.to_file(path, driver="GeoJSON")
    status, _, err = mizan("travel", "roads", path)
    assert status == 1
    assert "no lines" in err


def test_the_version_can_be_undone(mizan, store, roads, tmp_path):
    mizan("travel", "roads", written(roads, tmp_path, "geojson"))
    found = store.datasets.list(Kind.TRAVEL, active=True)
    assert len(found) == 1
    assert mizan("data", "undo", found[0].id)[0] == 0
    assert store.records().travel().empty
