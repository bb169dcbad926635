"""Which clients fit into a site together: the knapsacks of all sites in one table.

A *bundle* is a site with clients that fit into it together. With whole demands the classic
recursion is exact. Other demands, and those too fine for the table, are counted in levels: rounded
down, capacities too, which leaves every bundle in, so that a bound from it stays a bound.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from optimizer.siting.instance import Bools, Floats, Ints

MOST_CELLS = 8_000_000  # of the table, 64 MB
_FINE_LEVELS = 2_000  # more say nothing more
_FEW_LEVELS = 40  # with fewer a rounded demand says too little


@dataclass(frozen=True, slots=True)
class Bundles:
    """``site`` (bundles,), ``members`` (bundles, clients) and what each bundle costs."""

    site: Ints
    members: Bools
    cost: Floats

    def __len__(self) -> int:
        return len(self.site)

    def some(self, chosen: Bools | Ints) -> "Bundles":
        return Bundles(self.site[chosen], self.members[chosen], self.cost[chosen])


@dataclass(frozen=True, slots=True)
class Knapsacks:
    """``usable`` (clients, sites), ``load`` (clients,) and ``room`` (sites,) in whole levels."""

    usable: Bools
    load: Ints
    room: Ints
    exact: bool = True

    @classmethod
    def fitting(
        cls, usable: Bools, demand: Floats, capacity: Floats, *, most_cells: int = MOST_CELLS
    ) -> Self | None:
        """Whole demands as they are if the table has place for them, else in levels; or None."""
        most = float(capacity.max(initial=0.0))
        levels = most_cells // (usable.size + usable.shape[1]) - 1
        whole = bool((demand == np.floor(demand)).all())
        enough = min(levels, _FINE_LEVELS)
        scale = 1.0 if whole and most <= levels else enough / most if most > 0 else 0.0
        if scale != 1.0 and levels < _FEW_LEVELS:
            return None
        return cls(
            usable & (demand[:, None] <= capacity[None, :]),
            np.floor(demand * scale).astype(np.int64),
            np.floor(capacity * scale + 1e-9).astype(np.int64),
            exact=scale == 1.0,
        )

    def cheapest(self, reduced: Floats) -> tuple[Floats, Bools]:
        """The least sum of ``reduced`` (clients, sites) that fits each site, and who makes it."""
        best = self._table(reduced)
        sites = np.arange(len(self.room))
        level = self.room.copy()
        taken: Bools = np.zeros(self.usable.shape, dtype=bool)
        for i, load in enumerate(self.load.tolist()):
            took = best[i, sites, level] < best[i + 1, sites, level]
            taken[i] = took
            level -= np.where(took, load, 0)
        return best[0, sites, self.room], taken

    def within(
        self,
        reduced: Floats,
        limit: Floats,
        *,
        most: int,
    ) -> tuple[Ints, Bools, float]:
        """Every bundle whose sum of ``reduced`` is at most its site's ``limit``.

        Returns sites, members and by how much all limits had to be lowered so that there are
        about ``most`` bundles at most (0: they are all here).

        Client after client joins or does not; the table says how low a bundle begun can still
        end, so that none is begun in vain.
        """
        best = self._table(reduced)
        limit, lowered = limit.copy(), 0.0
        site = np.flatnonzero(best[0, np.arange(len(self.room)), self.room] <= limit)
        left, value = self.room[site], np.zeros(len(site))
        words: Ints = np.zeros((len(site), len(self.load) // 63 + 1), dtype=np.int64)
        for i, load in enumerate(self.load.tolist()):
            may = np.flatnonzero(self.usable[i, site] & (left >= load))
            if not len(may):
                continue
            at, room, of = site[may], left[may] - load, words[may]
            joined = value[may] + reduced[i, at]
            of[:, i // 63] |= 1 << (i % 63)
            yes = joined + best[i + 1, at, room] <= limit[at]
            stays = np.ones(len(site), dtype=bool)
            stays[may] = value[may] + best[i + 1, at, left[may]] <= limit[at]
            site = np.concatenate([site[stays], at[yes]])
            left = np.concatenate([left[stays], room[yes]])
            value = np.concatenate([value[stays], joined[yes]])
            words = np.concatenate([words[stays], of[yes]])
            if len(site) > most:
                over = value + best[i + 1, site, left] - limit[site]
                fall = float(np.partition(over, most)[most])
                limit, lowered = limit + fall, lowered - fall
                stays = over < fall
                site, left, value, words = site[stays], left[stays], value[stays], words[stays]
        members: Bools = np.stack([_has(words, i) for i in range(len(self.load))], axis=1)
        return site, members, lowered

    def _table(self, reduced: Floats) -> Floats:
        """The least sum of clients from number ``i`` on, by (i, site, levels still free)."""
        levels = int(self.room.max(initial=0)) + 1
        best = np.zeros((len(self.load) + 1, len(self.room), levels))
        for i in range(len(self.load) - 1, -1, -1):
            best[i] = best[i + 1]
            load, at = int(self.load[i]), np.flatnonzero(self.usable[i] & (reduced[i] < 0))
            if len(at) and load < levels:
                joined = best[i + 1, at, : levels - load] + reduced[i, at, None]
                best[i, at, load:] = np.minimum(joined, best[i + 1, at, load:])
        return best


def _has(words: Ints, i: int) -> Bools:
    """Whether client ``i`` is in each set; 63 clients to a word, none in the sign's bit."""
    found: Bools = (words[:, i // 63] >> (i % 63)) & 1 != 0
    return found
