"""Influx: families to persons, hosts, bands, and rounds that were missed."""

from datetime import date

import pandas as pd
import pytest

from geo.arrivals import check_arrivals
from geo.influx import carry_forward, influx_table, net_per_day, persons
from geo.layers import Period

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
HOSTS = pd.Series({"A": 100_000.0, "B": 50_000.0, "C": float("nan"), "D": 10_000.0})


def arrivals(rows: list[dict]) -> pd.DataFrame:
    return check_arrivals(pd.DataFrame(rows, index=[f"a{i}" for i in range(len(rows))]))


def test_families_become_persons_by_the_stated_household():
    rows = arrivals(
        [
            {"date": "2022-09-15", "area": "A", "families": 10_464},
            {"date": "2024-02-01", "area": "A", "families": 300, "household_size": 5.7},
        ]
    )
    assert persons(rows).tolist() == [62_784.0, pytest.approx(1_710.0)]


def test_dtm_rounds_give_a_net_rate():
    days = (date(2022, 9, 15) - date(2022, 3, 15)).days
    assert days == 184
    assert net_per_day(3_358, 10_464, days) == pytest.approx(38.62, abs=0.005)
    with pytest.raises(ValueError, match="later"):
        net_per_day(1, 2, 0)


def test_pressure_stock_and_lumpiness():
    rows = arrivals(
        [
            {"date": "2024-03-01", "area": "A", "families": 300, "clan": True},
            {"date": "2024-09-01", "area": "A", "families": 100, "low": 50, "high": 200},
            {"date": "2023-12-31", "area": "A", "families": 50},
            {"date": "2025-01-01", "area": "A", "families": 999},
            {"date": "2024-01-01", "area": "C", "families": 10},
        ]
    )
    table = influx_table(rows, HOSTS, YEAR)
    a = table.loc["A"]
    assert a["count"] == 2_400
    assert a["value"] == pytest.approx(24.0)
    assert (a["low"], a["high"]) == (pytest.approx(21.0), pytest.approx(30.0))
    assert a["stock"] == 2_700
    assert (a["largest"], a["lumpiness"], a["clans"]) == (1_800, 0.75, 1)
    assert table.loc["B", ["value", "count", "stock"]].tolist() == [0, 0, 0]
    assert pd.isna(table.loc["B", "lumpiness"])
    assert pd.isna(table.loc["C", "value"])
    assert table.loc["C", "count"] == 60


def test_unregistered_families_are_a_visible_factor_on_registered_ones():
    rows = arrivals(
        [
            {"date": "2024-03-01", "area": "A", "families": 100},
            {"date": "2024-03-01", "area": "D", "families": 10, "registered": False, "high": 20},
        ]
    )
    table = influx_table(rows, HOSTS, YEAR, unregistered=(1.0, 1.5, 3.0))
    assert table.loc["A", ["low", "value", "high"]].tolist() == pytest.approx([6.0, 9.0, 18.0])
    assert table.loc["D", ["low", "value", "high"]].tolist() == pytest.approx([6.0, 6.0, 12.0])


def test_a_missed_round_is_carried_forward_with_its_age_and_never_zero():
    stocks = pd.DataFrame(
        {
            "area": ["A", "A", "B"],
            "date": pd.to_datetime(["2022-03-15", "2022-09-15", "2022-06-15"]),
            "families": [100.0, 300.0, 40.0],
        }
    )
    rounds = pd.to_datetime(["2022-03-15", "2022-06-15", "2022-09-15"]).tolist()
    table = carry_forward(stocks, rounds).set_index(["area", "date"])
    assert table.loc[("A", rounds[1])].tolist() == [100.0, 92]
    assert table.loc[("A", rounds[2])].tolist() == [300.0, 0]
    assert table.loc[("B", rounds[2])].tolist() == [40.0, 92]
    assert ("B", rounds[0]) not in table.index


def test_the_age_of_a_stock_is_told():
    given = [("A", "2023-03-01"), ("A", "2024-05-09"), ("A", "2025-02-01"), ("B", "2022-01-01")]
    rows = arrivals([{"date": day, "area": area, "families": 5} for area, day in given])
    latest = influx_table(rows, HOSTS, YEAR)["latest"]
    assert latest["A"] == pd.Timestamp("2024-05-09")
    assert latest["B"] == pd.Timestamp("2022-01-01")
    assert pd.isna(latest["D"])
