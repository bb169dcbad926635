"""Greedy adding and best interchange: the preview of every siting model.

Costs here are weighted and finite, shape (clients, sites). The interchange looks at all pairs
(site that closes, site that opens) of one step in a few array passes, the decomposition of
Whitaker (1983) and Schubert & Rousseeuw (2019): a gain that any leaver shares, and a
correction for the clients that the leaver served.
"""

from collections.abc import Callable, Sequence

import numpy as np

from optimizer.siting.instance import Floats, Ints

_BLOCK_CELLS = 2_000_000  # about 16 MB for each temporary array
_EPS = 1e-9


def open_cost(cost: Floats, sites: Sequence[int]) -> float:
    """Total of each client's cheapest open site."""
    return float(cost[:, list(sites)].min(axis=1).sum())


def greedy(cost: Floats, p: int, start: Sequence[int] = ()) -> list[int]:
    """Open the best further site until ``p`` are open; ``start`` is open from the first."""
    chosen = [int(j) for j in start]
    if not chosen:
        chosen.append(int(cost.sum(axis=0).argmin()))
    nearest = cost[:, chosen].min(axis=1)
    while len(chosen) < p:
        gain = np.concatenate(
            [np.maximum(nearest[:, None] - cost[:, b], 0.0).sum(axis=0) for b in _blocks(cost)]
        )
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        np.minimum(nearest, cost[:, chosen[-1]], out=nearest)
    return chosen


def interchange(
    cost: Floats,
    start: Sequence[int],
    *,
    fixed: Sequence[int] = (),
    stop: Callable[[], bool] = lambda: False,
) -> tuple[list[int], float]:
    """Swap until no swap gains; ``fixed`` sites never close. Returns sites and total cost."""
    chosen = [int(j) for j in start]
    keep = set(fixed)
    while True:
        nearest, first, second = _two_nearest(cost, chosen)
        total = float(first.sum())
        if stop():
            return chosen, total
        best, leaver, comer = -_EPS * max(1.0, total), -1, -1
        for block in _blocks(cost):
            delta = _swap_costs(cost[:, block], nearest, first, second, len(chosen))
            inside = [j - block.start for j in chosen if block.start <= j < block.stop]
            delta[:, inside] = 0.0
            delta[[k for k, j in enumerate(chosen) if j in keep], :] = 0.0
            k = int(delta.argmin())
            if delta.flat[k] < best:
                best = float(delta.flat[k])
                leaver, comer = k // delta.shape[1], block.start + k % delta.shape[1]
        if leaver < 0:
            return chosen, total
        chosen[leaver] = comer


def _blocks(cost: Floats) -> list[slice]:
    rows, columns = cost.shape
    width = max(1, _BLOCK_CELLS // max(1, rows))
    return [slice(k, min(k + width, columns)) for k in range(0, columns, width)]


def _two_nearest(cost: Floats, chosen: Sequence[int]) -> tuple[Ints, Floats, Floats]:
    """Position in ``chosen`` of each client's nearest site, its cost and the second's."""
    mine = cost[:, list(chosen)]
    rows = np.arange(len(mine))
    nearest = mine.argmin(axis=1)
    first = mine[rows, nearest]
    if mine.shape[1] == 1:
        return nearest, first, np.full(len(mine), np.inf)
    mine[rows, nearest] = np.inf
    return nearest, first, mine.min(axis=1)


def _swap_costs(cost: Floats, nearest: Ints, first: Floats, second: Floats, p: int) -> Floats:
    """Change of the total for each (leaver, comer): shape (p, sites of the block)."""
    order = np.argsort(nearest, kind="stable")
    near = first[order][:, None]
    sorted_cost = cost[order]
    gain = np.minimum(sorted_cost - near, 0.0)
    repair = np.minimum(sorted_cost, second[order][:, None]) - near - gain
    count = np.bincount(nearest, minlength=p)
    served = count > 0
    starts = np.concatenate([[0], np.cumsum(count)[:-1]])[served]
    delta: Floats = np.zeros((p, cost.shape[1]))
    delta[served] = np.add.reduceat(repair, starts, axis=0)
    delta += gain.sum(axis=0)
    return delta
