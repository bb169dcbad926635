"""The root of the p-median: bound, repair, fix sites, and again on what is left."""

from dataclasses import dataclass

import numpy as np

from optimizer.siting.incumbent import Incumbent
from optimizer.siting.instance import Floats, Ints
from optimizer.siting.lagrange import POLISH, ROOT, Relaxation, fix_sites, relax
from optimizer.siting.watch import Watch

_ROUNDS = 6
_STARTS = 8  # interchanges a round, from the cheapest sets that the search opened
_RECENT = 40  # sets looked at: the last ones are the best informed
_WORTH = 0.8  # another round only if this share of the sites, or less, is still free


@dataclass(frozen=True, slots=True)
class Root:
    """What is settled: ``opened`` sites, ``free`` ones (columns), a bound and its multipliers."""

    bound: float
    u: Floats
    opened: tuple[int, ...]
    free: Ints


def tighten(incumbent: Incumbent, p: int, existing: tuple[int, ...], watch: Watch) -> Root:
    """Bound the whole problem and fix what the bound allows."""
    cost = incumbent.cost
    opened = existing
    free = np.setdiff1d(np.arange(cost.shape[1]), np.array(existing, dtype=np.int64))
    u = cost[:, list(incumbent.sites)].min(axis=1)
    bound = -np.inf
    for turn in range(_ROUNDS):
        q = p - len(opened)
        if q in (0, len(free)):
            incumbent.offer([*opened, *free[:q]])
            return Root(incumbent.value, u, (*opened, *(int(j) for j in free[:q])), free[:0])
        relaxed = relax(
            cost[:, free],
            cost[:, list(opened)].min(axis=1) if opened else None,
            u,
            q,
            upper=incumbent.value,
            target=incumbent.target,
            effort=POLISH if turn else ROOT,
            stop=lambda: watch.over,
        )
        bound, u = relaxed.bound, relaxed.u
        watch.say("bound", incumbent.value, min(bound, incumbent.value))
        if bound > incumbent.target or watch.over:
            break
        _repair(incumbent, relaxed, opened, free, existing, watch)
        watch.say("repair", incumbent.value, min(bound, incumbent.value))
        fixing = fix_sites(relaxed, q, incumbent.target)
        before = len(free)
        opened = (*opened, *(int(j) for j in free[fixing.opened]))
        free = free[~(fixing.closed | fixing.opened)]
        if len(free) > _WORTH * before:
            break
    return Root(bound, u, opened, free)


def _repair(
    incumbent: Incumbent,
    relaxed: Relaxation,
    opened: tuple[int, ...],
    free: Ints,
    existing: tuple[int, ...],
    watch: Watch,
) -> None:
    """Make good solutions of the sets of sites that the subgradient search opened."""
    sets = {tuple(sorted((*opened, *free[k].tolist()))) for k in relaxed.candidates[-_RECENT:]}
    ranked = sorted((_total(incumbent, sites), sites) for sites in sets)
    among = [*opened, *free.tolist()]
    for _, sites in ranked[:_STARTS]:
        if watch.over:
            return
        incumbent.improve(sites, among=among, fixed=existing, stop=lambda: watch.over)


def _total(incumbent: Incumbent, sites: tuple[int, ...]) -> float:
    return float(incumbent.cost[:, list(sites)].min(axis=1).sum())
