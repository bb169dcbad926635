"""Incident rates: how often, per 10,000 residents a year, and how sure that is.

A small area's raw rate jumps with each single incident. Empirical Bayes (Marshall 1991, *Applied
Statistics* 40, 283-294) pulls it towards the mean of all areas, or of its neighbours, by as
much as its numbers are small. Intervals: Garwood's exact Poisson limits (1936) for raw rates,
the gamma posterior with Marshall's moments for shrunken ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv

from geo.layers import Period

PER = 10_000.0
CONFIDENCE = 0.90
Floats = NDArray[np.float64]


class Window(StrEnum):
    """Calendar windows that a series is counted in."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Empirical Bayes rates (incidents per person) and the moments of their prior."""

    rate: Floats
    weight: Floats  # of the area's own rate, 0-1
    mean: Floats  # of the prior, by area
    variance: Floats  # of the prior, by area
    fell_back: NDArray[np.bool_]  # neighbours said nothing: the global prior stands in
    pool_events: Floats  # of all areas that the prior came from, by area
    pool_base: Floats


def poisson_interval(
    count: Floats | Sequence[float], confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Garwood's exact two-sided limits of a Poisson mean for each count."""
    k = np.asarray(count, dtype=np.float64)
    tail = (1 - confidence) / 2
    # The quantiles of chi-square with 2 k and 2 (k + 1) degrees, halved.
    low = np.where(k > 0, gammaincinv(np.maximum(k, 1e-300), tail), 0.0)
    high = gammaincinv(k + 1, 1 - tail)
    return np.asarray(low, np.float64), np.asarray(high, np.float64)


def marshall(events: Floats, base: Floats) -> Shrunken:
    """Global empirical Bayes. ``base`` is person-years (or persons), positive.

    m = sum e / sum b; s2 = sum b (r - m)^2 / sum b; a = max(0, s2 - m / mean b);
    w = a / (a + m / b); rate = m + w (r - m).
    """
    events, base = np.asarray(events, np.float64), np.asarray(base, np.float64)
    m, a = _moments(events, base)
    every = np.ones(len(base))
    pool = events.sum() * every, base.sum() * every
    return _shrink(events, base, m * every, a * every, *pool)


def _moments(events: Floats, base: Floats) -> tuple[float, float]:
    total = base.sum()
    m = float(events.sum() / total)
    s2 = float((base * (events / base - m) ** 2).sum() / total)
    return m, max(0.0, s2 - m / float(base.mean()))


def _shrink(
    events: Floats, base: Floats, m: Floats, a: Floats, pool_events: Floats, pool_base: Floats
) -> Shrunken:
    scale = a + m / base
    weight = np.divide(a, scale, out=np.zeros(len(base)), where=scale > 0)
    rate = m + weight * (events / base - m)
    silent = np.zeros(len(base), dtype=bool)
    return Shrunken(rate, weight, m, a, silent, pool_events, pool_base)


def marshall_spatial(events: Floats, base: Floats, neighbours: Sequence[Sequence[int]]) -> Shrunken:
    """Spatial empirical Bayes: each area's prior comes from itself and its neighbours.

    As ``esda.smoothing.Spatial_Empirical_Bayes`` (and spdep's ``EBlocal(geoda=TRUE)``), except
    that an area whose neighbourhood had no incident at all gets the global rate, not NaN.
    """
    events, base = np.asarray(events, np.float64), np.asarray(base, np.float64)
    whole = marshall(events, base)
    m, a, ours, people = (np.empty(len(base)) for _ in range(4))
    for i, near in enumerate(neighbours):
        ring = np.unique([i, *near]).astype(int)
        m[i], a[i] = _moments(events[ring], base[ring])
        ours[i], people[i] = events[ring].sum(), base[ring].sum()
    silent = m <= 0
    m, a = np.where(silent, whole.mean, m), np.where(silent, whole.variance, a)
    pool = (
        np.where(silent, whole.pool_events, ours),
        np.where(silent, whole.pool_base, people),
    )
    return replace(_shrink(events, base, m, a, *pool), fell_back=silent)


def posterior_interval(
    shrunken: Shrunken, events: Floats, base: Floats, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Credible limits of the rate: Gamma(m^2/a + e, m/a + b), whose mean is Marshall's rate.

    Where the prior has no variance the areas it came from (all, or the area and its neighbours)
    are taken as alike: the limits are those of their pooled rate.
    """
    tail = (1 - confidence) / 2
    m, a = shrunken.mean, shrunken.variance
    spread = (a > 0) & (m > 0)
    safe = np.where(spread, a, 1.0)
    shape, rate = m**2 / safe + events, m / safe + base
    pooled = [
        limit / shrunken.pool_base for limit in poisson_interval(shrunken.pool_events, confidence)
    ]
    low, high = (
        np.where(spread, gammaincinv(np.maximum(shape, 1e-12), share) / rate, limit)
        for share, limit in zip((tail, 1 - tail), pooled, strict=True)
    )
    return low, high


def rate_table(
    count: pd.Series,
    residents: pd.Series,
    years: float,
    *,
    neighbours: Mapping[str, Sequence[str]] | None = None,
    reporting: float = 1.0,
) -> pd.DataFrame:
    """Rates of one category for one level; index area code.

    Columns ``value`` (shrunken rate per 10,000 residents a year), ``low``, ``high`` (90 %),
    ``raw``, ``raw_low``, ``raw_high`` (Garwood, 90 %), ``count``, ``exposure`` (resident-years),
    ``own_weight`` (share of the area's own figure in ``value``). With ``neighbours`` the prior
    is spatial. Areas without residents have NaN. ``reporting`` is the assumed number of
    incidents behind one that is reported; it multiplies rates, never counts.
    """
    exposure = residents.reindex(count.index).to_numpy(np.float64) * years
    counted = count.to_numpy(np.float64)
    known = exposure > 0
    events, base = counted[known], exposure[known]
    codes = list(count.index[known])
    if not codes:
        return _spread_out(count.index, known, {}, counted, exposure)
    shrunken = (
        marshall(events, base)
        if neighbours is None
        else marshall_spatial(events, base, positions(codes, neighbours))
    )
    low, high = posterior_interval(shrunken, events, base)
    raw_low, raw_high = poisson_interval(events)
    scale = PER * reporting
    columns = {
        "value": shrunken.rate * scale,
        "low": low * scale,
        "high": high * scale,
        "raw": events / base * scale,
        "raw_low": raw_low / base * scale,
        "raw_high": raw_high / base * scale,
        "own_weight": shrunken.weight,
    }
    return _spread_out(count.index, known, columns, counted, exposure)


_RATES = ("value", "low", "high", "raw", "raw_low", "raw_high", "own_weight")


def _spread_out(
    index: pd.Index,
    known: NDArray[np.bool_],
    columns: Mapping[str, Floats],
    counted: Floats,
    exposure: Floats,
) -> pd.DataFrame:
    """Figures of the known areas as a table of all areas, NaN in the others."""
    table = {}
    for name in _RATES:
        table[name] = np.full(len(index), np.nan)
        if name in columns:
            table[name][known] = columns[name]
    return pd.DataFrame({**table, "count": counted, "exposure": exposure}, index=index)


def positions(
    codes: Sequence[str], neighbours: Mapping[str, Sequence[str]]
) -> list[tuple[int, ...]]:
    """Neighbours as positions in ``codes``; unknown codes fall away."""
    at = {code: i for i, code in enumerate(codes)}
    return [tuple(at[n] for n in neighbours.get(code, ()) if n in at) for code in codes]


def windows(start: date, end: date, window: Window) -> list[Period]:
    """The whole calendar windows inside ``start`` (included) .. ``end`` (excluded)."""
    months = {Window.MONTH: 1, Window.QUARTER: 3, Window.YEAR: 12}[window]
    index = start.year * 12 + start.month - 1
    if start.day > 1:
        index += 1
    index += -index % months
    found = []
    while (last := _month(index + months)) <= end:
        found.append(Period(_month(index), last))
        index += months
    return found


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def count_incidents(
    placed: pd.DataFrame, areas: Sequence[str], column: str, period: Period | None = None
) -> pd.DataFrame:
    """Incidents by area (rows, all of ``areas``) and category (columns), inside ``period``.

    ``column`` is ``subdistrict`` or ``district``. Incidents without an area are not in it.
    """
    rows = placed
    if period is not None:
        day = rows["date"]
        rows = rows[(day >= pd.Timestamp(period.start)) & (day < pd.Timestamp(period.end))]
    table = pd.crosstab(rows[column], rows["category"])
    table = table.reindex(index=pd.Index(areas, name="code"), fill_value=0)
    table.columns.name = None
    return table.astype(np.int64)
