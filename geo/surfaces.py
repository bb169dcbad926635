"""Surfaces and cells that may be shown: from points where that is allowed, else from areas."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.boundaries import at_level
from geo.counting import IncidentRows, LeafCounter
from geo.crs import metric_crs, to_metric
from geo.density import DensityGrid, cap_weights, density, silverman_m, smooth
from geo.incident_rates import members_of
from geo.incidents import SEVERE
from geo.layers import SEVERE_GROUP, Clearance, Period
from geo.locate import HEAP_SHARE
from geo.notes import Note, said
from geo.places import Level

Floats = NDArray[np.float64]
CELL_M = 1_000.0


@dataclass(frozen=True, slots=True)
class Surface:
    """A density (incidents per km2 over the period) with what one must know to read it."""

    grid: DensityGrid
    crs: Any
    category: str | None
    period: Period
    clearance: Clearance
    caveats: tuple[Note, ...]


def incident_surface(
    placed: pd.DataFrame,
    units: gpd.GeoDataFrame,
    population: pd.DataFrame,
    *,
    period: Period,
    category: str | None = None,
    clearance: Clearance = Clearance.RELEASED,
    cell_m: float = CELL_M,
    bandwidth_m: float | None = None,
    heap_share: float = HEAP_SHARE,
    counter: LeafCounter | None = None,
) -> Surface:
    """The density of one category, or of all together (``None``), over one governorate's units.

    With exact clearance a category that is not severe gets a kernel density of its points, no
    coordinate carrying more than ``heap_share`` of it; ``None`` leaves the severe ones out. Severe
    categories, and everything with released clearance, are spread from the sub-districts'
    *released* figures: no point is in them. ``counter`` is a released one of these incidents.
    """
    leaves = at_level(units, Level.SUBDISTRICT)
    crs = metric_crs(leaves.total_bounds)
    shapes = leaves.geometry.to_crs(crs)
    if clearance is Clearance.EXACT and category not in {*SEVERE, SEVERE_GROUP}:
        return _from_points(placed, shapes, crs, period, category, cell_m, bandwidth_m, heap_share)
    if counter is None:
        counter = LeafCounter(IncidentRows(placed), units, population, Clearance.RELEASED)
    bands = counter.leaves(period)
    counts = bands.expected.loc[leaves.index, members_of(category)].sum(axis=1)
    grid = _from_areas(counts, shapes, cell_m, bandwidth_m or 4 * cell_m)
    note = Note(said("Made from released figures of whole sub-districts, spread evenly in each."))
    return Surface(grid, crs, category, period, Clearance.RELEASED, (note,))


def _from_points(
    placed: pd.DataFrame,
    shapes: gpd.GeoSeries,
    crs: Any,
    period: Period,
    category: str | None,
    cell_m: float,
    bandwidth_m: float | None,
    heap_share: float,
) -> Surface:
    day = placed["date"]
    chosen = (day >= pd.Timestamp(period.start)) & (day < pd.Timestamp(period.end))
    chosen &= placed["lon"].notna() & placed["lat"].notna()
    chosen &= (
        ~placed["category"].isin(SEVERE) if category is None else placed["category"] == category
    )
    rows = placed[chosen]
    points = to_metric(rows["lon"].to_numpy(float), rows["lat"].to_numpy(float), crs)
    outline = shapely.union_all(shapes.to_numpy())
    weights = cap_weights(points, heap_share) if len(points) else None
    if bandwidth_m is None:
        bandwidth_m = max(silverman_m(np.unique(points, axis=0)), cell_m)
    grid = density(
        points,
        outline,
        category=category,
        cell_m=cell_m,
        bandwidth_m=bandwidth_m,
        weights=weights,
    )
    notes = [Note(said("Gaussian kernel, bandwidth {m} m."), m=round(bandwidth_m))]
    held_back = len(points) - grid.mass - grid.left_out
    if round(held_back) > 0:
        key = said("{n} incidents on few coordinates are held back to {share} of the surface each.")
        notes.append(Note(key, n=round(held_back), share=f"{heap_share:.0%}"))
    if category is None:
        notes.append(Note(said("Severe categories are not in a surface of points.")))
    return Surface(grid, crs, category, period, Clearance.EXACT, tuple(notes))


def _span(sorted_places: Floats, ends: tuple[float, ...]) -> slice:
    """Which places lie between two ends, these included."""
    return slice(
        int(np.searchsorted(sorted_places, ends[0], side="left")),
        int(np.searchsorted(sorted_places, ends[1], side="right")),
    )


def _from_areas(
    counts: pd.Series, shapes: gpd.GeoSeries, cell_m: float, bandwidth_m: float
) -> DensityGrid:
    """Each area's figure spread over its cells, then smoothed; the sum is kept."""
    west, south, east, north = (float(v) for v in shapes.total_bounds)
    x = np.arange(west + cell_m / 2, east + cell_m / 2, cell_m)
    y = np.arange(south + cell_m / 2, north + cell_m / 2, cell_m)
    whole = np.zeros((len(y), len(x)))
    inside = np.zeros(whole.shape, dtype=bool)
    for code, shape in shapes.items():
        shapely.prepare(shape)
        columns, rows = _span(x, shape.bounds[::2]), _span(y, shape.bounds[1::2])
        cells = np.zeros_like(inside)
        cells[rows, columns] = shapely.intersects_xy(shape, x[None, columns], y[rows, None])
        cells &= ~inside
        if not cells.any():  # smaller than a cell: the cell of a point inside it
            point = shape.representative_point()
            row, column = int((point.y - south) // cell_m), int((point.x - west) // cell_m)
            cells[min(row, len(y) - 1), min(column, len(x) - 1)] = True
        whole[cells] += float(counts[code]) / int(cells.sum())
        inside |= cells
    surface = smooth(whole, inside, bandwidth_m / cell_m) / (cell_m / 1000.0) ** 2
    mass = float(counts.sum())
    return DensityGrid(surface, (west, south), cell_m, bandwidth_m, mass, 0)
