"""Influx: what arrivals mean for the places that host them.

Two kinds of files tell of displaced families: those who *came* (events), and those who are
*present* on a day (rounds of a tracking matrix). ``as_events`` makes the second like the first.
Counts families as the source does and turns them into persons by the stated household size.
A missing round of a tracking matrix is never zero: see ``carry_forward``.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.layers import Period


def persons(arrivals: pd.DataFrame) -> pd.Series:
    """Persons of each arrival: families x household size."""
    return arrivals["families"] * arrivals["household_size"]


def influx_table(
    arrivals: pd.DataFrame,
    residents: pd.Series,
    period: Period,
    *,
    unregistered: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> pd.DataFrame:
    """Arrivals by area; index the codes of ``residents`` (host residents).

    Columns ``value``, ``low``, ``high``: persons arrived in ``period`` per 1,000 hosts;
    ``count`` (persons in the period), ``families``, ``stock`` (persons arrived up to the
    period's end), ``largest`` (persons of the largest single arrival of the period), ``clans``
    (whole clans in it), ``lumpiness`` (share of the largest), ``exposure`` (hosts), ``latest`` (day
    of the newest arrival or count up to the period's end: how old the stock is).
    ``unregistered`` (low, best, high) multiplies *registered* arrivals only, for families whom
    no register knows; arrivals entered as unregistered estimates stand for themselves.
    """
    people = arrivals.assign(
        _best=persons(arrivals),
        _low=arrivals["low"] * arrivals["household_size"],
        _high=arrivals["high"] * arrivals["household_size"],
    )
    low, best, high = unregistered
    for column, factor in (("_low", low), ("_best", best), ("_high", high)):
        people[column] *= np.where(people["registered"], factor, 1.0)
    people["_at"] = residents.index.get_indexer(pd.Index(people["area"]))
    people = people[(people["_at"] >= 0) & (people["date"] < pd.Timestamp(period.end))]
    sums = ["_best", "_low", "_high", "families"]
    recent = people[people["date"] >= pd.Timestamp(period.start)].groupby("_at")
    ever = people.groupby("_at")

    def by_area(table: pd.DataFrame) -> pd.DataFrame:
        return table.reindex(range(len(residents))).set_axis(residents.index)

    now = by_area(recent[sums].sum()).fillna(0.0)
    most = by_area(recent[["_best"]].max())["_best"]
    stock = by_area(ever[["_best"]].sum())["_best"]
    hosts = residents.astype(float).where(residents > 0)
    per = 1000.0 / hosts
    # Families who left between two rounds lower a sum, never below nobody.
    now = now.clip(lower=0.0)
    count = now["_best"]
    largest = most.fillna(0.0).clip(lower=0.0).clip(upper=count)
    return pd.DataFrame(
        {
            "value": count * per,
            "low": now["_low"] * per,
            "high": now["_high"] * per,
            "count": count,
            "families": now["families"],
            "stock": stock.fillna(0.0).clip(lower=0.0),
            "largest": largest,
            "lumpiness": (largest / count).where(count > 0),
            "clans": by_area(recent[["clan"]].sum())["clan"].fillna(0).astype(float),
            "exposure": hosts,
            "latest": by_area(ever[["date"]].max())["date"],
        },
        index=residents.index,
    )


def as_events(arrivals: pd.DataFrame) -> pd.DataFrame:
    """Arrivals with counts of those present turned into what changed from count to count.

    ``present`` (flag, may be absent) marks rows that count the families present on their day. Such
    rows of one area and source (whatever number its name carries: a round's) add up by day; the
    first day's families stand as they are, for when they came is not known; each later day gives
    its difference to the one before, below zero where families left. So sums over a window are
    net changes, sums up to a day the stock, and an area that a round leaves out keeps its last
    count. Columns as ``arrivals`` without ``present``; ``first`` marks first counts.
    """
    if "present" not in arrivals or not arrivals["present"].any():
        return arrivals.drop(columns="present", errors="ignore").assign(first=False)
    came = arrivals[~arrivals["present"]].drop(columns="present").assign(first=False)
    here = arrivals[arrivals["present"]].drop(columns="present")
    kind = here["source"].str.replace(r"\d+", "", regex=True).str.casefold().str.strip()
    weighed = here.assign(
        _kind=kind, _size=here["families"] * here["household_size"], _id=here.index
    )
    keys = ["area", "_kind", "registered"]
    days = weighed.groupby([*keys, "date"], as_index=False).agg(
        families=("families", "sum"),
        low=("low", "sum"),
        high=("high", "sum"),
        _size=("_size", "sum"),
        origin=("origin", "first"),
        clan=("clan", "any"),
        standing=("standing", "first"),
        source=("source", "first"),
        _id=("_id", "first"),
    )
    days["household_size"] = (days["_size"] / days["families"]).where(
        days["families"] > 0, here["household_size"].iloc[0]
    )
    before = days.groupby(keys)[["families", "low", "high"]].shift()
    days["first"] = before["families"].isna()
    days[["families", "low", "high"]] -= before.fillna(0.0)
    rounds = days.set_index("_id")[list(came.columns)]
    rounds.index.name = arrivals.index.name
    return pd.concat([came, rounds])


def net_per_day(stock_before: float, stock_after: float, days: int) -> float:
    """Families a day between two rounds: the *net* change (returns are inside it)."""
    if days <= 0:
        raise ValueError("the later round comes after the earlier one")
    return (stock_after - stock_before) / days


def carry_forward(stocks: pd.DataFrame, rounds: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The stock of each area at each round, a missing one carried forward with its age.

    ``stocks`` has ``area, date, families``. Returns ``area, date, families, age_days``
    (0: counted in that round). An area has no row before its first count: unknown is not zero.
    """
    wanted = pd.MultiIndex.from_product(
        [sorted(stocks["area"].unique()), sorted(rounds)], names=["area", "date"]
    ).to_frame(index=False)
    seen = stocks[["area", "date", "families"]].assign(seen=stocks["date"])
    unit = "datetime64[ns]"
    rows = pd.merge_asof(
        wanted.astype({"date": unit}).sort_values("date", kind="stable"),
        seen.astype({"date": unit}).sort_values("date", kind="stable"),
        on="date",
        by="area",
    ).dropna(subset=["families"])
    rows["age_days"] = (rows["date"] - pd.to_datetime(rows["seen"])).dt.days
    return rows[["area", "date", "families", "age_days"]].reset_index(drop=True)
