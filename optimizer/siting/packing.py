"""First solutions of the capacitated p-median: who goes where, given the open sites."""

import numpy as np

from optimizer.siting.capacities import Capacities
from optimizer.siting.instance import Floats, Ints

_ROUNDS = 20


def pack(cost: Floats, sites: Ints, limits: Capacities) -> Ints | None:
    """Serve each client from one of ``sites``; largest regret first, then shifts and swaps.

    Returns the column that serves each client, or None if this greedy way finds no room.
    """
    mine = cost[:, sites]
    room = limits.capacity[sites].copy()
    clients = len(cost)
    to: Ints = np.full(clients, -1, dtype=np.int64)
    waiting = np.ones(clients, dtype=bool)
    for _ in range(clients):
        usable = np.where(
            waiting[:, None] & (limits.demand[:, None] <= room[None, :] + 1e-9), mine, np.inf
        )
        best = usable.min(axis=1)
        if not np.isfinite(best[waiting]).all():
            return None
        second = np.partition(usable, 1, axis=1)[:, 1] if len(sites) > 1 else best
        urgency = np.full(clients, -np.inf)
        gap = np.where(np.isfinite(second[waiting]), second[waiting] - best[waiting], np.inf)
        # Among equally urgent ones the largest first: it finds room least easily.
        urgency[waiting] = gap + 1e-6 * limits.demand[waiting]
        i = int(urgency.argmax())
        k = int(usable[i].argmin())
        to[i], waiting[i] = k, False
        room[k] -= limits.demand[i]
    _shift_and_swap(mine, to, room, limits.demand)
    found: Ints = sites[to]
    return found


def _shift_and_swap(cost: Floats, to: Ints, room: Floats, demand: Floats) -> None:
    """Move a client, or exchange two, while that gains; changes ``to`` and ``room``."""
    rows = np.arange(len(cost))
    for _ in range(_ROUNDS * len(cost)):
        now = cost[rows, to]
        shift = np.where(demand[:, None] <= room[None, :] + 1e-9, cost - now[:, None], np.inf)
        i, k = divmod(int(shift.argmin()), cost.shape[1])
        there = cost[:, to]  # there[a, b]: client a served where b is
        swap = there - now[:, None]
        swap = swap + swap.T
        extra = demand[:, None] - demand[None, :]  # a goes where b is: b's site loads extra
        fits = (extra <= room[to][None, :] + 1e-9) & (-extra <= room[to][:, None] + 1e-9)
        swap = np.where(fits & (to[:, None] != to[None, :]), swap, np.inf)
        a, b = divmod(int(swap.argmin()), len(cost))
        if min(shift[i, k], swap[a, b]) >= -1e-9:  # noqa: PLR2004 - rounding
            return
        if shift[i, k] <= swap[a, b]:
            room[to[i]] += demand[i]
            room[k] -= demand[i]
            to[i] = k
        else:
            room[to[a]] += extra[a, b]
            room[to[b]] -= extra[a, b]
            to[a], to[b] = to[b], to[a]


def settle(
    cost: Floats, sites: Ints, limits: Capacities, existing: tuple[int, ...]
) -> tuple[Ints, float] | None:
    """Pack, then put each group's site where the group is served best, until nothing moves."""
    best: tuple[Ints, float] | None = None
    sites = np.array(sorted({int(j) for j in sites}))
    for _ in range(_ROUNDS):
        to = pack(cost, sites, limits)
        if to is None:
            return best
        value = float(cost[np.arange(len(cost)), to].sum())
        if best is not None and value >= best[1] - 1e-9:
            return best
        best = to, value
        moved: list[int] = []
        for site in sites:
            group = to == site
            if int(site) in existing or not group.any():
                moved.append(int(site))
                continue
            total = cost[group].sum(axis=0)
            fits = limits.capacity >= limits.demand[group].sum()
            taken = [j for j in (*moved, *sites.tolist()) if j != site]
            fits[taken] = False
            moved.append(int(np.where(fits, total, np.inf).argmin()))
        sites = np.array(sorted(set(moved)))
    return best
