"""OR-Library's uncapacitated p-median files: ``n edges p``, then ``i j length`` for each edge.

The graph is undirected; where an edge repeats the last length counts (Beasley's own note), and
the costs are all shortest paths. Parts of a graph that don't hang together can't serve each
other.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

from geo.notes import Note
from optimizer.siting.files.words import FileProblem, Numbers, SitingFile, wrong_p
from optimizer.siting.instance import Floats, Instance, SitingFaultsError

_SHOWN = 10
_HEAD = 3


def is_network(numbers: Numbers) -> bool:
    n, edges, p = (numbers.whole(k) for k in range(_HEAD))
    if n is None or edges is None or p is None or len(numbers.values) != _HEAD + 3 * edges:
        return False
    if numbers.line[_HEAD - 1] != numbers.line[0]:
        return False  # the head stands on one line; other formats have two numbers there
    ends = numbers.values[_HEAD:].reshape(-1, 3)[:, :2]
    return bool((ends == np.floor(ends)).all())


def read_network(numbers: Numbers) -> SitingFile:
    n, edges, p = (int(value) for value in numbers.values[:_HEAD])
    table = numbers.values[_HEAD:].reshape(-1, 3)
    faults = [
        Note(
            "{file}, line {line}: edge {edge}: ends must be 1..{n} and the length zero or more",
            **numbers.at(_HEAD + 3 * k),
            edge=f"{i:g} {j:g} {length:g}",
            n=n,
        )
        for k, (i, j, length) in enumerate(table.tolist())
        if not (1 <= i <= n and 1 <= j <= n and length >= 0)
    ][:_SHOWN]
    if not 1 <= p <= n:
        faults.append(wrong_p(numbers, 2, p, n))
    if faults:
        raise SitingFaultsError(faults)
    problem = FileProblem(numbers.name, Instance(_distances(n, table), p))
    return SitingFile(
        Note("OR-Library p-median, {n} nodes, {edges} edges", n=n, edges=edges), (problem,)
    )


def _distances(n: int, table: Floats) -> Floats:
    ends = table[:, :2].astype(np.int64) - 1
    low, high = ends.min(axis=1), ends.max(axis=1)
    key = low * n + high
    # The last of equal keys: np.unique keeps the first, so look at the list from its end.
    _, last = np.unique(key[::-1], return_index=True)
    keep = len(key) - 1 - last
    keep = keep[low[keep] != high[keep]]
    # A stored zero is an edge of length zero to csgraph, an absent entry is no edge.
    graph = coo_array((table[keep, 2], (low[keep], high[keep])), shape=(n, n)).tocsr()
    distance = shortest_path(graph, method="D", directed=False)
    found: Floats = np.where(np.isinf(distance), np.nan, distance)
    return found
