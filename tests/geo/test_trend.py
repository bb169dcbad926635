"""Trend with exact limits, and near repeats."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from geo.trend import near_repeat, ratio_interval, trend_table


def test_the_limits_are_those_of_the_binomial():
    low, high = ratio_interval(np.array([30.0]), np.array([20.0]), 0.95)
    for ratio, tail in (
        (low[0], binom.sf(29, 50, low[0] / (1 + low[0]))),
        (high[0], binom.cdf(30, 50, high[0] / (1 + high[0]))),
    ):
        assert ratio > 0
        assert tail == pytest.approx(0.025, abs=1e-6)


def test_the_table_says_what_is_not_known():
    table = trend_table(pd.Series({"A": 30, "B": 4, "C": 0, "D": 0}), pd.Series({"A": 20, "C": 3}))
    a = table.loc["A"]
    assert a["value"] == pytest.approx(50.0)
    assert a["low"] < 0 < a["high"]
    assert 0.1 < a["p"] < 0.3
    assert pd.isna(table.loc["B", "value"])
    assert pd.isna(table.loc["B", "high"])
    assert table.loc["B", "low"] > -100
    assert table.loc["C", "value"] == -100
    assert table.loc["C", "low"] == -100
    assert table.loc["D"][["value", "low", "high", "p"]].isna().all()


def test_the_limits_cover(rng):
    low, high = ratio_interval(
        rng.poisson(12.0, 3000).astype(float), rng.poisson(8.0, 3000).astype(float)
    )
    covered = (low <= 1.5) & ((high >= 1.5) | np.isnan(high))
    assert 0.9 <= covered.mean() <= 0.97


def test_repeats_are_found_where_they_were_planted(rng):
    places = rng.uniform(0, 20_000, (300, 2))
    days = rng.integers(0, 700, 300)
    near = places[:120] + rng.normal(0, 60, (120, 2))
    soon = days[:120] + rng.integers(0, 5, 120)
    xy, when = np.vstack([places, near]), np.concatenate([days, soon])
    found = near_repeat(xy, when, distance_m=200, within_days=7)
    assert found.ratio > 5
    assert found.p <= 0.01
    control = near_repeat(xy, rng.permutation(when), distance_m=200, within_days=7)
    assert control.ratio < 3


def test_heaps_are_left_out(rng):
    xy = np.vstack([np.zeros((50, 2)), rng.uniform(5_000, 90_000, (50, 2))])
    heaps = np.arange(100) < 50
    found = near_repeat(xy, rng.integers(0, 500, 100), distance_m=100, within_days=7, heaps=heaps)
    assert (found.left_out, found.observed) == (50, 0)
    nothing = near_repeat(np.empty((0, 2)), np.empty(0, dtype=int), distance_m=1, within_days=1)
    assert nothing.observed == 0
