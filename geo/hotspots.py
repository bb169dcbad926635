"""Hot spots: where high values stand beside high values more than chance would put them.

Getis-Ord Gi* (1995) and local Moran (Anselin 1995), with significance by conditional
permutation (the own value stays, the others are shuffled over the neighbours) and the false
discovery rate held over all areas (Benjamini-Hochberg). With few areas almost nothing can be
significant, whatever happens there: see ``power_note``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from geo.notes import Note, said

Floats = NDArray[np.float64]
PERMUTATIONS = 999
MANY_PERMUTATIONS = 9_999
"""For over 100 areas: the least p-value must be small against the number of tests."""
_MANY = 100
FALSE_DISCOVERIES = 0.10
_FEW = 30


@dataclass(frozen=True, slots=True)
class HotSpots:
    """The table (index area) and how far to trust it.

    Columns ``value``; ``gi_z`` (Gi* as a z-score), ``gi_p`` (two-sided), ``gi_q`` (adjusted for
    all areas); ``local_i`` (PySAL's scale, (n - 1) z_i sum w z / sum z^2; spdep's is n / (n - 1)
    of it), ``local_p``, ``local_q``; ``quadrant`` (high-high, low-low, high-low, low-high);
    ``kind``: hot, cold or none at the false discovery rate. ``moran``: Moran's I of all areas
    together, where it can be given.
    """

    table: pd.DataFrame
    caveats: tuple[Note, ...]
    false_discoveries: float
    moran: float | None = None


def gi_star(values: Floats, neighbours: Sequence[Sequence[int]]) -> Floats:
    """Gi* z-scores (n) of ``values`` (n) with binary weights, each area among its own neighbours.

    ``neighbours`` holds positions in ``values``, itself not among them (``geo.neighbours``).
    """
    n = len(values)
    mean, spread = values.mean(), values.std()
    sums = np.array([values[list(near)].sum() + values[i] for i, near in enumerate(neighbours)])
    w = np.array([len(near) + 1.0 for near in neighbours])
    scale = spread * np.sqrt(np.maximum((n * w - w**2) / (n - 1), 0.0))
    z = np.divide(sums - mean * w, scale, out=np.zeros(n), where=scale > 0)
    return np.asarray(z, dtype=np.float64)


def gi(values: Floats, neighbours: Sequence[Sequence[int]]) -> Floats:
    """Gi z-scores with binary weights: the area itself is neither neighbour nor in the moments.

    As ``esda.G_Local(star=False, transform="B")``. Equal weights of any height give the same
    scores, here and in ``gi_star``; 0 for an area without neighbours or with all others.
    """
    n = len(values)
    others = n - 1
    mean = (values.sum() - values) / others
    spread = np.sqrt(np.maximum(((values**2).sum() - values**2) / others - mean**2, 0.0))
    sums = np.array([values[list(near)].sum() for near in neighbours])
    w = np.array([float(len(near)) for near in neighbours])
    scale = spread * np.sqrt(np.maximum(w * (others - w) / (n - 2), 0.0))
    z = np.divide(sums - mean * w, scale, out=np.zeros(n), where=scale > 0)
    return np.asarray(z, dtype=np.float64)


def local_moran(values: Floats, neighbours: Sequence[Sequence[int]]) -> Floats:
    """Local Moran with row-standardised weights, on PySAL's scale; 0 without neighbours."""
    z = values - values.mean()
    total = (z**2).sum()
    if total == 0:
        return np.zeros(len(values))
    lag = np.array([z[list(near)].mean() if len(near) else 0.0 for near in neighbours])
    return np.asarray((len(values) - 1) * z * lag / total, dtype=np.float64)


def global_moran(values: Floats, neighbours: Sequence[Sequence[int]]) -> float:
    """Moran's I with row-standardised weights (areas without neighbours weigh nothing)."""
    linked = sum(1 for near in neighbours if len(near))
    scaled = local_moran(values, neighbours).sum() / (len(values) - 1)
    return float(scaled * len(values) / linked)


