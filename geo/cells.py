"""Planning cells: squares that halve towards the towns, a third level below the sub-district.

Squares nest exactly (hexagons of different sizes do not), lie on one lattice of the UTM zone for
ever, so a cell keeps its code whatever else changes, and are about 1 km in town and 8 km in the
desert. Where towns are is an input; incidents never decide it, or the cells would tell of them.
"""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.boundaries import at_level, upward
from geo.crs import WGS84, areas_km2, metric_crs, to_metric
from geo.grid import COARSE, FINE, MANY_POINTS, assign, build_grid
from geo.places import Level, Standing

TOWN_M = 1_000
DESERT_M = 8_000
NEAR_TOWN_M = 3_000.0
PER_KM2 = 8_000.0
"""Residents of a built-up square kilometre: how far a town of known size reaches (an assumption;
about what Basra city has)."""
_LEAST_SHARE = 1e-6


def planning_cells(
    units: gpd.GeoDataFrame,
    towns: gpd.GeoSeries,
    *,
    town_m: int = TOWN_M,
    desert_m: int = DESERT_M,
    near_m: float = NEAR_TOWN_M,
) -> gpd.GeoDataFrame:
    """Cells of a governorate as canonical units (level ``cell``, parent the sub-district).

    ``towns`` (EPSG:4326, points or built-up polygons): a square within ``near_m`` of one is
    halved down to ``town_m``; ``desert_m`` is ``town_m`` times a power of two. Cells are cut at
    the outline. The parent is the sub-district that holds most of the cell; cells are named after
    it, numbered in the order of their codes.
    """
    ratio = desert_m / town_m
    if ratio < 1 or not float(np.log2(ratio)).is_integer():
        raise ValueError("desert cells are town cells doubled some number of times")
    leaves = at_level(units, Level.SUBDISTRICT)
    crs = metric_crs(leaves.total_bounds)
    shapes = leaves.geometry.to_crs(crs).to_numpy()
    outline = shapely.union_all(shapes)
    shapely.prepare(outline)
    near = shapely.union_all(shapely.buffer(towns.to_crs(crs).to_numpy(), near_m))
    shapely.prepare(near)
    corners, sizes = _squares(outline, near, town_m, desert_m)
    boxes = _boxes(corners, sizes, town_m)
    inside = shapely.intersection(boxes, outline)
    kept = shapely.area(inside) > _LEAST_SHARE * shapely.area(boxes)
    pieces = gpd.GeoSeries([_polygons(shape) for shape in inside[kept]], crs=crs)
    zone = crs.to_epsg()
    codes = [
        f"S{zone}.{size}.{x}.{y}"
        for (x, y), size in zip(
            (corners[kept] // town_m).tolist(), sizes[kept].tolist(), strict=True
        )
    ]
    geometry = pieces.to_crs(WGS84).set_axis(pd.Index(codes, name="code"))
    seat = geometry.representative_point()
    parent = pd.Series(_parents(pieces.to_numpy(), shapes, leaves.index), index=geometry.index)
    number = (parent.sort_index().groupby(parent.sort_index()).cumcount() + 1).astype(str)
    frame = {
        "level": Level.CELL.value,
        "name_ar": parent.map(leaves["name_ar"]) + " " + number,
        "name_en": parent.map(leaves["name_en"]) + " " + number,
        "parent": parent,
        "pcode": None,
        "valid_from": pd.NaT,
        "valid_to": pd.NaT,
        "area_km2": areas_km2(geometry),
        "seat_lon": seat.x.to_numpy(),
        "seat_lat": seat.y.to_numpy(),
        "standing": Standing.GENERALISED.value,
    }
    cells = pd.DataFrame(frame, index=geometry.index)
    return gpd.GeoDataFrame(cells, geometry=geometry, crs=WGS84).sort_index()


def _squares(
    outline: shapely.Geometry, near: shapely.Geometry, least: int, largest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """South-western corners ``(n, 2)`` and sizes of the squares: quarters where a town is near."""
    west, south, east, north = outline.bounds
    x = np.arange(int(west // largest) * largest, int(east) + 1, largest)
    y = np.arange(int(south // largest) * largest, int(north) + 1, largest)
    open_ones = np.column_stack([np.repeat(x, len(y)), np.tile(y, len(x))])
    corners, sizes, size = [], [], largest
    while len(open_ones):
        boxes = shapely.box(*open_ones.T, *(open_ones + size).T)
        there = shapely.intersects(outline, boxes)
        halved = there & shapely.intersects(near, boxes) & (size > least)
        corners.append(open_ones[there & ~halved])
        sizes.append(np.full(len(corners[-1]), size))
        size //= 2
        quarters = np.array([(0, 0), (size, 0), (0, size), (size, size)])
        open_ones = (open_ones[halved][:, None, :] + quarters).reshape(-1, 2)
    return np.concatenate(corners), np.concatenate(sizes)


def _boxes(corners: NDArray[np.int64], sizes: NDArray[np.int64], step: int) -> NDArray[np.object_]:
    """Squares with a vertex at every ``step``.

    So they meet smaller neighbours vertex by vertex, and still do so after the change to
    degrees has bent their sides.
    """
    found = np.empty(len(corners), dtype=object)
    for size in np.unique(sizes):
        along = np.arange(0, size, step)
        none, whole = np.zeros_like(along), np.full_like(along, size)
        x = np.concatenate([along, whole, size - along, none])
        y = np.concatenate([none, along, whole, size - along])
        chosen = sizes == size
        rings = corners[chosen][:, None, :] + np.column_stack([x, y])
        found[chosen] = shapely.polygons(rings.astype(float))
    return found


def _polygons(shape: object) -> object:
    """The polygons of a cut square, without the lines and points where it only touches."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _parents(cells: NDArray[np.object_], shapes: NDArray[np.object_], codes: pd.Index) -> list[str]:
    cell, unit = shapely.STRtree(shapes).query(cells, predicate="intersects")
    shared = shapely.area(shapely.intersection(cells[cell], shapes[unit]))
    pairs = pd.DataFrame({"cell": cell, "unit": unit, "shared": shared})
    most = pairs.sort_values(["shared", "unit"], ascending=[False, True]).drop_duplicates("cell")
    chosen = most.set_index("cell")["unit"].reindex(range(len(cells)))
    return [str(codes[int(i)]) for i in chosen]


def district_of(cells: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.Series:
    """The district of each cell (index cell code)."""
    above = upward(units, [str(p) for p in cells["parent"]], Level.DISTRICT)
    return pd.Series(above, index=cells.index, dtype="str")


def town_areas(towns: Mapping[str, Any], seats: gpd.GeoDataFrame | None = None) -> gpd.GeoSeries:
    """Where towns are (EPSG:4326), for ``planning_cells``: circles around GeoJSON points.

    A point with ``population_geonames`` gets the circle that holds so many residents at
    ``PER_KM2``; others, and the seats (``seat_lon``, ``seat_lat``) of units, stay points.
    """
    features = [f for f in towns["features"] if f["geometry"]["type"] == "Point"]
    points = [shapely.Point(f["geometry"]["coordinates"]) for f in features]
    people = [float(f["properties"].get("population_geonames") or 0) for f in features]
    if seats is not None:
        points += list(shapely.points(seats["seat_lon"], seats["seat_lat"]))
        people += [0.0] * len(seats)
    found = gpd.GeoSeries(points, crs=WGS84)
    if not len(found):
        return found
    radius_m = 1000.0 * np.sqrt(np.array(people) / PER_KM2 / np.pi)
    metric = found.to_crs(metric_crs(found.total_bounds))
    wide = np.where(radius_m > 0, metric.buffer(np.maximum(radius_m, 1.0)), metric)
    return gpd.GeoSeries(wide, crs=metric.crs).to_crs(WGS84)


def place_in_cells(
    placed: pd.DataFrame, cells: gpd.GeoDataFrame, *, near_m: float = float(DESERT_M)
) -> pd.Series:
    """The cell of each placed incident (index as ``placed``), always one of its sub-district's.

    So cells add up to no more than their sub-district. An incident at a border, whose cell counts
    to the neighbour, takes the nearest cell of its own sub-district within ``near_m``; whoever
    has no point, no sub-district or lies farther away is in no cell (NaN).
    """
    ordered = cells.sort_index()
    codes = ordered.index.to_numpy(object)
    size = COARSE if len(placed) < MANY_POINTS else FINE
    grid = build_grid([str(c) for c in codes], list(ordered.geometry), size=size)
    lon, lat = placed["lon"].to_numpy(float), placed["lat"].to_numpy(float)
    at = assign(grid, lon, lat)
    parents = ordered["parent"].to_numpy(object)
    wanted = placed["subdistrict"].to_numpy(object)
    found: NDArray[np.object_] = np.array([*codes, None], dtype=object)[at]
    same = np.asarray(np.array([*parents, None], dtype=object)[at] == wanted) & (at >= 0)
    crs = metric_crs(ordered.total_bounds)
    shapes = ordered.geometry.to_crs(crs).to_numpy()
    astray = ~same & np.isfinite(lon) & placed["subdistrict"].notna().to_numpy()
    for parent in pd.unique(wanted[astray]):
        inside = np.flatnonzero(parents == parent)
        rows = np.flatnonzero(astray & (wanted == parent))
        found[rows] = None
        if not len(inside):
            continue
        points = shapely.points(to_metric(lon[rows], lat[rows], crs))
        tree = shapely.STRtree(shapes[inside])
        point, cell = tree.query_nearest(points, max_distance=near_m, all_matches=False)
        found[rows[point]] = codes[inside[cell]]
    found[~same & ~astray] = None
    return pd.Series(found, index=placed.index, dtype="str")
