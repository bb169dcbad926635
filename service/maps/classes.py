"""Classes of a choropleth: few, with round limits, the same on map, legend and table."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geo.layers import LayerCode

STEPS = 5
# Need is 0-10 on fixed goalposts: its classes never move, so that two periods can be compared.
# They are finer below, where most areas lie.
_FIXED: dict[LayerCode, tuple[float, ...]] = {LayerCode.NEED: (0, 1, 2, 3, 5, 10)}
_LEAST_WIDTH = 0.05
SHARE_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Classes:
    """Limits from least to most; class ``i`` holds values from ``edges[i]`` to ``edges[i + 1]``."""

    edges: tuple[float, ...]

    @property
    def count(self) -> int:
        return len(self.edges) - 1

    def step(self, value: float) -> int:
        """Class of a value; the last class holds its upper limit too."""
        found = int(np.searchsorted(self.edges, value, side="right")) - 1
        return min(max(found, 0), self.count - 1)

    def spread(self, colours: tuple[str, ...]) -> tuple[str, ...]:
        """As many of ``colours`` as there are classes, over their whole range."""
        if self.count == 1:
            return (colours[len(colours) // 2],)
        last = len(colours) - 1
        return tuple(colours[round(i * last / (self.count - 1))] for i in range(self.count))


def _round_limit(value: float, digits: int) -> float:
    if value == 0:
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def classes_of(values: Iterable[float], layer: LayerCode | None = None) -> Classes:
    """Fixed limits where the layer has them, else quintiles with limits of two figures.

    Quintiles suit the skewed figures of few areas: no class is left empty. Equal values fall
    together and give fewer classes.
    """
    if layer in _FIXED:
        return Classes(_FIXED[layer])
    known = np.sort(np.array([v for v in values if v is not None and math.isfinite(v)], float))
    if known.size == 0:
        return Classes((0.0, 1.0))
    for digits in (2, 3):
        inner = [_round_limit(float(q), digits) for q in np.quantile(known, (0.2, 0.4, 0.6, 0.8))]
        low = min(_floor(float(known[0]), digits), inner[0])
        high = max(_ceil(float(known[-1]), digits), inner[-1])
        edges = _apart(sorted({low, *inner, high}))
        if len(edges) > 2:  # noqa: PLR2004 (two classes at least, if the figures differ)
            break
    if len(edges) == 1:
        return Classes((edges[0], edges[0] + 1.0))
    return Classes(tuple(edges))


def _apart(edges: list[float]) -> list[float]:
    """Limits at least a twentieth of the largest figure apart: colours don't exaggerate."""
    least = _LEAST_WIDTH * max(abs(edges[0]), abs(edges[-1]))
    kept = [edges[0]]
    for edge in edges[1:-1]:
        if edge - kept[-1] >= least and edges[-1] - edge >= least:
            kept.append(edge)
    return [*kept, edges[-1]] if len(edges) > 1 else kept


def _floor(value: float, digits: int) -> float:
    near = _round_limit(value, digits)
    return near if near <= value else _next(near, digits, -1)


def _ceil(value: float, digits: int) -> float:
    near = _round_limit(value, digits)
    return near if near >= value else _next(near, digits, 1)


def _next(value: float, digits: int, way: int) -> float:
    size = math.floor(math.log10(abs(value))) if value else 0
    return value + way * 10.0 ** (size - digits + 1)
