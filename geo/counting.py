"""Counting incidents for layers: exact, or as released bands, from rows or from a tally."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.boundaries import at_level, upward
from geo.growth import latest
from geo.incidents import CATEGORIES, INCIDENTS
from geo.layers import Clearance, Period
from geo.places import Level
from geo.privacy import Bands, release_counts, released_years
from geo.rates import count_incidents
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
        rows = self.frame
        leaf = rows["subdistrict"].where(rows["subdistrict"].notna(), rows["district"])
        table = count_incidents(rows.assign(leaf=leaf), leaves, "leaf", span)
        return table.reindex(columns=list(CATEGORIES), fill_value=0)


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

    def at(self, table: pd.DataFrame, level: Level, areas: pd.Index) -> pd.DataFrame:
        """A leaf table (``expected`` or one of ``bands``) as a table of ``areas``."""
        if level is Level.DISTRICT:
            table = table.groupby(self.leaf_parent.reindex(table.index)).sum()
        return table.reindex(areas, fill_value=0)


def count_leaves(
    rows: IncidentRows,
    units: gpd.GeoDataFrame,
    population: pd.DataFrame,
    period: Period,
    clearance: Clearance,
) -> LeafCounts:
    """Leaves are sub-districts, and districts for incidents whose sub-district is not known."""
    subs, districts = (
        list(at_level(units, level).index) for level in (Level.SUBDISTRICT, Level.DISTRICT)
    )
    leaves = [*subs, *districts]
    above = pd.Series(
        [*upward(units, subs, Level.DISTRICT), *districts], index=leaves, dtype="object"
    )
    if clearance is Clearance.EXACT:
        return LeafCounts(above, rows.count(leaves, period))
    # Incidents known by district only are not released: they would need bands of their own.
    finest = subs or districts
    residents = latest(population, pd.Index(finest))["residents"]
    years = [rows.count(leaves, year).loc[finest] for year in released_years(period)]
    bands = release_counts(years, residents)
    return LeafCounts(above, bands.expected, bands)
