"""Rates of a group of categories from counts, exact or in bands, under a planner's choices."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.choices import LayerChoices
from geo.counting import AreaCounts
from geo.incidents import CATEGORIES, SEVERE
from geo.layers import SEVERE_GROUP, Period
from geo.notes import Note, Notes, said
from geo.rates import rate_table

ASSUMED_REPORTING = said(
    "Assumed incidents behind each one that is reported: {factors}. Counts stay counts."
)
_Z90 = 1.6449


def members_of(category: str | None) -> list[str]:
    """The categories that a layer's ``category`` stands for (``None``: all of them)."""
    groups = {None: list(CATEGORIES), SEVERE_GROUP: sorted(SEVERE)}
    return groups.get(category, [str(category)])


def rates_of(
    counts: AreaCounts,
    members: list[str],
    residents: pd.Series,
    period: Period,
    choices: LayerChoices,
    neighbours: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """As ``geo.rates.rate_table``; from bands the limits also carry what these leave open.

    Index that of ``residents``, and of ``counts``. Bands add ``count_low`` and ``count_high``.
    """
    expected = counts.expected
    table = rate_table(
        expected[members].sum(axis=1),
        residents,
        period.years,
        neighbours=neighbours,
        reporting=_reporting(choices, expected, members),
    )
    if counts.bands is None:
        return table
    low, high, variance = (part[members].sum(axis=1) for part in counts.bands)
    table = _widened(table, variance)
    table["count_low"], table["count_high"] = low, high
    return table


def reporting_note(choices: LayerChoices, members: list[str]) -> tuple[Note, ...]:
    """Says the assumed factors of under-reporting that are in a rate, each with its category."""
    said_of = {c: choices.reporting.get(c, 1.0) for c in members}
    given = {c: factor for c, factor in said_of.items() if factor != 1.0}
    if not given:
        return ()
    told = Notes(
        Note(said("{category} {factor}"), category=CATEGORIES[c].name_en, factor=f"{factor:g}")
        for c, factor in given.items()
    )
    return (Note(ASSUMED_REPORTING, factors=told),)


def _widened(table: pd.DataFrame, variance: pd.Series) -> pd.DataFrame:
    """Limits of a rate that also carry what the bands leave open about its count."""
    column = {name: table[name].to_numpy(np.float64) for name in table}
    there = column["count"] > 0
    per_count = np.divide(column["raw"], column["count"], out=np.zeros(len(table)), where=there)
    blur = _Z90 * np.sqrt(variance.to_numpy(np.float64)) * per_count
    wide = table.copy()
    for low, value, high in (("low", "value", "high"), ("raw_low", "raw", "raw_high")):
        below, above = column[value] - column[low], column[high] - column[value]
        least = column[value] - np.hypot(below, blur)
        wide[low] = np.where(least < 0.0, 0.0, least)
        wide[high] = column[value] + np.hypot(above, blur)
    return wide


def _reporting(choices: LayerChoices, expected: pd.DataFrame, members: list[str]) -> float:
    """Incidents behind one reported, over the mix of categories in the whole governorate."""
    weights = expected[members].sum()
    factors = pd.Series({c: choices.reporting.get(c, 1.0) for c in members})
    total = float(weights.sum())
    return float((weights * factors).sum() / total) if total > 0 else float(factors.mean())
