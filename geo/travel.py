"""Minutes by road from each office to each area: an imported table, a road graph, or land routes.

The river is the main cost: in ``geo.landroutes`` no way leads across it except over an open
crossing. A pair without a way is *absent* from the table; it is never a large number.
"""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from geo.boundaries import at_level
from geo.checks import Fault, raise_faults
from geo.crs import metric_crs, to_metric
from geo.frames import Column, Frame, Kind
from geo.notes import said
from geo.places import Crossing, Level, Office

Floats = NDArray[np.float64]
DEFAULT_SPEED_KMH = 60.0
"""Assumption for roads between towns, as in the office's own estimates; city traffic is slower."""
SNAP_M = 5000.0
"""A seat farther than this from the road graph is not on it (assumption)."""
CLOSED_M = 60.0

TRAVEL = Frame(
    "travel",
    None,
    (
        Column("area", Kind.CODE),
        Column("office", Kind.CODE),
        Column("travel_min", Kind.NUMBER, low=0, high=24 * 60),
    ),
)


def travel_faults(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> list[Fault]:
    """Every fault of a travel table; a pair stands in it once."""
    found = TRAVEL.faults(frame, file=file, rows=rows)
    if not {"area", "office"} <= set(frame.columns):
        return found
    labels = list(frame.index) if rows is None else list(rows)
    return found + [
        Fault(
            said("{area} and {office} have two travel times."),
            said("Keep the right one."),
            {"area": str(frame["area"].iloc[n]), "office": str(frame["office"].iloc[n])},
            "travel_min",
            labels[n],
            file,
        )
        for n, bad in enumerate(frame.duplicated(["area", "office"], keep="first"))
        if bad
    ]


def check_travel(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> pd.DataFrame:
    """The canonical travel table: ``area``, ``office``, ``travel_min`` (one way).

    Rows without minutes say that there is no way, and are left out. Raises ``FaultsError``.
    """
    given = frame
    if "travel_min" in frame.columns:
        keep = frame["travel_min"].notna().to_numpy()
        given = frame[keep]
        rows = None if rows is None else [r for r, k in zip(rows, keep, strict=True) if k]
    raise_faults(travel_faults(given, file=file, rows=rows))
    return TRAVEL.check(given, file=file, rows=rows)


def travel_matrix(
    travel: pd.DataFrame, areas: Sequence[str], offices: Sequence[str]
) -> pd.DataFrame:
    """Areas (rows) x offices (columns), minutes; NaN where there is no way."""
    wide = travel.pivot_table(index="area", columns="office", values="travel_min", aggfunc="min")
    return wide.reindex(index=list(areas), columns=list(offices)).astype(float)


def seats(units: gpd.GeoDataFrame, level: Level = Level.SUBDISTRICT) -> pd.DataFrame:
    """``lon``, ``lat`` of the seat of each unit of a level: where visitors go."""
    rows = at_level(units, level)
    return pd.DataFrame({"lon": rows["seat_lon"], "lat": rows["seat_lat"]}, index=rows.index)


def table_of(minutes: Floats, areas: Sequence[str], offices: Sequence[str]) -> pd.DataFrame:
    """The canonical table of an areas x offices matrix; what is not finite is left out."""
    area, office = np.nonzero(np.isfinite(minutes))
    return pd.DataFrame(
        {
            "area": [areas[i] for i in area.tolist()],
            "office": [offices[j] for j in office.tolist()],
            "travel_min": np.round(minutes[area, office], 6),
        }
    ).astype({"area": "str", "office": "str", "travel_min": "float64"})


def road_travel(
    roads: gpd.GeoDataFrame,
    areas: pd.DataFrame,
    offices: Sequence[Office],
    crossings: Sequence[Crossing] = (),
    *,
    rivers: gpd.GeoSeries | None = None,
    speed_kmh: float = DEFAULT_SPEED_KMH,
    snap_m: float = SNAP_M,
) -> pd.DataFrame:
    """Shortest times on a road graph that the user gives.

    ``roads`` are lines (any CRS, stated) that meet at shared vertices, with ``speed_kmh`` and
    ``oneway`` (true: in the line's direction only) where known. ``areas`` has index code and
    ``lon, lat``. The way from a seat to the nearest place on a road is driven at ``speed_kmh`` and
    crosses none of the ``rivers`` (lines, any stated CRS); farther than ``snap_m`` it is not on the
    graph. Pieces of road within 60 m of a closed crossing are taken out.
    """
    if roads.crs is None:
        raise ValueError("the road graph has no reference system")
    crs = metric_crs(roads.to_crs(4326).total_bounds)
    start, stop, minutes, oneway = _pieces(roads.to_crs(crs), speed_kmh)
    closed = [c for c in crossings if not c.open]
    if closed:
        at = to_metric(np.array([c.lon for c in closed]), np.array([c.lat for c in closed]), crs)
        lines = shapely.linestrings(np.stack([start, stop], axis=1))
        hit = shapely.STRtree(lines).query(
            shapely.points(at), predicate="dwithin", distance=CLOSED_M
        )[1]
        kept = np.ones(len(lines), dtype=bool)
        kept[hit] = False
        start, stop, minutes, oneway = start[kept], stop[kept], minutes[kept], oneway[kept]
    if not len(start):
        return TRAVEL.empty()
    nodes, index = np.unique(np.round(np.vstack([start, stop]), 1), axis=0, return_inverse=True)
    a, b = np.split(index.ravel(), 2)
    back = ~oneway
    graph = _fastest(
        np.concatenate([a, b[back]]),
        np.concatenate([b, a[back]]),
        np.concatenate([minutes, minutes[back]]),
        len(nodes),
    )
    barrier = None if rivers is None else shapely.union_all(rivers.to_crs(crs).to_numpy())
    here = to_metric(np.array([o.lon for o in offices]), np.array([o.lat for o in offices]), crs)
    there = to_metric(areas["lon"].to_numpy(float), areas["lat"].to_numpy(float), crs)
    tree = KDTree(nodes)
    from_m, from_node = _snapped(here, tree, barrier, snap_m)
    to_m, to_node = _snapped(there, tree, barrier, snap_m)
    driven = np.asarray(dijkstra(graph, indices=from_node.tolist()))[:, to_node].T
    lane = speed_kmh * 1000.0 / 60.0
    total = driven + (to_m[:, None] + from_m[None, :]) / lane
    return table_of(total, [str(c) for c in areas.index], [o.code for o in offices])


_STEP_M = 500.0
"""Roads are joined along their whole length, not at far-apart vertices only."""
_NEAREST = 64


def _snapped(
    points: Floats, tree: KDTree, barrier: Any, snap_m: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Metres to, and position of, the nearest node that a straight leg over land reaches.

    Infinite metres where none of the nearest 64 nodes within ``snap_m`` is.
    """
    away, node = tree.query(points, k=min(_NEAREST, tree.n), distance_upper_bound=snap_m)
    away, node = (np.asarray(found).reshape(len(points), -1) for found in (away, node))
    free = np.isfinite(away)
    if barrier is not None and not barrier.is_empty:
        shapely.prepare(barrier)
        row, column = np.nonzero(free)
        ends = np.stack([points[row], tree.data[node[row, column]]], axis=1)
        free[row, column] = ~shapely.intersects(barrier, shapely.linestrings(ends))
    first = free.argmax(axis=1)
    at = np.arange(len(points))
    found = free[at, first]
    metres = np.where(found, away[at, first], np.inf)
    return np.asarray(metres, np.float64), np.where(found, node[at, first], 0).astype(np.int64)


def _pieces(
    roads: gpd.GeoDataFrame, speed_kmh: float
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Straight pieces of all lines: both ends, minutes, and whether they go one way only."""
    whole = shapely.segmentize(roads.geometry.to_numpy(), _STEP_M)
    lines, row = shapely.get_parts(whole, return_index=True)
    points, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    start, stop = points[:-1][joined], points[1:][joined]
    row = row[line[1:][joined]]
    speed = np.full(len(roads), speed_kmh)
    if "speed_kmh" in roads.columns:
        speed = pd.to_numeric(roads["speed_kmh"], errors="coerce").fillna(speed_kmh).to_numpy(float)
        speed = np.where(speed > 0, speed, speed_kmh)
    oneway = np.zeros(len(roads), dtype=bool)
    if "oneway" in roads.columns:
        oneway = roads["oneway"].isin([True, 1, "yes", "true", "1"]).to_numpy()
    length = np.hypot(*(stop - start).T)
    return start, stop, length / (speed[row] * 1000.0 / 60.0), oneway[row]


def _fastest(a: NDArray[np.int64], b: NDArray[np.int64], minutes: Floats, count: int) -> csr_array:
    """The graph with the fastest of parallel pieces; a piece without length takes no time."""
    key = a * count + b
    order = np.lexsort((minutes, key))
    first = np.unique(key[order], return_index=True)[1]
    keep = order[first]
    # The solver reads a stored 0 as no edge.
    weight = np.maximum(minutes[keep], 1e-9)
    return csr_array(coo_array((weight, (a[keep], b[keep])), shape=(count, count)))
