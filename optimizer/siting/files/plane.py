"""Instances given by points: capacitated p-median (OR-Library, Lorena & Senne) and bare nodes.

OR-Library's capacitated p-median costs are Euclidean distances rounded down; the others are
the distances themselves.
"""

import numpy as np

from geo.notes import Note
from optimizer.siting.capacities import Capacities
from optimizer.siting.files.words import FileProblem, Numbers, SitingFile, check_p
from optimizer.siting.instance import Floats, Instance, SitingFaultsError


def distances(points: Floats) -> Floats:
    """Euclidean distance of each pair; ``points`` is (n, 2) in a metric system."""
    gap = points[:, None, :] - points[None, :, :]
    found: Floats = np.sqrt((gap**2).sum(axis=2))
    return found


def read_beasley_set(numbers: Numbers) -> SitingFile | None:
    """``count``, then for each problem ``number best``, ``n p capacity``, ``id x y demand``."""
    count, problems, place = numbers.whole(0), [], 1
    for _ in range(count or 0):
        problem, place = _beasley(numbers, place + 2, place)
        if problem is None:
            return None
        problems.append(problem)
    if not problems or place != len(numbers.values):
        return None
    return SitingFile(
        Note("OR-Library capacitated p-median, {n} problems", n=len(problems)), tuple(problems)
    )


def read_beasley_one(numbers: Numbers) -> SitingFile | None:
    """One such problem, with or without the line ``number best`` and the column ``id``."""
    for start in (2, 0):
        for width in (4, 3):
            problem, place = _beasley(numbers, start, start - 2, width)
            if problem is not None and place == len(numbers.values):
                return SitingFile(Note("capacitated p-median, rounded down distances"), (problem,))
    return None


def _beasley(
    numbers: Numbers, head: int, title: int, width: int = 4
) -> tuple[FileProblem | None, int]:
    n, p = numbers.whole(head), numbers.whole(head + 1)
    end = head + 3 + width * (n or 0)
    if not n or p is None or end > len(numbers.values):
        return None, head
    capacity = float(numbers.values[head + 2])
    rows = numbers.values[head + 3 : end].reshape(n, width)
    codes = rows[:, 0] if width == 4 else np.arange(1, n + 1)  # noqa: PLR2004 - id, x, y, demand
    if not np.array_equal(codes, np.arange(1, n + 1)):
        return None, head
    points, demand = rows[:, -3:-1], rows[:, -1]
    name, published = numbers.name, None
    if title >= 0:
        name = f"{numbers.name} #{numbers.values[title]:g}"
        published = float(numbers.values[title + 1])
    check_p(numbers, head + 1, p, n)
    instance = Instance(np.floor(distances(points)), p)
    return FileProblem(name, instance, Capacities(demand, np.full(n, capacity)), published), end


def read_lorena(numbers: Numbers) -> SitingFile | None:
    """``n p``, then ``x y capacity demand`` for each node."""
    n, p = numbers.whole(0), numbers.whole(1)
    if not n or p is None or len(numbers.values) != 2 + 4 * n:
        return None
    rows = numbers.values[2:].reshape(n, 4)
    check_p(numbers, 1, p, n)
    problem = FileProblem(
        numbers.name, Instance(distances(rows[:, :2]), p), Capacities(rows[:, 3], rows[:, 2])
    )
    return SitingFile(Note("capacitated p-median, {n} nodes, true distances", n=n), (problem,))


def read_nodes(numbers: Numbers, demand: Numbers | None, p: int | None) -> SitingFile | None:
    """``n``, then ``x y`` or ``x y weight`` for each node; weights may come from a second file."""
    n = numbers.whole(0)
    widths = {1 + 2 * (n or 0): 2, 1 + 3 * (n or 0): 3}
    width = widths.get(len(numbers.values))
    if not n or width is None:
        return None
    rows = numbers.values[1:].reshape(n, width)
    faults = []
    weight = rows[:, 2] if width > 2 else np.ones(n)  # noqa: PLR2004 - x, y
    if demand is not None:
        weight = demand.values
        if len(weight) != n:
            faults.append(
                Note(
                    "{file}: {weights} weights for {n} nodes",
                    file=demand.name,
                    weights=len(weight),
                    n=n,
                )
            )
    if p is None:
        faults.append(
            Note("{file}: points only; say how many sites may open (p)", file=numbers.name)
        )
    if faults or p is None:
        raise SitingFaultsError(faults)
    check_p(numbers, 0, p, n)
    problem = FileProblem(numbers.name, Instance(distances(rows[:, :2]), p, weight=weight))
    return SitingFile(Note("{n} nodes in the plane", n=n), (problem,))
