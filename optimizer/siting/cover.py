"""Can ``p`` sites cover every client? Set covering by greedy, then exactly by HiGHS."""

from dataclasses import dataclass

import numpy as np

from optimizer.siting.instance import Bools
from optimizer.siting.mip import Rows
from optimizer.siting.watch import Watch


@dataclass(frozen=True, slots=True)
class Found:
    """``sites``: a cover with exactly ``p`` sites, or None; ``settled``: no doubt remains."""

    sites: tuple[int, ...] | None
    settled: bool


def cover_with(covers: Bools, p: int, existing: tuple[int, ...], watch: Watch) -> Found:
    """Look for ``p`` columns of ``covers`` (clients, sites), ``existing`` among them."""
    if not covers.any(axis=1).all():
        return Found(None, settled=True)
    left = ~covers[:, list(existing)].any(axis=1)
    free = np.setdiff1d(np.arange(covers.shape[1]), np.array(existing, dtype=np.int64))
    more = _greedy(covers[np.ix_(left, free)])
    if len(more) + len(existing) <= p:
        return Found(_fill(covers, p, (*existing, *(int(free[k]) for k in more))), settled=True)
    return _exact(covers[np.ix_(left, free)], p, existing, free.tolist(), covers, watch)


def _greedy(covers: Bools) -> list[int]:
    chosen: list[int] = []
    left = np.ones(len(covers), dtype=bool)
    while left.any():
        chosen.append(int(covers[left].sum(axis=0).argmax()))
        left &= ~covers[:, chosen[-1]]
    return chosen


def _exact(
    covers: Bools,
    p: int,
    existing: tuple[int, ...],
    free: list[int],
    whole: Bools,
    watch: Watch,
) -> Found:
    """Fewest sites; only whether they are at most ``p`` matters."""
    rows = Rows()
    for _ in free:
        rows.column(1.0, integer=True)
    most = float(p - len(existing))
    rows.row([(k, 1.0) for k in range(len(free))], 0.0, most)
    for wanted in minimal_rows(covers):
        rows.row([(int(k), 1.0) for k in np.flatnonzero(wanted)], 1.0)
    # Any cover within p will do: the whole range of the objective is gap enough.
    answer = rows.solve_watched(watch, absolute_gap=most + 1.0)
    if answer.x is None:
        return Found(None, settled=answer.infeasible)
    chosen = [free[k] for k in np.flatnonzero(answer.x > 0.5)]  # noqa: PLR2004 - binary
    return Found(_fill(whole, p, (*existing, *chosen)), settled=True)


def minimal_rows(covers: Bools) -> Bools:
    """Clients whose sites are not a superset of another client's: the others follow."""
    unique = np.unique(covers, axis=0)
    sizes = unique.sum(axis=1)
    unique = unique[np.argsort(sizes, kind="stable")]
    as_float = unique.astype(np.float32)
    common = as_float @ as_float.T  # common[a, b] = size(a) means that a is a subset of b
    subset = common >= as_float.sum(axis=1)[:, None]
    np.fill_diagonal(subset, val=False)
    kept: Bools = unique[~np.triu(subset).any(axis=0)]
    return kept


def _fill(covers: Bools, p: int, chosen: tuple[int, ...]) -> tuple[int, ...]:
    """Add sites in order until there are exactly ``p``; more sites never uncover anybody."""
    spare = (j for j in range(covers.shape[1]) if j not in set(chosen))
    return (*chosen, *(next(spare) for _ in range(p - len(chosen))))
