"""Land routes round a river: the shortest ways that cross it only at open crossings.

A visibility graph: offices, seats, the two banks of every crossing, and points along both sides
of the rivers; two of them are joined if the straight line between them meets no river. So a
route is a chain of straight legs, none of which crosses water. Roads are longer than legs: the
detour factor says by how much, and it is an assumption until a road graph is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.crs import WGS84, metric_crs, to_metric
from geo.places import Crossing, Office
from geo.travel import DEFAULT_SPEED_KMH, table_of

Floats = NDArray[np.float64]
DEFAULT_DETOUR = 1.3
"""Road length over straight length (assumption; no survey of Basra's roads was found)."""
BANK_M = 50.0
RIVER_WIDTH_M = 700.0
"""Lines this near a crossing are banks of the one river it spans (the Shatt is 400-600 m)."""
SNAP_M = 1500.0
"""A crossing farther than this from every river is misplaced (positions are +-1.5 km)."""
_BESIDE_M = 150.0
_NODES = 900
_EDGE_M = 5000.0
_BEYOND_M = 300_000.0


@dataclass(frozen=True, slots=True)
class LandRules:
    """Assumptions of land routes, all editable: speed, detour factor, minutes at a crossing."""

    speed_kmh: float = DEFAULT_SPEED_KMH
    detour: float = DEFAULT_DETOUR
    crossing_min: float = 0.0

    def minutes(self, metres: Floats) -> Floats:
        """Driving time of straight metres."""
        return metres * self.detour / (self.speed_kmh * 1000.0 / 60.0)


@dataclass(frozen=True, slots=True)
class Routes:
    """The network: ``points`` (n, 2) metres, ``legs`` (m, 2) positions, ``minutes`` of each leg.

    The first ``offices`` points are the offices, the next ``areas`` the seats. ``bridges`` flags
    the legs that are crossings; ``unused`` names open crossings that lie at no river.
    """

    points: Floats
    legs: NDArray[np.int64]
    minutes: Floats
    bridges: NDArray[np.bool_]
    barrier: Any
    crs: Any
    unused: tuple[str, ...]


def centre_lines(rivers: Mapping[str, Any]) -> gpd.GeoSeries:
    """Rivers (GeoJSON, WGS84) as travel meets them: their lines without those of the banks.

    Two banks and a middle would be three rivers to cross.
    """
    centres = [f for f in rivers["features"] if f["properties"].get("part", "centre") == "centre"]
    lines = [shapely.geometry.shape(feature["geometry"]) for feature in centres]
    return gpd.GeoSeries(lines, crs=WGS84)


def land_travel(
    areas: pd.DataFrame,
    offices: Sequence[Office],
    crossings: Sequence[Crossing],
    rivers: gpd.GeoSeries,
    *,
    outline: Any = None,
    rules: LandRules | None = None,
) -> pd.DataFrame:
    """The canonical travel table; pairs without a way are absent.

    ``areas``: index code, ``lon, lat``. ``rivers``: lines in EPSG:4326 (an empty series: open
    country). ``outline`` (polygon, EPSG:4326) closes rivers that end at its border, so that no
    way leads round the end of a line that was only cut off there.
    """
    rules = rules or LandRules()
    routes = land_routes(areas, offices, crossings, rivers, outline=outline, rules=rules)
    count = len(routes.points)
    a, b = routes.legs.T
    graph = coo_array((np.maximum(routes.minutes, 1e-9), (a, b)), shape=(count, count)).tocsr()
    first = np.arange(len(offices))
    minutes = dijkstra(graph, directed=False, indices=first)
    at = len(offices) + np.arange(len(areas))
    return table_of(minutes[:, at].T, [str(c) for c in areas.index], [o.code for o in offices])


def land_routes(
    areas: pd.DataFrame,
    offices: Sequence[Office],
    crossings: Sequence[Crossing],
    rivers: gpd.GeoSeries,
    *,
    outline: Any = None,
    rules: LandRules | None = None,
) -> Routes:
    """The network that ``land_travel`` walks; see there."""
    rules = rules or LandRules()
    if len(rivers) and (rivers.crs is None or not rivers.crs.equals(WGS84, ignore_axis_order=True)):
        raise ValueError("rivers are given in EPSG:4326")
    lon = np.concatenate([[o.lon for o in offices], areas["lon"].to_numpy(float)])
    lat = np.concatenate([[o.lat for o in offices], areas["lat"].to_numpy(float)])
    crs = metric_crs((lon.min(), lat.min(), lon.max(), lat.max()))
    terminals = to_metric(lon, lat, crs)
    river, cut_off = _barrier(rivers, outline, crs)
    barrier = shapely.union_all([river, *cut_off])
    banks, unused = _banks([c for c in crossings if c.open], river, crs)
    beside = _beside(river, barrier)
    points = np.vstack([terminals, banks.reshape(-1, 2), beside])
    legs = _visible(points, barrier)
    metres = np.hypot(*(points[legs[:, 0]] - points[legs[:, 1]]).T)
    own = len(terminals) + np.arange(2 * len(banks)).reshape(-1, 2)
    spans = np.hypot(*(banks[:, 0] - banks[:, 1]).T)
    return Routes(
        points=points,
        legs=np.vstack([legs, own]),
        minutes=np.concatenate([rules.minutes(metres), rules.minutes(spans) + rules.crossing_min]),
        bridges=np.concatenate([np.zeros(len(legs), bool), np.ones(len(own), bool)]),
        barrier=barrier,
        crs=crs,
        unused=unused,
    )


def _barrier(rivers: gpd.GeoSeries, outline: Any, crs: Any) -> tuple[Any, list[Any]]:
    """The rivers, and how they go on where the outline has cut them off."""
    if not len(rivers):
        return shapely.MultiLineString(), []
    lines = shapely.line_merge(shapely.union_all(rivers.to_crs(crs).to_numpy()))
    if outline is None:
        return lines, []
    shape = gpd.GeoSeries([outline], crs=WGS84).to_crs(crs).iloc[0]
    centre = np.array(shape.centroid.coords[0])
    edge = shapely.boundary(shape)
    more = []
    for end in _loose_ends(lines):
        point = shapely.Point(end)
        if shape.contains(point) and edge.distance(point) > _EDGE_M:
            continue  # it ends inland: one may walk round it
        away = np.asarray(end) - centre
        more.append(shapely.LineString([end, end + away / np.hypot(*away) * _BEYOND_M]))
    return lines, more


def _loose_ends(lines: Any) -> list[tuple[float, float]]:
    ends: dict[tuple[float, float], int] = {}
    for part in shapely.get_parts(lines):
        for end in (part.coords[0], part.coords[-1]):
            ends[end] = ends.get(end, 0) + 1
    return [end for end, times in ends.items() if times == 1]


def _banks(crossings: Sequence[Crossing], barrier: Any, crs: Any) -> tuple[Floats, tuple[str, ...]]:
    """Both banks of each open crossing, (n, 2, 2); a river drawn by two lines is spanned whole."""
    found, unused = [], []
    for crossing in crossings:
        here = to_metric(np.array([crossing.lon]), np.array([crossing.lat]), crs)[0]
        if barrier.is_empty or barrier.distance(shapely.Point(here)) > SNAP_M:
            unused.append(crossing.code)
            continue
        on = np.array(shapely.shortest_line(barrier, shapely.Point(here)).coords[0])
        across = _across(barrier, on)
        ray = shapely.LineString([on - across * RIVER_WIDTH_M, on + across * RIVER_WIDTH_M])
        cut = shapely.get_coordinates(shapely.intersection(ray, barrier))
        along = np.append((cut - on) @ across, 0.0)
        found.append([on + across * (along.min() - BANK_M), on + across * (along.max() + BANK_M)])
    return np.array(found, dtype=float).reshape(-1, 2, 2), tuple(unused)


def _across(barrier: Any, on: Floats) -> Floats:
    """Unit vector at right angles to the river, which is taken over 200 m around the point."""
    near = shapely.get_coordinates(shapely.intersection(barrier, shapely.Point(on).buffer(100.0)))
    spread = near - near.mean(axis=0)
    along = np.linalg.svd(spread, full_matrices=False)[2][0]
    return np.array([-along[1], along[0]])


def _beside(river: Any, barrier: Any) -> Floats:
    """Points along both sides of the rivers, on outlines that never touch them.

    None beyond a cut-off end: what lies out there is not known, so no way leads round it.
    """
    if river.is_empty:
        return np.empty((0, 2))
    beside = _BESIDE_M
    while True:
        outline = shapely.simplify(shapely.buffer(river, beside, quad_segs=2), beside / 3)
        points = np.unique(shapely.get_coordinates(outline), axis=0)
        if len(points) <= _NODES:
            away = shapely.distance(barrier, shapely.points(points))
            return np.asarray(points[away > beside / 2], dtype=np.float64)
        beside *= 1.5


def _visible(points: Floats, barrier: Any) -> NDArray[np.int64]:
    """Pairs of points that see each other over land."""
    first, second = np.triu_indices(len(points), k=1)
    pairs = np.column_stack([first, second])
    if barrier.is_empty:
        return pairs
    shapely.prepare(barrier)
    kept = []
    for start in range(0, len(pairs), 100_000):
        part = pairs[start : start + 100_000]
        legs = shapely.linestrings(np.stack([points[part[:, 0]], points[part[:, 1]]], axis=1))
        kept.append(part[~shapely.intersects(barrier, legs)])
    return np.concatenate(kept)
