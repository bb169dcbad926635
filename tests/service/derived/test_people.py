"""Residents from a raster, across older maps, and of another day, from command to store."""

import json
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio import Affine

from geo.boundaries import at_level
from geo.places import Level
from service.store import Kind


def leaves(store):
    return at_level(store.records().units(on=date(2025, 1, 1)), Level.SUBDISTRICT)


def raster_of(path, bounds, values, *, step=0.01, nodata=-1.0):
    west, _, _, north = bounds
    rows, columns = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(step, 0, west, 0, -step, north), nodata=nodata,
    ) as file:  # fmt: skip
        file.write(values.astype("float32"), 1)


@pytest.fixture
def worldpop(tmp_path, store):
    """Two persons a pixel over all Basra and far beyond it."""
    west, south, east, north = leaves(store).total_bounds
    bounds = (west - 5, south - 5, east + 5, north + 5)
    shape = (int((bounds[3] - bounds[1]) / 0.01) + 1, int((bounds[2] - bounds[0]) / 0.01) + 1)
    path = tmp_path / "irq_ppp_2020.tif"
    raster_of(path, bounds, np.full(shape, 2.0))
    return path


def test_a_raster_becomes_figures_of_residents(mizan, store, worldpop):
    before = store.data_version()
    words = ("population", "raster", worldpop, "--as-of", "2020-07-01", "--source", "WorldPop 2020")
    status, out, err = mizan(*words, "--dry-run")
    assert (status, store.data_version()) == (0, before), err
    status, out, _ = mizan(*words)
    assert status == 0
    assert "rejected 0" in out
    found = store.records().population()
    rows = found[found["source"] == "WorldPop 2020"].set_index("area")["residents"]
    units = leaves(store)
    degrees = units.to_crs(4326).geometry.map(lambda shape: shape.area)
    assert sorted(rows.index) == sorted(units.index)
    expected = degrees / 0.01**2 * 2.0
    np.testing.assert_allclose(rows[units.index], expected, rtol=1e-4)
    assert set(found[found["source"] == "WorldPop 2020"]["standing"]) == {"estimated"}
    assert mizan(*words)[1].count("kept 0") == 1  # the same raster a second time adds nothing
    assert mizan("data", "undo", store.datasets.list(Kind.POPULATION, active=True)[-1].id)[0] == 0


def test_a_raster_that_covers_a_part_says_where_people_are_missing(mizan, store, tmp_path):
    units = leaves(store)
    west, south, east, north = units.total_bounds
    path = tmp_path / "part.tif"
    raster_of(path, (west, south, east, north), np.full((60, 60), 1.0))
    status, _, err = mizan(
        "population", "raster", path, "--as-of", "2020-07-01", "--source", "x", "--dry-run"
    )
    assert status == 0
    assert "in part only" in err


@pytest.mark.parametrize("content", [b"", b"II*\x00 nothing more", b"<VRTDataset/>", b"a,b\n1,2\n"])
def test_what_is_no_geotiff_is_refused(mizan, tmp_path, content):
    path = tmp_path / "worldpop.tif"
    path.write_bytes(content)
    status, _, err = mizan("population", "raster", path, "--as-of", "2020-07-01", "--source", "x")
    assert status == 1
    assert "GeoTIFF" in err


def test_a_raster_of_another_country_is_refused(mizan, tmp_path):
    path = tmp_path / "elsewhere.tif"
    raster_of(path, (2.0, 45.0, 3.0, 46.0), np.ones((10, 10)))
    status, _, err = mizan("population", "raster", path, "--as-of", "2020-07-01", "--source", "x")
    assert status == 1
    assert "covers none of the areas" in err


