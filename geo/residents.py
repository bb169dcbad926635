"""Residents of a period: the dated figure nearest to its middle, carried there by growth."""

import geopandas as gpd
import pandas as pd

from geo.growth import carried
from geo.layers import Period
from geo.places import Level


def inherited_growth(
    units: gpd.GeoDataFrame, areas: pd.Index, rate_above: pd.Series | None
) -> pd.Series | None:
    """The growth of the unit above each area, for those without two figures of their own."""
    if rate_above is None:
        return None
    parent = units["parent"].reindex(areas)
    return pd.Series(parent.map(rate_above).astype(float))


def residents_at(
    population: pd.DataFrame,
    areas: pd.Index,
    level: Level,
    growth_pct: pd.Series,
    period: Period,
    *,
    below: tuple[pd.Series, pd.Series] | None = None,
) -> pd.DataFrame:
    """Residents in the middle of the period; a district without a figure adds up its parts.

    Index ``areas``; columns of ``geo.growth.carried``. ``growth_pct``: percent a year, by area.
    ``below``: the district of each sub-district, and the growth of each (index its code).
    """
    rows = carried(population, areas, growth_pct, period.middle)
    if level is not Level.DISTRICT or below is None or not rows["value"].isna().any():
        return rows
    parent, own = below
    parts = carried(population, parent.index, own, period.middle)
    # By place, not by code: one look at the codes instead of one for each column.
    grouped = parts.assign(_known=parts["value"].notna()).groupby(
        areas.get_indexer(pd.Index(parent))
    )

    def by_area(table: pd.DataFrame) -> pd.DataFrame:
        return table.reindex(range(len(areas))).set_axis(areas)

    whole = grouped["_known"].all().reindex(range(len(areas)), fill_value=False).set_axis(areas)
    sums = by_area(grouped[["value", "figure"]].sum(min_count=1)).where(whole)
    first = by_area(grouped[["as_of", "figure_as_of"]].min())
    for table in (sums, first):
        for column in table:
            rows[column] = rows[column].fillna(table[column])
    standing = by_area(grouped[["standing"]].first())["standing"]
    rows["standing"] = rows["standing"].where(rows["standing"].notna(), standing)
    return rows
