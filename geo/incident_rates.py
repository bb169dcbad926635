"""Rates of a group of categories from counts, exact or in bands, under a planner's choices."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.choices import LayerChoices
from geo.counting import LeafCounts
from geo.incidents import CATEGORIES, SEVERE
from geo.layers import SEVERE_GROUP, Period
from geo.notes import Note, Notes, said
from geo.places import Level
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
    counts: LeafCounts,
    members: list[str],
    level: Level,
    residents: pd.Series,
    period: Period,
    choices: LayerChoices,
    neighbours: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """As ``geo.rates.rate_table``; from bands the limits also carry what these leave open.

    Index that of ``residents`` (areas of ``level``). Bands add ``count_low`` and ``count_high``.
    """
    areas = residents.index
    expected = counts.at(counts.expected, level, areas)
    table = rate_table(
        expected[members].sum(axis=1),
        residents,
        period.years,
        neighbours=neighbours,
        reporting=_reporting(choices, expected, members),
    )
    if counts.bands is None:
        return table
    low, high, variance = (
        counts.at(part, level, areas)[members].sum(axis=1)
        for part in (counts.bands.low, counts.bands.high, counts.bands.variance)
    )
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
    per_count = (table["raw"] / table["count"]).where(table["count"] > 0, 0.0)
    blur = _Z90 * np.sqrt(variance) * per_count
    wide = table.copy()
    for low, value, high in (("low", "value", "high"), ("raw_low", "raw", "raw_high")):
        below, above = table[value] - table[low], table[high] - table[value]
        wide[low] = (table[value] - np.hypot(below, blur)).clip(lower=0.0)
        wide[high] = table[value] + np.hypot(above, blur)
    return wide


def _reporting(choices: LayerChoices, expected: pd.DataFrame, members: list[str]) -> float:
    """Incidents behind one reported, over the mix of categories in the whole governorate."""
    weights = expected[members].sum()
    factors = pd.Series({c: choices.reporting.get(c, 1.0) for c in members})
    total = float(weights.sum())
    return float((weights * factors).sum() / total) if total > 0 else float(factors.mean())
