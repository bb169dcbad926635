"""Planning cells tile the governorate once, small in town and large in the desert."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.boundaries import at_level
from geo.cells import district_of, planning_cells
from geo.grid import build_grid
from geo.places import Level
from tests.geo.test_grid import lowest_holder


@pytest.fixture(scope="module")
def cells(squares):
    towns = gpd.GeoSeries([shapely.Point(47.05, 30.05)], crs=4326)
    return planning_cells(squares, towns)


def test_cells_cover_each_place_once(cells, squares, rng):
    whole = squares.loc["G", "area_km2"]
    assert cells["area_km2"].sum() == pytest.approx(whole, rel=1e-6)
    assert shapely.coverage_is_valid(cells.geometry.to_numpy())
    grid = build_grid(list(cells.index), list(cells.geometry), size=256)
    x, y = rng.uniform(47.0001, 47.3999, 3000), rng.uniform(30.0001, 30.1999, 3000)
    from geo.grid import assign

    found = assign(grid, x, y)
    assert (found >= 0).all()
    assert (found == lowest_holder(list(grid.shapes), x, y)).all()


def test_cells_are_small_near_town_and_large_elsewhere(cells):
    town = cells[cells.geometry.contains(shapely.Point(47.05, 30.05))]
    assert town["area_km2"].iloc[0] == pytest.approx(1.0, rel=0.01)
    assert cells["area_km2"].max() > 50
    sizes = {code.split(".")[1] for code in cells.index}
    assert sizes == {"1000", "2000", "4000", "8000"}


def test_a_cell_keeps_its_code_when_towns_change(squares, cells):
    more = gpd.GeoSeries([shapely.Point(47.05, 30.05), shapely.Point(47.35, 30.15)], crs=4326)
    other = planning_cells(squares, more)
    shared = cells.index.intersection(other.index)
    assert len(shared) > 50
    assert cells.geometry[shared].geom_equals(other.geometry[shared]).all()


def test_cells_know_their_parents(cells, squares):
    assert set(cells["level"]) == {"cell"}
    leaves = at_level(squares, Level.SUBDISTRICT)
    assert set(cells["parent"]) <= set(leaves.index)
    assert set(district_of(cells, squares)) == {"G.0", "G.1", "G.2", "G.3"}
    inside = cells.geometry.representative_point()
    held = [leaves.geometry[p].distance(i) for p, i in zip(cells["parent"], inside, strict=True)]
    assert np.mean(np.array(held) == 0) > 0.9


def test_sizes_must_be_halves_of_one_another(squares):
    with pytest.raises(ValueError, match="doubled"):
        planning_cells(squares, gpd.GeoSeries([], crs=4326), town_m=1000, desert_m=3000)
