"""Branch and bound for the p-median on the sites that the root could not decide.

Best bound first; each node carries its parent's multipliers, bounds itself by a short
subgradient search, fixes sites by reduced cost and branches on the site that the search opened
nearest to half of the time.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optimizer.siting.incumbent import Incumbent
from optimizer.siting.instance import Floats, Ints
from optimizer.siting.lagrange import NODE, fix_sites, relax

_U_MEMORY = 120_000_000  # bytes of multipliers kept with open nodes; later ones use the root's
_SHRUNK = 0.7  # a node is bounded again when this share of its sites, or less, is left


@dataclass(order=True, slots=True)
class Node:
    """Some sites open, some free (columns of the root's cost), the rest closed."""

    bound: float
    number: int
    opened: tuple[int, ...] = field(compare=False)
    free: Ints = field(compare=False)
    u: Any = field(compare=False, default=None)
    branch: int = field(compare=False, default=-1)


class Tree:
    """All open nodes of one p-median; can be worked on in portions."""

    def __init__(
        self, incumbent: Incumbent, p: int, opened: tuple[int, ...], free: Ints, u: Floats
    ) -> None:
        self.nodes = 0
        self._incumbent = incumbent
        self._p = p
        self._root_u = u
        self._number = 0
        self._keep_u = max(1, _U_MEMORY // (4 * len(u)))
        self._heap: list[Node] = []
        self._grow(-np.inf, opened, free, u)

    @property
    def bound(self) -> float:
        """Proven: no solution is below this."""
        value = self._incumbent.value
        if self.done:
            return value
        return min(value, self._heap[0].bound)

    @property
    def done(self) -> bool:
        return not self._heap or self._heap[0].bound > self._incumbent.target

    def work(self, nodes: int, stop: Callable[[], bool]) -> bool:
        """Branch at most ``nodes`` times; returns whether nothing is left to branch on."""
        for _ in range(nodes):
            if self.done or stop():
                break
            node = heapq.heappop(self._heap)
            self.nodes += 1
            u = self._root_u if node.u is None else node.u.astype(np.float64)
            site = int(node.free[node.branch])
            rest = np.delete(node.free, node.branch)
            self._grow(node.bound, (*node.opened, site), rest, u)
            self._grow(node.bound, node.opened, rest, u)
        return self.done

    def _grow(self, bound: float, opened: tuple[int, ...], free: Ints, u: Floats) -> None:
        """Bound a node, shrink it, and keep it unless it is settled."""
        cost = self._incumbent.cost
        while True:
            q = self._p - len(opened)
            if q > len(free) or q < 0:
                return
            if q in (0, len(free)):
                self._incumbent.offer([*opened, *free[: q or 0]])
                return
            relaxed = relax(
                cost[:, free],
                cost[:, list(opened)].min(axis=1) if opened else None,
                u,
                q,
                upper=self._incumbent.value,
                target=self._incumbent.target,
                effort=NODE,
            )
            bound, u = max(bound, relaxed.bound), relaxed.u
            if bound > self._incumbent.target:
                return
            self._incumbent.offer([*opened, *free[relaxed.inside]])
            fixing = fix_sites(relaxed, q, self._incumbent.target)
            keep = ~(fixing.closed | fixing.opened)
            before, opened = len(free), (*opened, *(int(j) for j in free[fixing.opened]))
            free = free[keep]
            if not fixing.opened.any() and len(free) >= _SHRUNK * before:
                self._keep(bound, opened, free, u, relaxed.frequency[keep])
                return

    def _keep(
        self, bound: float, opened: tuple[int, ...], free: Ints, u: Floats, often: Floats
    ) -> None:
        self._number += 1
        kept = u.astype(np.float32) if len(self._heap) < self._keep_u else None
        branch = int(np.minimum(often, 1 - often).argmax())
        heapq.heappush(self._heap, Node(bound, self._number, opened, free, kept, branch))
