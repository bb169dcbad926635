"""The closed list against the attacker: years, months and cells at once give no count away."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.closed_list import MONTHS, PLAIN, MonthsOfYear, month_limits, months_told
from geo.incidents import CATEGORIES
from geo.privacy import K_OTHER, K_SEVERE, band, release_counts, threshold

K = K_OTHER


def low(counts):
    return np.asarray(counts) // K * K


def told(counts, *, months="by the rule"):
    """Masks and lower limits of all that is told of ``counts[row, category, cell, month]``.

    One district and year. The last cell of each row holds incidents without a usable place: its
    figure is not told.
    """
    rows, categories, cells, _ = counts.shape
    at = np.indices(counts.shape)
    found = [(at[0] == r) & (at[1] == c) for r in range(rows) for c in range(categories)]
    found += [(at[0] == r) & (at[2] == j) for r in range(rows) for j in range(cells - 1)]
    for c in range(categories):
        month = counts[:, c].sum(axis=(0, 1))
        if months == "always" or months_told(low(counts[:, c].sum(axis=(1, 2))), low(month)):
            found += [(at[1] == c) & (at[3] == t) for t in range(len(month))]
    return [(mask.ravel(), int(counts[mask].sum()) // K * K) for mask in found]


def range_of(mask, figures):
    """Least and most that a sum can be, given every figure that is told."""
    matrix = np.array([m for m, _ in figures], dtype=float)
    least = np.array([v for _, v in figures], dtype=float)
    rows = np.vstack([matrix, -matrix])
    limits = np.concatenate([least + K - 1, -least])
    ends = [
        linprog(sign * mask.astype(float), A_ub=rows, b_ub=limits, bounds=(0, None)).fun
        for sign in (1, -1)
    ]
    return int(np.ceil(ends[0] - 1e-6)), int(np.floor(-ends[1] + 1e-6))


def narrowest(counts, **how):
    figures = told(counts, **how)
    spans = [range_of(mask, figures) for mask, _ in figures]
    return min(most - least + 1 for least, most in spans)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.sampled_from([0.05, 0.3, 0.9]))
def test_no_figure_of_the_list_is_narrowed_by_the_others(seed, rows, mean):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(mean, (rows, 3, 2, MONTHS))
    assert narrowest(counts) >= K
    atom = np.zeros(counts.size, dtype=bool)
    atom[rng.integers(counts.size)] = True
    least, most = range_of(atom, told(counts))
    assert most - least + 1 >= K


def full(months, year_rest):
    """One category of one sub-district: 4 cases in each month, so nothing is left to vary."""
    counts = np.zeros((1, 1, 1, MONTHS), dtype=int)
    counts[0, 0, 0, :] = months
    counts[0, 0, 0, 0] += year_rest
    return counts


def test_months_that_would_give_themselves_away_are_not_told():
    """48 cases, 4 a month: the year's band 45-49 and eleven full months leave one month 1-4."""
    counts = full(4, 0)
    assert narrowest(counts, months="always") < K
    assert narrowest(counts) >= K


@pytest.mark.parametrize("rows", range(1, 9))
@pytest.mark.parametrize("there", [6, 12])
def test_the_limits_keep_every_band_told_or_not(rows, there):
    """Any difference of the sums that is told keeps all; so does the first that is not."""
    least, most = month_limits(rows, there)
    assert least % K == most % K == 0
    assert -least <= (rows - 1) * (K - 1)  # told: the rows can reach the months' sum
    assert -(least - K) <= (rows - 1) * (K - 1)  # not told: a row may still be at its least
    assert most <= (there - rows) * (K - 1)
    assert most + K <= (there - 1) * (K - 1)
    assert least <= 0 or rows < 3


def test_cells_are_pushed_up_by_nothing_and_push_nothing_up():
    """List C counts on it: no multiple of k lies between all but one and all categories full."""
    spare, whole = (n * (K - 1) for n in (len(PLAIN) - 1, len(PLAIN)))
    assert not [n for n in range(spare + 1, whole + 1) if n % K == 0]
    assert {threshold(code) for code in PLAIN} == {K}


@pytest.fixture
def year(rng):
    """Counts of three sub-districts of one district and one of another, by month."""
    counts = rng.poisson(3.0, (12, 4, len(CATEGORIES)))
    tables = [pd.DataFrame(t, list("abcd"), list(CATEGORIES)) for t in counts]
    district = pd.Series({"a": "X", "b": "X", "c": "X", "d": "Y"})
    bands = release_counts([sum(tables[1:], tables[0])], pd.Series(1.0, index=list("abcd")))
    return bands, district, [t.groupby(district).sum() for t in tables]


def test_months_hold_the_true_count_and_severe_ones_are_flat(year):
    bands, district, months = year
    made = [MonthsOfYear.of(bands, district, months).bands([n]) for n in range(12)]
    for n, month in enumerate(made):
        assert (month.low <= months[n]).all().all()
        assert (months[n] <= month.high).all().all()
        assert ((month.low <= month.expected) & (month.expected <= month.high)).all().all()
    severe = [one.expected["domestic_violence"] for one in made]
    assert all(one.equals(severe[0]) for one in severe)
    plain = made[0].high - made[0].low
    assert set(np.unique(plain.loc["X", list(PLAIN)])) == {K - 1}


def test_months_add_up_to_the_year(year):
    bands, district, months = year
    parts = [MonthsOfYear.of(bands, district, months).bands([n]).expected for n in range(12)]
    whole = bands.expected.groupby(district).sum()
    lows = sum((band(t)[0] for t in months[1:]), band(months[0])[0])[list(PLAIN)]
    plain = whole[list(PLAIN)]
    inside = (plain >= lows) & (plain <= lows + 12 * (K - 1))
    total = sum(parts[1:], parts[0])
    assert inside.loc["X"].all()
    pd.testing.assert_frame_equal(total.loc[["X"]], whole.loc[["X"]], check_exact=False)
    quarter = MonthsOfYear.of(bands, district, months).bands([0, 1, 2]).expected
    pd.testing.assert_frame_equal(quarter, sum(parts[1:3], parts[0]))


def test_severe_months_do_not_know_when_a_case_was(year):
    bands, district, months = year
    moved = [t.copy() for t in months]
    moved[0].loc["X", "child_abuse"] += K_SEVERE
    for n in range(12):
        a, b = (MonthsOfYear.of(bands, district, given).bands([n]) for given in (months, moved))
        pd.testing.assert_frame_equal(a.expected, b.expected)
        pd.testing.assert_frame_equal(a.high, b.high)
