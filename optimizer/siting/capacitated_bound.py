"""Lower bound of the capacitated p-median: knapsacks by site, subgradient search over them.

Relaxing 'every client is served once' leaves a knapsack for each site. With whole demands it
is solved exactly (``knapsacks``); else (or where that would be slow) its fractional relaxation,
which is a bound too.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.siting.capacities import Capacities
from optimizer.siting.instance import Bools, Floats, Ints
from optimizer.siting.knapsacks import Knapsacks

_EXACT_CELLS = 4_000_000  # clients x sites x capacity of the exact recursion
_STEPS = 300
_PATIENCE = 15
_LOOK_EVERY = 10  # steps; packing costs more than a step


@dataclass(frozen=True, slots=True)
class CapacitatedBound:
    """``rho`` is the value of each site's knapsack at the multipliers ``u``."""

    bound: float
    u: Floats
    rho: Floats
    inside: Ints


def bound_capacitated(
    cost: Floats,
    limits: Capacities,
    p: int,
    existing: tuple[int, ...],
    *,
    upper: float,
    u: Floats,
    look: Callable[[Ints], float],
    stop: Callable[[], bool],
) -> CapacitatedBound:
    """``look`` is shown sites that open at good bounds and returns the best value so far."""
    knapsack = _pick_knapsack(cost, limits)
    best = CapacitatedBound(-np.inf, u, np.zeros(cost.shape[1]), np.arange(p))
    scale, stalled = 1.0, 0
    for turn in range(_STEPS):
        rho, taken = knapsack(cost - u[:, None], limits)
        inside = _open(rho, p, existing)
        bound = float(u.sum() + rho[inside].sum())
        stalled += 1
        if bound > best.bound:
            if bound > best.bound + 1e-4 * abs(best.bound):
                stalled = 0
            best = CapacitatedBound(bound, u, rho, inside)
        if turn % _LOOK_EVERY == _LOOK_EVERY - 1:
            upper = min(upper, look(best.inside))
        if stop() or best.bound >= upper:
            break
        slope = 1.0 - taken[:, inside].sum(axis=1)
        length = float(slope @ slope)
        if length == 0:
            break
        if stalled >= _PATIENCE:
            scale, stalled, u = scale / 2, 0, best.u
            if scale < 1 / 64:
                break
            continue
        top = upper if np.isfinite(upper) else bound + 0.1 * abs(bound) + 1.0
        u = u + scale * (1.003 * top - bound) / length * slope
    return best


def _open(rho: Floats, p: int, existing: tuple[int, ...]) -> Ints:
    ranked = rho.copy()
    ranked[list(existing)] = -np.inf
    return np.argsort(ranked, kind="stable")[:p]


def _pick_knapsack(
    cost: Floats, limits: Capacities
) -> Callable[[Floats, Capacities], tuple[Floats, Floats | Bools]]:
    knapsacks = Knapsacks.fitting(
        np.isfinite(cost), limits.demand, limits.capacity, most_cells=_EXACT_CELLS
    )
    if knapsacks is None or not knapsacks.exact:
        return _fractional
    return lambda reduced, _: knapsacks.cheapest(reduced)


def _fractional(reduced: Floats, limits: Capacities) -> tuple[Floats, Floats]:
    """Fill each site with the clients that gain most for their demand; cut the last one."""
    demand = limits.demand[:, None]
    gain = np.where(np.isfinite(reduced), np.minimum(reduced, 0.0), 0.0)
    rate = np.where(demand > 0, gain / np.maximum(demand, 1e-12), -np.inf)
    order = np.argsort(rate, axis=0)
    want = np.where(np.take_along_axis(gain, order, axis=0) < 0, limits.demand[order], 0.0)
    before = np.cumsum(want, axis=0) - want
    room = np.maximum(limits.capacity[None, :] - before, 0.0)
    share = np.where(want > 0, np.minimum(room / np.maximum(want, 1e-12), 1.0), 1.0)
    taken = np.empty_like(share)
    np.put_along_axis(taken, order, share, axis=0)
    taken = np.where(gain < 0, taken, 0.0)
    return (gain * taken).sum(axis=0), taken
