"""Population from a raster (WorldPop and its like): sums by area, each pixel by its covered part.

Reads GeoTIFF with its nodata value through rasterio; the covered fraction of every pixel is exact
(``exactextract``). Pixels are persons; densities must be turned into persons first.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.errors import RasterioIOError
from rasterio.windows import Window

from geo.checks import Fault, FaultsError
from geo.notes import said


@dataclass(frozen=True, slots=True)
class Raster:
    """Persons per pixel, rows from the north. ``bounds``: west, south, east, north in ``crs``."""

    persons: NDArray[np.float64]
    bounds: tuple[float, float, float, float]
    crs: CRS
    nodata: float | None = None


def read_raster(path: Path, *, around: gpd.GeoSeries | None = None) -> Raster:
    """The first band of a north-up GeoTIFF with a CRS. Raises ``FaultsError``.

    ``around`` (any stated CRS): only the pixels of these areas' rectangle are read, since a country
    has a hundred million of them.
    """
    with _opened(path) as file:
        faults = []
        if file.crs is None:
            faults.append(
                Fault(
                    said("The raster has no reference system."),
                    said("Save it again with one."),
                    file=path.name,
                )
            )
        if file.transform.b or file.transform.d or file.transform.e >= 0:
            faults.append(
                Fault(
                    said("The raster is turned or upside down."),
                    said("Save it north up."),
                    file=path.name,
                )
            )
        if faults:
            raise FaultsError(faults)
        crs = CRS.from_user_input(file.crs.to_wkt())
        window = Window(0, 0, file.width, file.height)
        if around is not None:
            window = _window(file, around.to_crs(crs).total_bounds)
        box = file.bounds
        wide, high = (box.right - box.left) / file.width, (box.top - box.bottom) / file.height
        return Raster(
            persons=file.read(1, window=window).astype(np.float64),
            bounds=(
                box.left + window.col_off * wide,
                box.top - (window.row_off + window.height) * high,
                box.left + (window.col_off + window.width) * wide,
                box.top - window.row_off * high,
            ),
            crs=crs,
            nodata=file.nodata,
        )


def _opened(path: Path) -> Any:
    try:
        return rasterio.open(path.resolve(), driver="GTiff")  # no driver that follows other files
    except RasterioIOError:
        raise FaultsError(
            [
                Fault(
                    said("This is no GeoTIFF that can be read."),
                    said("Give the raster of persons as GeoTIFF, such as WorldPop's."),
                    file=path.name,
                )
            ]
        ) from None


def _window(file: Any, bounds: Sequence[float]) -> Window:
    """Whole pixels of the raster over a rectangle, in its CRS. Raises ``FaultsError`` off it."""
    west, south, east, north = (float(v) for v in bounds)
    box = file.bounds
    if west >= box.right or east <= box.left or south >= box.top or north <= box.bottom:
        raise FaultsError(
            [
                Fault(
                    said("The raster lies elsewhere: it covers none of the areas."),
                    said("Give the raster of this country, or import its boundaries."),
                    file=Path(file.name).name,
                )
            ]
        )
    # Plain arithmetic: north up, and without the operators that the affine library gives up.
    wide, high = (box.right - box.left) / file.width, (box.top - box.bottom) / file.height
    left, right = max(0, int((west - box.left) / wide)), math.ceil((east - box.left) / wide)
    top, bottom = max(0, int((box.top - north) / high)), math.ceil((box.top - south) / high)
    return Window(left, top, min(right, file.width) - left, min(bottom, file.height) - top)


def zonal(raster: Raster, areas: gpd.GeoSeries) -> pd.DataFrame:
    """Persons of each area; index area code.

    ``sum`` (persons), ``mean`` (persons a pixel, by covered part), ``covered`` (share of the
    area with data: below 1 the sum lacks people).
    """
    if areas.crs is None:
        raise ValueError("the areas name their reference system")
    west, south, east, north = raster.bounds
    values = raster.persons
    if raster.nodata is not None and not np.isnan(raster.nodata):
        values = np.where(values == raster.nodata, np.nan, values)
    source = NumPyRasterSource(
        values,
        xmin=west,
        ymin=south,
        xmax=east,
        ymax=north,
        nodata=np.nan,
        srs_wkt=raster.crs.to_wkt(),
    )
    shapes = areas.to_crs(raster.crs)
    frame = gpd.GeoDataFrame({"code": areas.index}, geometry=shapes.to_numpy(), crs=raster.crs)
    found = exact_extract(
        source, frame, ["sum", "mean", "count"], include_cols=["code"], output="pandas"
    ).set_index("code")
    rows, columns = values.shape
    pixel = (east - west) / columns * (north - south) / rows
    table = found[["sum", "mean"]].astype(float).reindex(areas.index)
    pixels = found["count"].astype(float).reindex(areas.index)
    # A share: both areas in the raster's own units, degrees too.
    table["covered"] = (pixels * pixel / shapely.area(shapes.to_numpy())).clip(upper=1.0)
    return pd.DataFrame(table)
