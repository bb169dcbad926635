"""Layers of change and of pattern on areas: trend, hot spots of the rate, near repeats."""

from dataclasses import replace
from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.stats import norm

from geo.cell_layers import spots_layer
from geo.crs import metric_crs, to_metric
from geo.hotspots import hot_spots
from geo.layers import Clearance, Layer, LayerCode, Period
from geo.neighbours import queen
from geo.notes import Note, said
from geo.places import Level
from geo.privacy import NotReleasableError
from geo.rates import CONFIDENCE, positions
from geo.trend import near_repeat, trend_table

NEAR_M = 500.0
NEAR_DAYS = 14
"""How near two cases are to count as a near repeat (assumptions: Johnson et al. 2007 found burglary
to draw others within some hundred metres and two weeks; nobody has measured it in Basra)."""


def year_before(period: Period) -> Period:
    """The twelve months before those that end with ``period``."""
    end = twelve_months(period).start
    return Period(end.replace(year=end.year - 1), end)


def twelve_months(period: Period) -> Period:
    """The twelve months that end with ``period`` (whole months)."""
    return Period(period.end.replace(year=period.end.year - 1), period.end)


def trend_layer(now: Layer, before: Layer) -> Layer:
    """Change of the counts of two incident rates of twelve months each; percent.

    Exact counts: Clopper-Pearson limits (``geo.trend``). Counts in bands: the ratio of the
    expected counts, its limits from var(log) = sum of (1/e + variance of the band / e^2); no
    figure where both counts lie in the lowest band. ``ratio`` and its limits stand beside.
    """
    later, sooner = now.values, before.values
    if "count_low" not in later.columns:
        first, second = sooner["count"].reindex(later.index).fillna(0.0), later["count"]
        values = trend_table(second, first)
        few = int(((first <= 0) | (second + first <= 0)).sum())
        note = said("{n} areas had no incident in the first twelve months: no change can be given.")
    else:
        values = _banded(later, sooner)
        few = int(values["value"].isna().sum())
        note = said("{n} areas have too few incidents in both years to speak of a change.")
    for name in ("value", "low", "high"):
        values["ratio" if name == "value" else f"ratio_{name}"] = values[name] / 100 + 1
    values.index.name = "code"
    caveats = (
        Note(said("More reports can mean more trust, not more incidents.")),
        *now.caveats,
        *((Note(note, n=few),) if few else ()),
    )
    return replace(
        now,
        code=LayerCode.TREND,
        values=values,
        unit=said("percent change over twelve months"),
        method=Note(
            said("Incidents from {start} to {end} against the twelve months before; 90% limits."),
            start=now.period.start.isoformat() if now.period else "",
            end=(now.period.end - timedelta(days=1)).isoformat() if now.period else "",
        ),
        caveats=tuple(dict.fromkeys(caveats)),
    )


def _banded(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    before = before.reindex(now.index)
    later, sooner = now["count"].astype(float), before["count"].astype(float)
    known = (now["count_low"] > 0) | (before["count_low"] > 0)
    known &= (later > 0) & (sooner > 0)
    spread = np.sqrt(
        1 / later.where(known)
        + 1 / sooner.where(known)
        + _blur(now).where(known) / later.where(known) ** 2
        + _blur(before).where(known) / sooner.where(known) ** 2
    )
    ratio = (later / sooner).where(known)
    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    return pd.DataFrame(
        {
            "value": (ratio - 1) * 100,
            "low": (ratio * np.exp(-z * spread) - 1) * 100,
            "high": (ratio * np.exp(z * spread) - 1) * 100,
            "now": later.where(known),
            "before": sooner.where(known),
        },
        index=now.index,
    )


def _blur(values: pd.DataFrame) -> pd.Series:
    """Variance that a band leaves open: of a count spread evenly over it."""
    width = (values["count_high"] - values["count_low"] + 1).astype(float)
    return pd.Series((width**2 - 1) / 12.0)


def area_spots(
    rate: Layer, units: gpd.GeoDataFrame, *, spatial: bool = False, seed: int = 1
) -> Layer:
    """Hot spots of an incident rate over all ``units`` of its level that have one.

    ``spatial`` rates were shrunk towards their neighbours, which makes neighbours alike whatever
    happens there: of such the raw rates are tested, and a caveat says so.
    """
    ordered = units.sort_index()
    column = "raw" if spatial else "value"
    figures = rate.values[column].reindex(ordered.index)
    if spatial:
        why = said(
            "Tested on raw rates: those shrunk towards neighbours are alike by their making."
        )
        rate = replace(rate, caveats=(*rate.caveats, Note(why)))
    known = ordered[figures.notna()]
    near = positions(list(known.index), queen(known))
    found = hot_spots(figures[figures.notna()], near, seed=seed)
    return spots_layer(found, rate)


def near_repeat_layer(
    placed: pd.DataFrame, governorates: gpd.GeoDataFrame, within: pd.Series, of: Layer
) -> Layer:
    """Knox's test of one category for each governorate; ``of`` tells its period and sources.

    ``within`` is the governorate of each incident of ``placed``. A test of dates and places
    tells of single cases: exact clearance only. Raises ``NotReleasableError``.
    """
    if of.clearance is not Clearance.EXACT or of.period is None:
        raise NotReleasableError("near repeats are told to exact clearance only")
    day = placed["date"]
    chosen = (day >= pd.Timestamp(of.period.start)) & (day < pd.Timestamp(of.period.end))
    chosen &= (placed["category"] == of.category) & placed["lon"].notna()
    rows = {}
    for code in governorates.index:
        mine = placed[chosen & (within == code)]
        if len(mine) < _LEAST:
            continue
        lon, lat = mine["lon"].to_numpy(float), mine["lat"].to_numpy(float)
        crs = metric_crs((lon.min(), lat.min(), lon.max(), lat.max()))
        days = mine["date"].to_numpy("datetime64[D]").astype(np.int64)
        rows[code] = near_repeat(
            to_metric(lon, lat, crs),
            days,
            distance_m=NEAR_M,
            within_days=NEAR_DAYS,
            heaps=mine["heap"].to_numpy(bool),
        )
    names = ("ratio", "p", "observed", "expected", "distance_m", "days", "left_out")
    table = {
        code: {name: float(getattr(found, name)) for name in names} for code, found in rows.items()
    }
    values = pd.DataFrame.from_dict(table, orient="index", columns=list(names))
    values = values.reindex(governorates.index).rename(columns={"ratio": "value"})
    values.index.name = "code"
    return replace(
        of,
        code=LayerCode.NEAR_REPEAT,
        level=Level.GOVERNORATE,
        values=values,
        unit=said("pairs of near incidents over those expected"),
        method=Note(
            said("Knox test within {m} m and {days} days, dates shuffled; heaps left out."),
            m=round(NEAR_M),
            days=NEAR_DAYS,
        ),
        caveats=(Note(said("Reported incidents only: where trust is low, few are reported.")),),
    )


_LEAST = 10
