"""The siting instance: clients, sites and what it costs to serve one from the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.notes import Note

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MATRIX = 2


class SitingFaultsError(ValueError):
    """The instance or its file is refused; ``faults`` says everything that is wrong."""

    def __init__(self, faults: Sequence[Note]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Instance:
    """Clients to be served from sites.

    ``cost`` has shape (clients, sites), in any one unit (minutes, metres); ``nan`` means that
    the site can't serve the client. ``weight`` (clients,) multiplies it, such as residents.
    ``p`` counts all open sites: those in ``existing`` stay open and are among them; those in
    ``forbidden`` never open. Both hold column numbers. Codes default to 1, 2, 3, ...
    """

    cost: Floats
    p: int
    weight: Floats = field(default_factory=lambda: np.empty(0))
    clients: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    existing: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        cost = _frozen(self.cost)
        if cost.ndim != _MATRIX or not cost.size:
            shape = " x ".join(map(str, cost.shape))
            raise SitingFaultsError(
                [Note("cost must be a matrix of clients x sites, got {shape}", shape=shape or "-")]
            )
        rows, columns = cost.shape
        weight = _frozen(self.weight if np.size(self.weight) else np.ones(rows))
        object.__setattr__(self, "cost", cost)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "clients", tuple(self.clients) or _numbers(rows))
        object.__setattr__(self, "sites", tuple(self.sites) or _numbers(columns))
        object.__setattr__(self, "existing", tuple(sorted({int(j) for j in self.existing})))
        object.__setattr__(self, "forbidden", tuple(sorted({int(j) for j in self.forbidden})))
        faults = _faults(self)
        if faults:
            raise SitingFaultsError(faults)

    @property
    def allowed(self) -> Ints:
        """Columns that may open, in order."""
        banned = set(self.forbidden)
        return np.array([j for j in range(len(self.sites)) if j not in banned], dtype=np.int64)

    @property
    def reachable(self) -> Bools:
        """Per client, whether any allowed site can serve it."""
        return np.asarray(np.isfinite(self.cost[:, self.allowed]).any(axis=1), dtype=np.bool_)


def _frozen(values: Any) -> Floats:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(k + 1) for k in range(count))


def _faults(instance: Instance) -> list[Note]:
    rows, columns = instance.cost.shape
    faults = []
    if np.isinf(instance.cost).any():
        faults.append(Note("cost holds infinity: write nan where a site can't serve a client"))
    if (instance.cost < 0).any():
        faults.append(Note("cost holds negative values: shift them to zero or above"))
    if instance.weight.shape != (rows,):
        faults.append(
            Note(
                "{weights} weights for {clients} clients",
                weights=instance.weight.size,
                clients=rows,
            )
        )
    elif not (np.isfinite(instance.weight).all() and (instance.weight >= 0).all()):
        faults.append(Note("weights must be finite and zero or more"))
    faults += _code_faults(instance)
    faults += [
        Note("site column {column} is out of range 0..{last}", column=j, last=columns - 1)
        for j in (*instance.existing, *instance.forbidden)
        if not 0 <= j < columns
    ]
    faults += [
        Note("site column {column} is both existing and forbidden", column=j)
        for j in sorted(set(instance.existing) & set(instance.forbidden))
    ]
    usable = columns - len(instance.forbidden)
    if not max(1, len(instance.existing)) <= instance.p <= usable:
        faults.append(
            Note(
                "p = {p} open sites in all: must be at least 1, at least the {existing} existing "
                "ones and at most the {allowed} allowed ones",
                p=instance.p,
                existing=len(instance.existing),
                allowed=usable,
            )
        )
    return faults


def _code_faults(instance: Instance) -> list[Note]:
    rows, columns = instance.cost.shape
    faults = []
    if len(instance.clients) != rows:
        codes = len(instance.clients)
        faults.append(Note("{codes} codes for {clients} clients", codes=codes, clients=rows))
    if len(set(instance.clients)) != len(instance.clients):
        faults.append(Note("client codes repeat: give each client its own"))
    if len(instance.sites) != columns:
        codes = len(instance.sites)
        faults.append(Note("{codes} codes for {sites} sites", codes=codes, sites=columns))
    if len(set(instance.sites)) != len(instance.sites):
        faults.append(Note("site codes repeat: give each site its own"))
    return faults
