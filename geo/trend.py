"""Trend and near repeats: whether it is rising, and whether one case draws others near it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree
from scipy.stats import beta, binomtest

from geo.rates import CONFIDENCE

Floats = NDArray[np.float64]


def trend_table(
    now: pd.Series, before: pd.Series, *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Change of counts between two equally long windows; index of ``now``.

    Columns ``now``, ``before``, ``value`` (percent change), ``low``, ``high`` (exact, by the
    binomial distribution of ``now`` given the sum: Clopper-Pearson), ``p`` (two-sided). Without
    an incident in the first window the change has no figure and no upper limit (NaN).
    """
    before = before.reindex(now.index).fillna(0)
    a, b = now.to_numpy(float), before.to_numpy(float)
    low, high = ratio_interval(a, b, confidence)
    ratio = np.divide(a, b, out=np.full(len(a), np.nan), where=b > 0)
    p = [
        binomtest(int(x), int(x + y)).pvalue if x + y > 0 else np.nan
        for x, y in zip(a, b, strict=True)
    ]
    return pd.DataFrame(
        {
            "value": (ratio - 1) * 100,
            "low": (low - 1) * 100,
            "high": (high - 1) * 100,
            "now": a,
            "before": b,
            "p": p,
        },
        index=now.index,
    )


def ratio_interval(
    now: Floats, before: Floats, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Exact limits of the ratio of two Poisson means seen for equally long; NaN: no limit."""
    tail = (1 - confidence) / 2
    share_low = np.where(now > 0, beta.ppf(tail, np.maximum(now, 1e-9), before + 1), 0.0)
    share_high = np.where(before > 0, beta.ppf(1 - tail, now + 1, np.maximum(before, 1e-9)), np.nan)
    nothing = now + before == 0
    low = np.where(nothing, np.nan, share_low / (1 - share_low))
    return low, share_high / (1 - share_high)


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """Pairs of incidents near in place and time against what shuffled dates would give.

    ``expected`` is exact: pairs near in place x pairs near in time / all pairs, the mean over
    every order of the dates. ``ratio`` is NaN where nothing is expected.
    """

    distance_m: float
    days: int
    observed: int
    expected: float
    ratio: float
    p: float
    left_out: int


def near_repeat(
    xy_m: Floats,
    days: NDArray[np.int64],
    *,
    distance_m: float,
    within_days: int,
    permutations: int = 199,
    seed: int = 1,
    heaps: NDArray[np.bool_] | None = None,
) -> NearRepeat:
    """Knox test (1964): whether incidents within ``distance_m`` also lie within ``within_days``.

    ``xy_m`` is (n, 2) metres, ``days`` (n) whole days; both limits count as near. Dates are
    shuffled over the places (seeded); ``p`` is one-sided. Incidents on heaps are left out: one
    stand-in coordinate makes all of its events neighbours.
    """
    used = np.ones(len(xy_m), dtype=bool) if heaps is None else ~heaps
    points, when = xy_m[used], days[used].astype(np.int64)
    pairs = (
        KDTree(points).query_pairs(distance_m, output_type="ndarray")
        if len(points)
        else np.empty((0, 2), dtype=np.int64)
    )

    def close(order: NDArray[np.int64]) -> int:
        moved = when[order]
        return int((np.abs(moved[pairs[:, 0]] - moved[pairs[:, 1]]) <= within_days).sum())

    rng = np.random.default_rng(seed)
    observed = close(np.arange(len(when)))
    shuffled = np.array([close(rng.permutation(len(when))) for _ in range(permutations)])
    everything = len(when) * (len(when) - 1) / 2
    expected = len(pairs) * _near_in_time(when, within_days) / everything if everything else 0.0
    return NearRepeat(
        distance_m=distance_m,
        days=within_days,
        observed=observed,
        expected=expected,
        ratio=observed / expected if expected > 0 else float("nan"),
        p=(int((shuffled >= observed).sum()) + 1) / (permutations + 1),
        left_out=int((~used).sum()),
    )


def _near_in_time(days: NDArray[np.int64], within_days: int) -> int:
    """Pairs whose days lie at most so far apart."""
    ordered = np.sort(days)
    reach = np.searchsorted(ordered, ordered + within_days, side="right")
    return int((reach - np.arange(1, len(ordered) + 1)).sum())
