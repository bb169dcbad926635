"""What a layer book answers about the demo: windows, cells, series, trends; sums that agree."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.incidents import CATEGORIES, SEVERE
from geo.layers import Clearance, LayerCode, Period
from geo.places import Level, Standing
from geo.rates import Window
from geo.trend import ratio_interval

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
BEFORE = Period(date(2023, 1, 1), date(2024, 1, 1))
RATE = LayerCode.INCIDENT_RATE


def test_levels_and_windows(released, exact):
    assert released.levels() == (Level.DISTRICT, Level.SUBDISTRICT, Level.CELL)
    assert released.periods() == (YEAR, BEFORE)
    assert len(released.periods(Window.MONTH, Level.DISTRICT)) == 24
    assert len(released.periods(Window.QUARTER, Level.DISTRICT, RATE, "drug_abuse")) == 8
    assert released.periods(Window.MONTH, Level.SUBDISTRICT) == ()
    assert released.periods(Window.MONTH, Level.DISTRICT, RATE, "child_abuse") == ()
    assert len(exact.periods(Window.MONTH, Level.SUBDISTRICT, RATE, "child_abuse")) == 24
    assert released.covered == Period(date(2023, 1, 1), date(2025, 1, 1))


def test_what_is_withheld_is_said_and_what_is_offered_can_be_had(released, exact):
    for book in (released, exact):
        for level in (Level.GOVERNORATE, *book.levels()):
            for code in LayerCode:
                for category in (None, "severe", "child_abuse", "drug_abuse"):
                    offered = category in book.categories_of(code, level)
                    for window in Window:
                        why = book.withheld(level, window, code, category)
                        periods = book.periods(window, level, code, category)
                        assert (why is None) == (offered and bool(periods))
                        if offered or level is Level.GOVERNORATE:
                            continue
                        with pytest.raises(KeyError):
                            book.layer(code, level, category, YEAR)


@pytest.mark.parametrize(
    ("level", "category", "period"),
    [
        (Level.SUBDISTRICT, None, Period(date(2024, 3, 1), date(2024, 4, 1))),
        (Level.DISTRICT, "severe", Period(date(2024, 1, 1), date(2024, 4, 1))),
        (Level.DISTRICT, None, Period(date(2024, 1, 15), date(2024, 2, 15))),
        (Level.DISTRICT, None, Period(date(2022, 3, 1), date(2022, 4, 1))),
    ],
)
def test_windows_beyond_the_closed_list_are_refused(released, level, category, period):
    with pytest.raises(KeyError):
        released.layer(RATE, level, category, period)


def true_counts(exact, column, period, category):
    rows = exact.placed
    days = rows["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end), "left")
    kinds = list(CATEGORIES) if category is None else [category]
    return rows[days & rows["category"].isin(kinds)][column].value_counts()


@pytest.mark.parametrize("category", [None, "drug_abuse", "illicit_weapons"])
def test_released_months_hold_what_happened(released, exact, category):
    for month in released.periods(Window.MONTH, Level.DISTRICT, RATE, category)[:6]:
        values = released.layer(RATE, Level.DISTRICT, category, month).values
        true = true_counts(exact, "district", month, category).reindex(values.index).fillna(0)
        assert (values["count_low"] <= true).all()
        assert (true <= values["count_high"]).all()


def test_months_quarters_and_years_add_up(released):
    def counts(window):
        periods = released.periods(window, Level.DISTRICT, RATE, "drug_abuse")
        inside = [one for one in periods if one.start.year == 2024]
        layers = [released.layer(RATE, Level.DISTRICT, "drug_abuse", one) for one in inside]
        return sum(layer.values["count"] for layer in layers)

    months, quarters, years = (counts(one) for one in (Window.MONTH, Window.QUARTER, Window.YEAR))
    np.testing.assert_allclose(months, quarters)
    # A year is told more narrowly by its sub-districts than by twelve months: within their bands.
    np.testing.assert_allclose(months.sum(), years.sum(), rtol=0.01)


def test_a_series_is_the_map_one_area_at_a_time(released, exact):
    for book in (released, exact):
        for window in Window:
            series = book.series("IQG02Q05", "tribal_conflict", window)
            assert list(series.index) == sorted(series.index, key=lambda one: one.start)
            for period in series.index[-2:]:
                layer = book.layer(RATE, Level.DISTRICT, "tribal_conflict", period).values
                columns = [c for c in series.columns if c in layer.columns]
                pd.testing.assert_series_equal(
                    series.loc[period, columns],
                    layer.loc["IQG02Q05", columns],
                    check_names=False,
                )
    assert released.series("IQG02Q05N01", None, Window.MONTH).empty
    assert len(exact.series("IQG02Q05N01", None, Window.MONTH)) == 24
    with pytest.raises(KeyError):
        released.series("nowhere")


def test_cells_have_names_parents_and_one_governorate(released):
    cells = released.units(Level.CELL)
    assert 500 < len(cells) < 5_000
    leaves = released.units(Level.SUBDISTRICT)
    assert cells["area_km2"].sum() == pytest.approx(leaves["area_km2"].sum(), rel=1e-4)
    assert not cells["name_en"].duplicated().any()
    code = cells.index[7]
    area = released.area(code)
    assert area.level is Level.CELL
    assert area.parent in leaves.index
    assert area.name_ar.startswith(leaves.loc[area.parent, "name_ar"])
    assert released.governorate_of([code, "IQG02Q05"]) == ["IQG02", "IQG02"]
    assert released.units(Level.CELL, "nowhere").empty


def test_residents_of_cells_keep_the_sum_and_say_that_they_are_estimated(released):
    cells = released.layer(LayerCode.RESIDENTS, Level.CELL)
    leaves = released.layer(LayerCode.RESIDENTS, Level.SUBDISTRICT)
    assert cells.values["value"].sum() == pytest.approx(leaves.values["value"].sum(), rel=1e-4)
    assert cells.standing is Standing.ESTIMATED
    assert any("divided by area" in note for note in cells.caveats)


def test_cells_tell_bands_that_hold_what_is_there(released, exact):
    shown = released.layer(LayerCode.INCIDENT_DENSITY, Level.CELL).values
    true = exact.layer(LayerCode.INCIDENT_DENSITY, Level.CELL).values["count"]
    assert (shown["count_low"] <= true).all()
    assert (true <= shown["count_high"]).all()
    assert (shown["count_low"] % 5 == 0).all()
    assert (shown["count_high"] - shown["count_low"] == 4).all()
    rows = exact.placed
    there = ~rows["category"].isin(SEVERE) & (rows["date"] >= pd.Timestamp("2024-01-01"))
    assert true.sum() == (there & rows["lon"].notna()).sum()


def test_no_severe_case_is_on_any_cell(released, exact):
    for book in (released, exact):
        for code in (LayerCode.INCIDENT_DENSITY, LayerCode.HOTSPOTS):
            assert not set(book.categories_of(code, Level.CELL)) & {*SEVERE, "severe"}


def test_a_surface_keeps_the_figure_it_was_made_of(released):
    rate = released.layer(RATE, Level.SUBDISTRICT, "severe").values
    cells = released.units(Level.CELL)
    surface = released.layer(LayerCode.INCIDENT_SURFACE, Level.CELL, "severe")
    mass = (surface.values["value"] * cells["area_km2"]).sum()
    assert mass == pytest.approx(rate["count"].sum(), rel=0.02)
    grid = released.surface("IQG02", "severe", YEAR).grid
    assert grid.total == pytest.approx(rate["count"].sum(), rel=1e-3)


def test_the_trend_of_exact_counts_is_clopper_and_pearson(exact):
    trend = exact.layer(LayerCode.TREND, Level.SUBDISTRICT, "family_dispute").values
    now, before = (
        true_counts(exact, "subdistrict", one, "family_dispute").reindex(trend.index).fillna(0)
        for one in (YEAR, BEFORE)
    )
    low, high = ratio_interval(now.to_numpy(float), before.to_numpy(float))
    np.testing.assert_allclose(trend["ratio"], np.where(before > 0, now / before, np.nan))
    np.testing.assert_allclose(trend["ratio_low"], low)
    np.testing.assert_allclose(trend["ratio_high"], high)


def test_the_released_trend_covers_the_true_one(released, exact):
    for level in (Level.DISTRICT, Level.SUBDISTRICT):
        shown = released.layer(LayerCode.TREND, level).values
        true = exact.layer(LayerCode.TREND, level).values["value"]
        known = shown["value"].notna()
        assert known.sum() >= len(shown) - 4
        assert (shown["low"] <= true)[known].all()
        assert (true <= shown["high"])[known].all()
    with pytest.raises(KeyError, match="no data before"):
        released.layer(LayerCode.TREND, Level.DISTRICT, None, BEFORE)


def test_near_repeats_are_for_the_director(released, exact):
    made = exact.layer(LayerCode.NEAR_REPEAT, Level.GOVERNORATE, "drug_abuse")
    found = made.values.loc["IQG02"]
    assert found["value"] == pytest.approx(found["observed"] / found["expected"])
    assert 0 < found["p"] <= 1
    assert made.clearance is Clearance.EXACT
    assert released.layer_codes(Level.GOVERNORATE) == ()
    told = released.withheld(Level.GOVERNORATE, Window.YEAR, LayerCode.NEAR_REPEAT, "drug_abuse")
    assert told is not None
    assert "exact clearance" in told