def test_figures_of_an_older_map_keep_their_sum(mizan, store, tmp_path):
    """One old unit over all of Basra, cut in two halves that follow none of today's borders."""
    units = leaves(store)
    west, south, east, north = units.total_bounds
    outline = shapely.union_all(units.geometry.to_numpy())
    middle = (west + east) / 2
    halves = [
        shapely.intersection(outline, shapely.box(west, south, middle, north)),
        shapely.intersection(outline, shapely.box(middle, south, east, north)),
    ]
    old = gpd.GeoDataFrame({"code": ["OLD.W", "OLD.E"]}, geometry=halves, crs=4326)
    old["name_en"] = old["name_ar"] = old["code"]
    old.to_file(tmp_path / "old.geojson", driver="GeoJSON")
    table = tmp_path / "old.csv"
    table.write_text("unit,people\nOLD.W,1000000\nOLD.E,500000\n", encoding="utf-8")
    out = tmp_path / "carried.csv"
    words = ("population", "carry", table, "--boundaries", tmp_path / "old.geojson", "-o", out,
             "--as-of", "1997-10-16", "--source", "count of 1997", "--column", "area=unit",
             "--column", "residents=people")  # fmt: skip
    status, _, err = mizan(*words)
    assert status == 0, err
    found = store.records().population()
    rows = found[found["source"] == "count of 1997"]
    assert rows["residents"].sum() == pytest.approx(1_500_000, abs=1e-3)
    assert set(rows["standing"]) == {"estimated"}
    assert pd.read_csv(out)["residents"].sum() == pytest.approx(1_500_000, abs=1e-3)


def test_a_figure_of_a_unit_that_the_older_map_lacks_is_refused(mizan, store, tmp_path):
    old = gpd.GeoDataFrame({"code": ["OLD"]}, geometry=[shapely.box(47, 30, 48, 31)], crs=4326)
    old["name_en"] = old["name_ar"] = old["code"]
    old.to_file(tmp_path / "old.geojson", driver="GeoJSON")
    table = tmp_path / "old.csv"
    table.write_text("area,residents\nOLD,5\nNEW,7\nOLD,5\n", encoding="utf-8")
    before = store.data_version()
    status, _, err = mizan(
        "population", "carry", table, "--boundaries", tmp_path / "old.geojson",
        "--as-of", "1997-10-16", "--source", "x",
    )  # fmt: skip
    assert status == 1
    assert "NEW is no area of the older map" in err
    assert "OLD stands twice" in err
    assert store.data_version() == before


def test_a_projection_adds_up_to_the_official_total(mizan, tmp_path):
    out = tmp_path / "ahead.csv"
    for years, more in ((0, ()), (5, ()), (5, ("--total", "4000000"))):
        words = ("population", "project", "--to", f"{2025 + years}-07-01", "-o", out)
        status, _, err = mizan(*words, *more)
        assert status == 0, err
        rows = pd.read_csv(out).set_index("area")
        lasting = pd.Timestamp(f"{2025 + years}-07-01") - pd.to_datetime(rows["figure_as_of"])
        exact = rows["figure"] * (1 + rows["growth"] / 100) ** (lasting.dt.days / 365.25)
        if more:
            assert rows["residents"].sum() == pytest.approx(4_000_000)
            exact *= 4_000_000 / exact.sum()
        np.testing.assert_allclose(rows["residents"], exact, rtol=1e-9)


def test_a_day_too_far_ahead_is_refused(mizan):
    status, _, err = mizan("population", "project", "--to", "2060-01-01")
    assert status == 1
    assert "10 years" in err


def test_a_reconciled_total_can_be_kept(mizan, store):
    status, out, err = mizan(
        "population", "project", "--to", "2024-11-20", "--total", "3500000", "--save"
    )
    assert status == 0, out + err
    found = store.records().population()
    rows = found[found["source"] == "projection, reconciled"]
    assert rows["residents"].sum() == pytest.approx(3_500_000)
    assert set(rows["standing"]) == {"estimated"}


def test_the_audit_log_knows_what_was_worked_out(mizan, store, worldpop):
    mizan("population", "raster", worldpop, "--as-of", "2020-07-01", "--source", "W")
    last = next(e for e in store.audit.list(limit=5) if e.action == "imported")
    assert last.subject.startswith("population")
    assert len(last.details["sha256"]) == 64
    assert json.dumps(last.details)
