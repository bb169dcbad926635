"""Classes of a choropleth: few, with round limits, the same on map, legend and table."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.layers import LayerCode

Floats = NDArray[np.float64]
STEPS = 5
# Need is 0-10 on fixed goalposts: its classes never move, so that two periods can be compared.
# They are finer below, where most areas lie.
_FIXED: dict[str, tuple[float, ...]] = {LayerCode.NEED: (0, 1, 1.5, 2, 2.5, 3, 5, 10)}
SHARE_EDGES = (0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
SAID_AS_NONE = 0.005
"""Shares below this are said as 0 %."""
_SHARE_OF_ZEROS = 0.15  # from here on "none at all" is worth a class of its own
_SKEWED = 8.0  # largest over median: from here on classes are cut by orders, not by sums
_LEAST_WIDTH = 0.05
_LEAST_RATIO = 1.05
_MOST_VALUES = 150  # more are represented by as many quantiles


@dataclass(frozen=True, slots=True)
class Classes:
    """Limits from least to most; class ``i`` holds values from ``edges[i]`` to ``edges[i + 1]``.

    With ``zero_apart`` the first class is nought alone and the second begins above it.
    """

    edges: tuple[float, ...]
    zero_apart: bool = False

    @property
    def count(self) -> int:
        return len(self.edges) - 1

    def step(self, value: float) -> int:
        """Class of a value; the last class holds its upper limit too."""
        if self.zero_apart:
            above = int(np.searchsorted(self.edges[1:], value, side="right"))
            return 0 if value <= 0 else min(max(above, 1), self.count - 1)
        found = int(np.searchsorted(self.edges, value, side="right")) - 1
        return min(max(found, 0), self.count - 1)

    def limits(self) -> tuple[tuple[float, float], ...]:
        """Lower and upper limit of each class; equal where the class is one figure."""
        if self.zero_apart:
            return ((0.0, 0.0), *pairwise(self.edges[1:]))
        return tuple(pairwise(self.edges))

    def spread(self, colours: tuple[str, ...]) -> tuple[str, ...]:
        """A colour for each class over the whole range of ``colours``, mixed where they lack."""
        if self.count == 1:
            return (colours[len(colours) // 2],)
        last = len(colours) - 1
        return tuple(_mixed(colours, i * last / (self.count - 1)) for i in range(self.count))


def share_classes() -> Classes:
    """Classes of a share that is served; none at all is a class by itself."""
    return Classes(SHARE_EDGES, zero_apart=True)


def share_step(share: float) -> int:
    """The class of a share; one that is said as 0 % is none."""
    return share_classes().step(0.0 if share < SAID_AS_NONE else share)


def classes_of(values: Iterable[float | None], layer: str | None = None) -> Classes:
    """Fixed limits where the layer has them, else natural breaks with round limits.

    Breaks are those of Fisher (1958, doi:10.1080/01621459.1958.10501479), which maps know as
    Jenks': equal values stay together, and gaps in the figures become limits. Skewed figures
    (a city among villages) are cut by their logarithms. Many areas without any get a class of
    their own. A limit is the roundest figure between the two values that it parts, so no value
    changes its class by rounding. Nearly equal figures are not painted apart.
    """
    if layer in _FIXED:
        return Classes(_FIXED[layer])
    known = np.sort(np.array([v for v in values if v is not None and math.isfinite(v)], float))
    if known.size == 0:
        return Classes((0.0, 1.0))
    zeros = int((known == 0).sum())
    apart = known[0] >= 0 and zeros >= _SHARE_OF_ZEROS * known.size and zeros < known.size
    told = known[known > 0] if apart else known
    logs = told[0] > 0 and told[-1] > _SKEWED * float(np.median(told))
    limits = _limits(told, STEPS - apart, logs=bool(logs))
    return Classes((0.0, *limits), zero_apart=True) if apart else Classes(limits)


def diverging(values: Iterable[float], *, least: float | None = None) -> Classes:
    """Five classes of differences, the same on both sides of nought; one where none differs.

    The middle one reaches to a tenth of the largest, or to ``least``.
    """
    most = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if most <= (least or 0.0):
        return Classes((-most, most))
    end = _outward(most, 1)
    slight = least if least is not None else float(f"{end / 10:.2g}")
    strong = float(f"{max(end / 2, (end + slight) / 2):.2g}")
    return Classes((-end, -strong, -slight, slight, strong, end))


def _limits(told: Floats, most: int, *, logs: bool) -> tuple[float, ...]:
    """Edges of at most ``most`` classes of sorted figures."""
    scale = np.log(told) if logs else told
    inner: list[float] = []
    for low, high in _breaks(scale, told, most):
        wide = (
            high >= low * _LEAST_RATIO
            if logs
            else high - low >= _LEAST_WIDTH * max(abs(told[0]), abs(told[-1])) / 2
        )
        if wide:
            inner.append(_roundest(low, high))
    first, last = float(told[0]), float(told[-1])
    if first == last:
        return (first, first)
    ends = _outward(first, -1), _outward(last, 1)
    return (min(ends[0], *inner, ends[0]), *inner, max(ends[1], *inner, ends[1]))


def _breaks(scale: Floats, told: Floats, most: int) -> list[tuple[float, float]]:
    """The pairs of neighbouring figures between which a limit lies, least first."""
    kinds, counts = np.unique(scale, return_counts=True)
    if kinds.size > _MOST_VALUES:
        kinds, counts = np.unique(
            np.quantile(scale, np.linspace(0, 1, _MOST_VALUES), method="nearest"),
            return_counts=True,
        )
    plain = told[np.searchsorted(scale, kinds)]
    return [
        (float(plain[cut - 1]), float(plain[cut])) for cut in natural_breaks(kinds, counts, most)
    ]


def natural_breaks(kinds: Floats, counts: NDArray[np.intp], most: int) -> list[int]:
    """Where to cut sorted distinct figures so that squares within classes sum to the least.

    Returns the index of the first figure of each class but the first. Exact, by dynamic
    programming; ``counts`` says how often each figure occurs.
    """
    n = kinds.size
    steps = min(most, n)
    shifted = kinds - kinds.mean()
    w = np.concatenate([[0.0], np.cumsum(counts)])
    s = np.concatenate([[0.0], np.cumsum(counts * shifted)])
    q = np.concatenate([[0.0], np.cumsum(counts * shifted**2)])
    start, end = np.arange(n)[:, None], np.arange(1, n + 1)[None, :]
    weight = np.where(end > start, w[end] - w[start], 1.0)
    inside = q[end] - q[start] - (s[end] - s[start]) ** 2 / weight
    spread = np.where(end > start, np.maximum(inside, 0.0), np.inf)
    best = spread[0].copy()
    came: list[NDArray[np.intp]] = []
    for _ in range(steps - 1):
        # A class from ``i`` on follows the best cut of the figures before it.
        total = np.concatenate([[np.inf], best[:-1]])[:, None] + spread
        came.append(total.argmin(axis=0))
        best = total.min(axis=0)
    cuts, at = [], n - 1
    for origin in reversed(came):
        cut = int(origin[at])
        cuts.append(cut)
        at = cut - 1
    return sorted(cuts)


def _roundest(low: float, high: float) -> float:
    """The figure of fewest digits above ``low`` and not above ``high``."""
    size = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for digits in range(size, size - 12, -1):
        unit = 10.0**digits
        if unit == 0:  # below what a float can tell apart
            break
        for step in (5.0, 2.0, 1.0) if digits < size else (1.0,):
            least = math.floor(low / (unit * step) + 1e-9) + 1
            middle = round((low + high) / 2 / (unit * step))
            for count in (middle, least):
                found = round(count * unit * step, max(0, 12 - digits) if digits < 0 else 12)
                if low < found <= high:
                    return found
    return high


def _outward(value: float, way: int) -> float:
    """A round figure of two digits at or beyond ``value``."""
    if value == 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    if unit == 0:  # below what a float can tell apart
        return value
    count = value / unit
    moved = math.ceil(count - 1e-9) if way > 0 else math.floor(count + 1e-9)
    found = float(f"{moved * unit:.12g}")
    return max(found, value) if way > 0 else min(found, value)


def _mixed(colours: tuple[str, ...], place: float) -> str:
    """The colour at ``place`` (0 .. last) between its two neighbours."""
    low = min(int(place), len(colours) - 1)
    part = place - low
    if part < 1e-9:  # noqa: PLR2004 (rounding: the colour itself)
        return colours[low]
    pairs = [
        (int(colours[low][i : i + 2], 16), int(colours[low + 1][i : i + 2], 16)) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)
