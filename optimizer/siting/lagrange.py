"""Lower bounds of the p-median by Lagrangian relaxation of 'every client is served once'.

Beasley (1985), A note on solving large p-median problems, EJOR 21. With multipliers ``u`` the
sites fall apart: ``rho[j] = sum_i min(0, c[i,j] - u[i])``, and the ``q`` lowest open. Any ``u``
gives a true bound; the subgradient search only makes it better. Sites already open act as one
(a client uses the cheapest of them), which is tighter than one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.siting.instance import Bools, Floats, Ints

_SURPLUS = 0.003  # the step aims a little above the best known value; chosen by trial
_PROGRESS = 1e-4  # relative gain of the bound that counts as one


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a subgradient search goes on; figures chosen by trial on OR-Library's pmed."""

    steps: int
    scale: float
    patience: int
    smallest: float


ROOT = Effort(steps=200, scale=2.0, patience=20, smallest=0.01)
POLISH = Effort(steps=250, scale=0.5, patience=15, smallest=0.005)
NODE = Effort(steps=40, scale=0.5, patience=6, smallest=0.03)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The best bound found, its multipliers, and what it says about each free site."""

    bound: float
    u: Floats
    rho: Floats
    inside: Ints
    frequency: Floats
    candidates: tuple[Ints, ...]


@dataclass(frozen=True, slots=True)
class Fixing:
    """Free sites (positions) that no solution at or below the target opens, or closes."""

    closed: Bools
    opened: Bools


def relax(
    cost: Floats,
    base: Floats | None,
    u: Floats,
    q: int,
    *,
    upper: float,
    target: float,
    effort: Effort,
    stop: Callable[[], bool] = lambda: False,
) -> Relaxation:
    """Bound the best way to open ``q`` of the free sites (columns of ``cost``, 1 <= q <= columns).

    ``base`` is each client's cost from sites already open. Stops above ``target``, the value
    from which on nobody needs to look further. ``cost`` may hold infinity.
    """
    best = -np.inf
    best_u, best_rho, best_inside = u, np.zeros(cost.shape[1]), np.arange(q)
    frequency = np.zeros(cost.shape[1])
    candidates: list[Ints] = []
    scale, stalled, counted = effort.scale, 0, 0
    reduced = np.empty(cost.shape)  # one array for all steps: a fresh one each costs twice the time
    for _ in range(effort.steps):
        np.subtract(cost, u[:, None], out=reduced)
        np.minimum(reduced, 0.0, out=reduced)
        rho = reduced.sum(axis=0)
        inside = _lowest(rho, q)
        bound = float(u.sum() + rho[inside].sum())
        slope = 1.0 - (reduced[:, inside] < 0).sum(axis=1)
        if base is not None:
            from_base = np.minimum(base - u, 0.0)
            bound += float(from_base.sum())
            slope -= from_base < 0
        stalled += 1
        if bound > best:
            if bound > best + _PROGRESS * abs(best):
                stalled = 0
            best, best_u, best_rho, best_inside = bound, u, rho, inside
            candidates.append(inside)
        if best > target or stop():
            break
        frequency[inside] += 1
        counted += 1
        length = float(slope @ slope)
        if length == 0:
            break
        if stalled >= effort.patience:
            scale, stalled, u = scale / 2, 0, best_u
            if scale < effort.smallest:
                break
            continue
        u = u + scale * (upper - bound + _SURPLUS * abs(upper)) / length * slope
    return Relaxation(
        best, best_u, best_rho, best_inside, frequency / max(1, counted), tuple(candidates)
    )


def fix_sites(relaxed: Relaxation, q: int, target: float) -> Fixing:
    """Sites whose other state alone would lift the bound above ``target``."""
    ranked = np.sort(relaxed.rho)
    last_in = ranked[q - 1]
    first_out = ranked[q] if q < len(ranked) else np.inf
    inside = np.zeros(len(ranked), dtype=bool)
    inside[relaxed.inside] = True
    return Fixing(
        closed=~inside & (relaxed.bound + relaxed.rho - last_in > target),
        opened=inside & (relaxed.bound - relaxed.rho + first_out > target),
    )


def _lowest(rho: Floats, q: int) -> Ints:
    if q >= len(rho):
        return np.arange(len(rho))
    return np.argpartition(rho, q - 1)[:q]
