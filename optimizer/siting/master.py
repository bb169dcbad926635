"""The linear program that chooses bundles: every client in one, a bundle a site, ``p`` in all.

Its relaxation is the strongest bound that the knapsacks give, and cuts make it stronger: of three
clients at most one bundle of a solution holds two or more (subset rows; Jepsen, Petersen,
Spoorendonk & Pisinger 2008, Operations Research 56).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from ortools.math_opt.python import mathopt

from optimizer.glop import Glop
from optimizer.siting.instance import Bools, Floats, Ints
from optimizer.siting.knapsacks import Bundles

_TWICE = 2
_VIOLATED = 0.03
_MOST_CUTS, _MOST_OF_CLIENT = 60, 12  # of a round


class Three(NamedTuple):
    """Of three clients (in order) at most one bundle of a solution holds two or more."""

    a: int
    b: int
    c: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Dual values, none negative: of a client served, a site used, a site more, each cut."""

    client: Floats
    site: Floats
    count: float
    three: Floats

    def bound(self, count: int) -> float:
        """What no solution is below that is made of bundles that pay for themselves."""
        paid = self.site.sum() + self.count * count + self.three.sum()
        return float(self.client.sum() - paid)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """How far the relaxation uses each bundle, and its dual values."""

    used: Floats
    prices: Prices


class Master:
    """Bundles in hand, cuts, and GLOP, which goes on from where it stopped."""

    def __init__(self, clients: int, free: Bools, count: int, dear: float, seconds: float) -> None:
        """``free`` sites count, at most ``count`` of them; ``dear``: not to serve a client."""
        model = mathopt.Model()
        self._model = model
        self._clients = [model.add_linear_constraint(lb=1.0) for _ in range(clients)]
        self._sites = [model.add_linear_constraint(ub=1.0) for _ in free]
        self._count = model.add_linear_constraint(ub=float(count))
        self._free = free
        self._threes: list[tuple[Three, mathopt.LinearConstraint]] = []
        for row in self._clients:
            lacking = model.add_variable(lb=0.0)
            model.objective.set_linear_coefficient(lacking, dear)
            row.set_coefficient(lacking, 1.0)
        self._variables: list[mathopt.Variable] = []
        self._known: set[bytes] = set()
        self._members: list[Bools] = []
        self._glop = Glop(model, seconds)

    @property
    def threes(self) -> tuple[Three, ...]:
        return tuple(three for three, _ in self._threes)

    def add(self, bundles: Bundles) -> int:
        """Take bundles in hand; how many were new."""
        new = 0
        holds = holds_two(bundles.members, self.threes)
        for site, members, cost, held in zip(
            bundles.site.tolist(), bundles.members, bundles.cost.tolist(), holds, strict=True
        ):
            key = site.to_bytes(4, "big") + np.packbits(members).tobytes()
            if key in self._known or not members.any():
                continue
            new += 1
            self._known.add(key)
            variable = self._model.add_variable(lb=0.0)
            self._model.objective.set_linear_coefficient(variable, cost)
            for i in np.flatnonzero(members).tolist():
                self._clients[i].set_coefficient(variable, 1.0)
            self._sites[site].set_coefficient(variable, 1.0)
            if self._free[site]:
                self._count.set_coefficient(variable, 1.0)
            for k in np.flatnonzero(held).tolist():
                self._threes[k][1].set_coefficient(variable, 1.0)
            self._variables.append(variable)
            self._members.append(members)
        return new

    def cut(self, used: Floats) -> tuple[Three, ...]:
        """Add the cuts that this solution breaks most; returns them."""
        every = np.array(self._members)
        found = _broken(used, every, set(self.threes))
        for three, held in zip(found, holds_two(every, found).T, strict=True):
            row = self._model.add_linear_constraint(ub=1.0)
            for k in np.flatnonzero(held).tolist():
                row.set_coefficient(self._variables[k], 1.0)
            self._threes.append((three, row))
        return found

    def solve(self) -> Relaxed | None:
        """The relaxation over the bundles in hand; None if GLOP fails."""
        answer = self._glop.solve()
        if answer is None:
            return None
        clients, sites = len(self._clients), len(self._sites)
        dual = np.zeros(clients + sites + 1 + len(self._threes))
        dual[answer.rows] = answer.duals
        x = np.zeros(clients + len(self._members))
        x[answer.ids] = answer.values
        client = np.maximum(dual[:clients], 0.0)
        rest = np.maximum(-dual[clients:], 0.0)
        prices = Prices(client, rest[:sites], float(rest[sites]), rest[sites + 1 :])
        return Relaxed(x[clients:], prices)


def holds_two(members: Bools, threes: tuple[Three, ...]) -> Bools:
    """Which bundle holds two or more of which three: (bundles, threes)."""
    of = np.ascontiguousarray(members.T)
    found: Bools = np.zeros((len(members), len(threes)), dtype=bool)
    for k, (a, b, c) in enumerate(threes):
        found[:, k] = (of[a] & of[b]) | ((of[a] | of[b]) & of[c])
    return found


def _broken(used: Floats, members: Bools, known: set[Three]) -> tuple[Three, ...]:
    """Threes that more than one bundle holds two of, by shares; the worst first."""
    part = np.flatnonzero((used > _VIOLATED / 10) & (used < 1 - _VIOLATED / 10))
    held, share = members[part].astype(np.float64), used[part]
    both = (held * share[:, None]).T @ held
    found: list[tuple[float, Three]] = []
    for a in range(held.shape[1] if len(part) else 0):
        with_a = held[:, a] > 0
        all_three = (held[with_a] * share[with_a, None]).T @ held[with_a]
        twice = both[a][:, None] + both[a][None, :] + both - _TWICE * all_three
        twice = np.triu(twice, 1)
        twice[: a + 1] = 0.0
        found += [
            (float(twice[b, c]), Three(a, b, c))
            for b, c in np.argwhere(twice > 1 + _VIOLATED).tolist()
        ]
    many: Ints = np.zeros(held.shape[1], dtype=np.int64)
    chosen: list[Three] = []
    for _, three in sorted(found, key=lambda pair: (-pair[0], pair[1])):
        if len(chosen) == _MOST_CUTS:
            break
        if three not in known and many[list(three)].max() < _MOST_OF_CLIENT:
            many[list(three)] += 1
            chosen.append(three)
    return tuple(chosen)
