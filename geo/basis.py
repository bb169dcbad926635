"""What the layers of all periods stand on, reckoned once: areas, growth, sources, arrivals.

Twelve months of a layer are twelve sets of figures from the same tables; most of what each would
look up hangs on no period at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from geo.boundaries import at_level, upward
from geo.growth import growth_table
from geo.layers import Period, least_trusted
from geo.neighbours import queen
from geo.places import Level, Source, Standing
from geo.residents import inherited_growth, residents_at

_TREE = (Level.GOVERNORATE, Level.DISTRICT, Level.SUBDISTRICT)


@dataclass(frozen=True)
class Basis:
    """Canonical ``units``, ``arrivals`` and ``population``, and what follows from them at a level.

    ``known`` describes the names in the tables' ``source`` columns. Tables that it hands out are
    shared: nobody changes them.
    """

    units: gpd.GeoDataFrame
    arrivals: pd.DataFrame
    population: pd.DataFrame
    known: Mapping[str, Source] | None = None

    @cached_property
    def _levels(self) -> Mapping[Level, gpd.GeoDataFrame]:
        return {level: at_level(self.units, level) for level in _TREE}

    @cached_property
    def _growth(self) -> Mapping[Level, pd.DataFrame]:
        """From the top: an area without two figures takes the growth of the unit above."""
        found: dict[Level, pd.DataFrame] = {}
        above: pd.Series | None = None
        for level in _TREE:
            areas = self.areas(level)
            if len(areas):
                inherited = inherited_growth(self.units, areas, above)
                found[level] = growth_table(self.population, areas, inherited=inherited)
                above = found[level]["value"]
        return found

    @cached_property
    def _near(self) -> dict[Level, Mapping[str, tuple[str, ...]]]:
        return {}

    @cached_property
    def _came(self) -> dict[Level, tuple[pd.DataFrame, int]]:
        return {}

    def at(self, level: Level) -> gpd.GeoDataFrame:
        """The units of a level, in the order of their codes."""
        return self._levels[level]

    def areas(self, level: Level) -> pd.Index:
        areas: pd.Index = self._levels[level].index
        return areas

    def growth(self, level: Level) -> pd.DataFrame:
        """``geo.growth.growth_table`` of the areas of a level. ``KeyError`` without units there."""
        return self._growth[level]

    def near(self, level: Level) -> Mapping[str, tuple[str, ...]]:
        """The areas that touch each area of a level."""
        if level not in self._near:
            self._near[level] = queen(self.at(level))
        return self._near[level]

    def came(self, level: Level) -> tuple[pd.DataFrame, int]:
        """Arrivals by ``area`` of a level, and how many name an area above it and are not there."""
        if level not in self._came:
            given = self.arrivals
            above = upward(self.units, [str(code) for code in given["area"]], level)
            rows = given.assign(area=pd.Series(above, index=given.index, dtype="str"))
            there = rows["area"].notna()
            self._came[level] = rows[there], int((~there).sum())
        return self._came[level]

    def residents(self, level: Level, period: Period) -> pd.DataFrame:
        """Residents in the middle of a period: ``geo.residents.residents_at``."""
        return residents_at(
            self.population,
            self.areas(level),
            level,
            self.growth(level)["value"],
            period,
            below=self._leaves if level is Level.DISTRICT else None,
        )

    @cached_property
    def _leaves(self) -> tuple[pd.Series, pd.Series]:
        """The district of each sub-district, and its growth where that hangs on its district's."""
        leaves = self.at(Level.SUBDISTRICT)
        parent = leaves["parent"]
        inherited = parent.map(self.growth(Level.DISTRICT)["value"])
        own = growth_table(self.population, leaves.index, inherited=inherited)["value"]
        return parent, own

    @cached_property
    def population_sources(self) -> tuple[Source, ...]:
        return table_sources(self.population, self.known)

    @cached_property
    def arrival_sources(self) -> tuple[Source, ...]:
        return table_sources(self.arrivals, self.known)


def table_sources(table: pd.DataFrame, known: Mapping[str, Source] | None) -> tuple[Source, ...]:
    """The sources named in a table, described where the caller can."""
    names = sorted({str(n) for n in table["source"].unique() if isinstance(n, str) and n})
    dated = "as_of" if "as_of" in table.columns else "date"
    found = []
    for name in names:
        if known is not None and name in known:
            found.append(known[name])
            continue
        rows = table[table["source"] == name]
        made_up = "SYNTHETIC" in name.upper()
        standing = Standing.SYNTHETIC if made_up else Standing.REPORTED
        if "standing" in table.columns:
            standing = least_trusted(rows["standing"].unique())
        found.append(Source(name=name, as_of=rows[dated].max().date(), standing=standing))
    return tuple(found)
