"""Point -> area at tens of nanoseconds a point, with exactly the answers of the polygons.

A regular grid of cells lies over the units. A cell that no border touches knows its area at
once; a point in any other cell is tested against the few polygons that reach into it. Border
points count as inside; where several units hold a point, the lowest code wins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

OUTSIDE = -1
FINE, COARSE = 1024, 256
"""Cells along a side of the index: a fine one answers sooner, a coarse one is sooner made."""
MANY_POINTS = 500_000
"""From here on a fine index pays."""
_BLOCK = 1 << 18
"""Points handled at once: the work of a block stays within a few megabytes of cache."""


@dataclass(frozen=True, slots=True)
class AreaGrid:
    """The index; build it with ``build_grid``, ask it with ``assign``.

    ``cells`` is row by row from the south-west: an area's position in ``codes``, ``OUTSIDE``, or
    ``-2 - k`` for the border cell ``k``, whose candidates are
    ``candidates[starts[k]:starts[k + 1]]`` in the order of the codes.
    """

    codes: tuple[str, ...]
    shapes: NDArray[Any]
    bounds: tuple[float, float, float, float]
    size: tuple[int, int]
    cells: Ints
    starts: Ints
    candidates: Ints

    @property
    def nbytes(self) -> int:
        """Memory of the index, without the polygons."""
        return int(self.cells.nbytes + self.starts.nbytes + self.candidates.nbytes)


def build_grid(codes: Sequence[str], shapes: Sequence[Any], *, size: int = FINE) -> AreaGrid:
    """Index polygons (any planar CRS; asked points must be in the same) on size x size cells."""
    order = sorted(range(len(codes)), key=lambda i: codes[i])
    ordered = np.array([shapes[i] for i in order], dtype=object)
    shapely.prepare(ordered)
    west, south, east, north = (float(v) for v in shapely.total_bounds(ordered))
    bounds = (west, south, east, north)
    touched = _touched_cells(ordered, bounds, size)
    border = np.unique(touched[:, 0])
    cells = np.full(size * size, OUTSIDE, dtype=np.int32)
    cells[border] = -2 - np.arange(len(border), dtype=np.int32)
    _fill_interiors(cells, ordered, bounds, size)
    pairs = _sorted_pairs(
        np.vstack([touched, _centre_pairs(border, ordered, bounds, size)]), len(ordered)
    )
    starts = np.searchsorted(pairs[:, 0], np.append(border, size * size)).astype(np.int32)
    return AreaGrid(
        codes=tuple(codes[i] for i in order),
        shapes=ordered,
        bounds=bounds,
        size=(size, size),
        cells=cells,
        starts=starts,
        candidates=pairs[:, 1].astype(np.int32),
    )


def _sorted_pairs(pairs: NDArray[np.int64], shapes: int) -> NDArray[np.int64]:
    """Pairs (place, shape) in order, each once; as one number each, which sorts far sooner."""
    keys = np.unique(pairs[:, 0] * shapes + pairs[:, 1])
    return np.column_stack([keys // shapes, keys % shapes])


def _column(values: Floats, low: float, high: float, size: int) -> NDArray[np.int64]:
    """Cell of a coordinate along one axis: monotone, so that a cell range bounds a segment."""
    scale = size / (high - low) if high > low else 0.0
    cell = ((values - low) * scale).astype(np.int64)
    return np.clip(cell, 0, size - 1)


def _touched_cells(
    shapes: NDArray[Any], bounds: tuple[float, float, float, float], size: int
) -> NDArray[np.int64]:
    """Unique (cell, shape) pairs of every cell that a border touches, and perhaps a few more."""
    west, south, east, north = bounds
    rings, owner = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    rings, part = shapely.get_parts(rings, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    owner = owner[part][ring]
    joined = ring[1:] == ring[:-1]
    a, b, owner = points[:-1][joined], points[1:][joined], owner[1:][joined]
    cell = np.array([(east - west) / size, (north - south) / size])
    cell[cell == 0] = 1.0
    pieces = np.maximum(1, np.ceil(np.abs(b - a) / cell).max(axis=1)).astype(np.int64)
    which = np.repeat(np.arange(len(a)), pieces)
    step = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = np.column_stack([step, step + 1]) / pieces[which][:, None]
    start = a[which] + (b - a)[which] * share[:, :1]
    stop = a[which] + (b - a)[which] * share[:, 1:]
    # The cut points are rounded: a hair of a cell on each side keeps the true line inside.
    low, high = np.minimum(start, stop) - cell * 1e-6, np.maximum(start, stop) + cell * 1e-6
    x0, x1 = _column(low[:, 0], west, east, size), _column(high[:, 0], west, east, size)
    y0, y1 = _column(low[:, 1], south, north, size), _column(high[:, 1], south, north, size)
    found = []
    for dx in range(int((x1 - x0).max()) + 1):
        for dy in range(int((y1 - y0).max()) + 1):
            hit = (x0 + dx <= x1) & (y0 + dy <= y1)
            at = (y0[hit] + dy) * size + x0[hit] + dx
            found.append(np.column_stack([at, owner[which][hit]]))
    return _sorted_pairs(np.concatenate(found), len(shapes))


def _centres(
    cells: NDArray[np.int64], bounds: tuple[float, float, float, float], size: int
) -> tuple[Floats, Floats]:
    west, south, east, north = bounds
    x = west + (cells % size + 0.5) * ((east - west) / size)
    y = south + (cells // size + 0.5) * ((north - south) / size)
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


def _holders(shapes: NDArray[Any], x: Floats, y: Floats) -> NDArray[np.int64]:
    """Pairs (point, shape) of every shape that holds a point, by point, then by shape."""
    point, shape = shapely.STRtree(shapes).query(shapely.points(x, y), predicate="intersects")
    return _sorted_pairs(np.column_stack([point, shape]), len(shapes))


def _fill_interiors(
    cells: Ints, shapes: NDArray[Any], bounds: tuple[float, float, float, float], size: int
) -> None:
    """Cells joined without a border between them lie in the same area: ask once for each patch."""
    patches, count = ndimage.label((cells == OUTSIDE).reshape(size, size))
    flat = patches.ravel()
    first = np.zeros(count + 1, dtype=np.int64)
    first[flat[::-1]] = np.arange(
        len(flat) - 1, -1, -1
    )  # backwards: the first cell is written last
    first = first[1:]
    pairs = _holders(shapes, *_centres(first, bounds, size))
    area = np.full(count + 1, OUTSIDE, dtype=np.int32)
    for point, shape in pairs[::-1]:  # backwards: the lowest code is written last
        area[flat[first[point]]] = shape
    free = cells == OUTSIDE
    cells[free] = area[flat[free]]


def _centre_pairs(
    border: NDArray[np.int64],
    shapes: NDArray[Any],
    bounds: tuple[float, float, float, float],
    size: int,
) -> NDArray[np.int64]:
    """A shape that covers a whole border cell has no border in it, but holds its centre."""
    if not len(border):
        return np.empty((0, 2), dtype=np.int64)
    pairs = _holders(shapes, *_centres(border, bounds, size))
    return np.column_stack([border[pairs[:, 0]], pairs[:, 1]])


def assign(grid: AreaGrid, x: Floats, y: Floats) -> Ints:
    """Position in ``grid.codes`` of the area that holds each point; ``OUTSIDE`` for none or NaN.

    A pure function: the same points give the same answer in any order, split or process.
    """
    shapely.prepare(grid.shapes)  # a grid that came from another process is not
    out = np.empty(len(x), dtype=np.int32)
    for block in _blocks(len(x)):
        out[block] = _assign_block(grid, x[block], y[block])
    return out


def _blocks(length: int) -> Iterator[slice]:
    for start in range(0, length, _BLOCK):
        yield slice(start, min(start + _BLOCK, length))


def _assign_block(grid: AreaGrid, x: Floats, y: Floats) -> Ints:
    west, south, east, north = grid.bounds
    columns, rows = grid.size
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    everywhere = bool(inside.all())
    if not everywhere:
        x, y = x[inside], y[inside]
    scale_x = columns / (east - west) if east > west else 0.0
    scale_y = rows / (north - south) if north > south else 0.0
    column = ((x - west) * scale_x).astype(np.int32)
    np.minimum(column, columns - 1, out=column)
    row = ((y - south) * scale_y).astype(np.int32)
    np.minimum(row, rows - 1, out=row)
    row *= columns
    row += column
    area = grid.cells[row]
    doubtful = np.flatnonzero(area < OUTSIDE)
    if len(doubtful):
        area[doubtful] = _test(grid, -2 - area[doubtful], x[doubtful], y[doubtful])
    if everywhere:
        return area
    out = np.full(len(inside), OUTSIDE, dtype=np.int32)
    out[inside] = area
    return out


def _test(grid: AreaGrid, border: Ints, x: Floats, y: Floats) -> Ints:
    """The exact test, candidate by candidate in the order of the codes; the first hit wins."""
    found = np.full(len(x), OUTSIDE, dtype=np.int32)
    open_points = np.arange(len(x))
    at, end = grid.starts[border], grid.starts[border + 1]
    while len(open_points):
        candidate = grid.candidates[at[open_points]]
        hit = shapely.intersects_xy(grid.shapes[candidate], x[open_points], y[open_points])
        found[open_points[hit]] = candidate[hit]
        at[open_points] += 1
        open_points = open_points[~hit]
        open_points = open_points[at[open_points] < end[open_points]]
    return found
