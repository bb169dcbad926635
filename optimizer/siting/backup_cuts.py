"""Rows that make backup covering's linear relaxation strong: half of a site backs up nobody.

The relaxation opens many sites by halves and backs up each client by two halves, half of its
weight. A zero-half cut of Chvatal and Gomory forbids that: for any clients ``I``, with ``c[j]``
how many of them site ``j`` covers, add up half of every ``2 u[i] <= sites that cover i``, half
of ``sites <= p``, and round down:

``sum over I of u[i] <= floor(p / 2) + sum over j of floor(c[j] / 2) x[j]``

Two clients without a common site, for one, can't both be backed up by three sites.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from optimizer.siting.instance import Bools, Floats, Ints
from optimizer.siting.mip import Rows
from optimizer.siting.watch import Watch

_ROUNDS = 80
_VIOLATED = 1e-3
_RISEN = 1e-6
_SLACK = 0.02  # cuts with more room than this are left out of the next relaxation
_SHARE = 0.5  # of the watch's time, at most: the rest is for branching


class _Cut(NamedTuple):
    """``sum of terms <= upper``; terms are column and coefficient."""

    terms: list[tuple[int, float]]
    upper: float

    def slack(self, x: Floats) -> float:
        return self.upper - sum(float(x[column]) * value for column, value in self.terms)


def tighten(rows: Rows, covers: Bools, p: int, enough: float, watch: Watch) -> float:
    """Add violated cuts, round after round, while there are any; returns the best bound.

    ``rows`` are the model of ``optimizer.siting.backup``: columns of sites first, then one for
    each group of clients; its objective is minus the weight. It ends once the relaxation is at
    ``enough`` or above: branching then has nothing left to do.
    """
    sites = covers.shape[1]
    until = watch.seconds + _SHARE * watch.left
    cuts: dict[tuple[int, ...], _Cut] = {}
    bound = -np.inf
    for _ in range(_ROUNDS):
        left = until - watch.seconds
        if watch.over or left <= 0:
            break
        answer = _with(rows.relaxed(), cuts.values()).solve_watched(watch, seconds=left)
        if answer.x is None or not answer.optimal:
            break
        has_risen, bound = answer.bound > bound + _RISEN, max(bound, answer.bound)
        if bound >= enough:
            break
        if has_risen:  # else the same cuts would come and go for ever
            cuts = {key: cut for key, cut in cuts.items() if cut.slack(answer.x) < _SLACK}
        fresh = {
            clients: _cut(clients, count, sites, p)
            for clients, count in _violated(covers, p, answer.x[:sites], answer.x[sites:])
        }
        if fresh.keys() <= cuts.keys():
            break
        cuts |= fresh
    _add(rows, cuts.values())
    return bound


def _cut(clients: tuple[int, ...], count: Ints, sites: int, p: int) -> _Cut:
    terms = [(sites + i, 1.0) for i in clients]
    terms += [(int(j), -float(count[j] // 2)) for j in np.flatnonzero(count > 1)]
    return _Cut(terms, float(p // 2))


def _with(rows: Rows, cuts: Iterable[_Cut]) -> Rows:
    """The rows and the cuts as a model of its own."""
    whole = deepcopy(rows)
    _add(whole, cuts)
    return whole


def _add(rows: Rows, cuts: Iterable[_Cut]) -> None:
    for cut in cuts:
        rows.row(cut.terms, upper=cut.upper)


def _violated(
    covers: Bools, p: int, x: Floats, u: Floats
) -> Iterator[tuple[tuple[int, ...], Ints]]:
    """Sets of clients whose cut the relaxation breaks, with how many of them each site covers.

    Greedy from each client: the next one is that which adds most. A client that joins adds its
    ``u`` and pays the sites that cover an odd number of the others.
    """
    as_float = covers.astype(np.float64)
    found: set[tuple[int, ...]] = set()
    for start in np.flatnonzero(u > _VIOLATED):
        inside = np.zeros(len(u), dtype=bool)
        odd = np.zeros(len(x), dtype=bool)
        gain, client, broken = u, int(start), -float(p // 2)
        while gain[client] > _VIOLATED and not inside[client]:
            inside[client] = True
            broken += float(gain[client])
            odd ^= covers[client]
            gain = np.where(inside, -1.0, u - as_float @ (x * odd))
            client = int(gain.argmax())
        clients = tuple(np.flatnonzero(inside).tolist())
        if broken > _VIOLATED and clients not in found:
            found.add(clients)
            yield clients, covers[inside].sum(axis=0).astype(np.int64)
