"""The layer book: every layer of one state of the data, made when asked for, kept while it holds.

A book belongs to one clearance, so what a role may not see is not in it. Layers are made
governorate by governorate, because rates are shrunk towards their neighbours in one governorate
and one office answers for one, and then shown together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.basis import table_sources
from geo.boundaries import at_level, upward
from geo.build import Part
from geo.change_layers import (
    area_spots,
    near_repeat_layer,
    trend_layer,
    twelve_months,
    year_before,
)
from geo.choices import LayerChoices
from geo.layers import Clearance, Layer, LayerCode, LayerSet, Period
from geo.need import NeedResult, NeedRules
from geo.need_layer import need_layer
from geo.places import Area, Level, Source
from geo.privacy import release
from geo.rates import Window
from geo.series import rate_series, residents_by_period
from geo.surfaces import Surface
from service.coverage import SLACK, areas_told
from service.held import Held
from service.periodbook import PeriodBook
from service.portion import Portion
from service.store import Dataset, Records
from service.unitbook import NOTHING, area_of

MAP_LEVELS = (Level.DISTRICT, Level.SUBDISTRICT)
KEPT = 512
"""Layers, sets of them and series that a book keeps: those asked for last. Twelve periods of each
layer of three levels are some three hundred; one of thousands of cells takes half a megabyte."""


class LayerBook(PeriodBook):
    """Layers, units and documents of ``records``, as ``clearance`` may see them.

    ``choices`` are the planner's assumptions about layers. Threads may share it: who asks for what
    another one makes waits for that alone.
    """

    def __init__(
        self,
        records: Records,
        version: str,
        clearance: Clearance,
        *,
        datasets: Sequence[Dataset] = (),
        rivers: Mapping[str, Any] | None = None,
        towns: Mapping[str, Any] | None = None,
        choices: LayerChoices | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__(records, datasets, rivers, today, clearance)
        self.version = version
        self.choices = choices or LayerChoices()
        self._towns = towns or NOTHING
        self._held = Held(KEPT)
        self._portions = Held(KEPT)
        self._rows = Held(KEPT)

    def area(self, code: str) -> Area:
        """One unit without its geometry, a cell too. Raises ``KeyError``."""
        if code in self.all_units.index:
            return super().area(code)
        return area_of(code, self.units(Level.CELL).loc[code])

    def governorate_of(self, codes: Sequence[str]) -> list[str | None]:
        """The governorate above each code, a cell's too; ``None`` where there is none."""
        if self.all_units.index.isin(codes).sum() == len(set(codes)):
            return super().governorate_of(codes)
        above = self.units(Level.CELL)["parent"].to_dict()
        return super().governorate_of([above.get(code, code) for code in codes])

    def units(self, level: Level, governorate: str | None = None) -> gpd.GeoDataFrame:
        """Units of a level, of all governorates or of one. All share the table: don't change it.

        Cells are those of the governorates about which anything is known.
        """
        rows: gpd.GeoDataFrame = self._rows.get(
            (level, governorate), lambda: self._units(level, governorate)
        )
        return rows

    def _units(self, level: Level, governorate: str | None) -> gpd.GeoDataFrame:
        if level is Level.CELL:
            told = [one for one in self._told() if governorate in {None, one}]
            parts = [self._portion(one).cells.cells for one in told]
            return pd.concat(parts) if parts else self.all_units.iloc[:0]
        rows = at_level(self.all_units, level)
        if governorate is None:
            return rows
        above = self.governorate_of([str(code) for code in rows.index])
        return rows[[code == governorate for code in above]]

    def layer(
        self,
        code: LayerCode,
        level: Level,
        category: str | None = None,
        period: Period | None = None,
    ) -> Layer:
        """One layer over all governorates that hold any figure; other areas have no data.

        Asked for a period after its newest one, it is of the newest: see its ``period``.

        Raises ``KeyError`` where there is none: no units of that level, or not for this
        clearance, category or period (see ``categories_of``, ``windows``, ``withheld``).
        """
        if category not in self.categories_of(code, level):
            raise KeyError(f"{code} {level} {category or 'all'}")
        period = self.newest_of(code, level, category, period)
        if not self._is_offered(period, level, code, category):
            raise KeyError(f"{code} {level} {category or 'all'} {period}")
        made: Layer = self._held.get(
            (code, level, category, period),
            lambda: release(self._layer(code, level, category, period), self.clearance),
        )
        return made

    def _layer(self, code: LayerCode, level: Level, category: str | None, period: Period) -> Layer:
        if level is Level.CELL:
            parts = [
                self._portion(one).cells.layer(
                    code, category, period, partial(self._residents, one, period)
                )
                for one in self._told()
            ]
            return self._joined(parts, f"{code} {level}")
        if code is LayerCode.HOTSPOTS:
            rate = self.layer(LayerCode.INCIDENT_RATE, level, category, period)
            return area_spots(rate, self.units(level), spatial=self.choices.spatial)
        if code is LayerCode.TREND:
            return self._trend(level, category, period)
        if code is LayerCode.NEAR_REPEAT:
            return self._near_repeat(category, period)
        found = [self._some(one, period, code, level, category) for one in self._told()]
        return self._joined([one for one in found if one is not None], f"{code} {level}")

    def _joined(self, parts: Sequence[Layer], name: str) -> Layer:
        if not parts:
            raise KeyError(name)
        first = parts[0]
        if len(parts) == 1:
            return first
        caveats = tuple(dict.fromkeys(c for part in parts for c in part.caveats))
        sources = tuple(dict.fromkeys(s for part in parts for s in part.sources))
        values = pd.concat([part.values for part in parts])
        return replace(first, values=values, caveats=caveats, sources=sources)

    def _residents(self, governorate: str, period: Period) -> Layer:
        found = self._some(governorate, period, LayerCode.RESIDENTS, Level.SUBDISTRICT, None)
        if found is None:
            raise KeyError(f"{LayerCode.RESIDENTS} {Level.SUBDISTRICT}")
        return found

    def _trend(self, level: Level, category: str | None, period: Period) -> Layer:
        now, before = twelve_months(period), year_before(period)
        there = self.covered or self._years[-1]
        if before.start < there.start - SLACK and before not in self._years:
            raise KeyError(f"{LayerCode.TREND} {level}: no data before {now.start}")
        later, sooner = (
            self.layer(LayerCode.INCIDENT_RATE, level, category, one) for one in (now, before)
        )
        return trend_layer(later, sooner)

    def _near_repeat(self, category: str | None, period: Period) -> Layer:
        level = next(iter(self.levels()))
        rate = self.layer(LayerCode.INCIDENT_RATE, level, category, period)
        rows = self.placed
        home = rows["subdistrict"].where(rows["subdistrict"].notna(), rows["district"])
        within = pd.Series(self.governorate_of([str(code) for code in home]), index=rows.index)
        governorates = at_level(self.all_units, Level.GOVERNORATE).loc[self._told()]
        return near_repeat_layer(rows, governorates, within, rate)

    def surface(
        self, governorate: str, category: str | None = None, period: Period | None = None
    ) -> Surface:
        """The density of one governorate on its grid, as this clearance may see it."""
        period = period or self.periods()[0]
        if not self._is_offered(period, Level.CELL, LayerCode.INCIDENT_SURFACE, category):
            raise KeyError(f"{LayerCode.INCIDENT_SURFACE} {category or 'all'} {period}")
        return self._portion(governorate).cells.surface(category, period)

    def series(
        self, area: str, category: str | None = None, window: Window = Window.YEAR
    ) -> pd.DataFrame:
        """The incident rate of a district or sub-district by period, the oldest first.

        Index ``period``; columns ``value``, ``low``, ``high`` (rate, 90 % limits), ``count``,
        ``count_low``, ``count_high`` (the band). Empty where the window isn't offered.
        Raises ``KeyError`` for another area.
        """
        level = Level(self.all_units.loc[area, "level"])
        if level not in MAP_LEVELS:
            raise KeyError(area)
        periods = tuple(reversed(self.periods(window, level, LayerCode.INCIDENT_RATE, category)))
        governorate = self.governorate_of([area])[0] or area
        own = self._portion(governorate)
        residents = self._held.get(
            ("residents", governorate, level, window, bool(periods)),
            lambda: residents_by_period(own.basis, level, periods),
        )
        tables = self._held.get(
            ("series", governorate, level, category, window),
            lambda: rate_series(own.counter, own.basis, residents, level, category, self.choices),
        )
        return pd.DataFrame(tables[area])

    def layers(self, governorate: str, period: Period) -> LayerSet:
        """All layers of one governorate and period, made once."""
        made: LayerSet = self._held.get(
            (governorate, period), lambda: self._built(governorate, period)
        )
        return made

    def _some(
        self,
        governorate: str,
        period: Period,
        code: LayerCode,
        level: Level,
        category: str | None,
    ) -> Layer | None:
        """One layer of a governorate, from a set or a part that is at hand, else by itself.

        A page of months asks for one layer of twelve of them: twelve whole sets took seconds.
        """
        part = Part.of(code, level, category, self.choices.need)
        need = Part.of(LayerCode.NEED, level, None, self.choices.need)
        made: LayerSet | None = self._held.at_hand((governorate, period))
        if made is None and need.holds(part):
            made = self._held.at_hand((governorate, period, need))
        made = made or self._held.get(
            (governorate, period, part), lambda: self._built(governorate, period, part)
        )
        return made.find(code, level, category)

    def need(self, governorate: str, level: Level, period: Period, rules: NeedRules) -> NeedResult:
        """The need index under other rules; cheap enough to follow a moving weight."""
        layers = [one for one in self.layers(governorate, period).layers if one.level is level]
        return need_layer([one for one in layers if one.code is not LayerCode.NEED], rules)[1]

    def _told(self) -> list[str]:
        """Governorates about which anything is known, so that empty ones cost nothing.

        That there is a case tells nothing here: only bands above the lowest count.
        """
        return self._told_codes

    @cached_property
    def _told_codes(self) -> list[str]:
        every = [str(code) for code in at_level(self.all_units, Level.GOVERNORATE).index]
        named = set(self.population["area"]) | set(self.arrivals["area"])
        if self.clearance is Clearance.EXACT:
            named |= set(self.placed["subdistrict"].dropna())
            named |= set(self.placed["district"].dropna())
        else:
            named |= areas_told(self.placed)
        above = set(upward(self.all_units, sorted(map(str, named)), Level.GOVERNORATE))
        above |= set(self.office_governorates().values())
        return [code for code in every if code in above] or every[:1]

    @cached_property
    def _incident_sources(self) -> tuple[Source, ...]:
        """Of all files, so that a source doesn't tell where its cases are."""
        return table_sources(self.placed, None)

    def _portion(self, governorate: str) -> Portion:
        found: Portion = self._portions.get(governorate, lambda: self._cut(governorate))
        return found

    def _cut(self, governorate: str) -> Portion:
        every, rows = self.all_units, self.placed
        above = upward(every, [str(code) for code in every.index], Level.GOVERNORATE)
        units = every[[code == governorate for code in above]]
        codes = set(units.index)
        return Portion(
            units,
            rows[rows["subdistrict"].isin(codes) | rows["district"].isin(codes)],
            self.arrivals[self.arrivals["area"].isin(codes)],
            self.population[self.population["area"].isin(codes)],
            self._towns,
            self.choices,
            # Where no incident was ever loaded there is none to protect: bands would invent some.
            self.clearance if self._has_incidents else Clearance.EXACT,
            self.covered or self._years[0],
            self.arrivals_until,
            self._incident_sources,
            self.version,
        )

    def _built(self, governorate: str, period: Period, part: Part | None = None) -> LayerSet:
        made = self._portion(governorate).build(period, self.incidents_in(period), part)
        if self._has_incidents:
            return made
        own = tuple(replace(layer, clearance=self.clearance) for layer in made.layers)
        return replace(made, layers=own, clearance=self.clearance)
