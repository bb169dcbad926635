"""Instances given by cost matrices: capacitated warehouses, complete capacitated p-median."""

import numpy as np

from geo.notes import Note
from optimizer.siting.capacities import Capacities
from optimizer.siting.files.words import FileProblem, Numbers, SitingFile, check_p
from optimizer.siting.instance import Instance


def read_warehouses(numbers: Numbers) -> SitingFile | None:
    """OR-Library's cap files: ``m n``, then ``capacity fixed`` for each site.

    Then for each client its demand and the cost of all of it from each site. Clients may be
    split, any number of sites may open.
    """
    sites, clients = numbers.whole(0), numbers.whole(1)
    if not sites or not clients:
        return None
    if len(numbers.values) != 2 + 2 * sites + clients * (1 + sites):
        return None
    head = numbers.values[2 : 2 + 2 * sites].reshape(sites, 2)
    body = numbers.values[2 + 2 * sites :].reshape(clients, 1 + sites)
    limits = Capacities(
        demand=body[:, 0],
        capacity=head[:, 0],
        opening_cost=head[:, 1],
        split=True,
        free_count=True,
    )
    problem = FileProblem(numbers.name, Instance(body[:, 1:], sites), limits)
    return SitingFile(
        Note("OR-Library capacitated warehouses, {m} x {n}", m=sites, n=clients), (problem,)
    )


def read_complete(numbers: Numbers) -> SitingFile | None:
    """``n p``, the n x n costs (clients in rows), n demands, n capacities."""
    n, p = numbers.whole(0), numbers.whole(1)
    if not n or p is None or len(numbers.values) != 2 + n * n + 2 * n:
        return None
    check_p(numbers, 1, p, n)
    cost = numbers.values[2 : 2 + n * n].reshape(n, n)
    demand, capacity = np.split(numbers.values[2 + n * n :], 2)
    problem = FileProblem(numbers.name, Instance(cost, p), Capacities(demand, capacity))
    return SitingFile(Note("capacitated p-median, {n} nodes, complete matrix", n=n), (problem,))
