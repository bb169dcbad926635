"""What moves an area's need: variance shares (Sobol) of chosen weights and uncertain figures.

Says where a better figure, or an agreement about a weight, would make the order of areas surer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import gamma, norm, sobol_indices

from geo.need import NeedRules, join, score

Floats = NDArray[np.float64]
SAMPLES = 1024
_Z = float(norm.ppf(0.95))


def sobol(
    model: Callable[[Floats], Floats],
    inputs: Mapping[str, Any],
    *,
    samples: int = SAMPLES,
    seed: int = 1,
) -> pd.DataFrame:
    """First-order (``first``) and total (``total``) shares of the model's variance; index input.

    ``inputs`` are independent frozen scipy distributions; ``model`` maps ``(inputs, n)`` to n
    values. ``samples`` is a power of two (Saltelli 2010 on a scrambled Sobol sequence).
    """

    def call(x: Floats) -> Floats:
        return np.asarray(model(x), dtype=np.float64)

    found = sobol_indices(
        func=call, n=samples, dists=list(inputs.values()), rng=np.random.default_rng(seed)
    )
    return pd.DataFrame(
        {"first": np.ravel(found.first_order), "total": np.ravel(found.total_order)},
        index=pd.Index(list(inputs), name="input"),
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
    drawn: dict[str, Any] = {
        f"weight {c.code}": gamma(rules.concentration * c.weight / total) for c in used
    }
    fixed: dict[int, float] = {}
    unsure: list[int] = []
    for i, component in enumerate(used):
        value, spread = figures[component.code]
        if spread > 0:
            drawn[f"figure {component.code}"] = norm(value, spread)
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
    used: tuple[Any, ...],
) -> Floats:
    # scipy asks with further axes behind the first; the model is made for (inputs, n).
    flat = x.reshape(x.shape[0], -1)
    weights = flat[:count] / flat[:count].sum(axis=0)
    figures = np.empty((flat.shape[1], count))
    for i, value in fixed.items():
        figures[:, i] = value
    for position, i in enumerate(unsure):
        figures[:, i] = flat[count + position]
    index = join(score(figures, used), weights.T, rules.mean, rules.floor)
    return index.reshape(x.shape[1:])


def _figure(table: pd.DataFrame | None, area: str) -> tuple[float, float]:
    """An area's figure (NaN: unknown) and its standard deviation (0: no limits)."""
    if table is None or area not in table.index:
        return float("nan"), 0.0
    wanted = table.reindex(index=[area], columns=["value", "low", "high"]).to_numpy(np.float64)
    value, low, high = (float(v) for v in wanted[0])
    spread = (high - low) / (2 * _Z)
    return value, spread if np.isfinite(spread) else 0.0
