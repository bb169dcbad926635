"""Counting incidents for layers: exact, or as released bands, from rows or from a tally."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.boundaries import at_level, upward
from geo.closed_list import MonthsOfYear
from geo.growth import latest
from geo.incidents import CATEGORIES, INCIDENTS
from geo.layers import Clearance, Period
from geo.places import Level
from geo.privacy import Bands, release_counts, released_years, whole_years
from geo.rates import Window, windows
from geo.tally import Tally


class IncidentRows:
    """Incidents one by one, or only their tally: who asks need not know which."""

    def __init__(self, given: pd.DataFrame | Tally, *, leave_out_repeats: bool = False) -> None:
        self.tally = given if isinstance(given, Tally) else None
        self.frame = no_incidents() if isinstance(given, Tally) else given
        if leave_out_repeats:
            self.frame = self.frame[~self.frame["repeat"]]

    def count(self, leaves: list[str], span: Period) -> pd.DataFrame:
        """Leaf x category counts; rows without a sub-district count in their district."""
        if self.tally is not None:
            return self.tally.table(leaves, span)
        index = pd.Index(leaves, name="code")
        at = index.get_indexer(self._leaf)
        begin, end = (np.datetime64(day) for day in (span.start, span.end))
        chosen = (at >= 0) & (self._category >= 0) & (self._day >= begin) & (self._day < end)
        width = len(CATEGORIES)
        flat = np.bincount(
            at[chosen] * width + self._category[chosen], minlength=len(leaves) * width
        )
        return pd.DataFrame(flat.reshape(-1, width), index, columns=list(CATEGORIES))

    @cached_property
    def _leaf(self) -> pd.Index:
        rows = self.frame
        leaf: pd.Index = pd.Index(
            rows["subdistrict"].where(rows["subdistrict"].notna(), rows["district"])
        )
        return leaf

    @cached_property
    def _category(self) -> NDArray[np.intp]:
        return pd.Index(CATEGORIES).get_indexer(pd.Index(self.frame["category"]))

    @cached_property
    def _day(self) -> NDArray[np.datetime64]:
        return self.frame["date"].to_numpy()


def no_incidents() -> pd.DataFrame:
    """A table of placed incidents without rows."""
    return INCIDENTS.empty().assign(
        subdistrict=pd.Series([], dtype="str"),
        district=pd.Series([], dtype="str"),
        placement=pd.Series([], dtype="str"),
        heap=pd.Series([], dtype="bool"),
    )


@dataclass(frozen=True, slots=True)
class LeafCounts:
    """Incidents by leaf (finest area known) and category: exact, or as bands."""

    leaf_parent: pd.Series  # leaf -> district
    expected: pd.DataFrame
    bands: Bands | None = None
    by_district: bool = False  # released months know districts only

    def by_area(self, level: Level, areas: pd.Index) -> "AreaCounts":
        """The same counts as tables of the ``areas`` of a level."""

        def at(table: pd.DataFrame) -> pd.DataFrame:
            if level is Level.DISTRICT:
                table = table.groupby(self.leaf_parent.reindex(table.index)).sum()
            return table.reindex(areas, fill_value=0)

        bands = self.bands
        parts = None if bands is None else (at(bands.low), at(bands.high), at(bands.variance))
        return AreaCounts(at(self.expected), parts)


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """Incidents by area and category; ``bands``: lowest, highest, variance, where not exact."""

    expected: pd.DataFrame
    bands: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None


class LeafCounter:
    """Counts of any period of the same incidents and units, each month counted once.

    Leaves are sub-districts, and districts for incidents whose sub-district is not known.
    Released counts are those of whole calendar years. With ``covered`` (the whole months that
    have data) other runs of whole months are released too, by district only, from
    ``geo.closed_list``.
    """

    def __init__(
        self,
        rows: IncidentRows,
        units: gpd.GeoDataFrame,
        population: pd.DataFrame,
        clearance: Clearance,
        covered: Period | None = None,
    ) -> None:
        self.rows = rows
        self._covered = covered
        self._clearance = clearance
        subs, self._districts = (
            [str(code) for code in at_level(units, level).index]
            for level in (Level.SUBDISTRICT, Level.DISTRICT)
        )
        self._leaves = [*subs, *self._districts]
        self._above = pd.Series(
            [*upward(units, subs, Level.DISTRICT), *self._districts],
            index=self._leaves,
            dtype="object",
        )
        # Incidents known by district only are not released: they would need bands of their own.
        self._finest = subs or self._districts
        self._residents = latest(population, pd.Index(self._finest))["residents"]
        self._tables: dict[Period, pd.DataFrame] = {}
        self._years: dict[Period, Bands] = {}
        self._months_of: dict[tuple[Period, ...], MonthsOfYear] = {}
        self._made: dict[Period, LeafCounts] = {}

    def leaves(self, period: Period) -> LeafCounts:
        """Raises ``FaultsError`` on a period that may not be released."""
        if period not in self._made:
            self._made[period] = self._leaves_of(period)
        return self._made[period]

    def _leaves_of(self, period: Period) -> LeafCounts:
        if self._clearance is Clearance.EXACT:
            return LeafCounts(self._above, self._count(period))
        if not whole_years(period) and self._districts and self._covered is not None:
            months = windows(period.start, period.end, Window.MONTH)
            if not months or Period(months[0].start, months[-1].end) != period:
                released_years(period)  # refuses with its reason
            bands = self._months(months, self._covered)
            return LeafCounts(self._above, bands.expected, bands, by_district=True)
        years = [self._year(year) for year in released_years(period)]
        bands = years[0]
        for year in years[1:]:
            bands = bands.plus(year)
        return LeafCounts(self._above, bands.expected, bands)

    def _count(self, period: Period) -> pd.DataFrame:
        if period not in self._tables:
            self._tables[period] = self.rows.count(self._leaves, period)
        return self._tables[period]

    def _year(self, year: Period) -> Bands:
        if year not in self._years:
            counts = [self._count(year).loc[self._finest]]
            self._years[year] = release_counts(counts, self._residents)
        return self._years[year]

    def _months(self, months: list[Period], covered: Period) -> Bands:
        """Bands by district of some months, from those of the calendar years they lie in."""
        total: Bands | None = None
        for year in sorted({month.start.year for month in months}):
            whole = Period(date(year, 1, 1), date(year + 1, 1, 1))
            there = tuple(
                month
                for month in windows(whole.start, whole.end, Window.MONTH)
                if (covered.start <= month.start and month.end <= covered.end) or month in months
            )
            chosen = [n for n, month in enumerate(there) if month in months]
            bands = self._of_year(whole, there).bands(chosen)
            total = bands if total is None else total.plus(bands)
        assert total is not None, "a period has a month"
        return total

    def _of_year(self, year: Period, months: tuple[Period, ...]) -> MonthsOfYear:
        if months not in self._months_of:
            district = self._above.reindex(self._finest)
            counts = [self._count(month).loc[self._finest] for month in months]
            by_district = [table.groupby(district).sum() for table in counts]
            self._months_of[months] = MonthsOfYear.of(self._year(year), district, by_district)
        return self._months_of[months]


def count_leaves(
    rows: IncidentRows,
    units: gpd.GeoDataFrame,
    population: pd.DataFrame,
    period: Period,
    clearance: Clearance,
    covered: Period | None = None,
) -> LeafCounts:
    """The counts of one period: see ``LeafCounter``."""
    return LeafCounter(rows, units, population, clearance, covered).leaves(period)
