"""Which format is this? Each one is told by how many numbers its first line promises."""

from collections.abc import Callable
from pathlib import Path

from geo.notes import Note
from optimizer.siting.files.matrix import read_complete, read_warehouses
from optimizer.siting.files.network import is_network, read_network
from optimizer.siting.files.plane import (
    read_beasley_one,
    read_beasley_set,
    read_lorena,
    read_nodes,
)
from optimizer.siting.files.words import Numbers, SitingFile, read_numbers
from optimizer.siting.instance import SitingFaultsError

_READERS: tuple[Callable[[Numbers], SitingFile | None], ...] = (
    read_beasley_set,
    read_beasley_one,
    read_lorena,
    read_warehouses,
    read_complete,
)


def read_siting_file(
    path: Path, *, demand: Path | None = None, p: int | None = None, capacity: float | None = None
) -> SitingFile:
    """Read a published siting instance.

    ``demand`` (weights of bare nodes) and ``p`` complete files that hold points only;
    ``capacity`` replaces the word of that name (OR-Library's capa, capb, capc). Raises
    ``SitingFaultsError`` with every fault found.
    """
    numbers = read_numbers(path, capacity=capacity)
    if is_network(numbers):
        return read_network(numbers)
    for reader in _READERS:
        found = reader(numbers)
        if found is not None:
            return found
    weights = None if demand is None else read_numbers(demand)
    nodes = read_nodes(numbers, weights, p)
    if nodes is None:
        raise SitingFaultsError([_no_format(numbers)])
    return nodes


def _no_format(numbers: Numbers) -> Note:
    first = numbers.values[[k for k, line in enumerate(numbers.line) if line == numbers.line[0]]]
    head = " ".join(f"{value:g}" for value in first[:6])
    return Note(
        "{file}: {count} numbers after '{head}' fit no known format: "
        "p-median 'n edges p' + 3 an edge; capacitated p-median 'n p capacity' + 'id x y demand' "
        "(one problem or OR-Library's set), 'n p' + 'x y capacity demand', or 'n p' + matrix, "
        "demands, capacities; warehouses 'm n' + capacities, costs; nodes 'n' + 'x y [weight]'. "
        "Is the file cut off?",
        file=numbers.name,
        count=len(numbers.values),
        head=head,
    )
