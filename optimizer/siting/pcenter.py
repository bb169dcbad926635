"""p-center: open ``p`` sites so that the farthest client is as near as can be.

Bisection over the distinct costs; each step asks whether ``p`` sites cover everybody.
"""

import numpy as np

from optimizer.plan import Status
from optimizer.siting.cover import cover_with
from optimizer.siting.incumbent import finite
from optimizer.siting.instance import Floats, Instance
from optimizer.siting.interchange import greedy, interchange
from optimizer.siting.pmedian import assign
from optimizer.siting.result import SitingResult, relative_gap
from optimizer.siting.watch import Cancelled, Progress, Watch

METHOD = "bisection over the distinct costs, set covering on HiGHS"


def solve_pcenter(
    instance: Instance,
    *,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Minimise the largest cost of a client of positive weight to its nearest open site.

    Weights say only who counts. Clients that no allowed site reaches are ``out_of_reach``.
    """
    watch = Watch(time_limit_s, progress, cancelled)
    columns = instance.allowed
    live = instance.reachable & (instance.weight > 0)
    cost = np.where(np.isnan(instance.cost), np.inf, instance.cost)[np.ix_(live, columns)]
    where = {int(j): k for k, j in enumerate(columns)}
    existing = tuple(where[j] for j in instance.existing)
    sites, low, high, impossible = _bisect(cost, instance.p, existing, watch)
    lost = np.flatnonzero(~instance.reachable & (instance.weight > 0))
    out_of_reach = tuple(instance.clients[i] for i in lost)
    if sites is None:
        return SitingResult(
            model="p-center",
            method=METHOD,
            status=Status.INFEASIBLE if impossible else Status.UNKNOWN,
            p=instance.p,
            seconds=watch.seconds,
            out_of_reach=out_of_reach,
            reason=f"{instance.p} open sites can't serve every client"
            if impossible
            else f"no solution that serves everybody was found: {watch.why}",
        )
    chosen = np.sort(columns[list(sites)])
    served, _ = assign(instance, chosen)
    proven = low == high
    return SitingResult(
        model="p-center",
        method=METHOD,
        status=Status.PROVEN if proven else Status.FEASIBLE,
        p=instance.p,
        value=high,
        bound=low,
        gap=relative_gap(high, low),
        seconds=watch.seconds,
        open_sites=tuple(instance.sites[j] for j in chosen),
        assignment=served,
        out_of_reach=out_of_reach,
        reason="" if proven else f"not proven: {watch.why}",
    )


def _bisect(
    cost: Floats, p: int, existing: tuple[int, ...], watch: Watch
) -> tuple[tuple[int, ...] | None, float, float, bool]:
    """Sites, a proven lower bound, the radius reached, and whether there is provably none."""
    if not len(cost):
        spare = [j for j in range(cost.shape[1]) if j not in existing]
        return (*existing, *spare[: p - len(existing)]), 0.0, 0.0, False
    sites, high = _preview(cost, p, existing, watch)
    if not np.isfinite(high):
        found = cover_with(np.isfinite(cost), p, existing, watch)
        if found.sites is None:
            return None, 0.0, high, found.settled
        sites, high = found.sites, _radius(cost, found.sites)
    # Nobody can be nearer than the nearest site at all.
    levels = np.unique(cost[np.isfinite(cost)])
    low = int(np.searchsorted(levels, cost.min(axis=1).max()))
    top = int(np.searchsorted(levels, high))
    watch.say("preview", high, float(levels[low]))
    while low < top and not watch.over:
        middle = (low + top) // 2
        found = cover_with(cost <= levels[middle], p, existing, watch)
        if found.sites is not None:
            sites, high = found.sites, _radius(cost, found.sites)
            top = int(np.searchsorted(levels, high))
        elif found.settled:
            low = middle + 1
        watch.say("bisection", high, float(levels[low]))
    return sites, float(levels[low]), high, False


def _preview(
    cost: Floats, p: int, existing: tuple[int, ...], watch: Watch
) -> tuple[tuple[int, ...], float]:
    """A good p-median is a fair p-center to start from."""
    filled = finite(cost)
    start = greedy(filled, p, existing)
    sites, _ = interchange(filled, start, fixed=existing, stop=lambda: watch.over)
    return tuple(sites), _radius(cost, tuple(sites))


def _radius(cost: Floats, sites: tuple[int, ...]) -> float:
    return float(cost[:, list(sites)].min(axis=1).max())
