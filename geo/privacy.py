"""What may be shown to whom. Every incident figure that leaves ``geo`` passes here.

Small numbers name people. Whoever may not read exact counts gets *bands*: a count is known only
to lie in ``[v, v + k - 1]`` where v is a multiple of k, k = 10 for severe categories and 5 for
the others. The rule is stable (the same count gives the same band on every page, every day),
never random, so repeating a question gives nothing.

Complementary protection is by construction. Bands exist for the cells of one closed list
(``geo.closed_list``: sub-districts by year; districts by month and planning cells by year without
severe categories). Every other figure (districts, totals, groups, quarters, longer periods, rates,
need) is computed *from the bands*, never from the counts: it adds nothing that an attacker could
subtract. ``geo.disclosure`` audits any list of figures by linear programming.

The price is precision, which the bands show. Where one figure is needed it is the count that
the bands let one expect under a rate fitted to them, so that totals are not biased by many
small cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize
from scipy.stats import nbinom

from geo.checks import Fault, FaultsError
from geo.incidents import SEVERE
from geo.layers import Clearance, Layer, LayerCode, Period
from geo.notes import said
from geo.rates import Window, windows

Floats = NDArray[np.float64]
K_SEVERE = 10
K_OTHER = 5
_TINY = 1e-12
_STEP = 1e-8  # of the parameters of a fit, for its slope

INCIDENT_LAYERS = frozenset(LayerCode) - {
    LayerCode.RESIDENTS,
    LayerCode.INFLUX,
    LayerCode.GROWTH,
}


class NotReleasableError(ValueError):
    """The figure was made from exact counts and can't be turned into a released one."""


def threshold(category: str) -> int:
    """k: the width of a category's bands."""
    return K_SEVERE if category in SEVERE else K_OTHER


@dataclass(frozen=True, slots=True)
class Bands:
    """Released counts: area x category tables of the lowest, highest and expected count.

    ``variance`` is that of the true count around the expected one.
    """

    low: pd.DataFrame
    high: pd.DataFrame
    expected: pd.DataFrame
    variance: pd.DataFrame

    def plus(self, other: "Bands") -> "Bands":
        """Bands of both windows together, which do not overlap."""
        return Bands(
            self.low.add(other.low, fill_value=0),
            self.high.add(other.high, fill_value=0),
            self.expected.add(other.expected, fill_value=0),
            self.variance.add(other.variance, fill_value=0),
        )


