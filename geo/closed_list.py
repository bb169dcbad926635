"""The closed list: which windows are released, of which areas and which categories.

Whoever may not read exact counts is told bands (``geo.privacy``) of three lists and of nothing
else; every other figure is computed from them.

A. sub-district x category x calendar year;
B. district x category x calendar month, for categories that are not severe;
C. planning cell x all categories that are not severe, together, x calendar year.

Severe cases are told by year only, never finer than a sub-district.

B crosses A, and the sum of two families of bands is the same number: where nearly every cell of
one of them is full, the other one would pin it down. So the months of a district, category and
year are told only where the difference of the two sums of lower limits leaves every single band
its whole width (``months_told``), with a margin wide enough that *not* telling them narrows no
band either. C is nested in A: its lower limits are multiples of k and can't add up to more than
A's, and incidents without a usable place belong to no cell, so nothing pushes a cell up.
``tests/geo/test_closed_list.py`` lets the attacker of ``geo.disclosure`` try all three at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.incidents import CATEGORIES, SEVERE
from geo.privacy import K_OTHER, Bands, Floats, band

PLAIN = tuple(code for code in CATEGORIES if code not in SEVERE)
"""Categories that are not severe, in their order."""
MONTHS = 12


def month_limits(rows: int, months: int = MONTHS, k: int = K_OTHER) -> tuple[int, int]:
    """Least and most of (sum of A's lower limits - sum of B's) at which months are told.

    ``rows`` sub-districts of a district, ``months`` of the year with data. Both sums are
    multiples of k. For any count n_i of a row to keep its band [a_i, a_i + k - 1] the others,
    full, must reach the months' sum: sum b - sum a <= (rows - 1)(k - 1); for a month, likewise,
    sum a - sum b <= (months - 1)(k - 1); and rows that are all full must fit into months that
    are: sum a - sum b <= (months - rows)(k - 1). The first values that are not told must keep
    the first two as well, or silence would tell: hence one step of k less.
    """
    spare = (rows - 1) * (k - 1) // k * k
    full = (months - 1) * (k - 1) // k * k
    fits = (months - rows) * (k - 1) // k * k
    return k - spare, min(full - k, fits)


def months_told(low_year: Floats, low_months: Floats, k: int = K_OTHER) -> bool:
    """Whether the months (lower limits, one each) are told beside the rows' years."""
    least, most = month_limits(len(low_year), len(low_months), k)
    return bool(least <= float(low_year.sum() - low_months.sum()) <= most)


@dataclass(frozen=True, slots=True)
class MonthsOfYear:
    """A calendar year's months with data, ready for the bands of any of them together.

    ``lows``: lower limits, month x district x category; ``year``: the year's bands by district;
    ``told``: where the months are told, district x category.
    """

    places: pd.Index
    categories: list[str]
    lows: Floats
    year: Mapping[str, Floats]
    told: NDArray[np.bool_]

    @classmethod
    def of(cls, years: Bands, district: pd.Series, months: list[pd.DataFrame]) -> "MonthsOfYear":
        """From the year's bands (list A, index sub-district) and the months' exact counts.

        ``district``: that of each sub-district; ``months``: district x category counts of every
        month of the year with data.
        """
        places, categories = months[0].index, list(months[0].columns)
        lows = np.stack([band(table)[0].to_numpy(float) for table in months])
        own = district.reindex(years.low.index)
        year = {
            name: table.groupby(own).sum().reindex(places, fill_value=0).to_numpy(float)
            for name, table in zip(_PARTS, _parts(years), strict=True)
        }
        told = np.zeros((len(places), len(categories)), dtype=bool)
        for row, place in enumerate(places):
            rows = years.low[(own == place).to_numpy()].to_numpy(float)
            for column, category in enumerate(categories):
                told[row, column] = category not in SEVERE and months_told(
                    rows[:, column], lows[:, row, column]
                )
        return cls(places, categories, lows, year, told)

    def bands(self, chosen: list[int]) -> Bands:
        """Bands of the ``chosen`` months (positions in the year's), summed.

        Where a category's months are not told its year is spread evenly over them. Nothing but
        bands enters the result.
        """
        k, take, there = K_OTHER, len(chosen), len(self.lows)
        share, year = take / there, self.year
        least = self.lows.sum(axis=0)
        mean = np.clip(year["expected"], least, least + there * (k - 1))
        low = self.lows[chosen].sum(axis=0)
        spread = year["variance"] * share**2 + year["expected"] * share * (1 - share)
        told = {
            "low": low,
            "high": low + take * (k - 1),
            "expected": low + take * (mean - least) / there,
            "variance": np.full(low.shape, take * (k * k - 1) / 12.0),
        }
        evenly = {
            "low": np.zeros_like(low),
            "high": year["high"],
            "expected": year["expected"] * share,
            "variance": spread,
        }
        return Bands(
            *(
                pd.DataFrame(
                    np.where(self.told, told[name], evenly[name]), self.places, self.categories
                )
                for name in _PARTS
            )
        )


_PARTS = ("low", "high", "expected", "variance")


def _parts(bands: Bands) -> tuple[pd.DataFrame, ...]:
    return bands.low, bands.high, bands.expected, bands.variance
