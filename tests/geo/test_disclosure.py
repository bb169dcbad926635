"""The attacker learns what references say, and nothing from a release of ours."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.disclosure import Published, audit_release, bounds, complement, suppression_bounds
from geo.incidents import CATEGORIES, SEVERE
from geo.privacy import band, release_counts, threshold

TABLE = np.array([[20, 3, 17], [12, 14, 9], [8, 11, 25]])


def test_hiding_only_the_small_cell_hides_nothing():
    hidden = TABLE < 5
    assert suppression_bounds(TABLE, hidden).tolist() == [[3, 3]]


def test_the_cheapest_complement_of_the_published_example():
    hidden = complement(TABLE, threshold=5, width=5)
    assert np.argwhere(hidden).tolist() == [[0, 0], [0, 1], [2, 0], [2, 1]]
    assert TABLE[hidden].sum() - 3 == 39
    found = suppression_bounds(TABLE, hidden)
    assert found[1].tolist() == [0, 14]


def test_nothing_small_nothing_hidden():
    assert not complement(TABLE + 10, threshold=5, width=5).any()


def test_rounded_totals_of_their_own_would_narrow_the_cells():
    """Why totals are sums of bands: independent rounding of a sum gives cells away."""
    cells = [Published((0,), 3, 7), Published((1,), 3, 7)]
    total = Published((0, 1), 3, 7)
    leaks = audit_release([*cells, total], k=[5, 5])
    assert [(leak.low, leak.high) for leak in leaks] == [(3, 4), (3, 4)]
    assert leaks[0].width == 2
    assert audit_release([*cells, Published((0, 1), 6, 14)], k=[5, 5]) == []


def test_figures_that_contradict_one_another_are_an_error():
    with pytest.raises(ValueError, match="contradict"):
        bounds([Published((0,), 5, 9), Published((0, 1), 0, 3)], 2)


def test_a_growing_window_gives_days_away():
    days = [2, 0, 1, 3]
    windows = [Published(tuple(range(n)), sum(days[:n]), sum(days[:n])) for n in range(1, 5)]
    assert bounds(windows, 4).tolist() == [[d, d] for d in days]


counts = st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=2, max_size=5)


@settings(max_examples=8, deadline=None)
@given(counts)
def test_no_cell_of_a_release_is_narrower_than_its_band(rows):
    """Cells, area totals, category totals, groups and the grand total, as one list."""
    columns = ["other", "drug_abuse", "domestic_violence", "child_abuse"]
    table = pd.DataFrame(rows, columns=columns)
    released = release_counts([table], pd.Series(1.0, index=table.index))
    at = np.arange(table.size).reshape(table.shape)
    low, high = (t.to_numpy(float) for t in (released.low, released.high))
    sets = [
        *([int(i)] for i in at.ravel()),
        *at.tolist(),
        *at.T.tolist(),
        at[:, 2:].ravel().tolist(),
        at.ravel().tolist(),
    ]
    figures = [
        Published(tuple(s), float(low.ravel()[s].sum()), float(high.ravel()[s].sum())) for s in sets
    ]
    k = [threshold(c) for _ in rows for c in columns]
    assert audit_release(figures, k) == []


def test_bands_are_as_wide_as_the_threshold():
    table = pd.DataFrame([[c] * len(CATEGORIES) for c in range(45)], columns=list(CATEGORIES))
    low, high = band(table)
    for category in CATEGORIES:
        k = 10 if category in SEVERE else 5
        assert (high[category] - low[category] + 1 == k).all()
        assert (low[category] % k == 0).all()
        assert ((low[category] <= table[category]) & (table[category] <= high[category])).all()
