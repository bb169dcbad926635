"""Planning cells of a layer book: made governorate by governorate, kept, and their layers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.boundaries import at_level
from geo.cell_layers import (
    CellGround,
    cell_density,
    cell_residents,
    cell_spots,
    centres_in_cells,
    surface_layer,
)
from geo.cells import planning_cells, town_areas
from geo.counting import LeafCounter
from geo.incidents import SEVERE
from geo.layers import SEVERE_GROUP, Clearance, Layer, LayerCode, Period
from geo.neighbours import queen
from geo.places import Level, Source
from geo.surfaces import Surface, incident_surface
from service.held import Held

GRID_M = 500.0
"""Side of a surface's squares: several in each town cell."""
SPREAD_M = 4_000.0
"""Bandwidth of a surface that is made from figures of sub-districts."""


class CellBook:
    """Cells of one governorate and what they tell to ``clearance``.

    ``units`` are the governorate's; ``placed`` its incidents. ``counter`` counts released bands.
    """

    def __init__(
        self,
        units: gpd.GeoDataFrame,
        placed: pd.DataFrame,
        population: pd.DataFrame,
        towns: Mapping[str, Any],
        clearance: Clearance,
        counter: LeafCounter,
        sources: Sequence[Source],
        data_version: str,
    ) -> None:
        self._units = units
        self._placed = placed
        self._population = population
        self._towns = towns
        self._clearance = clearance
        self._counter = counter
        self._sources = tuple(sources)
        self._version = data_version
        self.surface = cache(self._surface)
        self._centres = Held(2)

    @cached_property
    def cells(self) -> gpd.GeoDataFrame:
        """Canonical units of the level ``cell``; without sub-districts there are none."""
        leaves = at_level(self._units, Level.SUBDISTRICT)
        if not len(leaves):
            return self._units.iloc[:0]
        return planning_cells(self._units, town_areas(self._towns, leaves))

    @cached_property
    def _ground(self) -> CellGround:
        return CellGround.of(self.cells, self._placed, self._sources, self._version)

    @cached_property
    def _near(self) -> dict[str, tuple[str, ...]]:
        return queen(self.cells)

    def layer(
        self,
        code: LayerCode,
        category: str | None,
        period: Period,
        residents: Callable[[], Layer],
    ) -> Layer:
        """One layer on these cells; ``residents`` makes that of the sub-districts. ``KeyError``."""
        if not len(self.cells):
            raise KeyError(f"{code} {Level.CELL}")
        sources = self._sources_of(period)
        if code is LayerCode.RESIDENTS:
            return cell_residents(self.cells, at_level(self._units, Level.SUBDISTRICT), residents())
        if code is LayerCode.INCIDENT_DENSITY:
            expected = self._expected(period) if self._clearance is Clearance.RELEASED else None
            ground = replace(self._ground, sources=sources)
            return cell_density(ground, period, category, self._clearance, expected)
        if code is LayerCode.HOTSPOTS:
            ground = replace(self._ground, sources=sources)
            return cell_spots(ground, period, category, self._clearance, near=self._near)
        if code is LayerCode.INCIDENT_SURFACE:
            found = self.surface(category, period)
            at = self._centres.get(
                (found.grid.origin_m, found.grid.cell_m, found.grid.values.shape),
                lambda: centres_in_cells(found, self.cells),
            )
            made = surface_layer(found, self.cells, sources, self._version, at=at)
            # Made from released figures it may still be shown with what is exact.
            return replace(made, clearance=self._clearance)
        raise KeyError(f"{code} {Level.CELL}")

    def _sources_of(self, period: Period) -> tuple[Source, ...]:
        """The day of the newest incident is a fact about one case."""
        if self._clearance is Clearance.EXACT:
            return self._sources
        return tuple(one.model_copy(update={"as_of": period.end}) for one in self._sources)

    def _expected(self, period: Period) -> pd.Series:
        """Released cases of sub-districts that cells may share out: none of them severe."""
        counts = self._counter.leaves(period)
        leaves = at_level(self._units, Level.SUBDISTRICT).index
        plain = [one for one in counts.expected.columns if one not in SEVERE]
        return counts.expected.reindex(leaves)[plain].sum(axis=1)

    def _surface(self, category: str | None, period: Period) -> Surface:
        released = self._clearance is Clearance.RELEASED
        return incident_surface(
            self._placed,
            self._units,
            self._population,
            period=period,
            category=category,
            clearance=self._clearance,
            cell_m=GRID_M,
            bandwidth_m=SPREAD_M if released or category in {*SEVERE, SEVERE_GROUP} else None,
            counter=self._counter if released else None,
        )
