"""Which areas touch: the neighbourhoods of spatial statistics."""

import geopandas as gpd
import numpy as np
import shapely


def queen(units: gpd.GeoDataFrame) -> dict[str, tuple[str, ...]]:
    """For each code the codes of the units that share a border or a corner with it, sorted."""
    shapes = units.geometry.to_numpy()
    codes = [str(code) for code in units.index]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    near: dict[str, list[str]] = {code: [] for code in codes}
    for i, j in zip(first, second, strict=True):
        if i != j:
            near[codes[i]].append(codes[j])
    return {code: tuple(sorted(others)) for code, others in near.items()}


def band(xy_m: np.ndarray, distance_m: float) -> list[tuple[int, ...]]:
    """Positions within ``distance_m`` of each point (itself not among them)."""
    points = shapely.points(xy_m)
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=distance_m)
    near: list[list[int]] = [[] for _ in points]
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        if i != j:
            near[i].append(j)
    return [tuple(sorted(others)) for others in near]
