"""The siting instance: clients, sites and what it costs to serve one from the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MATRIX = 2


class SitingFaultsError(ValueError):
    """The instance or its file is refused; ``faults`` lists everything that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
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
            raise SitingFaultsError([f"cost must be a clients x sites matrix, got {cost.shape}"])
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


def _faults(instance: Instance) -> list[str]:
    rows, columns = instance.cost.shape
    faults = []
    if np.isinf(instance.cost).any():
        faults.append("cost holds infinity: write nan where a site can't serve a client")
    if (instance.cost < 0).any():
        faults.append("cost holds negative values: shift them to zero or above")
    if instance.weight.shape != (rows,):
        faults.append(f"{instance.weight.size} weights for {rows} clients")
    elif not (np.isfinite(instance.weight).all() and (instance.weight >= 0).all()):
        faults.append("weights must be finite and zero or more")
    for word, codes, count in (
        ("client", instance.clients, rows),
        ("site", instance.sites, columns),
    ):
        if len(codes) != count:
            faults.append(f"{len(codes)} {word} codes for {count} {word}s")
        if len(set(codes)) != len(codes):
            faults.append(f"{word} codes repeat: give each {word} its own")
    faults += [
        f"site column {j} is out of range 0..{columns - 1}"
        for j in (*instance.existing, *instance.forbidden)
        if not 0 <= j < columns
    ]
    both = sorted(set(instance.existing) & set(instance.forbidden))
    if both:
        faults.append(f"site columns {both} are both existing and forbidden")
    usable = columns - len(instance.forbidden)
    if not max(1, len(instance.existing)) <= instance.p <= usable:
        faults.append(
            f"p = {instance.p} open sites in all: must be at least 1, at least the "
            f"{len(instance.existing)} existing ones and at most the {usable} allowed ones"
        )
    return faults
