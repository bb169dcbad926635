"""Capacities of a siting instance: what clients ask, what sites can carry."""

from dataclasses import dataclass, field

import numpy as np

from geo.notes import Note, said
from optimizer.siting.instance import Floats, Instance, SitingFaultsError

_DEMAND = said("demand: {values} values for {count}, all finite and zero or more")
_CAPACITY = said("capacity: {values} values for {count}, all finite and zero or more")
_LEAST = said("least load: {values} values for {count}, all finite and zero or more")
_OPENING = said("opening cost: {values} values for {count}, all finite and zero or more")


@dataclass(frozen=True, slots=True)
class Capacities:
    """``demand`` (clients,), ``capacity`` (sites,), in one unit such as officer-hours a week.

    ``least`` is the smallest load of an open site (patrol areas of even work); ``opening_cost``
    is added for each open site. ``split`` lets a client be served by several sites. With
    ``free_count`` the instance's ``p`` is only the most sites that may open. ``neighbours``
    (clients' numbers per client) with ``home`` (the client at each site) makes each site's
    clients hang together: a client joins a site only with a neighbour nearer to it.
    """

    demand: Floats
    capacity: Floats
    least: Floats = field(default_factory=lambda: np.empty(0))
    opening_cost: Floats = field(default_factory=lambda: np.empty(0))
    split: bool = False
    free_count: bool = False
    neighbours: tuple[tuple[int, ...], ...] = ()
    home: tuple[int, ...] = ()

    def checked(self, instance: Instance) -> "Capacities":
        """The same with empty vectors filled in; raises ``SitingFaultsError`` on any fault."""
        rows, columns = instance.cost.shape
        filled = Capacities(
            demand=np.asarray(self.demand, dtype=np.float64),
            capacity=np.asarray(self.capacity, dtype=np.float64),
            least=_or_zeros(self.least, columns),
            opening_cost=_or_zeros(self.opening_cost, columns),
            split=self.split,
            free_count=self.free_count,
            neighbours=self.neighbours,
            home=self.home,
        )
        faults = [
            Note(sentence, values=values.size, count=count)
            for sentence, values, count in (
                (_DEMAND, filled.demand, rows),
                (_CAPACITY, filled.capacity, columns),
                (_LEAST, filled.least, columns),
                (_OPENING, filled.opening_cost, columns),
            )
            if values.shape != (count,) or not (np.isfinite(values) & (values >= 0)).all()
        ]
        if self.neighbours and (len(self.neighbours), len(self.home)) != (rows, columns):
            faults.append(
                Note("areas that hang together need neighbours of each client, home of each site")
            )
        if self.neighbours and self.split:
            faults.append(Note("areas that hang together can't split clients"))
        if faults:
            raise SitingFaultsError(faults)
        return filled

    @property
    def plain(self) -> bool:
        """Only capacities: no least loads, splits, opening costs or connected areas."""
        return not (
            self.split
            or self.free_count
            or self.neighbours
            or self.least.any()
            or self.opening_cost.any()
        )


def _or_zeros(values: Floats, count: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return array if array.size else np.zeros(count)
