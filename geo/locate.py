"""Where incidents happened: area by source or by point, and how sure that is.

Every incident gets exactly one placement, so the counts add up to the input. An area that the
source gave overrides geometry (official river lines are known to be off); a point near a
border is flagged, and so is a coordinate that carries an unlikely share of an area's events.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.boundaries import at_level, upward
from geo.crs import metric_crs, to_metric
from geo.grid import AreaGrid, assign, build_grid
from geo.places import Level
from geo.successors import Successors

BORDER_M = 500.0
"""A point this near a border may belong to either side: the official Shatt al-Arab line is off
by some hundred metres (an assumption, from the events coded Shatt al-Arab on the west bank)."""

HEAP_SHARE = 0.2
HEAP_LEAST = 10
"""A coordinate with over this share of its area's incidents, and at least so many of them, is a
heap: a place name's stand-in rather than a place (assumptions)."""


class Placement(StrEnum):
    """How an incident found its area."""

    PLACED = "placed"
    BORDER = "border"  # placed, but the other side of a border is as likely
    OUTSIDE = "outside"  # a coordinate in no unit, and no area given
    UNPLACED = "unplaced"  # neither coordinate nor area


@dataclass(frozen=True, slots=True)
class Locator:
    """Units made ready for points: build once with ``build_locator``, use for any number.

    ``past`` tells of units of other days, whose codes a source may still give.
    """

    grid: AreaGrid
    parent: Mapping[str, str | None]
    level: Mapping[str, str]
    segments: Any
    crs: Any
    past: Successors = field(default_factory=Successors)


