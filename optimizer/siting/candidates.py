"""From settlements or planning cells to a siting instance, and candidate offices from it."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from geo.notes import Note, said
from geo.places import Code, Document, Lat, Lon
from optimizer.plan import Status
from optimizer.siting.aims import Aim, lacking, measured, solve_aim
from optimizer.siting.instance import Instance, SitingFaultsError
from optimizer.siting.result import SitingResult
from optimizer.siting.watch import Progress

_EXISTING = said("existing site {code} is not among the sites")
_FORBIDDEN = said("forbidden site {code} is not among the sites")
MEDIAN = Aim()


class Spot(Document):
    """A settlement or cell: people live there, or a site may open there, or both.

    ``weight`` is what counts there (residents, women, officer-hours a week); 0 where only a
    site may open.
    """

    code: Code
    lon: Lon
    lat: Lat
    weight: float = Field(default=1.0, ge=0)


class Proposal(Document):
    """``sites`` are the proposed columns of the travel table, best first by what each adds.

    ``mean_min`` is the weighted mean of minutes to the nearest office over those reached,
    ``before_min`` the same with existing offices only (None if they reach nobody). ``before`` and
    ``after`` are what was asked for (``aims.measured``) with existing offices, and with all.
    """

    sites: tuple[int, ...]
    before_min: float | None
    mean_min: float | None
    before: float | None = None
    after: float | None = None
    result: SitingResult


def make_instance(
    clients: Sequence[Spot],
    sites: Sequence[Spot],
    travel_min: ArrayLike,
    p: int,
    *,
    existing: Sequence[str] = (),
    forbidden: Sequence[str] = (),
) -> Instance:
    """Siting instance of minutes one way, shape (clients, sites), ``nan`` = unreachable.

    ``existing`` and ``forbidden`` are site codes; ``p`` counts existing ones too. Raises
    ``SitingFaultsError`` with every fault.
    """
    cost = np.asarray(travel_min, dtype=np.float64)
    column = {spot.code: k for k, spot in enumerate(sites)}
    faults = [
        Note(sentence, code=code)
        for sentence, codes in ((_EXISTING, existing), (_FORBIDDEN, forbidden))
        for code in codes
        if code not in column
    ]
    if cost.shape != (len(clients), len(sites)):
        shape = " x ".join(map(str, cost.shape)) or "-"
        faults.append(
            Note(
                "travel has the shape {shape}, not {clients} x {sites}",
                shape=shape,
                clients=len(clients),
                sites=len(sites),
            )
        )
    if faults:
        raise SitingFaultsError(faults)
    return Instance(
        cost,
        p,
        weight=np.array([spot.weight for spot in clients]),
        clients=tuple(spot.code for spot in clients),
        sites=tuple(spot.code for spot in sites),
        existing=tuple(column[code] for code in existing),
        forbidden=tuple(column[code] for code in forbidden),
    )


def travel_matrix(
    clients: Sequence[str], sites: Sequence[str], travel_min: Mapping[tuple[str, str], float]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Minutes by (client, site) as a matrix; a pair that is not listed is unreachable."""
    table = np.full((len(clients), len(sites)), np.nan)
    for i, client in enumerate(clients):
        for j, site in enumerate(sites):
            table[i, j] = travel_min.get((client, site), np.nan)
    return table


def propose_sites(
    travel_min: ArrayLike,
    weights: ArrayLike,
    existing: Sequence[int],
    p: int,
    *,
    aim: Aim = MEDIAN,
    unserved_min: float = 240.0,
    time_limit_s: float = 10.0,
    progress: Progress | None = None,
) -> Proposal:
    """Where new offices would answer ``aim`` best: candidates for the allocation problem.

    ``travel_min`` has shape (areas, sites), ``nan`` = unreachable; ``existing`` are columns of
    offices that stay; ``p`` counts all open offices, existing ones included. An area may stay
    unserved at ``unserved_min`` minutes: an assumption, half a working day one way, above any
    travel inside Basra, so that a proposal never fails for one area that nobody reaches. Raises
    ``SitingFaultsError`` where ``aim`` lacks its radius or its capacity.
    """
    instance = Instance(
        np.asarray(travel_min, dtype=np.float64),
        p,
        weight=np.asarray(weights, dtype=np.float64),
        existing=tuple(int(j) for j in existing),
    )
    result = solve_aim(
        instance, aim, unserved_min=unserved_min, time_limit_s=time_limit_s, progress=progress
    )
    if result.status in (Status.INFEASIBLE, Status.UNKNOWN):
        return Proposal(sites=(), before_min=None, mean_min=None, result=result)
    opened = [instance.sites.index(code) for code in result.open_sites]
    order = list(instance.existing)
    new = [j for j in opened if j not in instance.existing]
    while new:
        lack = [lacking(instance, aim, [*order, j], unserved_min) for j in new]
        order.append(new.pop(int(np.argmin(lack))))
    return Proposal(
        sites=tuple(order[len(instance.existing) :]),
        before_min=measured(instance, MEDIAN, list(instance.existing)),
        mean_min=measured(instance, MEDIAN, opened),
        before=measured(instance, aim, list(instance.existing)),
        after=measured(instance, aim, opened),
        result=result,
    )
