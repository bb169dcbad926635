"""What leaves geo towards a role: bands, calendar years, and one gate."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.arrivals import ARRIVALS
from geo.build import build_layers
from geo.checks import FaultsError
from geo.export import to_csv, to_geojson, to_geoparquet
from geo.incidents import CATEGORIES
from geo.layers import Clearance, LayerCode, Period
from geo.locate import place_incidents
from geo.places import Level
from geo.population import check_population
from geo.privacy import (
    NotReleasableError,
    last_released_period,
    release,
    release_counts,
    released_years,
)

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))


@pytest.fixture
def people(squares) -> pd.DataFrame:
    rows = [(code, "2024-01-01", 20_000 + 1_000 * i) for i, code in enumerate(squares.index[:8])]
    return check_population(pd.DataFrame(rows, columns=["area", "as_of", "residents"]))


@pytest.fixture
def incidents(squares, make_incidents) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    points = rng.uniform((47.0, 30.0), (47.4, 30.2), (600, 2))
    kinds = rng.choice(list(CATEGORIES), 600)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 366, 600), unit="D")
    rows = make_incidents([tuple(p) for p in points], category=list(kinds), date=list(days))
    return place_incidents(rows, squares)


def build(units, rows, people, clearance=Clearance.RELEASED, period=YEAR):
    return build_layers(units, rows, ARRIVALS.empty(), people, period=period, clearance=clearance)


def hidden_incident(rows: pd.DataFrame) -> str:
    """An incident whose going leaves its cell in the same band."""
    cells = rows.groupby(["subdistrict", "category"])["date"].transform("size")
    k = np.where(rows["category"].isin([c for c in CATEGORIES if CATEGORIES[c].severe]), 10, 5)
    return str(rows.index[(cells % k != 0) & (rows["category"] == "domestic_violence")][0])


def test_two_stores_that_differ_by_a_hidden_incident_answer_alike(squares, incidents, people):
    fewer = incidents.drop(index=hidden_incident(incidents))
    one, other = (build(squares, rows, people) for rows in (incidents, fewer))
    for a, b in zip(one.layers, other.layers, strict=True):
        gate = {"clearance": Clearance.RELEASED}
        assert to_geojson(a, squares, **gate) == to_geojson(b, squares, **gate)
        assert to_csv(a, squares, **gate) == to_csv(b, squares, **gate)
        assert a.caveats == b.caveats
    exact = [build(squares, rows, people, Clearance.EXACT) for rows in (incidents, fewer)]
    rates = [s.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT) for s in exact]
    assert not rates[0].values["count"].equals(rates[1].values["count"])


def test_a_released_layer_shows_bands_and_no_exact_count(squares, incidents, people):
    layer = build(squares, incidents, people).get(
        LayerCode.INCIDENT_RATE, Level.SUBDISTRICT, "child_abuse"
    )
    values = layer.values
    assert ((values["count_high"] - values["count_low"]) == 9).all()
    assert {"heap_share", "border_share"}.isdisjoint(values.columns)
    true = incidents[incidents["category"] == "child_abuse"]["subdistrict"].value_counts()
    true = true.reindex(values.index).fillna(0)
    assert ((values["count_low"] <= true) & (true <= values["count_high"])).all()
    assert ((values["low"] <= values["value"]) & (values["value"] <= values["high"])).all()


def test_districts_are_sums_of_their_parts(squares, incidents, people):
    layers = build(squares, incidents, people)
    parts = layers.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT).values
    whole = layers.get(LayerCode.INCIDENT_RATE, Level.DISTRICT).values
    for column in ("count_low", "count_high"):
        sums = parts[column].groupby(squares["parent"].reindex(parts.index)).sum()
        assert sums.to_dict() == whole[column].to_dict()


def test_expected_counts_are_not_biased_by_many_small_cells(rng):
    true = pd.DataFrame({"other": rng.poisson(rng.gamma(1.0, 6.0, 400))})
    released = release_counts([true], pd.Series(1.0, index=true.index))
    assert released.expected["other"].sum() == pytest.approx(true["other"].sum(), rel=0.05)
    assert ((released.low <= released.expected) & (released.expected <= released.high)).all().all()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 1, 1), date(2024, 7, 1)),
        (date(2024, 1, 2), date(2025, 1, 1)),
        (date(2024, 7, 1), date(2025, 7, 1)),
    ],
)
def test_only_whole_calendar_years_are_released(squares, incidents, people, start, end):
    period = Period(start, end)
    with pytest.raises(FaultsError, match="calendar years"):
        build(squares, incidents, people, period=period)
    assert build(squares, incidents, people, Clearance.EXACT, period).layers


def test_released_years():
    assert len(released_years(Period(date(2022, 1, 1), date(2025, 1, 1)))) == 3
    found = last_released_period(date(2023, 3, 1), date(2025, 6, 1))
    assert found == YEAR
    assert last_released_period(date(2024, 3, 1), date(2024, 12, 1)) is None


def test_the_gate_refuses_layers_made_from_exact_counts(squares, incidents, people):
    exact = build(squares, incidents, people, Clearance.EXACT)
    for layer in exact.layers:
        if layer.code in {LayerCode.RESIDENTS, LayerCode.INFLUX, LayerCode.GROWTH}:
            assert release(layer, Clearance.RELEASED).clearance is Clearance.RELEASED
            continue
        for way in (to_geojson, to_csv, to_geoparquet):
            with pytest.raises(NotReleasableError):
                way(layer, squares, clearance=Clearance.RELEASED)
        assert release(layer, Clearance.EXACT) is layer


def test_need_made_of_one_exact_layer_is_exact(squares, incidents, people):
    exact = build(squares, incidents, people, Clearance.EXACT)
    released = build(squares, incidents, people)
    assert released.get(LayerCode.NEED, Level.DISTRICT).clearance is Clearance.RELEASED
    assert exact.get(LayerCode.NEED, Level.DISTRICT).clearance is Clearance.EXACT
    from geo.need import NeedRules
    from geo.need_layer import need_layer

    mixed = [
        layer
        for layer in released.layers
        if layer.level is Level.DISTRICT and layer.code is not LayerCode.NEED
    ]
    mixed[1] = replace(mixed[1], clearance=Clearance.EXACT)
    assert need_layer(mixed, NeedRules())[0].clearance is Clearance.EXACT