def band(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lowest and highest count of each cell's band; columns are categories."""
    k = np.array([threshold(str(c)) for c in counts.columns])
    low = counts // k * k
    return low, low + k - 1


def release_counts(counts: Sequence[pd.DataFrame], exposure: pd.Series) -> Bands:
    """Bands of one or several calendar years (one exact area x category table each), summed.

    ``exposure`` (residents) spreads the expected counts; where it is unknown all areas count
    alike. Nothing but the bands of the single years enters the result.
    """
    share = exposure.astype(float)
    share = share.fillna(share.mean()) if share.notna().any() else share.fillna(1.0)
    share = share.where(share > 0, 1.0)
    parts: list[tuple[pd.DataFrame, ...]] = []
    for table in counts:
        low, high = band(table)
        base: Floats = np.array(
            share.reindex(table.index).fillna(float(share.mean())), dtype=np.float64
        )
        fits = {
            c: _expected(low[c].to_numpy(float), high[c].to_numpy(float), base)
            for c in table.columns
        }
        moments = (pd.DataFrame({c: f[i] for c, f in fits.items()}, table.index) for i in (0, 1))
        parts.append((low, high, *moments))
    return Bands(*(_total(list(tables)) for tables in zip(*parts, strict=True)))


def _total(tables: list[pd.DataFrame]) -> pd.DataFrame:
    total = tables[0]
    for table in tables[1:]:
        total = total.add(table, fill_value=0)
    return total


def _expected(low: Floats, high: Floats, base: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the counts given the bands: a gamma-Poisson rate, fitted to them.

    The spread of the gamma is fitted too, so that a governorate of a few busy and many quiet
    areas does not fill the quiet ones with the mean.
    """
    if not (low > 0).any():
        # All cells are in the lowest band: nothing says how full it is; half of its middle.
        return np.full(len(low), high[0] / 4.0), (high + 1.0) ** 2 / 12.0
    x = low[:, None] + np.arange(int(high[0] - low[0]) + 1)

    def mass(parameters: Floats) -> Floats:
        """Of each count that a band allows, for each row of parameters."""
        mean = np.exp(parameters[:, :1, None]) * base[:, None]
        size = np.exp(parameters[:, 1:, None])
        return np.asarray(nbinom.pmf(x, size, size / (size + mean)), dtype=np.float64)

    def unlikely(parameters: Floats) -> tuple[float, Floats]:
        """Minus the log-likelihood and its slope, from one question for all three points."""
        step = np.where(parameters + _STEP > high_end, -_STEP, _STEP)
        moved = parameters + step
        points = np.array(
            [parameters, (moved[0], parameters[1]), (parameters[0], moved[1])], dtype=np.float64
        )
        told = -np.log(np.maximum(mass(points).sum(axis=2), _TINY)).sum(axis=1)
        return float(told[0]), (told[1:] - told[0]) / (moved - parameters)

    middle = (low + high) / 2.0
    start = np.array([np.log(middle.sum() / base.sum()), 0.0])
    low_end = np.array([start[0] - 5.0, np.log(0.05)])
    high_end = np.array([start[0] + 5.0, np.log(1e4)])
    best = optimize.minimize(
        unlikely, start, jac=True, bounds=optimize.Bounds(low_end, high_end), method="L-BFGS-B"
    ).x
    weight = mass(best[None, :])[0]
    inside = weight.sum(axis=1)
    mean = (weight * x).sum(axis=1) / np.maximum(inside, _TINY)
    second = (weight * x**2).sum(axis=1) / np.maximum(inside, _TINY)
    fits = inside > _TINY
    flat = (high - low + 1.0) ** 2 / 12.0
    return np.where(fits, mean, middle), np.where(fits, np.maximum(second - mean**2, 0.0), flat)


def whole_years(period: Period) -> bool:
    """Whether a period begins and ends with a calendar year."""
    return all((day.month, day.day) == (1, 1) for day in (period.start, period.end))


def released_years(period: Period) -> tuple[Period, ...]:
    """The calendar years that make up ``period``.

    Other windows would overlap with the released ones, and the difference of two overlapping
    windows is a count of days. Raises ``FaultsError``.
    """
    years = tuple(windows(period.start, period.end, Window.YEAR))
    if not years or years[0].start != period.start or years[-1].end != period.end:
        raise FaultsError(
            [
                Fault(
                    said("{period} is not made of whole calendar years."),
                    said("Choose whole years, from 1 January to 1 January."),
                    {"period": str(period)},
                    "period",
                )
            ]
        )
    return years


def last_released_period(first: date, last: date, years: int = 1) -> Period | None:
    """The latest ``years`` whole calendar years inside the days that have data."""
    whole = windows(first, last, Window.YEAR)
    if not whole:
        return None
    return Period(whole[max(0, len(whole) - years)].start, whole[-1].end)


def release(layer: Layer, clearance: Clearance) -> Layer:
    """The layer as somebody with ``clearance`` may see it: the one gate out of ``geo``.

    Layers without incidents in them, and layers made from released figures, pass; a layer made
    from exact counts passes to exact clearance only, and must be built again otherwise
    (``build_layers(..., clearance=...)``). Raises ``NotReleasableError``.
    """
    if clearance is Clearance.EXACT or layer.clearance is Clearance.RELEASED:
        return layer
    if layer.code in INCIDENT_LAYERS:
        raise NotReleasableError(
            f"{layer.code} of {layer.level} was made from exact counts; build it as released"
        )
    return replace(layer, clearance=Clearance.RELEASED)
