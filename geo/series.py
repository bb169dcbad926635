"""A rate by periods: the same figure as on the map, one area after another, for many windows."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
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
    residents: Mapping[Period, pd.Series],
    level: Level,
    category: str | None,
    choices: LayerChoices,
) -> Mapping[str, pd.DataFrame]:
    """Area code -> table indexed by period: the rate and its 90 % limits, the count or its band.

    Columns ``value``, ``low``, ``high`` (per 10,000 residents a year), ``count``, ``count_low``,
    ``count_high``; an exact count is its own band. ``units`` are those of one governorate,
    ``residents`` those of ``residents_by_period``: its periods are the table's.
    """
    near = queen(at_level(units, level)) if choices.spatial else None
    tables = []
    for period, people in residents.items():
        table = rates_of(
            counter.leaves(period), members_of(category), level, people, period, choices, near
        )
        for column in ("count_low", "count_high"):
            if column not in table:
                table[column] = table["count"]
        tables.append(table[list(_SHOWN)])
    index = pd.Index(list(residents), dtype=object, name="period")
    if not tables:
        nothing = pd.DataFrame(index=index, columns=list(_SHOWN), dtype=float)
        return {str(area): nothing for area in at_level(units, level).index}
    stack = np.stack([table.to_numpy(float) for table in tables], axis=1)
    return {
        str(area): pd.DataFrame(stack[row], index=index, columns=list(_SHOWN))
        for row, area in enumerate(tables[0].index)
    }


def residents_by_period(
    units: gpd.GeoDataFrame, population: pd.DataFrame, level: Level, periods: Sequence[Period]
) -> Mapping[Period, pd.Series]:
    """Residents of the areas of a level in the middle of each period."""
    growth = _growth(units, population, level)
    areas = at_level(units, level).index
    return {
        period: residents_at(population, units, areas, level, growth, period)["value"]
        for period in periods
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
