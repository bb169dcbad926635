"""Population from a raster (WorldPop and its like): sums by area, each pixel by its covered part.

Reads GeoTIFF with its nodata value through rasterio; the covered fraction of every pixel is exact
(``exactextract``). Pixels are persons; densities must be turned into persons first.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from numpy.typing import NDArray
from pyproj import CRS

from geo.checks import Fault, FaultsError
from geo.notes import said
from geo.places import Standing
from geo.population import POPULATION


@dataclass(frozen=True, slots=True)
class Raster:
    """Persons per pixel, rows from the north. ``bounds``: west, south, east, north in ``crs``."""

    persons: NDArray[np.float64]
    bounds: tuple[float, float, float, float]
    crs: CRS
    nodata: float | None = None


def read_raster(path: Path) -> Raster:
    """The first band of a north-up raster with a CRS. Raises ``FaultsError``."""
    with rasterio.open(path) as file:
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
        box = file.bounds
        return Raster(
            persons=file.read(1).astype(np.float64),
            bounds=(box.left, box.bottom, box.right, box.top),
            crs=CRS.from_user_input(file.crs.to_wkt()),
            nodata=file.nodata,
        )


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


def raster_population(
    raster: Raster, units: gpd.GeoDataFrame, *, as_of: date, source: str
) -> pd.DataFrame:
    """The canonical population table of the units: estimates, with the raster as their source.

    Areas that the raster does not cover at all are left out: no figure is not zero.
    """
    table = zonal(raster, units.geometry)
    table = table[table["covered"] > 0]
    rows = pd.DataFrame(
        {
            "area": table.index.astype("str"),
            "as_of": pd.Timestamp(as_of),
            "residents": table["sum"].to_numpy(),
            "standing": Standing.ESTIMATED.value,
            "source": source,
        }
    )
    return POPULATION.check(rows)
