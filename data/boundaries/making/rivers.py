"""The rivers that divide Basra: the line along which the diagram is cut.

Degrees in, metres (EPSG:32638) out. Below 30.62 N the source draws the Shatt al-Arab by its two
banks; its centre line is the longest way through their medial axis (edges of the Voronoi diagram
of bank points that stay in the water).
"""

from dataclasses import dataclass
from typing import cast

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Point, Polygon

from .crs import to_metres
from .sources import starting_at

BANK_STEP_METRES = 100.0
CENTRE_TOLERANCE_METRES = 50.0

# First points (longitude, latitude) of the lines in the source, from north to south.
TIGRIS_PARTS = ((47.0, 31.85507),)
EUPHRATES_PARTS = ((46.29562, 31.0), (47.0, 30.97323), (47.39360, 31.0))
SHATT_LINE = (47.45792, 31.0)
SHATT_BANKS = (47.75170, 30.61970)


@dataclass(frozen=True)
class Rivers:
    """Lines in metres, each from upstream to downstream."""

    tigris: LineString
    euphrates: LineString
    shatt_upper: LineString
    shatt_lower: LineString
    shatt_water: Polygon

    @property
    def shatt(self) -> LineString:
        """Centre line of the whole Shatt al-Arab, from Al-Qurna to the sea."""
        return LineString([*self.shatt_upper.coords, *self.shatt_lower.coords])

    @property
    def cut(self) -> LineString:
        """Tigris, then Shatt al-Arab to the sea: the line that no cell crosses."""
        return LineString([*self.tigris.coords, *self.shatt.coords])

    def banks(self) -> tuple[LineString, LineString]:
        """West bank and east bank of the lower Shatt, each from upstream to downstream."""
        ring = np.asarray(self.shatt_water.exterior.coords)[:-1]
        mouth = np.asarray(self.shatt_lower.coords[-1])
        turn = int(np.argmin(np.hypot(*(ring - mouth).T)))
        one, other = LineString(ring[: turn + 1]), LineString(ring[turn:][::-1])
        middle = [bank.interpolate(0.5, normalized=True).x for bank in (one, other)]
        return (one, other) if middle[0] < middle[1] else (other, one)


def rivers_of_basra(lines: list[NDArray[np.float64]]) -> Rivers:
    """Choose the lines of the source by where they start, and join them."""

    def join(parts: tuple[tuple[float, float], ...]) -> LineString:
        points = [xy for part in parts for xy in starting_at(lines, *part).coords]
        return cast("LineString", to_metres(LineString(points)))

    water = cast("Polygon", to_metres(Polygon(starting_at(lines, *SHATT_BANKS))))
    upper = join((SHATT_LINE,))
    return Rivers(
        tigris=join(TIGRIS_PARTS),
        euphrates=join(EUPHRATES_PARTS),
        shatt_upper=upper,
        shatt_lower=centre_line(water, Point(upper.coords[-1])),
        shatt_water=water,
    )


def centre_line(water: Polygon, source: Point) -> LineString:
    """Centre line of a long water body from the end at `source` to the far end, in metres."""
    bank_points = MultiPoint(water.exterior.segmentize(BANK_STEP_METRES).coords)
    edges = shapely.get_parts(shapely.voronoi_polygons(bank_points, only_edges=True))
    shapely.prepare(water)
    graph: nx.Graph[tuple[float, float]] = nx.Graph()
    for edge in edges[shapely.contains_properly(water, edges)]:
        # Rounded to a centimetre: ends of neighbouring edges must be one node.
        (ax, ay), (bx, by) = edge.coords[0], edge.coords[-1]
        graph.add_edge(
            (round(ax, 2), round(ay, 2)), (round(bx, 2), round(by, 2)), metres=edge.length
        )
    nodes = max(nx.connected_components(graph), key=len)
    start = min(nodes, key=lambda xy: (Point(xy).distance(source), xy))
    reach = nx.single_source_dijkstra_path_length(graph, start, weight="metres")
    mouth = max(reach, key=lambda xy: (reach[xy], xy))
    way = nx.dijkstra_path(graph, start, mouth, weight="metres")
    return cast("LineString", LineString(way).simplify(CENTRE_TOLERANCE_METRES))
