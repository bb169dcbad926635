"""The two reference systems of the build, and the way between them.

Degrees are WGS84 longitude, latitude (EPSG:4326). Every length and area is taken in metres in
UTM zone 38N (EPSG:32638), the zone of Basra.
"""

from functools import lru_cache
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

WGS84 = "EPSG:4326"
UTM_38N = "EPSG:32638"
SQUARE_METRES_PER_KM2 = 1e6


@lru_cache(maxsize=2)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _move(geometry: BaseGeometry, source: str, target: str) -> BaseGeometry:
    def step(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(_transformer(source, target).transform(xy[:, 0], xy[:, 1]))

    return cast("BaseGeometry", shapely.transform(geometry, step))


def to_metres(geometry: BaseGeometry) -> BaseGeometry:
    """Degrees (EPSG:4326) to metres (EPSG:32638)."""
    return _move(geometry, WGS84, UTM_38N)


def to_degrees(geometry: BaseGeometry) -> BaseGeometry:
    """Metres (EPSG:32638) to degrees (EPSG:4326)."""
    return _move(geometry, UTM_38N, WGS84)
