"""What moves an area's need: variance shares (Sobol) of chosen weights and uncertain figures.

Says where a better figure, or an agreement about a weight, would make the order of areas surer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri
from scipy.stats import qmc

from geo.need import NeedComponent, NeedRules, join, score

Floats = NDArray[np.float64]
SAMPLES = 1024
_Z = float(ndtri(0.95))


class Quantiles(Protocol):
    """What is drawn of an input; a frozen scipy distribution is one."""

    def ppf(self, share: Floats, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class _Gamma:
    """A gamma of scale 1, without what a frozen distribution of scipy takes to make and ask."""

    shape: float

    def ppf(self, share: Floats, /) -> Floats:
        return np.asarray(gammaincinv(self.shape, share), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Normal:
    mean: float
    spread: float

    def ppf(self, share: Floats, /) -> Floats:
        return np.asarray(self.mean + self.spread * ndtri(share), dtype=np.float64)


@lru_cache(maxsize=32)
def _two_matrices(inputs: int, samples: int, seed: int) -> Floats:
    """Two independent samples of the unit cube, (2, inputs, samples): they hang on no model."""
    rng = np.random.default_rng(seed)
    drawn = qmc.Sobol(d=2 * inputs, rng=rng, bits=64).random(samples).T
    return np.ascontiguousarray(drawn.reshape(2, inputs, samples))


def sobol(
    model: Callable[[Floats], Floats],
    inputs: Mapping[str, Quantiles],
    *,
    samples: int = SAMPLES,
    seed: int = 1,
) -> pd.DataFrame:
    """First-order (``first``) and total (``total``) shares of the model's variance; index input.

    ``inputs`` are independent; ``model`` maps ``(inputs, n)`` to n values and is asked once.
    ``samples`` is a power of two. As ``scipy.stats.sobol_indices`` (Saltelli 2010 on a scrambled
    Sobol sequence) to rounding, in a fraction of its time.
    """
    count = len(inputs)
    unit = _two_matrices(count, samples, seed)
    a, b = np.empty((count, samples)), np.empty((count, samples))
    for i, one in enumerate(inputs.values()):
        a[i], b[i] = one.ppf(unit[:, i])
    mixed = np.repeat(a[:, None, :], count, axis=1)  # input, which one is taken from b, sample
    each = np.arange(count)
    mixed[each, each] = b
    found = model(np.concatenate([a, b, mixed.reshape(count, -1)], axis=1))
    found = found - found[: 2 * samples].mean()
    of_a, of_b, of_mixed = np.split(found, [samples, 2 * samples])
    of_mixed = of_mixed.reshape(count, samples)
    variance = float(np.var(found[: 2 * samples])) or np.inf  # what never moves owes nothing
    first = (of_b * (of_mixed - of_a)).mean(axis=1) / variance
    total = 0.5 * ((of_a - of_mixed) ** 2).mean(axis=1) / variance
    return pd.DataFrame(
        {"first": first, "total": total}, index=pd.Index(list(inputs), name="input")
    )


def need_influence(
    inputs: Mapping[str, pd.DataFrame],
    rules: NeedRules,
    area: str,
    *,
    samples: int = SAMPLES,
    seed: int = 1,
) -> pd.DataFrame:
    """Variance shares of an area's need index, by ``weight <component>``, ``figure <component>``.

    Weights are drawn as gammas whose shares are the Dirichlet of ``rules``; figures as normals as
    wide as their 90 % limits. Components without a figure are left out; a figure without limits
    moves nothing.
    """
    figures = {c.code: _figure(inputs.get(c.code), area) for c in rules.components}
    used = [c for c in rules.components if np.isfinite(figures[c.code][0])]
    if not used:
        raise ValueError(f"nothing is known of {area}")
    total = sum(c.weight for c in used)
    drawn: dict[str, Quantiles] = {
        f"weight {c.code}": _Gamma(rules.concentration * c.weight / total) for c in used
    }
    fixed: dict[int, float] = {}
    unsure: list[int] = []
    for i, component in enumerate(used):
        value, spread = figures[component.code]
        if spread > 0:
            drawn[f"figure {component.code}"] = _Normal(value, spread)
            unsure.append(i)
        else:
            fixed[i] = value

    def model(x: Floats) -> Floats:
        return _index(x, len(used), unsure, fixed, rules, tuple(used))

    return sobol(model, drawn, samples=samples, seed=seed)


def _index(
    x: Floats,
    count: int,
    unsure: Sequence[int],
    fixed: Mapping[int, float],
    rules: NeedRules,
    used: tuple[NeedComponent, ...],
) -> Floats:
    weights = x[:count] / x[:count].sum(axis=0)
    figures = np.empty((x.shape[1], count))
    for i, value in fixed.items():
        figures[:, i] = value
    for position, i in enumerate(unsure):
        figures[:, i] = x[count + position]
    return join(score(figures, used), weights.T, rules.mean, rules.floor)


def _figure(table: pd.DataFrame | None, area: str) -> tuple[float, float]:
    """An area's figure (NaN: unknown) and its standard deviation (0: no limits)."""
    if table is None or area not in table.index:
        return float("nan"), 0.0
    at = table.index.get_loc(area)
    value, low, high = (
        float(table[name].to_numpy(np.float64)[at]) if name in table else float("nan")
        for name in ("value", "low", "high")
    )
    spread = (high - low) / (2 * _Z)
    return value, spread if np.isfinite(spread) else 0.0
