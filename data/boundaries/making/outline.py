"""The governorate's outline and its two banks. Metres (EPSG:32638) throughout.

The outline is the face of Natural Earth's lines that holds the city of Basra. Where the country's
border follows the Shatt al-Arab, the finer river line takes the place of Natural Earth's.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

from .crs import SQUARE_METRES_PER_KM2, to_metres

# Lines of different layers that should meet miss one another by a few metres.
SNAP_METRES = 10.0

# Two bridges known to stand over the river (longitude, latitude): Tanuma and Italian bridge. The
# source's line passes a kilometre west of both, which would put Al-Ashar on the wrong bank. It is
# moved by their mean offset, fading out along the river: the evidence is local.
BRIDGES = ((47.8422, 30.5236), (47.831, 30.539))
FADE_METRES = 25_000.0
RIVER_STEP_METRES = 500.0

# The river line is no better than this. The outline is let out by as much where the river is the
# country's border, or towns on the Iraqi bank fall outside. It says nothing on the border itself.
LINE_ACCURACY_METRES = 500.0
RIVER_BORDER_REACH_METRES = 3_000.0
SLIVER_LIMIT_KM2 = 80.0
SEAT_CLEARANCE_METRES = 500.0


@dataclass(frozen=True)
class Banks:
    """The land west and east of the Tigris and the Shatt al-Arab; their union is the outline."""

    west: Polygon
    east: Polygon

    @property
    def outline(self) -> Polygon:
        return cast("Polygon", unary_union([self.west, self.east]))


def outline_around(lines: list[BaseGeometry], inside: Point) -> Polygon:
    """The face of a set of lines (degrees) that holds a point (metres)."""
    moved = shapely.union_all([to_metres(line) for line in lines], grid_size=SNAP_METRES)
    for face in polygonize(shapely.node(moved)):
        if face.contains(inside):
            return cast("Polygon", face)
    message = "the lines close no face around the point"
    raise ValueError(message)


@dataclass(frozen=True)
class BridgeShift:
    """Moves river lines (metres) onto known bridges, fading out along the river either way."""

    river: LineString
    along_metres: tuple[float, ...]
    offset_metres: tuple[float, float]

    def move(self, line: LineString) -> LineString:
        """Any line of this river: its centre or a bank."""
        points = np.asarray(line.segmentize(RIVER_STEP_METRES).coords)
        metres = shapely.line_locate_point(self.river, shapely.points(points))
        nearest = np.min([np.abs(metres - at) for at in self.along_metres], axis=0)
        share = np.clip(1 - nearest / FADE_METRES, 0.0, 1.0)
        return LineString(points + share[:, None] * np.asarray(self.offset_metres))


def shift_to_bridges(river: LineString, bridges: list[Point]) -> BridgeShift:
    """The mean offset from the river line's nearest points to the bridges (metres)."""
    along = [float(river.project(bridge)) for bridge in bridges]
    feet = [river.interpolate(metres) for metres in along]
    gaps = [(b.x - foot.x, b.y - foot.y) for b, foot in zip(bridges, feet, strict=True)]
    east, north = np.mean(gaps, axis=0)
    return BridgeShift(river, tuple(along), (float(east), float(north)))


def _largest(geometry: BaseGeometry) -> Polygon:
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    largest = max(parts, key=lambda part: part.area)
    return Polygon(cast("Polygon", largest).exterior)


def split_by_river(outline: Polygon, river: LineString, east_seats: list[Point]) -> Banks:
    """Cut the outline along the river and mend it where the river is the country's border.

    Faces between the old outline and the river line are Iraq's when they lie west of it, and are
    dropped when they lie east of it. A seat on the east bank keeps the ground around it.
    """
    faces = list(polygonize(shapely.node(shapely.union_all([outline.boundary, river]))))
    within = [face for face in faces if outline.contains(face.representative_point())]
    beyond = [face for face in faces if not outline.contains(face.representative_point())]
    west, east = sorted(within, key=lambda face: -face.area)[:2]
    slivers = [face for face in beyond if face.area < SLIVER_LIMIT_KM2 * SQUARE_METRES_PER_KM2]
    border = river.difference(east.buffer(3 * LINE_ACCURACY_METRES)).intersection(
        outline.buffer(RIVER_BORDER_REACH_METRES)
    )
    margin = border.buffer(LINE_ACCURACY_METRES).difference(east)
    west = _largest(unary_union([west, *slivers, margin]))
    ground = [seat.buffer(SEAT_CLEARANCE_METRES).difference(west) for seat in east_seats]
    east = _largest(unary_union([east, *ground]).difference(west))
    return Banks(west=west, east=east)
