"""What new sites are to be best at: the question that is asked, and how far a choice answers it."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from geo.notes import Note, said
from optimizer.siting.backup import solve_backup
from optimizer.siting.capacitated import solve_capacitated
from optimizer.siting.capacities import Capacities
from optimizer.siting.covering import solve_covering
from optimizer.siting.instance import Floats, Instance, SitingFaultsError
from optimizer.siting.pcenter import solve_pcenter
from optimizer.siting.pmedian import solve_pmedian
from optimizer.siting.result import SitingResult
from optimizer.siting.watch import Progress


class SitingKind(StrEnum):
    """Shortest mean way, nearest farthest area, most covered, most covered twice, or loads."""

    MEDIAN = "median"
    CENTER = "center"
    COVERING = "covering"
    BACKUP = "backup"
    CAPACITATED = "capacitated"


@dataclass(frozen=True, slots=True)
class Aim:
    """``radius_min`` is within what a site covers; ``capacity`` the most weight of one site."""

    kind: SitingKind = SitingKind.MEDIAN
    radius_min: float | None = None
    capacity: float | None = None

    @property
    def radius(self) -> float:
        """Raises ``SitingFaultsError`` where a question that needs one has none."""
        if self.radius_min is None:
            raise SitingFaultsError([Note(said("{model} needs a radius"), model=self.kind.value)])
        return self.radius_min

    @property
    def load(self) -> float:
        """Raises ``SitingFaultsError`` where a question that needs one has none."""
        if self.capacity is None:
            raise SitingFaultsError([Note(said("{model} needs a capacity"), model=self.kind.value)])
        return self.capacity


def solve_aim(
    instance: Instance,
    aim: Aim,
    *,
    unserved_min: float,
    time_limit_s: float,
    progress: Progress | None = None,
) -> SitingResult:
    """The best sites for ``aim``; for the median an area may stay away, at ``unserved_min``."""
    if aim.kind is SitingKind.MEDIAN:
        return solve_pmedian(
            instance, time_limit_s=time_limit_s, unserved_cost=unserved_min, progress=progress
        )
    if aim.kind is SitingKind.CENTER:
        return solve_pcenter(instance, time_limit_s=time_limit_s, progress=progress)
    if aim.kind is SitingKind.CAPACITATED:
        return _within_loads(instance, aim.load, time_limit_s, progress)
    solve = solve_covering if aim.kind is SitingKind.COVERING else solve_backup
    return solve(instance, aim.radius, time_limit_s=time_limit_s, progress=progress)


def _within_loads(
    instance: Instance, load: float, time_limit_s: float, progress: Progress | None
) -> SitingResult:
    """An area may be served from several sites, as in a plan; one that none reaches is no load."""
    rows = np.flatnonzero(instance.reachable & (instance.weight > 0))
    lost = np.flatnonzero(~instance.reachable & (instance.weight > 0))
    asking = replace(
        instance,
        cost=instance.cost[rows],
        weight=instance.weight[rows],
        clients=tuple(instance.clients[i] for i in rows),
    )
    limits = Capacities(
        demand=asking.weight, capacity=np.full(len(instance.sites), load), split=True
    )
    result = solve_capacitated(asking, limits, time_limit_s=time_limit_s, progress=progress)
    return result.model_copy(update={"out_of_reach": tuple(instance.clients[i] for i in lost)})


def measured(instance: Instance, aim: Aim, sites: list[int]) -> float | None:
    """How far open ``sites`` answer ``aim``: minutes, or the share of all weight that is covered.

    Minutes are those to the nearest site, of areas that one of them reaches: the weighted mean, or
    the most for the center. None where they reach nobody.
    """
    cost = np.where(np.isnan(instance.cost), np.inf, instance.cost)[:, sites]
    if aim.kind in {SitingKind.COVERING, SitingKind.BACKUP}:
        enough = 1 if aim.kind is SitingKind.COVERING else 2
        covered = (cost <= aim.radius).sum(axis=1) >= enough
        return float(instance.weight[covered].sum() / (instance.weight.sum() or 1.0))
    nearest: Floats = cost.min(axis=1, initial=np.inf)
    reached = np.isfinite(nearest) & (instance.weight > 0)
    if not reached.any():
        return None
    if aim.kind is SitingKind.CENTER:
        return float(nearest[reached].max())
    return float(np.average(nearest[reached], weights=instance.weight[reached]))


def lacking(instance: Instance, aim: Aim, sites: list[int], unserved_min: float) -> float:
    """What open ``sites`` leave to be wished, smaller is better: it ranks sites."""
    if aim.kind in {SitingKind.COVERING, SitingKind.BACKUP}:
        return -(measured(instance, aim, sites) or 0.0)
    cost = np.where(np.isnan(instance.cost), np.inf, instance.cost)[:, sites]
    ways = np.minimum(cost.min(axis=1, initial=np.inf), unserved_min)
    if aim.kind is SitingKind.CENTER:
        return float(ways[instance.weight > 0].max(initial=0.0))
    return float((ways * instance.weight).sum())
