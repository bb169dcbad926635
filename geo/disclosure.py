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
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, diags_array, eye_array, hstack, vstack

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
    """The cheapest set of cells to hide with those below ``threshold``; ``table`` is two-way.

    Cost is the sum of the counts hidden. Against row and column totals that are public, every
    cell below the threshold keeps at least ``width`` possible counts. Exact, by a mixed-integer
    program (Fischetti & Salazar 2001): for each such cell two other tables with the same
    margins, equal wherever the table is shown, that lie ``width`` - 1 apart in it. Where no set
    does (the margins alone give it away) everything is hidden.
    """
    primary = table < threshold
    if not primary.any():
        return primary
    cells = table.size
    hidden_low = primary.ravel().astype(float)
    margins = _margins(table.shape)
    targets = np.flatnonzero(primary.ravel())
    # Variables: hide (cells), then for each target how far up and down the tables differ.
    blocks = 1 + 2 * len(targets)
    rows: list[csr_array] = []
    low: list[Floats] = []
    high: list[Floats] = []

    def add(parts: dict[int, Any], least: Floats, most: Floats) -> None:
        empty = csr_array((len(least), cells))
        rows.append(hstack([parts.get(i, empty) for i in range(blocks)], format="csr"))
        low.append(least)
        high.append(most)

    eye, most = eye_array(cells, format="csr"), float(table.sum())
    nothing, endless = np.zeros(cells), np.full(cells, np.inf)
    line, column = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    down = diags_array(table.ravel().astype(float), format="csr")
    up = diags_array((np.minimum(line, column) - table).ravel().astype(float), format="csr")
    for number, target in enumerate(targets):
        pair = (1 + 2 * number, 2 + 2 * number)
        for one in pair:
            add({one: margins}, np.zeros(margins.shape[0]), np.zeros(margins.shape[0]))
            add({0: down, one: eye}, nothing, endless)  # no count below zero; shown cells stay
            add({0: up, one: -eye}, nothing, endless)
        apart = csr_array(([1.0], ([0], [target])), shape=(1, cells))
        add({pair[0]: apart, pair[1]: -apart}, np.array([width - 1.0]), np.array([np.inf]))
    found = milp(
        np.concatenate([table.ravel().astype(float), np.zeros(cells * (blocks - 1))]),
        integrality=np.concatenate([np.ones(cells), np.zeros(cells * (blocks - 1))]),
        bounds=Bounds(
            np.concatenate([hidden_low, np.full(cells * (blocks - 1), -most)]),
            np.concatenate([np.ones(cells), np.full(cells * (blocks - 1), most)]),
        ),
        constraints=LinearConstraint(
            vstack(rows, format="csr"), np.concatenate(low), np.concatenate(high)
        ),
    )
    if not found.success:
        return np.ones_like(primary)
    return np.asarray(found.x[:cells] > _HALF).reshape(table.shape)


_HALF = 0.5


def _margins(shape: tuple[int, ...]) -> csr_array:
    """Sums of the rows, then of the columns, of a table in reading order."""
    rows, columns = shape
    at = np.arange(rows * columns)
    line = np.concatenate([at // columns, rows + at % columns])
    return csr_array((np.ones(len(line)), (line, np.tile(at, 2))), shape=(rows + columns, len(at)))
