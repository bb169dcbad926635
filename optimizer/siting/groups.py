"""Clients that the same sites cover, counted as one: what covering models work on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.siting.instance import Bools, Floats, Instance, Ints
from optimizer.siting.result import Served


@dataclass(frozen=True, slots=True)
class Groups:
    """``covers`` (groups, allowed sites) and the weight of each group; both only of live ones.

    ``columns`` are the instance's column numbers of the allowed sites, ``existing`` positions
    in it.
    """

    covers: Bools
    weight: Floats
    columns: Ints
    existing: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether all weights are whole numbers, so that integer solvers lose nothing."""
        small = self.weight.sum() < 2**53
        return bool(small and (self.weight == np.floor(self.weight)).all())

    @property
    def step(self) -> float:
        """Unit of every possible value; 0 for real-valued weights."""
        if not self.whole or not len(self.weight):
            return 0.0
        return float(np.gcd.reduce(self.weight.astype(np.int64)))


def make_groups(instance: Instance, radius: float) -> Groups:
    """Group the clients of positive weight that some allowed site covers (cost <= radius)."""
    columns = instance.allowed
    covers = covered_pairs(instance, radius)[:, columns]
    live = covers.any(axis=1) & (instance.weight > 0)
    unique, member = np.unique(covers[live], axis=0, return_inverse=True)
    weight = np.bincount(member.ravel(), weights=instance.weight[live], minlength=len(unique))
    where = {int(j): k for k, j in enumerate(columns)}
    return Groups(
        unique, weight.astype(np.float64), columns, tuple(where[j] for j in instance.existing)
    )


def covered_pairs(instance: Instance, radius: float) -> Bools:
    """Which site covers which client: cost at most ``radius``, and reachable."""
    with np.errstate(invalid="ignore"):
        return np.asarray(instance.cost <= radius, dtype=np.bool_)


def serve_within(
    instance: Instance, chosen: Sequence[int], radius: float
) -> tuple[tuple[Served, ...], tuple[str, ...], tuple[str, ...]]:
    """Clients covered (by their cheapest open site), not covered, and coverable by no site."""
    pairs = covered_pairs(instance, radius)
    coverable = np.flatnonzero(pairs[:, instance.allowed].any(axis=1)).tolist()
    within = set(coverable)
    cost = np.where(pairs, instance.cost, np.inf)[:, list(chosen)]
    served: list[Served] = []
    unserved: list[str] = []
    lost: list[str] = []
    for i, row in enumerate(cost):
        k = int(row.argmin())
        if np.isfinite(row[k]):
            site = instance.sites[int(chosen[k])]
            served.append(Served(client=instance.clients[i], site=site, cost=float(row[k])))
        elif instance.weight[i] > 0:
            (unserved if i in within else lost).append(instance.clients[i])
    return tuple(served), tuple(unserved), tuple(lost)
