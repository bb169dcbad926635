"""From weights to polygons that share their borders exactly. Metres (EPSG:32638).

Every border is drawn once: the straight borders between seeds, the circles where settled land
ends, the outline and the river are noded together, and each face goes to the unit that the
diagram names at a point inside it.
"""

from typing import cast

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

from .crs import SQUARE_METRES_PER_KM2
from .diagram import Diagram
from .outline import Banks
from .places import Bank, Place

NODE_GRID_METRES = 1.0
CIRCLE_QUARTER_SEGMENTS = 32
# Square root of the area that simplification may move at a bend.
SIMPLIFY_METRES = 150.0
# A part of a unit without a seed and below this size joins its neighbour.
FRAGMENT_LIMIT_KM2 = 40.0


def _bisectors(diagram: Diagram, extent_metres: float) -> list[LineString]:
    """The power line of every two seeds of different units, long enough to cross the outline."""
    lines = []
    count = len(diagram.seed_xy)
    for i in range(count):
        for j in range(i + 1, count):
            if diagram.unit_of_column[i] == diagram.unit_of_column[j]:
                continue
            between = diagram.seed_xy[j] - diagram.seed_xy[i]
            apart = float(np.hypot(*between))
            unit = between / apart
            shift = (apart**2 + diagram.weight_m2[i] - diagram.weight_m2[j]) / (2 * apart)
            foot = diagram.seed_xy[i] + shift * unit
            across = np.array([-unit[1], unit[0]]) * extent_metres
            lines.append(LineString([foot - across, foot + across]))
    return lines


def _desert_circles(diagram: Diagram) -> list[BaseGeometry]:
    """Around each seed, where its cost reaches the desert's."""
    desert_weight = diagram.weight_m2[-1]
    constant = float(diagram.cost(np.zeros((1, 2)), Bank.WEST)[0, -1])
    circles = []
    for xy, weight in zip(diagram.seed_xy, diagram.weight_m2[:-1], strict=True):
        squared = constant - desert_weight + weight
        if squared > 0:
            disc = Point(xy).buffer(float(np.sqrt(squared)), quad_segs=CIRCLE_QUARTER_SEGMENTS)
            circles.append(disc.exterior)
    return circles


def _faces(diagram: Diagram, land: Polygon, bank: Bank, shared: BaseGeometry) -> list[Polygon]:
    west, south, east, north = land.bounds
    lines = _bisectors(diagram, (east - west) + (north - south))
    if bank is Bank.WEST:
        lines += _desert_circles(diagram)
    inner = shapely.union_all(lines).intersection(land)
    noded = shapely.union_all([inner, shared], grid_size=NODE_GRID_METRES)
    shapely.prepare(land)
    return [face for face in polygonize(noded) if land.contains(face.representative_point())]


def cells(diagram: Diagram, banks: Banks, places: tuple[Place, ...]) -> dict[str, BaseGeometry]:
    """Polygon of each sub-district, by code; together they cover the outline without overlap."""
    parts: dict[str, list[Polygon]] = {}
    rings = shapely.union_all(
        [banks.west.exterior, banks.east.exterior], grid_size=NODE_GRID_METRES
    )
    for bank, land in ((Bank.WEST, banks.west), (Bank.EAST, banks.east)):
        faces = _faces(diagram, land, bank, rings)
        inside = [face.representative_point() for face in faces]
        xy = np.array([(point.x, point.y) for point in inside])
        for face, unit in zip(faces, diagram.unit_at(xy, bank), strict=True):
            parts.setdefault(unit, []).append(face)
    whole = {unit: unary_union(faces) for unit, faces in sorted(parts.items())}
    clean = _noded_together(absorb_fragments(whole, places))
    codes = list(clean)
    simple = shapely.coverage_simplify([clean[code] for code in codes], SIMPLIFY_METRES)
    return dict(zip(codes, simple, strict=True))


def _noded_together(units: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Rebuild the units from one noded line set: the two banks were noded apart.

    Slivers that the grid leaves between the banks go to the unit that they border most.
    """
    lines = shapely.union_all(
        [unit.boundary for unit in units.values()], grid_size=NODE_GRID_METRES
    )
    parts: dict[str, list[BaseGeometry]] = {code: [] for code in units}
    for face in polygonize(lines):
        inside = face.representative_point()
        owner = next((code for code, unit in units.items() if unit.contains(inside)), None)
        if owner is None:
            border = {code: unit.intersection(face).length for code, unit in units.items()}
            owner = max(border, key=lambda code: (border[code], code))
        parts[owner].append(face)
    return {code: unary_union(faces) for code, faces in parts.items()}


def absorb_fragments(
    units: dict[str, BaseGeometry], places: tuple[Place, ...]
) -> dict[str, BaseGeometry]:
    """Give small parts without a seed to the neighbour with the longest common border."""
    kept: dict[str, list[Polygon]] = {code: [] for code in units}
    loose: list[tuple[str, Polygon]] = []
    for code, unit in units.items():
        seeds = [place.position for place in places if place.subdistrict_code == code]
        for part in _polygons(unit):
            small = part.area < FRAGMENT_LIMIT_KM2 * SQUARE_METRES_PER_KM2
            if small and not any(part.covers(seed) for seed in seeds):
                loose.append((code, part))
            else:
                kept[code].append(part)
    for code, part in sorted(loose, key=lambda item: -item[1].area):
        border = {
            other: sum(part.intersection(own).length for own in owned)
            for other, owned in kept.items()
        }
        best = max(border, key=lambda other: (border[other], other))
        kept[best if border[best] > 0 else code].append(part)
    return {code: unary_union(owned) for code, owned in kept.items()}


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    if isinstance(geometry, MultiPolygon):
        return list(geometry.geoms)
    return [cast("Polygon", geometry)]
