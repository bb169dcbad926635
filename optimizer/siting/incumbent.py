"""The best p-median solution so far, and the value that a better one would have to reach."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from optimizer.siting.instance import Floats
from optimizer.siting.interchange import interchange
from optimizer.siting.result import REL_TOL


class Incumbent:
    """Keeps the best set of open sites; ``cost`` is weighted, unreachable pairs are ``inf``.

    ``step`` is the unit of all costs (0 where they are real numbers), so that ``target`` is the
    value that a strictly better solution reaches at most.
    """

    def __init__(self, cost: Floats, step: float, told: Callable[[float], None]) -> None:
        self.cost = cost
        self.step = step
        self.value = np.inf
        self.sites: tuple[int, ...] = ()
        self._told = told
        self._tried: set[frozenset[int]] = set()

    @property
    def target(self) -> float:
        """Nothing above this is worth finding."""
        if self.step:
            return self.value - self.step * (1 - REL_TOL)
        return self.value - REL_TOL / 10 * abs(self.value)

    def offer(self, sites: Sequence[int]) -> bool:
        """Take ``sites`` if they are better; returns whether they are."""
        value = float(self.cost[:, list(sites)].min(axis=1).sum())
        if not value < self.value:
            return False
        self.value, self.sites = value, tuple(sorted(int(j) for j in sites))
        self._told(value)
        return True

    def improve(
        self,
        sites: Iterable[int],
        *,
        among: Sequence[int],
        fixed: Sequence[int],
        stop: Callable[[], bool],
    ) -> None:
        """Interchange from ``sites`` over the columns ``among``, once for each start."""
        start = [int(j) for j in sites]
        key = frozenset(start)
        where = {int(j): k for k, j in enumerate(among)}
        if key in self._tried or not key <= where.keys():
            return
        self._tried.add(key)
        local, _ = interchange(
            finite(self.cost[:, list(among)]),
            [where[j] for j in start],
            fixed=[where[int(j)] for j in fixed],
            stop=stop,
        )
        found = [int(among[k]) for k in local]
        self._tried.add(frozenset(found))
        self.offer(found)


def finite(cost: Floats) -> Floats:
    """Infinite costs replaced by one that outweighs everything else together."""
    if np.isfinite(cost).all():
        return cost
    reached = np.where(np.isfinite(cost), cost, 0.0)
    return np.where(np.isfinite(cost), cost, reached.max(axis=1).sum() + 1.0)