def build_locator(
    units: gpd.GeoDataFrame, *, on: date | None = None, past: Successors | None = None
) -> Locator:
    """Index the sub-districts (or the finest level there is) that are valid ``on`` a day.

    ``past``: what units of other days are among these (``geo.successors``).
    """
    finest = next(
        rows
        for level in (Level.SUBDISTRICT, Level.DISTRICT, Level.GOVERNORATE)
        if len(rows := at_level(units, level, on=on))
    )
    codes = [str(code) for code in finest.index]
    crs = metric_crs(finest.total_bounds)
    lines = shapely.boundary(finest.geometry.to_crs(crs).to_numpy())
    rings, _ = shapely.get_parts(lines, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    pairs = np.stack([points[:-1][joined], points[1:][joined]], axis=1)
    known = units["parent"].where(units["parent"].notna(), None)
    return Locator(
        grid=build_grid(codes, list(finest.geometry)),
        parent={str(c): (None if p is None else str(p)) for c, p in known.items()},
        level={str(c): str(v) for c, v in units["level"].items()},
        segments=shapely.STRtree(shapely.linestrings(pairs)),
        crs=crs,
        past=past or Successors(),
    )


def place_incidents(
    incidents: pd.DataFrame,
    units: gpd.GeoDataFrame,
    *,
    border_m: float = BORDER_M,
    heap_share: float = HEAP_SHARE,
    heap_least: int = HEAP_LEAST,
    locator: Locator | None = None,
) -> pd.DataFrame:
    """The canonical incidents with ``subdistrict, district, placement, heap`` added.

    ``subdistrict`` is NaN where the source gave a district that the point contradicts by more
    than ``border_m``, or gave a district without a point. A code of a unit that ended (the
    locator's ``past``) means its old ground: the point decides in which of today's units on it the
    incident lies; without one it is known as far as one unit holds all of that ground.
    Raises ``ValueError`` on no units.
    """
    locator = locator or build_locator(units)
    lon, lat = incidents["lon"].to_numpy(float), incidents["lat"].to_numpy(float)
    given = _known_codes(incidents["area_given"], locator)
    index = assign(locator.grid, lon, lat)
    codes = np.array([*locator.grid.codes, None], dtype=object)
    by_point = codes[index]  # OUTSIDE is -1, the trailing None
    area, conflict = _with_given(given, by_point, lon, lat, locator, units, border_m)
    near = _near_border(lon, lat, locator, border_m)
    placed = np.array([a is not None for a in area], dtype=bool)
    located = np.isfinite(lon) & np.isfinite(lat)
    placement = np.select(
        [placed & (near | conflict), placed, located],
        [Placement.BORDER, Placement.PLACED, Placement.OUTSIDE],
        Placement.UNPLACED,
    )
    out = incidents.copy()
    finest = locator.level[locator.grid.codes[0]]
    own = [a if a is not None and locator.level[a] == finest else None for a in area]
    district = upward(units, [a or "" for a in area], Level.DISTRICT)
    out["subdistrict"] = pd.Series(own, index=out.index, dtype="str")
    out["district"] = pd.Series(district, index=out.index, dtype="str")
    out["placement"] = pd.Series(placement.astype(str), index=out.index, dtype="str")
    out["heap"] = _heaps(out, heap_share, heap_least)
    return out


def _known_codes(given: pd.Series, locator: Locator) -> NDArray[np.object_]:
    """Codes that the units know, or once knew; anything else is left to geometry."""
    past = locator.past
    codes = [past.code(str(c)) if isinstance(c, str) else "" for c in given]
    known = [c if c in locator.level or c in past.leaves else None for c in codes]
    return np.array(known, dtype=object)


def _with_given(
    given: NDArray[np.object_],
    by_point: NDArray[np.object_],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    locator: Locator,
    units: gpd.GeoDataFrame,
    border_m: float,
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Area of each incident, and whether source and point disagree about it."""
    area = by_point.copy()
    conflict = np.zeros(len(area), dtype=bool)
    for code in {c for c in given if c is not None}:
        rows = np.flatnonzero(given == code)
        within = _finest_within(code, locator)
        agrees = np.array([by_point[i] in within for i in rows], dtype=bool)
        conflict[rows] = ~agrees & np.isfinite(lon[rows])
        astray = rows[~agrees]
        if len(within) == 1:
            area[astray] = next(iter(within))
            continue
        area[astray] = code if code in locator.level else locator.past.home.get(code)
        nearest, distance = _nearest(within, lon[astray], lat[astray], locator, units)
        close = distance <= border_m
        area[astray[close]] = nearest[close]
    return area, conflict


def _finest_within(code: str, locator: Locator) -> set[str]:
    if code not in locator.level:
        return set(locator.past.leaves[code])
    found = set()
    for leaf in locator.grid.codes:
        here: str | None = leaf
        while here is not None and here != code:
            here = locator.parent.get(here)
        if here == code:
            found.add(leaf)
    return found or {code}


def _nearest(
    codes: set[str],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    locator: Locator,
    units: gpd.GeoDataFrame,
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """The nearest of some units to each point, and its distance in metres (inf without one)."""
    names = np.array(sorted(codes), dtype=object)
    shapes = units.geometry[names].to_crs(locator.crs).to_numpy()
    has = np.isfinite(lon) & np.isfinite(lat)
    distance = np.full((len(lon), len(names)), np.inf)
    if has.any():
        points = shapely.points(to_metric(lon[has], lat[has], locator.crs))
        distance[has] = shapely.distance(points[:, None], shapes[None, :])
    best = distance.argmin(axis=1)
    return names[best], distance[np.arange(len(lon)), best]


def _near_border(
    lon: NDArray[np.float64], lat: NDArray[np.float64], locator: Locator, border_m: float
) -> NDArray[np.bool_]:
    near = np.zeros(len(lon), dtype=bool)
    has = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if not len(has):
        return near
    # Many events share a coordinate: each place is measured once.
    places, which = np.unique(np.column_stack([lon[has], lat[has]]), axis=0, return_inverse=True)
    points = shapely.points(to_metric(places[:, 0], places[:, 1], locator.crs))
    hits = locator.segments.query(points, predicate="dwithin", distance=border_m)[0]
    close = np.zeros(len(places), dtype=bool)
    close[hits] = True
    near[has] = close[which.ravel()]
    return near


def _heaps(placed: pd.DataFrame, share: float, least: int) -> pd.Series:
    """Incidents on a coordinate that carries more than ``share`` of its area's incidents."""
    area = placed["subdistrict"].where(placed["subdistrict"].notna(), placed["district"])
    keys = [area, placed["lon"], placed["lat"]]
    here = placed.groupby(keys)["date"].transform("size").reindex(placed.index).fillna(0)
    total = area.map(area.value_counts()).astype(float)
    return (here >= least) & (here > share * total)


def account(placed: pd.DataFrame) -> dict[str, int]:
    """How the incidents were placed; the four placements add up to ``incidents``.

    Besides: ``repeats`` and ``heaps`` flagged, and ``district_only``: placed in a district whose
    sub-district is not known. Incidents that the reader rejected are counted by the reader.
    """
    counts = placed["placement"].value_counts()
    return {
        "incidents": len(placed),
        **{kind.value: int(counts.get(kind.value, 0)) for kind in Placement},
        "repeats": int(placed["repeat"].sum()),
        "heaps": int(placed["heap"].sum()),
        "district_only": int((placed["district"].notna() & placed["subdistrict"].isna()).sum()),
    }
