"""Growth between dated figures."""

from datetime import date

import pandas as pd
import pytest

from geo.growth import (
    DAYS,
    annual_growth,
    exponential_growth,
    growth_table,
    latest,
    project,
    reconcile,
)
from geo.population import check_population


def test_iraq_between_two_censuses():
    years = (date(2024, 11, 20) - date(1997, 10, 16)).days / DAYS
    assert years == pytest.approx(27.0965, abs=5e-5)
    assert annual_growth(22_046_244, 46_118_793, years) * 100 == pytest.approx(2.76132, abs=5e-6)
    assert exponential_growth(22_046_244, 46_118_793, years) * 100 == pytest.approx(
        2.72389, abs=5e-6
    )


@pytest.mark.parametrize(("first", "last", "years"), [(0, 5, 1), (5, 0, 1), (5, 5, 0)])
def test_growth_needs_two_figures_in_order(first, last, years):
    with pytest.raises(ValueError, match="two positive figures"):
        annual_growth(first, last, years)


@pytest.fixture
def figures() -> pd.DataFrame:
    rows = [
        ("A", "2010-01-01", 1000),
        ("A", "2020-01-01", 1500),
        ("A", "2015-01-01", 9999),
        ("B", "2020-01-01", 700),
    ]
    return check_population(pd.DataFrame(rows, columns=["area", "as_of", "residents"]))


def test_the_table_uses_first_and_last_and_says_what_it_inherited(figures):
    areas = pd.Index(["A", "B", "C"], name="code")
    table = growth_table(figures, areas, inherited=pd.Series({"B": 2.5, "C": 2.5}))
    assert table.loc["A", "value"] == pytest.approx(4.138, abs=0.001)
    assert table.loc["A", "new_residents"] == pytest.approx(62.07, abs=0.01)
    assert not table.loc["A", "inherited"]
    assert table.loc["B", ["value", "new_residents"]].tolist() == [2.5, 17.5]
    assert table.loc["B", "inherited"]
    bare = growth_table(figures, areas)
    assert bare.loc[["B", "C"], "value"].isna().all()
    assert not bare["inherited"].any()


def test_projection_goes_both_ways_and_keeps_what_is_unknown(figures):
    now = latest(figures, pd.Index(["A", "C"]), on=date(2016, 1, 1))
    assert now.loc["A", "residents"] == 9999
    growth = pd.Series({"A": 10.0, "C": 1.0})
    ahead = project(now["residents"], now["as_of"], growth, date(2017, 1, 1))
    years = (date(2017, 1, 1) - date(2015, 1, 1)).days / DAYS
    assert ahead["A"] == pytest.approx(9999 * 1.1**years)
    assert pd.isna(ahead["C"])


def test_reconciled_figures_add_up_to_the_official_total():
    weights = pd.Series({"city": 1_326_564.0, "madina": 255_000.0, "qurna": 134_174.0})
    figures = reconcile(weights, 2_908_491)
    assert figures.sum() == pytest.approx(2_908_491, abs=1e-6)
    assert (figures / weights).nunique() <= 3
    assert figures["city"] / figures["qurna"] == pytest.approx(1_326_564 / 134_174)
    with pytest.raises(ValueError, match="positive"):
        reconcile(weights * 0, 5)
