"""Persons from a raster: exact parts of pixels, and holes that are not zero."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import CRS
from rasterio import Affine

from geo.checks import FaultsError
from geo.raster import Raster, read_raster, zonal

# 4 x 4 pixels of 1 m, values 1..16 from the north-west, on (0, 4)^2.
METRES = CRS.from_epsg(32638)
SIXTEEN = Raster(np.arange(1.0, 17.0).reshape(4, 4), (0.0, 0.0, 4.0, 4.0), METRES)


def areas(**shapes) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes.values()), index=list(shapes), crs=METRES)


def test_sums_of_the_published_example():
    table = zonal(
        SIXTEEN,
        areas(
            box=shapely.box(0.5, 0.5, 2.5, 2.5),
            triangle=shapely.Polygon([(0, 0), (4, 0), (0, 4)]),
            all=shapely.box(0, 0, 4, 4),
        ),
    )
    assert table.loc["box", ["sum", "mean"]].tolist() == pytest.approx([40.0, 10.0])
    assert table.loc["triangle", "sum"] == pytest.approx(83.0)
    assert table.loc["all", "sum"] == pytest.approx(136.0)
    assert table["covered"].tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_nodata_is_a_hole_and_said_so():
    values = np.arange(1.0, 17.0).reshape(4, 4)
    values[0, 0] = -99999.0
    table = zonal(
        Raster(values, (0.0, 0.0, 4.0, 4.0), METRES, nodata=-99999.0),
        areas(corner=shapely.box(0, 2, 2, 4), beyond=shapely.box(3, 3, 5, 5)),
    )
    assert table.loc["corner", "sum"] == pytest.approx(2 + 5 + 6)
    assert table.loc["corner", "covered"] == pytest.approx(0.75)
    assert table.loc["beyond", "covered"] == pytest.approx(0.25)


def test_a_geotiff_becomes_a_population_table(tmp_path, squares):
    path = tmp_path / "people.tif"
    persons = np.full((200, 400), 2.0, dtype=np.float32)
    persons[:, :100] = -1.0
    with rasterio.open(
        path, "w", driver="GTiff", height=200, width=400, count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(0.001, 0, 47.0, 0, -0.001, 30.2), nodata=-1.0,
    ) as file:  # fmt: skip
        file.write(persons, 1)
    raster = read_raster(path)
    leaves = squares[squares["level"] == "subdistrict"]
    table = zonal(raster, leaves.geometry)
    table = table[table["covered"] > 0]
    assert set(table.index) == {f"G.{x}.{y}" for x in (1, 2, 3) for y in (0, 1)}
    assert table["sum"].to_numpy() == pytest.approx([20_000.0] * 6, rel=1e-4)


def test_a_raster_without_reference_system_is_refused(tmp_path):
    path = tmp_path / "lost.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=2, width=2, count=1, dtype="float32",
        transform=Affine(1, 0, 0, 0, -1, 2),
    ) as file:  # fmt: skip
        file.write(np.ones((2, 2), dtype=np.float32), 1)
    with pytest.raises(FaultsError, match="reference system"):
        read_raster(path)
