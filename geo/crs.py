"""Coordinate reference systems: WGS84 to show and hand over, a metric one to measure.

Lengths and planar geometry are measured in UTM (EPSG:32638 for Basra); areas of units are
geodesic on the WGS84 ellipsoid, which no choice of zone can bend.
"""

from collections.abc import Sequence
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

WGS84 = CRS.from_epsg(4326)
EQUAL_AREA = CRS.from_epsg(6933)
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


def measuring_crs(*given: CRS) -> CRS:
    """The CRS to compare planar areas in: the common one if it shows them truly, else EPSG:6933.

    UTM and other transverse Mercators, and equal-area projections, are true enough within a
    country; degrees and web Mercator are not. EPSG:6933 is equal-area and keeps parallels and
    meridians straight.
    """
    first = given[0]
    if all(one == first for one in given) and first.is_projected:
        way = first.coordinate_operation
        if way is not None and any(word in way.method_name for word in _TRUE):
            return first
    return EQUAL_AREA


_TRUE = ("Transverse Mercator", "Equal Area")


def measured(shapes: gpd.GeoSeries, crs: CRS) -> gpd.GeoSeries:
    """The shapes in ``crs``; edges that were straight in degrees bend as they must there."""
    if shapes.crs is not None and shapes.crs.is_geographic:
        dense = shapely.segmentize(shapes.to_numpy(), _STEP_DEG)
        shapes = gpd.GeoSeries(dense, index=shapes.index, crs=shapes.crs)
    return shapes.to_crs(crs)


_STEP_DEG = 0.02  # a straight line of degrees then bends by 5 cm at most between two points


def to_metric(lon: NDArray[np.float64], lat: NDArray[np.float64], crs: CRS) -> NDArray[np.float64]:
    """``(n, 2)`` metres east and north in ``crs`` from WGS84 degrees."""
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(lon, lat)
    return np.column_stack([x, y]).astype(np.float64)


def areas_km2(geometry: gpd.GeoSeries) -> NDArray[np.float64]:
    """Geodesic area of each WGS84 geometry."""
    if geometry.crs is None or not geometry.crs.equals(WGS84, ignore_axis_order=True):
        raise ValueError("areas are measured from WGS84 geometry")
    parts, owner = shapely.get_parts(
        shapely.orient_polygons(geometry.to_numpy()), return_index=True
    )
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.searchsorted(ring, np.arange(len(rings) + 1))
    of_ring = [
        _GEOD.polygon_area_perimeter(points[start:end, 0], points[start:end, 1])[0]
        for start, end in pairwise(ends.tolist())
    ]
    of_part, square_m = np.zeros(len(parts)), np.zeros(len(geometry))
    np.add.at(of_part, part, of_ring)  # rings are oriented: a hole's area is below nought
    np.add.at(square_m, owner, of_part)
    return np.abs(square_m) / 1e6
