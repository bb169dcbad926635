"""The p-median that is left after the Lagrangian bound, in the radius formulation.

Elloumi (2010), A tighter formulation of the p-median problem, J. Comb. Optim. 19; Garcia,
Labbe & Marin (2011). One continuous variable for each client and distinct cost level k, 'no
site is open within level k', instead of one for each pair. Levels that the Lagrangian bound
rules out are left away: serving client i from cost c alone lifts the bound by c - u[i].
"""

import numpy as np

from optimizer.siting.incumbent import Incumbent
from optimizer.siting.instance import Floats, Ints
from optimizer.siting.mip import Rows


def radius_model(
    incumbent: Incumbent,
    p: int,
    opened: tuple[int, ...],
    free: Ints,
    *,
    u: Floats,
    bound: float,
    most_pairs: int,
) -> Rows | None:
    """All solutions at or below the incumbent's target; variables 0..len(free)-1 open sites.

    ``u`` and ``bound`` are multipliers and the bound they give with ``opened`` fixed. None if
    more than ``most_pairs`` of client and free site are left: too large to be worth building.
    """
    cost = incumbent.cost
    slack = max(0.0, incumbent.target - bound) + 1e-9 * max(1.0, abs(bound))
    limit = u + slack
    fallback = cost[:, list(opened)].min(axis=1) if opened else np.full(len(cost), np.inf)
    pairs = (cost[:, free] < fallback[:, None]) & (cost[:, free] <= limit[:, None])
    if np.count_nonzero(pairs) > most_pairs:
        return None
    rows = Rows()
    for _ in free:
        rows.column(integer=True)
    count = float(p - len(opened))
    rows.row([(k, 1.0) for k in range(len(free))], count, count)
    for i in range(len(cost)):
        _client(rows, cost[i, free], float(fallback[i]), float(limit[i]))
    return rows


def _client(rows: Rows, cost: Floats, fallback: float, limit: float) -> None:
    """Levels of one client over the free sites, below its cost from the open ones."""
    usable = np.flatnonzero((cost < fallback) & (cost <= limit))
    has_fallback = fallback <= limit
    if not len(usable):
        if has_fallback:
            rows.offset += fallback
        else:
            rows.row([], 1.0)  # this client can't be served within the target: infeasible
        return
    usable = usable[np.argsort(cost[usable], kind="stable")]
    levels, starts = np.unique(cost[usable], return_index=True)
    ends = np.append(starts[1:], len(usable))
    above = np.append(levels[1:], fallback if has_fallback else np.inf)
    rows.offset += float(levels[0])
    before: int | None = None
    for level, start, end, following in zip(levels, starts, ends, above, strict=True):
        terms = [(int(k), 1.0) for k in usable[start:end]]
        if before is not None:
            terms.append((before, -1.0))
        needed = 1.0 if before is None else 0.0
        if np.isfinite(following):
            before = rows.column(float(following - level))
            terms.append((before, 1.0))
        rows.row(terms, needed)
