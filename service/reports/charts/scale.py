"""Scales of charts: ticks at 1, 2 or 5 times a power of ten, and where a value lies on paper."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """From values ``low..high`` to ``start..end`` on paper; ``ticks`` are in the values."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        span = self.high - self.low
        return self.start + (value - self.low) / span * (self.end - self.start)

    @property
    def places(self) -> int:
        """Decimals that tell one tick from the next."""
        step = min((b - a for a, b in zip(self.ticks, self.ticks[1:], strict=False)), default=1.0)
        return max(0, -math.floor(math.log10(step) + 1e-9))


def known(values: Iterable[float | None]) -> list[float]:
    """Finite figures only."""
    return [float(v) for v in values if v is not None and math.isfinite(v)]


def scale(
    values: Iterable[float | None],
    start: float,
    end: float,
    *,
    from_zero: bool = True,
    most_ticks: int = 6,
    whole: bool = False,
) -> Scale:
    """A scale that holds all ``values`` between its outer ticks; without any: 0..1."""
    found = known(values)
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    # Figures that differ by nothing one could see stand on a scale of their own size.
    if high - low <= max(1e-12, 1e-9 * max(abs(low), abs(high))):
        high = low + max(abs(low), 1e-6 if low else 1.0)
    step = _step((high - low) / max(1, most_ticks - 1))
    if whole:
        step = max(1.0, step)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    ticks = tuple(n * step for n in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5, 10):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10 * power
