"""A better packing part by part: a few neighbouring sites and their clients, solved anew.

POPMUSIC (Taillard & Voss 2002) on the capacitated p-median: an open site and those nearest to
it, with all their clients, are a small problem of the same kind, which CP-SAT solves. What it
gains, the whole gains. It ends when no part of the plan can be bettered by itself.
"""

from collections.abc import Callable

import numpy as np

from optimizer.siting.capacitated_clauses import by_clauses
from optimizer.siting.capacitated_model import Pairs
from optimizer.siting.capacities import Capacities
from optimizer.siting.instance import Floats, Instance, Ints
from optimizer.siting.watch import Watch

_SITES = 4  # of a part; three gain less, five take far longer
_NEAREST = 4  # clients by which a site that could open is judged near to a part
_EFFORT = 1.0  # CP-SAT's deterministic seconds for a part


def improve_parts(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    to: Ints,
    *,
    step: float,
    watch: Watch,
    stop: Callable[[], bool],
) -> Ints:
    """``to`` is the site of each client; a cheaper such list, or the same one.

    Whole costs, demands and capacities only (``suits_clauses``). Idle open sites stay idle.
    """
    to = to.copy()
    waiting = [int(j) for j in np.unique(to)]
    while waiting and not stop():
        seed = waiting.pop(0)
        part = _part(cost, to, seed)
        clients = np.flatnonzero(np.isin(to, part))
        found = _solve(cost, limits, instance, to, clients, part, step, watch)
        if found is None:
            continue
        to[clients] = found
        fresh = [int(j) for j in np.unique(found)]
        still = [j for j in waiting if j not in part]
        waiting = still + [j for j in fresh if j not in still]
    return to


def _part(cost: Floats, to: Ints, seed: int) -> Ints:
    """The seed and the open sites whose clients would mind it least."""
    opened = np.unique(to)
    if len(opened) <= _SITES:
        return opened
    extra = cost[:, seed] - cost[np.arange(len(cost)), to]
    minds = [-np.inf if j == seed else float(np.min(extra[to == j])) for j in opened]
    means = [float(cost[to == j, seed].mean()) for j in opened]
    nearest: Ints = opened[np.lexsort((means, minds))[:_SITES]]
    return nearest


def _solve(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    to: Ints,
    clients: Ints,
    part: Ints,
    step: float,
    watch: Watch,
) -> Ints | None:
    """A cheaper choice of sites for the clients of a part, or None."""
    columns = _columns(cost, instance, to, clients, part)
    small = cost[np.ix_(clients, columns)]
    where = {int(j): k for k, j in enumerate(columns)}
    kept = tuple(where[int(j)] for j in part if int(j) in instance.existing)
    target = float(cost[clients, to[clients]].sum()) - step
    if target < 0:
        return None
    _, shares = by_clauses(
        small,
        Capacities(limits.demand[clients], limits.capacity[columns]),
        Instance(np.where(np.isfinite(small), small, np.nan), len(part), existing=kept),
        Pairs(np.isfinite(small), (), ()),
        lower=0.0,
        target=target,
        start=None,
        workers=1,
        watch=watch,
        effort=_EFFORT,
    )
    if shares is None:
        return None
    chosen: Ints = columns[shares.argmax(axis=1)]
    return chosen


def _columns(cost: Floats, instance: Instance, to: Ints, clients: Ints, part: Ints) -> Ints:
    """The part's own sites, and as many others near its clients as it has clients."""
    elsewhere = np.setdiff1d(np.unique(np.append(to, instance.existing)).astype(np.int64), part)
    free = np.setdiff1d(instance.allowed, np.append(elsewhere, part).astype(np.int64))
    few = min(_NEAREST, len(clients))
    near = np.partition(cost[np.ix_(clients, free)], few - 1, axis=0)[:few].mean(axis=0)
    usable = np.isfinite(near)
    order = np.argsort(near[usable], kind="stable")[: len(clients)]
    found: Ints = np.sort(np.append(part, free[usable][order])).astype(np.int64)
    return found
