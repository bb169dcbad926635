"""Coordinate reference systems: WGS84 to show and hand over, a metric one to measure.

Lengths and planar geometry are measured in UTM (EPSG:32638 for Basra); areas of units are
geodesic on the WGS84 ellipsoid, which no choice of zone can bend.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

WGS84 = CRS.from_epsg(4326)
BASRA_METRIC = CRS.from_epsg(32638)
_WEST, _SOUTH, _EAST, _NORTH = -180.0, -80.0, 180.0, 84.0  # where UTM is defined
_GEOD = Geod(ellps="WGS84")


def metric_crs(bounds: Sequence[float]) -> CRS:
    """UTM zone of the middle of ``bounds`` (west, south, east, north; WGS84 degrees).

    Basra gives EPSG:32638. Across a zone's border UTM stretches lengths by less than 0.6 %
    within 8 degrees of its meridian, which is Iraq's width.
    """
    west, south, east, north = (float(v) for v in bounds)
    if not (_WEST <= west <= east <= _EAST and _SOUTH <= south <= north <= _NORTH):
        raise ValueError(f"no UTM zone for the bounds {west}, {south}, {east}, {north}")
    zone = int(((west + east) / 2 + 180) // 6) % 60 + 1
    return CRS.from_epsg((32600 if (south + north) / 2 >= 0 else 32700) + zone)


def to_metric(lon: NDArray[np.float64], lat: NDArray[np.float64], crs: CRS) -> NDArray[np.float64]:
    """``(n, 2)`` metres east and north in ``crs`` from WGS84 degrees."""
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    return np.column_stack([x, y]).astype(np.float64)


def areas_km2(geometry: gpd.GeoSeries) -> NDArray[np.float64]:
    """Geodesic area of each WGS84 geometry."""
    if geometry.crs is None or not geometry.crs.equals(WGS84, ignore_axis_order=True):
        raise ValueError("areas are measured from WGS84 geometry")
    square_m = [
        abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) for shape in geometry
    ]
    return np.array(square_m, dtype=np.float64) / 1e6
