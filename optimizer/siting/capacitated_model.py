"""The capacitated p-median as a mixed-integer program over the pairs that may still be used."""

from dataclasses import dataclass

import numpy as np

from optimizer.siting.capacities import Capacities
from optimizer.siting.instance import Bools, Floats, Instance, Ints
from optimizer.siting.mip import Rows


@dataclass(frozen=True, slots=True)
class Pairs:
    """``usable`` (clients, sites), and the sites that are surely open or surely closed."""

    usable: Bools
    opened: tuple[int, ...]
    closed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CapacitatedModel:
    """The rows, and which variable is the share of client i served by site j (-1: none)."""

    rows: Rows
    variable: Ints
    whole: bool

    def shares(self, x: Floats) -> Floats:
        """Shares of a solution, whole ones rounded."""
        found: Floats = np.where(self.variable >= 0, x[np.maximum(self.variable, 0)], 0.0)
        if self.whole:
            return np.round(found)
        found[found < 1e-9] = 0.0  # noqa: PLR2004 - the solver's zero
        kept: Floats = found / found.sum(axis=1, keepdims=True)
        return kept


def capacitated_model(
    cost: Floats, limits: Capacities, instance: Instance, pairs: Pairs
) -> CapacitatedModel:
    """Sites first (variables 0..sites-1), then a variable for each usable pair."""
    rows = Rows()
    columns = cost.shape[1]
    surely = {*instance.existing, *pairs.opened}
    never = {*instance.forbidden, *pairs.closed}
    for j in range(columns):
        rows.column(
            limits.opening_cost[j],
            lower=float(j in surely),
            upper=float(j not in never),
            integer=True,
        )
    fits = pairs.usable
    if not limits.split:
        fits = fits & (limits.demand[:, None] <= limits.capacity[None, :])
    variable: Ints = np.full(cost.shape, -1, dtype=np.int64)
    for i, j in np.argwhere(fits).tolist():
        variable[i, j] = rows.column(cost[i, j], integer=not limits.split)
    open_columns = [(j, 1.0) for j in range(columns)]
    rows.row(open_columns, 0.0 if limits.free_count else instance.p, instance.p)
    for i in range(len(cost)):
        mine = [(int(k), 1.0) for k in variable[i] if k >= 0]
        rows.row(mine, 1.0, 1.0)
    for j in range(columns):
        _site_rows(rows, limits, j, [(i, int(k)) for i, k in enumerate(variable[:, j]) if k >= 0])
    if limits.neighbours:
        _hang_together(rows, instance, limits, variable)
    return CapacitatedModel(rows, variable, not limits.split)


def _site_rows(rows: Rows, limits: Capacities, j: int, clients: list[tuple[int, int]]) -> None:
    """Load within capacity and least load if open; nobody served by a closed site."""
    load = [(k, float(limits.demand[i])) for i, k in clients if limits.demand[i]]
    rows.row([*load, (j, -float(limits.capacity[j]))], upper=0.0)
    if limits.least[j]:
        rows.row([*load, (j, -float(limits.least[j]))], 0.0)
    for _, k in clients:
        rows.row([(k, 1.0), (j, -1.0)], upper=0.0)


def _hang_together(
    rows: Rows,
    instance: Instance,
    limits: Capacities,
    variable: Ints,
) -> None:
    """Client i joins site j only if a neighbour nearer to j does; j's own client needs none."""
    for j, home in enumerate(limits.home):
        for i, near in enumerate(limits.neighbours):
            k = int(variable[i, j])
            if k < 0 or i == home:
                continue
            nearer = [
                (int(variable[n, j]), -1.0)
                for n in near
                if variable[n, j] >= 0 and instance.cost[n, j] < instance.cost[i, j]
            ]
            rows.row([(k, 1.0), *nearer], upper=0.0)
