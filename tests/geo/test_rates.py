"""Rates against figures that no one here wrote."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.layers import Period
from geo.neighbours import queen
from geo.rates import (
    Window,
    count_incidents,
    marshall,
    marshall_spatial,
    poisson_interval,
    posterior_interval,
    rate_table,
    windows,
)


def test_marshall_on_the_sids_counts_of_north_carolina(sids):
    events, births = sids["SID74"].to_numpy(float), sids["BIR74"].to_numpy(float)
    result = marshall(events, births)
    mean = result.mean[0]
    assert mean == pytest.approx(0.0020214449, abs=5e-11)
    spread = (births * (events / births - mean) ** 2).sum() / births.sum()
    assert spread == pytest.approx(1.381923e-06, abs=5e-13)
    assert result.variance[0] == pytest.approx(7.692931e-07, abs=5e-14)
    published = {
        "Ashe": 0.00169730,
        "Alleghany": 0.00170538,
        "Surry": 0.00177309,
        "Currituck": 0.00201287,
        "Northampton": 0.00353491,
        "Anson": 0.00483880,
    }
    for county, rate in published.items():
        assert result.rate[sids["NAME"] == county][0] == pytest.approx(rate, abs=5e-9)
    anson = (sids["NAME"] == "Anson").to_numpy()
    assert (events / births)[anson][0] == pytest.approx(0.00955414, abs=5e-9)


def test_marshall_agrees_with_esda(sids):
    from esda.smoothing import Empirical_Bayes

    events, births = sids["SID74"].to_numpy(float), sids["BIR74"].to_numpy(float)
    theirs = Empirical_Bayes(events, births).r.ravel()
    np.testing.assert_allclose(marshall(events, births).rate, theirs, rtol=1e-12)


@pytest.mark.parametrize(("cases", "base"), [("SID74", "BIR74"), ("SID79", "BIR79")])
def test_spatial_smoothing_agrees_with_esda(sids, cases, base):
    from esda.smoothing import Spatial_Empirical_Bayes
    from libpysal.weights import W

    near = queen(sids.set_index("NAME"))
    order = {name: i for i, name in enumerate(sids["NAME"])}
    ids = [tuple(order[n] for n in near[name]) for name in sids["NAME"]]
    events, births = sids[cases].to_numpy(float), sids[base].to_numpy(float)
    weights = W(
        dict(enumerate(map(list, ids))), id_order=list(range(len(ids))), silence_warnings=True
    )
    with np.errstate(invalid="ignore"):
        theirs = Spatial_Empirical_Bayes(events, births, weights).r.ravel()
    ours = marshall_spatial(events, births, ids)
    said = np.isfinite(theirs)
    np.testing.assert_allclose(ours.rate[said], theirs[said], rtol=1e-10, atol=1e-15)
    assert (ours.fell_back == ~said).all()


def test_a_silent_neighbourhood_falls_back_to_the_global_rate():
    events, base = np.array([0.0, 0, 0, 9, 14]), np.array([1e4, 2e4, 1e4, 3e3, 2e3])
    near = [(1, 2), (0, 2), (0, 1), (4,), (3,)]
    local = marshall_spatial(events, base, near)
    assert local.fell_back.tolist() == [True, True, True, False, False]
    np.testing.assert_allclose(local.rate[:3], marshall(events, base).rate[:3])
    assert np.isfinite(local.rate).all()


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904)],
)
def test_exact_poisson_limits(count, low, high):
    found = poisson_interval([count], confidence=0.95)
    assert found[0][0] == pytest.approx(low, abs=5e-5)
    assert found[1][0] == pytest.approx(high, abs=5e-5)


def test_the_posterior_holds_the_shrunken_rate_and_narrows_with_people(rng):
    base = np.array([500.0, 5_000, 50_000, 500_000, 3_000, 80_000])
    events = rng.poisson(base * np.array([2, 4, 1, 3, 5, 2]) / 1000).astype(float)
    result = marshall(events, base)
    low, high = posterior_interval(result, events, base)
    assert ((low <= result.rate) & (result.rate <= high)).all()
    assert (high - low)[3] < (high - low)[0]


@pytest.mark.parametrize("cases", ["SID74", "SID79"])
def test_spatial_limits_hold_the_spatial_rate(sids, cases):
    """Also where a neighbourhood shows no spread beyond chance: its pool gives the limits then."""
    near = queen(sids.set_index("NAME"))
    order = {name: i for i, name in enumerate(sids["NAME"])}
    rings = [tuple(order[n] for n in near[name]) for name in sids["NAME"]]
    events = sids[cases].to_numpy(float)
    births = sids[cases.replace("SID", "BIR")].to_numpy(float)
    result = marshall_spatial(events, births, rings)
    low, high = posterior_interval(result, events, births)
    flat = (result.variance == 0) & ~result.fell_back
    assert flat.sum() > 10
    assert ((low <= result.rate) & (result.rate <= high)).all()
    i = int(np.flatnonzero(flat)[0])
    ring = [i, *rings[i]]
    limits = poisson_interval([events[ring].sum()], confidence=0.90)
    assert [low[i], high[i]] == pytest.approx([one[0] / births[ring].sum() for one in limits])


def test_the_posterior_covers_what_it_should(rng):
    base = np.full(400, 2_000.0)
    truth = rng.gamma(4.0, 0.5 / 1000, 400)
    events = rng.poisson(base * truth).astype(float)
    low, high = posterior_interval(marshall(events, base), events, base)
    assert 0.85 <= ((low <= truth) & (truth <= high)).mean() <= 0.95


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.floats(1.0, 1e6)), min_size=2, max_size=20),
)
def test_shrinkage_stays_between_own_rate_and_the_mean(rows):
    events, base = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    result = marshall(events, base)
    own = events / base
    slack = 1e-12 + 1e-9 * np.abs(own)
    assert (result.rate >= np.minimum(own, result.mean) - slack).all()
    assert (result.rate <= np.maximum(own, result.mean) + slack).all()


def test_the_table_shows_areas_without_residents_as_unknown():
    count = pd.Series([3, 5, 0, 2], index=list("abcd"))
    people = pd.Series({"a": 10_000.0, "b": 20_000.0, "c": float("nan")})
    table = rate_table(count, people, 2.0)
    assert table.loc[["c", "d"], "value"].isna().all()
    assert table.loc["a", "raw"] == pytest.approx(1.5)
    assert table.loc["a", "exposure"] == 20_000
    assert table["count"].tolist() == [3, 5, 0, 2]
    doubled = rate_table(count, people, 2.0, reporting=2.0)
    assert doubled.loc["b", "value"] == pytest.approx(2 * table.loc["b", "value"])
    assert doubled["count"].equals(table["count"])
    assert rate_table(count, pd.Series(dtype=float), 1.0)["value"].isna().all()


def test_calendar_windows_are_whole():
    start, end = date(2024, 1, 15), date(2025, 7, 1)
    assert len(windows(start, end, Window.MONTH)) == 17
    quarters = windows(start, end, Window.QUARTER)
    assert (str(quarters[0]), len(quarters)) == ("2024-04-01/2024-07-01", 5)
    assert windows(start, end, Window.YEAR) == []
    assert [str(p) for p in windows(date(2023, 1, 1), date(2025, 1, 1), Window.YEAR)] == [
        "2023-01-01/2024-01-01",
        "2024-01-01/2025-01-01",
    ]


def test_counts_of_windows_add_up(squares, make_incidents):
    from geo.locate import place_incidents

    days = ["2024-01-01", "2024-01-31", "2024-02-01", "2024-12-31", "2025-01-01"]
    rows = make_incidents([(47.05, 30.05)] * 5, date=days, category=["other"] * 4 + ["drug_abuse"])
    placed = place_incidents(rows, squares)
    areas = ["G.0.0", "G.0.1"]
    year = Period(date(2024, 1, 1), date(2025, 1, 1))
    whole = count_incidents(placed, areas, "subdistrict", year)
    assert whole.loc["G.0.0"].to_dict() == {"other": 4}
    spans = windows(year.start, year.end, Window.MONTH)
    months = [count_incidents(placed, areas, "subdistrict", span).sum(axis=1) for span in spans]
    assert [int(month["G.0.0"]) for month in months] == [2, 1, *[0] * 9, 1]
    assert sum(month["G.0.1"] for month in months) == 0
    everything = count_incidents(placed, areas, "subdistrict")
    assert everything.loc["G.0.0"].to_dict() == {"drug_abuse": 1, "other": 4}
