"""Residents of a period: the dated figure nearest to its middle, carried there by growth."""

import geopandas as gpd
import pandas as pd

from geo.boundaries import at_level
from geo.growth import carried, growth_table
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
    units: gpd.GeoDataFrame,
    areas: pd.Index,
    level: Level,
    growth_pct: pd.Series,
    period: Period,
) -> pd.DataFrame:
    """Residents in the middle of the period; a district without a figure adds up its parts.

    Index ``areas``; columns of ``geo.growth.carried``. ``growth_pct``: percent a year, by area.
    """
    rows = carried(population, areas, growth_pct, period.middle)
    if level is Level.DISTRICT and rows["value"].isna().any():
        leaves = at_level(units, Level.SUBDISTRICT)
        leaf_growth = leaves["parent"].map(growth_pct)
        own = growth_table(population, leaves.index, inherited=leaf_growth)["value"]
        below = carried(population, leaves.index, own, period.middle)
        whole = below["value"].notna().groupby(leaves["parent"]).all()
        for column in ("value", "figure"):
            sums = below[column].groupby(leaves["parent"]).sum(min_count=1)
            rows[column] = rows[column].fillna(sums.where(whole).reindex(areas))
        for column in ("as_of", "figure_as_of"):
            first = below[column].groupby(leaves["parent"]).min()
            rows[column] = rows[column].fillna(first.reindex(areas))
        parts = below["standing"].groupby(leaves["parent"]).first().reindex(areas)
        rows["standing"] = rows["standing"].where(rows["standing"].notna(), parts)
    return rows
