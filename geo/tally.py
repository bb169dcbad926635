"""Counting incidents by area, category and month: arrays in, counts out, and counts add up.

``count_points`` is pure: the same parts give the same counts in one process, in a pool or under
dask, in any order and split. A ``Tally`` is such counts with their labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.grid import AreaGrid, assign
from geo.incidents import CATEGORIES
from geo.layers import Period

_BLOCK = 1 << 20  # rows of one bincount: its bins are few against them
_NEAR = 1 << 15  # rows whose numbers stay in the processor's near memory
_EPOCH = 1970
_MONTHS = 12


def month_number(day: date) -> int:
    """Months since January 1970."""
    return (day.year - _EPOCH) * _MONTHS + day.month - 1


@dataclass(frozen=True, slots=True)
class Tally:
    """Incidents by area, category and calendar month.

    ``counts[area, category, month]``; the last area row holds the incidents outside every unit,
    the last month column those before ``first`` or beyond the months kept. So the sum is the
    number of incidents put in.
    """

    areas: tuple[str, ...]
    categories: tuple[str, ...]
    first: date
    months: int
    counts: NDArray[np.int64]

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def outside(self) -> int:
        """Incidents in no unit."""
        return int(self.counts[-1].sum())

    def table(self, areas: Sequence[str], period: Period | None = None) -> pd.DataFrame:
        """Area x category table of a period of whole months. Raises ``ValueError`` otherwise."""
        start, end = 0, self.months
        if period is not None:
            if period.start.day != 1 or period.end.day != 1:
                raise ValueError("a tally knows whole months only")
            start = month_number(period.start) - month_number(self.first)
            end = month_number(period.end) - month_number(self.first)
        months = self.counts[:-1, :, max(0, start) : max(0, min(end, self.months))].sum(axis=2)
        table = pd.DataFrame(months, index=list(self.areas), columns=list(self.categories))
        table = table.reindex(index=pd.Index(areas, name="code"), fill_value=0)
        return table.reindex(columns=list(CATEGORIES), fill_value=0)

    def __add__(self, other: "Tally") -> "Tally":
        if (self.areas, self.categories, self.first, self.months) != (
            other.areas,
            other.categories,
            other.first,
            other.months,
        ):
            raise ValueError("tallies of different areas, categories or months do not add up")
        counts = self.counts + other.counts
        return Tally(self.areas, self.categories, self.first, self.months, counts)


def count_codes(
    area: NDArray[np.int32],
    category: NDArray[np.integer],
    month: NDArray[np.integer],
    shape: tuple[int, int, int],
) -> NDArray[np.int64]:
    """Counts by (area + 1 for outside, category, month + 1 for elsewhere).

    ``area`` is a position or -1; ``category`` is a position; ``month`` a position, anything
    outside 0 .. shape[2] - 2 goes to the last column.
    """
    areas, categories, months = shape
    total = np.zeros(areas * categories * months, dtype=np.int64)
    # Half as wide is faster, where every number fits.
    narrow = len(total) <= np.iinfo(np.int32).max and month.dtype.itemsize <= np.int32(0).itemsize
    signed, unsigned = (np.int32, np.uint32) if narrow else (np.int64, np.uint64)
    bins = np.empty(min(_BLOCK, len(area)), dtype=np.intp)
    for start in range(0, len(area), _BLOCK):
        stop = min(start + _BLOCK, len(area))
        for near in range(start, stop, _NEAR):
            part = slice(near, min(near + _NEAR, stop))
            row: NDArray[np.signedinteger[Any]] = area[part].astype(signed)
            column: NDArray[np.signedinteger[Any]] = month[part].astype(signed)
            # As unsigned numbers, those below nought are large as well.
            np.minimum(row.view(unsigned), unsigned(areas - 1), out=row.view(unsigned))
            np.minimum(column.view(unsigned), unsigned(months - 1), out=column.view(unsigned))
            row *= signed(categories)
            row += category[part].astype(signed, copy=False)
            row *= signed(months)
            row += column
            bins[near - start : part.stop - start] = row
        total += np.bincount(bins[: stop - start], minlength=len(total))
    return total.reshape(shape)


def count_points(
    grid: AreaGrid,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    category: NDArray[np.integer],
    month: NDArray[np.integer],
    *,
    categories: int,
    months: int,
) -> NDArray[np.int64]:
    """The kernel: points to counts of shape ``(areas + 1, categories, months + 1)``."""
    area = assign(grid, lon, lat)
    return count_codes(area, category, month, (len(grid.codes) + 1, categories, months + 1))


class Calendar:
    """Days since 1970 to months since ``first``, by a table: no date arithmetic per row."""

    def __init__(self, first: date, months: int) -> None:
        self.first, self.months = first.replace(day=1), months
        start = np.datetime64(self.first, "M")
        edges = (start + np.arange(months + 1)).astype("datetime64[D]").astype(np.int64)
        self._base = int(edges[0])
        self._table = np.repeat(np.arange(months, dtype=np.int16), np.diff(edges))

    def month(self, days: NDArray[np.int32]) -> NDArray[np.int16]:
        """Position of each day's month; ``months`` for a day that is not kept."""
        at = days.astype(np.int64) - self._base
        known = (at >= 0) & (at < len(self._table))
        if known.all():
            return self._table[at]
        return np.where(known, self._table[np.where(known, at, 0)], np.int16(self.months))


def tally_of(placed: pd.DataFrame, areas: Sequence[str], column: str) -> Tally:
    """The tally of placed incidents (``geo.locate``), for those with an area in ``column``."""
    categories = tuple(CATEGORIES)
    days = placed["date"]
    if placed.empty:
        return Tally(tuple(areas), categories, date(_EPOCH, 1, 1), 1, _nothing(areas, categories))
    first, last = days.min().date().replace(day=1), days.max().date()
    months = month_number(last) - month_number(first) + 1
    area = pd.Index(areas).get_indexer(pd.Index(placed[column])).astype(np.int32)
    category = pd.Index(categories).get_indexer(pd.Index(placed["category"])).astype(np.int16)
    month = (days.dt.year * _MONTHS + days.dt.month).to_numpy() - (
        first.year * _MONTHS + first.month
    )
    counts = count_codes(area, category, month, (len(areas) + 1, len(categories), months + 1))
    return Tally(tuple(areas), categories, first, months, counts)


def _nothing(areas: Sequence[str], categories: Sequence[str]) -> NDArray[np.int64]:
    return np.zeros((len(areas) + 1, len(categories), 2), dtype=np.int64)
