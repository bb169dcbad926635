"""The attacker: what can be learned about a hidden count from everything that was published.

A release is a set of intervals, each on a sum of cells of the common refinement (area x category
x window, as fine as the finest figure). An attacker who knows that counts are whole numbers and
not negative bounds every cell by linear programming. A release is safe if no cell comes out
exact and no cell's interval holds fewer than k whole numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
_EPS = 1e-6


@dataclass(frozen=True, slots=True)
class Published:
    """A figure: the sum of ``cells`` (positions) lies within ``low`` .. ``high``."""

    cells: tuple[int, ...]
    low: float
    high: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Leak:
    """A cell that the published figures pin down to fewer than ``k`` possible counts."""

    cell: int
    low: int
    high: int
    k: int

    @property
    def width(self) -> int:
        """How many whole numbers remain possible; 1: the count is known exactly."""
        return self.high - self.low + 1


def bounds(
    published: Sequence[Published], cells: int, targets: Sequence[int] | None = None
) -> NDArray[np.int64]:
    """Lowest and highest possible count of each target cell, ``(n, 2)``.

    Linear programming over real counts >= 0, rounded inwards to whole numbers. A cell that
    nothing bounds from above gets the largest 64-bit number. Raises ``ValueError`` if the
    figures contradict one another.
    """
    matrix, limit = _rows(published, cells)
    wanted = range(cells) if targets is None else targets
    found = np.empty((len(wanted), 2), dtype=np.int64)
    for row, cell in enumerate(wanted):
        aim = np.zeros(cells)
        aim[cell] = 1.0
        least = _solve(aim, matrix, limit)
        most = _solve(-aim, matrix, limit)
        found[row, 0] = int(np.ceil(least - _EPS))
        found[row, 1] = np.iinfo(np.int64).max if most == -np.inf else int(np.floor(-most + _EPS))
    return found


def _rows(published: Sequence[Published], cells: int) -> tuple[csr_array, Floats]:
    """All figures as ``matrix @ counts <= limit``."""
    data: list[float] = []
    rows: list[int] = []
    columns: list[int] = []
    limit: list[float] = []
    for figure in published:
        for sign, end in ((1.0, figure.high), (-1.0, -figure.low)):
            if np.isfinite(end):
                data += [sign] * len(figure.cells)
                rows += [len(limit)] * len(figure.cells)
                columns += list(figure.cells)
                limit.append(end)
    shape = (max(1, len(limit)), cells)
    if not limit:
        limit = [0.0]
    return csr_array((data, (rows, columns)), shape=shape), np.array(limit, dtype=np.float64)


def _solve(aim: Floats, matrix: Any, limit: Floats) -> float:
    result = linprog(aim, A_ub=matrix, b_ub=limit, bounds=(0, None), method="highs")
    if result.status == _UNBOUNDED:
        return -np.inf
    if not result.success or result.fun is None:
        raise ValueError("the published figures contradict one another")
    return float(result.fun)


_UNBOUNDED = 3


def audit_release(
    published: Sequence[Published], k: Sequence[int], targets: Sequence[int] | None = None
) -> list[Leak]:
    """Every cell that the release gives away; ``k`` is the threshold of each cell.

    Empty: nothing was learned beyond what may be.
    """
    wanted = list(range(len(k))) if targets is None else list(targets)
    found = bounds(published, len(k), wanted)
    return [
        Leak(cell, int(low), int(high), k[cell])
        for cell, (low, high) in zip(wanted, found, strict=True)
        if high - low + 1 < k[cell]
    ]


def suppression_bounds(table: NDArray[np.int64], hidden: NDArray[np.bool_]) -> NDArray[np.int64]:
    """What the margins of a two-way table give away about its hidden cells.

    The table's shown cells and all its row and column totals are public. Returns ``(n, 2)`` for
    the hidden cells in reading order.
    """
    rows, columns = table.shape
    at = np.arange(table.size).reshape(rows, columns)
    shown = [
        Published((int(at[i, j]),), float(table[i, j]), float(table[i, j]))
        for i in range(rows)
        for j in range(columns)
        if not hidden[i, j]
    ]
    lines = [(tuple(at[i].tolist()), table[i].sum()) for i in range(rows)]
    lines += [(tuple(at[:, j].tolist()), table[:, j].sum()) for j in range(columns)]
    margins = [Published(cells, float(total), float(total)) for cells, total in lines]
    return bounds([*shown, *margins], table.size, at[hidden].tolist())


def complement(table: NDArray[np.int64], threshold: int, width: int) -> NDArray[np.bool_]:
    """The cheapest set of cells to hide with those below ``threshold``.

    Cost is the sum of the counts hidden. Every primary cell keeps at least ``width`` possible
    counts. Searches subsets in the order of cost: exact, and for small tables only (16 cells
    beyond the primary ones).
    """
    primary = table < threshold
    others = np.flatnonzero(~primary.ravel())
    if len(others) > _SMALL:
        raise ValueError("complementary cells are searched for small tables only")
    if not primary.any():
        return primary
    cost = table.ravel()[others]
    masks = np.arange(1 << len(others))
    chosen = (masks[:, None] >> np.arange(len(others))) & 1
    for mask in chosen[np.argsort(chosen @ cost, kind="stable")]:
        hidden = primary.ravel().copy()
        hidden[others[mask.astype(bool)]] = True
        shape = hidden.reshape(table.shape)
        if _lonely(shape):
            continue
        found = suppression_bounds(table, shape)
        safe = found[:, 1] - found[:, 0] + 1 >= width
        if safe[primary.ravel()[hidden]].all():
            return shape
    return np.ones_like(primary)


_SMALL = 16


def _lonely(hidden: NDArray[np.bool_]) -> bool:
    """A hidden cell alone in its row or column is known at once: no program is needed."""
    return bool((hidden.sum(axis=0) == 1).any() or (hidden.sum(axis=1) == 1).any())