def hot_spots(
    values: pd.Series,
    neighbours: Sequence[Sequence[int]],
    *,
    permutations: int | None = None,
    false_discoveries: float = FALSE_DISCOVERIES,
    seed: int = 1,
) -> HotSpots:
    """Gi* and local Moran of ``values`` (index area; NaN areas are left out of the test).

    ``neighbours`` are positions in ``values``. 999 permutations, 9,999 for over 100 areas. Equal
    input and seed give the equal result.
    """
    if permutations is None:
        permutations = MANY_PERMUTATIONS if len(values) > _MANY else PERMUTATIONS
    known = values.notna().to_numpy()
    at = np.cumsum(known) - 1
    near = [
        tuple(int(at[j]) for j in ring if known[j]) for i, ring in enumerate(neighbours) if known[i]
    ]
    x = np.array(values[known], dtype=np.float64)
    table = pd.DataFrame({"value": values.astype(float)}, index=values.index)
    numbers = ["gi_z", "gi_p", "gi_q", "local_i", "local_p", "local_q"]
    table[numbers] = np.nan
    table["quadrant"], table["kind"] = "", "none"
    whole = None
    if len(x) > 2 and x.std() > 0:  # noqa: PLR2004 - two points have no surroundings
        z, moran = gi_star(x, near), local_moran(x, near)
        whole = global_moran(x, near) if any(near) else None
        gi_p, local_p = _permuted(x, near, permutations, seed)
        gi_q, local_q = (false_discovery_control(p) for p in (gi_p, local_p))
        columns = (z, gi_p, gi_q, moran, local_p, local_q)
        table.loc[known, numbers] = np.column_stack(columns)
        table.loc[known, "quadrant"] = _quadrants(x, near)
        sure = gi_q <= false_discoveries
        table.loc[known, "kind"] = np.select(
            [sure & (z > 0), sure & (z < 0)], ["hot", "cold"], "none"
        )
    notes = power_note(len(x), permutations, false_discoveries)
    return HotSpots(table, notes, false_discoveries, whole)


def _permuted(
    x: Floats, neighbours: Sequence[Sequence[int]], permutations: int, seed: int
) -> tuple[Floats, Floats]:
    """Two-sided pseudo p-values of the neighbours' sum, which decides both statistics.

    The own value is held, so Gi* and local Moran rank the permutations by the same sum; local
    Moran's p is that of the sum of the neighbours alone as well.
    """
    n = len(x)
    rng = np.random.default_rng(seed)
    most = max((len(near) for near in neighbours), default=0)
    draws = _distinct(rng, permutations, most, n - 1)
    gi, local = np.ones(n), np.ones(n)
    for i, near in enumerate(neighbours):
        k = len(near)
        if k == 0:
            continue
        others = np.delete(x, i)
        sums = others[draws[:, :k]].sum(axis=1)
        seen = x[list(near)].sum()
        slack = 1e-9 * max(1.0, abs(seen))
        above = int((sums >= seen - slack).sum())
        below = int((sums <= seen + slack).sum())
        p = min(1.0, 2.0 * (min(above, below) + 1) / (permutations + 1))
        gi[i] = local[i] = p
    return gi, local


def _distinct(rng: np.random.Generator, rows: int, columns: int, below: int) -> NDArray[np.int64]:
    """Rows of distinct numbers from 0 .. below - 1; a row with a repeat is drawn again."""
    if columns * 4 > below:
        return np.argsort(rng.random((rows, below)), axis=1)[:, :columns]
    draws = rng.integers(0, below, (rows, columns))
    while True:
        ordered = np.sort(draws, axis=1)
        again = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not len(again):
            return draws
        draws[again] = rng.integers(0, below, (len(again), columns))


def _quadrants(x: Floats, neighbours: Sequence[Sequence[int]]) -> list[str]:
    z = x - x.mean()
    words = []
    for i, near in enumerate(neighbours):
        if not len(near):
            words.append("")
            continue
        own = "high" if z[i] > 0 else "low"
        around = "high" if z[list(near)].mean() > 0 else "low"
        words.append(f"{own}-{around}")
    return words


def power_note(areas: int, permutations: int, false_discoveries: float) -> tuple[Note, ...]:
    """Plain words where the test can hardly find anything."""
    if areas >= _FEW:
        return ()
    least = 2.0 / (permutations + 1)
    return (
        Note(
            said(
                "With {n} areas this test has almost no power: 'no hot spot' does not mean "
                "that there is none. Use planning cells."
            ),
            n=areas,
        ),
        Note(
            said("No p-value below {least} exists here; {q} of those shown may be chance."),
            least=round(least, 4),
            q=f"{false_discoveries:.0%}",
        ),
    )


def pai(hits: float, events: float, area: float, whole: float) -> float:
    """Prediction accuracy index (Chainey 2008): share of events hit over share of area searched."""
    if min(events, area, whole) <= 0:
        raise ValueError("the index needs events and areas")
    return (hits / events) / (area / whole)


def pei(hits: float, best_hits: float) -> float:
    """Prediction efficiency index: hits over those of the best area of the same size."""
    if best_hits <= 0:
        raise ValueError("the best area holds no event")
    return hits / best_hits
