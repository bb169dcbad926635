"""Growth: residents between two dated figures, and where that leads.

Compound annual growth; years are Julian (365.25 days). Figures from different sources are
compared as they stand: a jump between two methods of counting looks like growth, so the two
dates and sources go with the rate.
"""

import math
from datetime import date

import numpy as np
import pandas as pd

DAYS = 365.25
_TWO = 2


def annual_growth(first: float, last: float, years: float) -> float:
    """Compound rate a year: (last / first) ** (1 / years) - 1."""
    if first <= 0 or last <= 0 or years <= 0:
        raise ValueError("growth needs two positive figures in the order of time")
    return math.expm1(math.log(last / first) / years)


def exponential_growth(first: float, last: float, years: float) -> float:
    """Continuous rate a year: ln(last / first) / years; for comparing with demographers."""
    return math.log1p(annual_growth(first, last, years))


def growth_table(
    population: pd.DataFrame, areas: pd.Index, *, inherited: pd.Series | None = None
) -> pd.DataFrame:
    """Growth of each area between its earliest and its latest figure; index ``areas``.

    Columns ``value`` (percent a year), ``first``, ``last`` (residents), ``from``, ``to`` (days),
    ``new_residents`` (a year, at the latest figure), ``inherited`` (the rate is that of the
    unit above, because the area has not two figures). ``inherited`` gives those rates by area.
    """
    dated = population.sort_values("as_of", kind="stable").drop_duplicates(
        ["area", "as_of"], keep="last"
    )
    groups = dated[dated["residents"] > 0].groupby("area")
    first, last = groups.first().reindex(areas), groups.last().reindex(areas)
    years = (last["as_of"] - first["as_of"]).dt.days / DAYS
    enough = groups.size().reindex(areas).fillna(0) >= _TWO
    ratio = last["residents"] / first["residents"]
    rate = ((ratio ** (1.0 / years.where(enough)) - 1.0) * 100.0).where(enough)
    from_above = pd.Series(False, index=areas)
    if inherited is not None:
        above = inherited.reindex(areas)
        from_above = rate.isna() & above.notna()
        rate = rate.where(~from_above, above)
    return pd.DataFrame(
        {
            "value": rate,
            "first": first["residents"],
            "last": last["residents"],
            "from": first["as_of"],
            "to": last["as_of"],
            "new_residents": last["residents"] * rate / 100.0,
            "inherited": from_above,
        },
        index=areas,
    )


def project(residents: pd.Series, as_of: pd.Series, growth_pct: pd.Series, to: date) -> pd.Series:
    """Residents on the day ``to``: residents x (1 + growth) ** years; NaN where one is unknown."""
    years = (pd.Timestamp(to) - as_of).dt.days / DAYS
    return pd.Series(residents * (1 + growth_pct / 100.0) ** years)


def latest(population: pd.DataFrame, areas: pd.Index, on: date | None = None) -> pd.DataFrame:
    """The newest figure of each area (not after ``on``): the rows, index ``areas``."""
    rows = population
    if on is not None:
        rows = rows[rows["as_of"] <= pd.Timestamp(on)]
    ordered = rows.sort_values("as_of", kind="stable")
    return pd.DataFrame(ordered.groupby("area").last().reindex(areas))


def carried(
    population: pd.DataFrame, areas: pd.Index, growth_pct: pd.Series, day: date
) -> pd.DataFrame:
    """Residents of each area on a day: its nearest dated figure, moved there by its growth.

    Index ``areas``; ``value``, ``as_of`` (the day; the figure's own date where no growth is
    known), ``figure``, ``figure_as_of``, ``women_share``, ``standing``.
    """
    at = pd.Timestamp(day)
    order = (population["as_of"] - at).abs().argsort(kind="stable").to_numpy()
    place = areas.get_indexer(pd.Index(population["area"]))

    def nearest(column: str) -> pd.Series:
        """Of each area the nearest row that has the column; the nearest is written last."""
        rows = order[population[column].notna().to_numpy()[order] & (place[order] >= 0)][::-1]
        found = np.full(len(areas), -1)
        found[place[rows]] = rows
        taken = population[column].array.take(found, allow_fill=True)
        return pd.Series(taken, index=areas)

    day_of = nearest("as_of")
    figure, growth = nearest("residents").astype(float), growth_pct.reindex(areas).astype(float)
    moved = project(figure, day_of, growth, day)
    known = moved.notna()
    return pd.DataFrame(
        {
            "value": moved.where(known, figure),
            "as_of": day_of.where(~known, at),
            "figure": figure,
            "figure_as_of": day_of,
            "women_share": nearest("women_share").astype(float),
            "standing": nearest("standing"),
        },
        index=areas,
    )


def reconcile(residents: pd.Series, official_total: float) -> pd.Series:
    """Scale figures so that they add up to an official total, each keeping its share."""
    total = float(residents.sum())
    if total <= 0 or official_total <= 0:
        raise ValueError("only positive totals can be reconciled")
    return residents * (official_total / total)
