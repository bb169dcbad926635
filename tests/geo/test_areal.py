"""Areal interpolation keeps sums and reports what it could not place."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.areal import interpolate
from geo.boundaries import at_level
from geo.places import Level


def frame(boxes, crs=32638, **columns) -> gpd.GeoDataFrame:
    shapes = [shapely.box(*b) for b in boxes]
    return gpd.GeoDataFrame(
        columns, geometry=shapes, crs=crs, index=[f"s{i}" for i in range(len(boxes))]
    )


E0, N0 = 600_000, 3_300_000
SQUARES = [(E0, N0, E0 + 1000, N0 + 1000), (E0 + 1000, N0, E0 + 2000, N0 + 1000)]


def target(*boxes) -> gpd.GeoSeries:
    return gpd.GeoSeries(
        [shapely.box(*b) for b in boxes], index=[f"t{i}" for i in range(len(boxes))], crs=32638
    )


def test_two_squares_half_and_half():
    source = frame(SQUARES, people=[100.0, 300.0])
    middle = target((E0 + 500, N0, E0 + 1500, N0 + 1000))
    result = interpolate(source, middle, extensive=["people"])
    assert result.table.loc["t0", "people"] == pytest.approx(200.0, abs=1e-9)
    assert result.uncovered.loc["people", "amount"] == pytest.approx(200.0, abs=1e-9)
    assert result.uncovered.loc["people", "share"] == pytest.approx(0.5)


def test_against_tobler_and_its_trap():
    from tobler.area_weighted import area_interpolate

    source = frame(SQUARES, people=[100.0, 300.0])
    # 140 people lie under the target; allocate_total would spread all of 400 over it.
    part = target((E0 + 300, N0, E0 + 1233, N0 + 1000))
    theirs = area_interpolate(
        source, part.to_frame("geometry"), extensive_variables=["people"], allocate_total=False
    )
    ours = interpolate(source, part, extensive=["people"])
    assert ours.table["people"].iloc[0] == pytest.approx(theirs["people"].iloc[0], rel=1e-9)
    trap = area_interpolate(
        source, part.to_frame("geometry"), extensive_variables=["people"], allocate_total=True
    )
    assert trap["people"].iloc[0] > ours.table["people"].iloc[0] * 1.5


def test_intensive_figures_are_means_by_area():
    source = frame(SQUARES, rate=[2.0, 6.0])
    part = target((E0 + 750, N0, E0 + 1250, N0 + 1000), (E0 + 9000, N0, E0 + 9500, N0 + 1))
    table = interpolate(source, part, intensive=["rate"]).table
    assert table.loc["t0", "rate"] == pytest.approx(4.0)
    assert pd.isna(table.loc["t1", "rate"])


def test_sums_are_kept_to_the_last_digit_on_real_boundaries(iraq, basra, rng):
    from geo.cells import planning_cells

    source = at_level(basra, Level.SUBDISTRICT).copy()
    source["people"] = rng.uniform(1e3, 1e6, len(source))
    towns = gpd.GeoSeries(gpd.points_from_xy(source["seat_lon"], source["seat_lat"]), crs=4326)
    cells = planning_cells(basra, towns, town_m=4000, desert_m=16_000, near_m=1000)
    there = interpolate(source, cells.geometry, extensive=["people"])
    assert there.table["people"].sum() == pytest.approx(source["people"].sum(), rel=1e-9)
    assert abs(there.uncovered.loc["people", "share"]) < 1e-9
    up = interpolate(source, at_level(iraq, Level.DISTRICT).geometry, extensive=["people"])
    assert up.table["people"].sum() == pytest.approx(source["people"].sum(), rel=1e-9)
    districts = source.groupby("parent")["people"].sum()
    np.testing.assert_allclose(up.table.loc[districts.index, "people"], districts, rtol=1e-6)


def test_no_figure_stays_no_figure():
    source = frame(SQUARES, people=[100.0, float("nan")])
    parts = target((E0, N0, E0 + 500, N0 + 1000), (E0 + 1500, N0, E0 + 2000, N0 + 1000))
    table = interpolate(source, parts, extensive=["people"]).table
    assert table["people"].iloc[0] == pytest.approx(50.0)
    assert pd.isna(table["people"].iloc[1])


def test_layers_without_a_reference_system_are_refused():
    source = frame(SQUARES, crs=None, people=[1.0, 2.0])
    with pytest.raises(ValueError, match="reference system"):
        interpolate(source, target((0, 0, 1, 1)), extensive=["people"])
