"""Which months have data, and which areas are spoken of: told by bands, never by single cases.

The day of the first or last incident, or that an area has any, is a fact about one case. So what
a book covers is read from figures that are released anyway: whole months by the number of all
incidents of the store in steps of ``K_SEVERE``, areas by their yearly bands (``geo.privacy``).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from geo.layers import Period
from geo.privacy import K_SEVERE, threshold
from geo.rates import Window, windows
from service.store.datasets import Dataset, Kind

_FULL = 0.5
"""A first or last month with under half of what the months usually hold is taken as begun or cut
off in its middle (an assumption)."""
SLACK = timedelta(days=31)


def covered_months(days: pd.Series) -> Period | None:
    """From the first to the last month that holds incidents in number; ``None``: there is none."""
    if days.empty:
        return None
    counts = days.dt.to_period("M").value_counts() // K_SEVERE * K_SEVERE
    lively = counts[counts > 0]
    if lively.empty:
        return None
    usual = float(lively.median())
    full = sorted(lively.index[lively >= _FULL * usual])
    first, last = full[0], full[-1] + 1
    return Period(date(first.year, first.month, 1), date(last.year, last.month, 1))


def datasets_told(datasets: Sequence[Dataset], covered: Period | None) -> tuple[Dataset, ...]:
    """The versions, incidents reaching to the end of the last covered month, whatever they hold.

    The day of the newest case is a fact about one case, so it is told by nothing that is released.
    """
    until = None if covered is None else covered.end - timedelta(days=1)
    return tuple(
        replace(one, as_of=until) if one.kind is Kind.INCIDENTS else one for one in datasets
    )


def covered_years(covered: Period | None, others: pd.Series, today: date) -> tuple[Period, ...]:
    """Whole calendar years of a book, newest first; the years that data only touch else.

    A year that lacks its first or last month counts as whole: files begin and end inside their
    months. Without incidents in number ``others`` (days of what nobody has to hide) say it.
    """
    if covered is None and others.empty:
        return (Period(date(today.year - 1, 1, 1), date(today.year, 1, 1)),)
    if covered is None:
        first = others.min().date()
        last = others.max().date() + timedelta(days=1)
    else:
        first, last = covered.start, covered.end
    whole = windows(first - SLACK, last + SLACK, Window.YEAR)
    end = (last - timedelta(days=1)).year + 1
    touched = windows(date(first.year, 1, 1), date(end, 1, 1), Window.YEAR)
    return tuple(reversed(whole or touched))


def newest_day(
    days: pd.Series, datasets: Sequence[Dataset], kind: Kind, today: date
) -> date | None:
    """Up to which day a kind is known: its newest row, or what one of its files says of itself.

    Only of kinds that nobody has to hide. A file that says to be of a day to come says nothing.
    """
    stated = [one.as_of for one in datasets if one.kind is kind and one.as_of]
    known = [day for day in stated if day <= today]
    known += [] if days.empty else [days.max().date()]
    return max(known, default=None)


def window_of(period: Period) -> Window | None:
    """The calendar window that a period is; ``None``: several of them, or no whole one."""
    for window in Window:
        if windows(period.start, period.end, window) == [period]:
            return window
    return None


def reaching(periods: Sequence[Period], window: Window, until: date | None) -> tuple[Period, ...]:
    """``periods`` (newest first), and those after them up to the one that ``until`` lies in."""
    if not periods or until is None:
        return tuple(periods)
    later = windows(periods[0].end, date(until.year + 1, 1, 1), window)
    return (*reversed([one for one in later if one.start <= until]), *periods)


def areas_told(placed: pd.DataFrame) -> set[str]:
    """Sub-districts with a band above the lowest in some year: their having cases is released."""
    if placed.empty:
        return set()
    year = placed["date"].dt.year.rename("year")
    cells = placed.groupby(["subdistrict", "category", year]).size()
    k = cells.index.get_level_values("category").map(threshold)
    return set(cells.index.get_level_values("subdistrict")[cells.to_numpy() >= k.to_numpy()])
