"""Layers on planning cells: residents by area, incidents in bands, hot cells, the surface.

Severe categories are never counted on cells. Without exact clearance a cell is told one band a
year, of all other categories together (list C of ``geo.closed_list``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.areal import interpolate
from geo.cells import place_in_cells
from geo.closed_list import PLAIN
from geo.grid import COARSE, FINE, MANY_POINTS, assign, build_grid
from geo.hotspots import HotSpots, hot_spots
from geo.incidents import SEVERE
from geo.layers import SEVERE_GROUP, Clearance, Layer, LayerCode, Period, least_trusted
from geo.neighbours import queen
from geo.notes import Note, said
from geo.places import Level, Source, Standing
from geo.privacy import K_OTHER, NotReleasableError, released_years
from geo.rates import positions
from geo.surfaces import Surface

_HEAP = 0.2


@dataclass(frozen=True, slots=True)
class CellGround:
    """Cells with what was counted in them. ``home``: the cell of each incident of ``placed``."""

    cells: gpd.GeoDataFrame
    placed: pd.DataFrame
    home: pd.Series
    sources: tuple[Source, ...]
    data_version: str = ""

    @classmethod
    def of(
        cls,
        cells: gpd.GeoDataFrame,
        placed: pd.DataFrame,
        sources: Sequence[Source] = (),
        data_version: str = "",
    ) -> "CellGround":
        ordered = cells.sort_index()
        home = place_in_cells(placed, ordered)
        return cls(ordered, placed, home, tuple(sources), data_version)

    def count(self, period: Period, members: Sequence[str]) -> pd.Series:
        """Incidents of some categories in each cell, exact."""
        day = self.placed["date"]
        chosen = (day >= pd.Timestamp(period.start)) & (day < pd.Timestamp(period.end))
        chosen &= self.placed["category"].isin(list(members))
        found = self.home[chosen].value_counts()
        return found.reindex(self.cells.index, fill_value=0)


def cell_residents(cells: gpd.GeoDataFrame, units: gpd.GeoDataFrame, layer: Layer) -> Layer:
    """Residents of sub-districts (``layer``) divided by area over the cells that they share.

    ``units`` are the sub-districts. Sums are kept; an estimate, since people are not spread
    evenly.
    """
    figures = layer.values["value"]
    ground = units[["geometry"]].assign(value=figures.reindex(units.index))
    given = interpolate(ground[ground["value"].notna()], cells.geometry, extensive=["value"]).table
    covered = given["value"].where(given["value"] > 0)
    values = pd.DataFrame({"value": covered, "per_km2": covered / cells["area_km2"]})
    note = said("Residents are divided by area: a cell of desert seems as full as the town.")
    return replace(
        layer,
        level=Level.CELL,
        values=_indexed(values),
        method=said("Areal weighting of the sub-districts' residents; their sum is kept."),
        standing=least_trusted([layer.standing, Standing.ESTIMATED]),
        caveats=(*layer.caveats, Note(note)),
    )


def cell_density(
    ground: CellGround,
    period: Period,
    category: str | None,
    clearance: Clearance,
    expected: pd.Series | None = None,
) -> Layer:
    """Incidents per km2 a year on cells; ``category`` ``None``: all that are not severe.

    Released figures are bands of the total of all that are not severe. ``expected`` (index
    sub-district, from released figures) is what is left to spread over the cells by their area.
    Raises ``NotReleasableError`` for what cells never tell.
    """
    table, caveats = _counted(ground, period, category, clearance, expected)
    area_km2 = ground.cells["area_km2"].astype(float)
    values = pd.DataFrame({"value": table["count"] / area_km2 / period.years}).join(table)
    return Layer(
        code=LayerCode.INCIDENT_DENSITY,
        level=Level.CELL,
        unit=said("incidents per km2 a year"),
        values=_indexed(values),
        method=said("Incidents of each planning cell over its area."),
        standing=_standing(ground.sources),
        sources=ground.sources,
        period=period,
        category=category,
        data_version=ground.data_version,
        caveats=caveats,
        clearance=clearance,
    )


def _counted(
    ground: CellGround,
    period: Period,
    category: str | None,
    clearance: Clearance,
    expected: pd.Series | None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if category in {*SEVERE, SEVERE_GROUP}:
        raise NotReleasableError(f"cells of {category} are not shown to anybody")
    severe = said("Severe categories are never counted on planning cells.")
    caveats: tuple[str, ...] = (
        Note(said("Reported incidents only: where trust is low, few are reported.")),
        Note(severe),
    )
    members = PLAIN if category is None else (category,)
    if clearance is Clearance.EXACT:
        count = ground.count(period, members)
        lost = len(_rows(ground, period, members)) - int(count.sum())
        key = said("{n} incidents have no place at this level and are not in it.")
        return pd.DataFrame({"count": count.astype(float)}), (
            (*caveats, Note(key, n=lost)) if lost else caveats
        )
    if category is not None:
        raise NotReleasableError("cells are released for all categories together")
    low = pd.Series(0.0, index=ground.cells.index)
    years = released_years(period)
    for year in years:
        low += ground.count(year, members) // K_OTHER * K_OTHER
    room = float(len(years) * (K_OTHER - 1))
    table = pd.DataFrame({"count": low + _spread(ground.cells, low, expected, room)})
    table["count_low"], table["count_high"] = low, low + room
    return table, (
        *caveats,
        Note(said("Counts are released in bands; the figure is what they let one expect.")),
    )


def _spread(
    cells: gpd.GeoDataFrame, low: pd.Series, expected: pd.Series | None, room: float
) -> pd.Series:
    """What the sub-districts' released figures leave for each cell above its band's lower end."""
    if expected is None:
        return pd.Series(room / 2, index=cells.index)
    parent = cells["parent"]
    left = (expected - low.groupby(parent).sum().reindex(expected.index, fill_value=0.0)).clip(
        lower=0.0
    )
    area = cells["area_km2"].astype(float)
    share = area / area.groupby(parent).transform("sum")
    return pd.Series((parent.map(left).astype(float).fillna(0.0) * share).clip(upper=room))


def _rows(ground: CellGround, period: Period, members: Sequence[str]) -> pd.DataFrame:
    day = ground.placed["date"]
    chosen = (day >= pd.Timestamp(period.start)) & (day < pd.Timestamp(period.end))
    inside = set(ground.cells["parent"])
    chosen &= ground.placed["category"].isin(list(members))
    return ground.placed[chosen & ground.placed["subdistrict"].isin(inside)]


def cell_spots(
    ground: CellGround,
    period: Period,
    category: str | None,
    clearance: Clearance,
    *,
    near: dict[str, tuple[str, ...]] | None = None,
    seed: int = 1,
) -> Layer:
    """Gi* and local Moran of incidents per km2 on cells; severe categories never.

    Cells that carry over a fifth of their sub-district's figure, and stand-in coordinates (heaps),
    are left out: one such cell makes all others look quiet. Released: of the lower ends of the
    bands, so that a cell counts only with what is known of it; what bands let one expect would
    make every cell of a busy sub-district look alike, and so hot.
    """
    cells = ground.cells
    caveats: tuple[str, ...]
    if clearance is Clearance.EXACT:
        flat = replace(ground, placed=ground.placed, home=ground.home[~ground.placed["heap"]])
        flat = replace(flat, placed=ground.placed[~ground.placed["heap"]])
        table, caveats = _counted(flat, period, category, clearance, None)
        tested = table["count"]
        heaped = int(_rows(ground, period, _members(category))["heap"].sum())
        if heaped:
            caveats = (*caveats, Note(said("{n} incidents on heaps are left out."), n=heaped))
    else:
        table, caveats = _counted(ground, period, category, clearance, None)
        tested = table["count_low"]
        whole = tested.groupby(cells["parent"]).transform("sum")
        heap = (tested > _HEAP * whole) & (tested >= _HEAP_LEAST)
        tested = tested.mask(heap)
        told = said("Cells with fewer than {k} incidents a year count as none: bands tell no more.")
        caveats = (*caveats, Note(told, k=K_OTHER))
        if heap.any():
            key = said("{n} cells carry over a fifth of their sub-district and are not tested.")
            caveats = (*caveats, Note(key, n=int(heap.sum())))
    area_km2 = cells["area_km2"].to_numpy(np.float64)
    figure = tested / np.maximum(area_km2, float(np.median(area_km2)) / 4) / period.years
    ring = positions(list(cells.index), queen(cells) if near is None else near)
    return spots_layer(
        hot_spots(figure, ring, seed=seed),
        Layer(
            code=LayerCode.HOTSPOTS,
            level=Level.CELL,
            unit="",
            values=pd.DataFrame(),
            method="",
            standing=_standing(ground.sources),
            sources=ground.sources,
            period=period,
            category=category,
            data_version=ground.data_version,
            caveats=caveats,
            clearance=clearance,
        ),
    )


_HEAP_LEAST = 10


def _members(category: str | None) -> tuple[str, ...]:
    return PLAIN if category is None else (category,)


def spots_layer(found: HotSpots, of: Layer) -> Layer:
    """Hot spots as a layer that tells what ``of`` tells of itself; ``figure``: what was tested."""
    values = found.table.rename(columns={"value": "figure"})
    values.insert(0, "value", values["gi_z"])
    return replace(
        of,
        code=LayerCode.HOTSPOTS,
        values=_indexed(values),
        unit=said("Gi* as a z-score"),
        method=Note(
            said(
                "Getis-Ord Gi* and local Moran, conditional permutation; hot and cold at "
                "{share} false discoveries (Benjamini-Hochberg)."
            ),
            share=f"{found.false_discoveries:.0%}",
        ),
        caveats=(*of.caveats, *_beside(found, of.clearance), *found.caveats),
    )


def _beside(found: HotSpots, clearance: Clearance) -> tuple[str, ...]:
    """How alike neighbours are over the whole map, and from which figures all of it is."""
    notes: tuple[str, ...] = ()
    if clearance is Clearance.RELEASED:
        made = said("Computed from released figures alone: no score knows more than the bands.")
        notes += (Note(made),)
    if found.moran is not None:
        whole = said(
            "Moran's I of all areas: {i} (towards 1 neighbours are alike, about 0 there is no "
            "pattern, below 0 they differ)."
        )
        notes += (Note(whole, i=f"{found.moran:.2f}"),)
    return notes


@dataclass(frozen=True, slots=True)
class CellsOnGrid:
    """Where planning cells lie on a surface's grid; cells by position, in the order of the codes.

    ``holder``: the cell that holds each centre of the grid, row by row (below 0: none); ``row``
    and ``column``: the grid's square that holds a point inside each cell.
    """

    holder: NDArray[np.int32]
    row: NDArray[np.int64]
    column: NDArray[np.int64]


def centres_in_cells(surface: Surface, cells: gpd.GeoDataFrame) -> CellsOnGrid:
    """The same for every surface on one grid, and most of the work."""
    grid, ordered = surface.grid, cells.sort_index()
    rows, columns = grid.values.shape
    west, south = grid.origin_m
    x = west + (np.arange(columns) + 0.5) * grid.cell_m
    y = south + (np.arange(rows) + 0.5) * grid.cell_m
    shapes = ordered.geometry.to_crs(surface.crs).to_numpy()
    size = COARSE if rows * columns < MANY_POINTS else FINE
    index = build_grid([str(c) for c in ordered.index], list(shapes), size=size)
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
    at = ((middle - (west, south)) // grid.cell_m).astype(np.int64)
    return CellsOnGrid(
        holder=assign(index, np.tile(x, rows), np.repeat(y, columns)),
        row=np.clip(at[:, 1], 0, rows - 1),
        column=np.clip(at[:, 0], 0, columns - 1),
    )


def surface_layer(
    surface: Surface,
    cells: gpd.GeoDataFrame,
    sources: Sequence[Source],
    data_version: str = "",
    *,
    at: CellsOnGrid | None = None,
) -> Layer:
    """A smooth density as its mean over each planning cell, incidents per km2 a year.

    A cell that holds no centre of the grid takes the nearest one. ``at`` is ``centres_in_cells``
    of an earlier surface on the same grid.
    """
    grid, ordered = surface.grid, cells.sort_index()
    density = grid.values
    if at is None:
        at = centres_in_cells(surface, cells)
    inside, flat = at.holder >= 0, density.ravel()
    held = at.holder[inside]
    points = np.bincount(held, minlength=len(ordered))
    total = np.bincount(held, weights=flat[inside], minlength=len(ordered))
    value = np.where(points > 0, total / np.maximum(points, 1), density[at.row, at.column])
    note = Note(said("Bandwidth {m} m: nothing finer can be read."), m=round(grid.bandwidth_m))
    return Layer(
        code=LayerCode.INCIDENT_SURFACE,
        level=Level.CELL,
        unit=said("incidents per km2 a year"),
        values=_indexed(pd.DataFrame({"value": value / surface.period.years}, ordered.index)),
        method=said("Edge-corrected Gaussian density, its mean over each planning cell."),
        standing=_standing(sources),
        sources=tuple(sources),
        period=surface.period,
        category=surface.category,
        data_version=data_version,
        caveats=(*surface.caveats, note),
        clearance=surface.clearance,
    )


def _standing(sources: Sequence[Source]) -> Standing:
    return least_trusted(one.standing for one in sources)


def _indexed(values: pd.DataFrame) -> pd.DataFrame:
    values.index.name = "code"
    return values
