"""Figures of one state of the data with the days that they tell of, and the periods from them.

Incidents, arrivals and residents keep clocks of their own. Incidents often come months late; a clan
that arrived this week must count this week. So each layer ends with the newest period of what it is
made of, need with the newest of its components, and the incidents of a period that has none yet
are those of the newest that has. No clock but that of ``service.coverage`` tells of a case.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from geo.influx import as_events
from geo.layers import Clearance, LayerCode, Period
from geo.locate import account, build_locator, place_incidents
from geo.notes import Note
from geo.places import Level
from geo.privacy import whole_years
from geo.rates import Window, windows
from geo.successors import figures_in
from service import offered
from service.coverage import (
    covered_months,
    covered_years,
    datasets_told,
    newest_day,
    reaching,
    window_of,
)
from service.store import Dataset, Kind, Records
from service.unitbook import UnitBook

MAP_LEVELS = (Level.DISTRICT, Level.SUBDISTRICT)
_OF_ARRIVALS = frozenset({LayerCode.NEED, LayerCode.INFLUX})
_OF_PEOPLE = frozenset({LayerCode.RESIDENTS, LayerCode.GROWTH})


class PeriodBook(UnitBook):
    """Incidents, arrivals and residents of ``records``; which periods ``clearance`` may ask for."""

    def __init__(
        self,
        records: Records,
        datasets: Sequence[Dataset],
        rivers: Mapping[str, Any] | None,
        today: date | None,
        clearance: Clearance,
    ) -> None:
        super().__init__(records, datasets, rivers, today)
        self.clearance = clearance

    @cached_property
    def placed(self) -> pd.DataFrame:
        """All incidents with their area; never shown, only counted."""
        incidents = self.records.incidents()
        if not len(self.all_units):
            return incidents
        locator = build_locator(self.all_units, past=self.successors)
        return place_incidents(incidents, self.all_units, locator=locator)

    @cached_property
    def placement(self) -> Mapping[str, int]:
        """How many incidents were placed, lie near a border, outside, or nowhere."""
        return account(self.placed) if len(self.all_units) else {}

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """Arrivals as events; counts of those present as what changed (``geo.influx``)."""
        rows = self.records.arrivals()
        if any(one.summary.get("present") for one in self._datasets):
            rows = rows.assign(present=rows.index.isin(self.records.present_arrivals()))
        return as_events(self._as_today(rows))

    @cached_property
    def population(self) -> pd.DataFrame:
        """Figures of residents, in today's units (``geo.successors``)."""
        return figures_in(self.records.population(), self.all_units, self.successors)

    def levels(self) -> Sequence[Level]:
        """Levels that have units, the coarser first; planning cells where sub-districts are."""
        there = set(self.all_units["level"])
        found = [level for level in MAP_LEVELS if level.value in there]
        return (*found, Level.CELL) if Level.SUBDISTRICT in found else tuple(found)

    def layer_codes(self, level: Level) -> Sequence[LayerCode]:
        """Layers that may be asked for at a level."""
        return offered.layer_codes(level, self.clearance)

    def categories_of(self, code: LayerCode, level: Level) -> Sequence[str | None]:
        """Categories that a layer has at a level; ``None``: all; empty: it isn't there."""
        return offered.categories_of(code, level, self.clearance)

    def windows(
        self, level: Level, code: LayerCode | None = None, category: str | None = None
    ) -> Sequence[Window]:
        """Windows that may be asked for; without a ``code`` of the incidents at that level."""
        return offered.windows_of(level, code, category, self.clearance)

    def withheld(
        self,
        level: Level,
        window: Window,
        code: LayerCode | None = None,
        category: str | None = None,
    ) -> Note | None:
        """Why a window is not offered; ``None``: it is."""
        return offered.withheld(level, window, code, category, self.clearance)

    def periods(
        self,
        window: Window = Window.YEAR,
        level: Level | None = None,
        code: LayerCode | None = None,
        category: str | None = None,
    ) -> Sequence[Period]:
        """Calendar windows that a layer can be had of, newest first; empty where none is offered.

        Without a ``code`` those with incidents: whole ones, or years that data only touch where
        no year is whole. Layers of arrivals and residents end with the window that their newest
        figure lies in, need with that of the newest incidents or arrivals.
        """
        if level is not None and window not in self.windows(level, code, category):
            return ()
        return reaching(self._with_incidents(window), window, self._until(code))

    def newest_of(
        self, code: LayerCode, level: Level, category: str | None, period: Period | None
    ) -> Period:
        """``period`` as a layer has it: its newest, where none or a later one is asked for."""
        window = Window.YEAR if period is None else window_of(period)
        if window is None and period is not None:
            return period
        newest = next(iter(self.periods(window or Window.YEAR, level, code, category)), None)
        if period is None:
            return newest or self.periods()[0]
        return newest if newest is not None and period.start >= newest.end else period

    def incidents_in(self, period: Period) -> Period:
        """Whose incidents stand in the layers of a period: its own, or the newest there are.

        Several windows end with the newest that has any: those without are not windows without
        cases, and a month with too few cases to be told must not count in a longer run.
        """
        window = window_of(period)
        step = window or (Window.YEAR if whole_years(period) else Window.MONTH)
        there = self._with_incidents(step)
        if not there or period.end <= there[0].end:
            return period
        if period.start >= there[0].end:
            return there[0]
        return period if window is not None else Period(period.start, there[0].end)

    @cached_property
    def covered(self) -> Period | None:
        """The months that hold incidents in number; see ``service.coverage``."""
        return covered_months(self.placed["date"])

    @cached_property
    def arrivals_until(self) -> date | None:
        """Up to which day arrivals are known."""
        days = self.arrivals["date"]
        return newest_day(days, self._datasets, Kind.ARRIVALS, self._today)

    def datasets(self) -> Sequence[Dataset]:
        """What is loaded; how far incidents reach is told by whole months of many."""
        if self.clearance is Clearance.EXACT:
            return self._datasets
        return datasets_told(self._datasets, self.covered)

    def _with_incidents(self, window: Window) -> tuple[Period, ...]:
        if window is Window.YEAR:
            return self._years
        covered = self.covered
        if covered is None:
            return ()
        return tuple(reversed(windows(covered.start, covered.end, window)))

    def _until(self, code: LayerCode | None) -> date | None:
        """The newest day of what a layer is made of beside incidents."""
        if code in _OF_ARRIVALS:
            return self.arrivals_until
        if code in _OF_PEOPLE:
            known = [day for day in (self.arrivals_until, self._counted_until) if day]
            return max(known, default=None)
        return None

    @cached_property
    def _counted_until(self) -> date | None:
        days = self.population["as_of"]
        return None if days.empty else min(days.max().date(), self._today)

    @cached_property
    def _years(self) -> tuple[Period, ...]:
        days = self.arrivals["date"]
        if self.clearance is Clearance.EXACT and len(self.placed):
            days = self.placed["date"]
        return covered_years(self.covered, days, self._today)

    def _is_offered(
        self, period: Period, level: Level, code: LayerCode, category: str | None
    ) -> bool:
        if whole_years(period):
            return True
        if self.clearance is not Clearance.EXACT:
            covered, (first, last) = self.covered, (period.start, period.end)
            if covered is None or not first.day == last.day == 1:
                return False
            until = covered.end
            if window_of(period) is not None:  # one window: its incidents are the newest there are
                newest = next(iter(self.periods(Window.MONTH, level, code, category)), covered)
                until = max(until, newest.end)
            if not covered.start <= first < last <= until:
                return False
        return Window.MONTH in self.windows(level, code, category)

    @cached_property
    def _has_incidents(self) -> bool:
        """Whether incidents were ever loaded: a fact about files, not about cases."""
        loaded = any(one.kind is Kind.INCIDENTS for one in self._datasets)
        return loaded or (not self._datasets and not self.placed.empty)
