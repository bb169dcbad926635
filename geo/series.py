"""A rate by periods: the same figure as on the map, one area after another, for many windows."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd

from geo.boundaries import at_level
from geo.choices import LayerChoices
from geo.counting import LeafCounter
from geo.growth import growth_table
from geo.incident_rates import members_of, rates_of
from geo.layers import Period
from geo.neighbours import queen
from geo.places import Level
from geo.residents import inherited_growth, residents_at

_SHOWN = ("value", "low", "high", "count", "count_low", "count_high")


def rate_series(
    counter: LeafCounter,
    units: gpd.GeoDataFrame,
    population: pd.DataFrame,
    level: Level,
    category: str | None,
    periods: Sequence[Period],
    choices: LayerChoices,
) -> Mapping[str, pd.DataFrame]:
    """Area code -> table indexed by period: the rate and its 90 % limits, the count or its band.

    Columns ``value``, ``low``, ``high`` (per 10,000 residents a year), ``count``, ``count_low``,
    ``count_high``; an exact count is its own band. ``units`` are those of one governorate.
    """
    near = queen(at_level(units, level)) if choices.spatial else None
    growth = _growth(units, population, level)
    areas = at_level(units, level).index
    tables = []
    for period in periods:
        people = residents_at(population, units, areas, level, growth, period)["value"]
        table = rates_of(
            counter.leaves(period), members_of(category), level, people, period, choices, near
        )
        for column in ("count_low", "count_high"):
            if column not in table:
                table[column] = table["count"]
        tables.append(table[list(_SHOWN)])
    index = pd.Index(list(periods), dtype=object, name="period")
    return {
        str(area): pd.DataFrame([table.loc[area] for table in tables], index=index)
        for area in areas
    }


def _growth(units: gpd.GeoDataFrame, population: pd.DataFrame, level: Level) -> pd.Series:
    """Percent a year of the areas of a level, from the units above where they have none."""
    above: pd.Series | None = None
    for one in (Level.GOVERNORATE, Level.DISTRICT, Level.SUBDISTRICT):
        areas = at_level(units, one).index
        if not len(areas):
            continue
        above = growth_table(population, areas, inherited=inherited_growth(units, areas, above))[
            "value"
        ]
        if one is level:
            break
    assert above is not None, "units of the level are there"
    return above
