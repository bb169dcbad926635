"""Coordinate systems that the API speaks: CRS84, EPSG:4326 (latitude first), EPSG:32638."""

from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from service.ogc.errors import bad_request

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
UTM38 = "http://www.opengis.net/def/crs/EPSG/0/32638"
KNOWN = {CRS84: "OGC:CRS84", EPSG4326: "EPSG:4326", UTM38: "EPSG:32638"}
_DIGITS = {CRS84: 6, EPSG4326: 6, UTM38: 2}
_CURIES = {f"[{code}]": uri for uri, code in KNOWN.items()}

Shapes = NDArray[np.object_]


def crs_of(text: str | None, parameter: str) -> str:
    """The URI that ``text`` (URI or safe CURIE) names; CRS84 when nothing was asked."""
    if text is None:
        return CRS84
    found = text if text in KNOWN else _CURIES.get(text)
    if found is None:
        raise bad_request(f"{parameter} names no coordinate system that is offered here")
    return found


def to_crs(shapes: Shapes, crs: str) -> Shapes:
    """CRS84 geometries in ``crs``, in that system's own axis order, rounded."""
    if crs == CRS84:
        return shapes
    across = _transformer(CRS84, crs)
    digits = _DIGITS[crs]

    def change(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(np.column_stack(across.transform(points[:, 0], points[:, 1])), digits)

    return np.asarray(shapely.transform(shapes, change), dtype=object)


def box_to_crs84(box: tuple[float, float, float, float], crs: str) -> shapely.Geometry:
    """A box given in ``crs`` (its own axis order) as a geometry in CRS84.

    A box whose west lies east of its east crosses the antimeridian and becomes two.
    """
    first, second, third, fourth = box
    if crs == EPSG4326:
        first, second, third, fourth = second, first, fourth, third
    if crs in {CRS84, EPSG4326}:
        if first > third:
            return shapely.union_all(
                [shapely.box(first, second, 180, fourth), shapely.box(-180, second, third, fourth)]
            )
        return shapely.box(first, second, third, fourth)
    west, south, east, north = _transformer(crs, CRS84).transform_bounds(
        first, second, third, fourth, densify_pts=21
    )
    if not np.isfinite([west, south, east, north]).all():
        raise bad_request("the box lies outside of its coordinate system")
    return shapely.box(west, south, east, north)


def shape_to_crs84(shape: shapely.Geometry, crs: str) -> shapely.Geometry:
    """A geometry given in ``crs`` (its own axis order) in CRS84."""
    if crs == CRS84:
        return shape
    across = _transformer(crs, CRS84)

    def change(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(across.transform(points[:, 0], points[:, 1]))

    return shapely.transform(shape, change)


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(KNOWN[source], KNOWN[target])
