"""Incident density: a smooth surface on a metric grid that keeps every incident's weight.

Gaussian kernel of a stated bandwidth. Incidents are spread linearly over the four nearest cell
centres, which adds h^2/6 of variance on average (h: cell size); the filter takes it off again:
sigma^2 - h^2/6. Each incident is divided by the share of its kernel that lies inside the
boundary (Diggle 1985), so nothing leaks over the border and the sum stays what was put in.
Severe categories never get a surface: a kernel of known bandwidth can be turned back to points.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import fft

from geo.incidents import SEVERE

Floats = NDArray[np.float64]
_REACH = 6.0  # standard deviations of kernel that are kept: 2e-9 of the mass lies beyond
_LEAST_SIGMA_CELLS = 1.0
_NOTHING = 1e-6  # a share of kernel inside that is only rounding


@dataclass(frozen=True, slots=True)
class DensityGrid:
    """Incidents per km2 on square cells.

    ``values[row, column]`` counts rows from the south; the cell ``[0, 0]`` has its lower left
    corner at ``origin_m`` in the metric CRS of the points. ``mass`` is the sum of the weights
    used; ``left_out`` counts points outside the boundary or the grid.
    """

    values: Floats
    origin_m: tuple[float, float]
    cell_m: float
    bandwidth_m: float
    mass: float
    left_out: int

    @property
    def total(self) -> float:
        """Density times area: equals ``mass``."""
        cell_km2 = (self.cell_m / 1000.0) ** 2
        return float(np.sum(self.values)) * float(cell_km2)


def silverman_m(xy_m: Floats) -> float:
    """Silverman's rule in the plane: n^(-1/6) times the mean standard deviation of both axes."""
    if len(xy_m) <= 1:
        raise ValueError("a bandwidth needs two points; state one")
    sigma = float(np.sqrt(xy_m.var(axis=0, ddof=1).mean()))
    if sigma == 0:
        raise ValueError("all points are the same; state a bandwidth")
    return float(sigma * len(xy_m) ** (-1 / 6))


def cap_weights(xy_m: Floats, share: float) -> Floats:
    """Weights (at most 1) that hold every single coordinate to ``share`` of the total weight."""
    if not 0 < share <= 1:
        raise ValueError("the share lies between 0 and 1")
    _, which, count = np.unique(xy_m, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-count, kind="stable")
    weight = count.astype(float)
    for capped in range(len(count)):
        rest = float(count[order[capped:]].sum())
        if capped * share >= 1:
            break
        cap = share * rest / (1 - capped * share)
        if count[order[capped]] <= cap:
            weight[order[:capped]] = cap
            break
    else:
        weight[:] = count.min()  # too few coordinates for the share: all weigh the same
    return np.asarray((weight / count)[which.ravel()], dtype=np.float64)


def bin_linear(
    xy_m: Floats, weights: Floats | None, origin_m: tuple[float, float], cell_m: float, shape: Any
) -> Floats:
    """Spread points over the four nearest cell centres; ``shape`` is (rows, columns).

    A pure kernel: the grids of parts of the points add up to the grid of all.
    """
    rows, columns = shape
    u = (xy_m[:, 0] - origin_m[0]) / cell_m - 0.5
    v = (xy_m[:, 1] - origin_m[1]) / cell_m - 0.5
    column, row = np.floor(u).astype(np.int64), np.floor(v).astype(np.int64)
    fx, fy = u - column, v - row
    # Half a cell beyond the outermost centres, all weight goes to the edge cell.
    left, right = np.clip(column, 0, columns - 1), np.clip(column + 1, 0, columns - 1)
    low, high = np.clip(row, 0, rows - 1) * columns, np.clip(row + 1, 0, rows - 1) * columns
    at = np.concatenate([low + left, low + right, high + left, high + right])
    share = np.concatenate([(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx])
    if weights is not None:
        share *= np.tile(weights, 4)
    total = np.bincount(at, weights=share, minlength=rows * columns)
    return np.asarray(total.reshape(rows, columns), dtype=np.float64)


def gaussian(grid: NDArray[Any], sigma_cells: float) -> NDArray[Any]:
    """The grid convolved with a sampled Gaussian, nothing beyond its edges, by FFT.

    Padded by the kernel's reach, so that no side sees the other. Keeps the precision of ``grid``.
    """
    pad = int(np.ceil(_REACH * sigma_cells))
    rows, columns = (int(fft.next_fast_len(n + pad, real=True)) for n in grid.shape)
    spectrum = fft.rfft2(grid, (rows, columns))
    spectrum *= _transfer(rows, sigma_cells, grid.dtype)[:, None]
    spectrum *= _transfer(columns, sigma_cells, grid.dtype)[None, : columns // 2 + 1]
    smoothed = fft.irfft2(spectrum, (rows, columns), overwrite_x=True)
    smoothed = smoothed[: grid.shape[0], : grid.shape[1]]
    return np.maximum(smoothed, 0.0)  # rounding leaves -1e-17 where nothing is


def _transfer(length: int, sigma_cells: float, dtype: Any) -> NDArray[Any]:
    """Spectrum of the sampled kernel, whose sum is one; it is real, for the kernel is even."""
    away = np.minimum(np.arange(length), length - np.arange(length))
    kernel = np.exp(-(away**2) / (2 * sigma_cells**2))
    return np.asarray(fft.fft(kernel / kernel.sum()).real, dtype=dtype)


def mask_of(boundary: Any, origin_m: tuple[float, float], cell_m: float, shape: Any) -> Any:
    """Which cell centres lie inside a polygon, holes and parts included; ``shape`` (rows, columns).

    Every edge flips the cells to its right in the rows it crosses; an odd number is inside.
    """
    rows, columns = shape
    rings = shapely.get_parts(shapely.get_rings(shapely.get_parts(boundary)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    a = (points[:-1][joined] - origin_m) / cell_m - 0.5
    b = (points[1:][joined] - origin_m) / cell_m - 0.5
    low, high = np.minimum(a[:, 1], b[:, 1]), np.maximum(a[:, 1], b[:, 1])
    first = np.clip(np.ceil(low), 0, rows).astype(np.int64)
    last = np.clip(np.ceil(high), 0, rows).astype(np.int64)  # a centre on the upper end is not cut
    edge = np.repeat(np.arange(len(a)), last - first)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
    row = first[edge] + step
    share = (row - a[edge, 1]) / (b[edge, 1] - a[edge, 1])
    x = a[edge, 0] + share * (b[edge, 0] - a[edge, 0])
    column = np.clip(np.ceil(x), 0, columns).astype(np.int64)
    flips = np.bincount(row * (columns + 1) + column, minlength=rows * (columns + 1))
    return np.cumsum(flips.reshape(rows, columns + 1), axis=1)[:, :columns] % 2 == 1


def smooth(binned: Floats, inside: NDArray[np.bool_], sigma_cells: float) -> Floats:
    """Edge-corrected Gaussian smoothing of linearly binned weights; keeps their sum.

    ``sigma_cells`` is the bandwidth in cells, at least 1: below, the grid can't carry the kernel.
    """
    if sigma_cells < _LEAST_SIGMA_CELLS:
        raise ValueError("the cells are larger than the bandwidth; take smaller cells")
    sigma = float(np.sqrt(sigma_cells**2 - 1 / 6))
    # Single precision is enough for a correction: the sum is kept to a millionth.
    kept = gaussian(inside.astype(np.float32), sigma)
    share = np.divide(binned, kept, out=np.zeros_like(binned), where=kept > _NOTHING)
    return np.where(inside, gaussian(share, sigma), 0.0)


def density(
    xy_m: Floats,
    boundary: Any,
    *,
    category: str | None,
    cell_m: float,
    bandwidth_m: float | None = None,
    weights: Floats | None = None,
) -> DensityGrid:
    """Density surface of the points inside ``boundary`` (polygon, same metric CRS).

    ``bandwidth_m`` is the kernel's standard deviation (Silverman's rule without one). Refuses
    severe categories, and ``None`` (all categories) must not hold any of them either: the caller
    passes only points that may be shown.
    """
    if category in SEVERE:
        raise ValueError(f"no surface is made of points of {category}: see geo.privacy")
    used = shapely.intersects_xy(boundary, xy_m[:, 0], xy_m[:, 1])
    points = xy_m[used]
    weight = None if weights is None else weights[used]
    sigma = silverman_m(points) if bandwidth_m is None else bandwidth_m
    west, south, east, north = boundary.bounds
    columns = max(1, int(np.ceil((east - west) / cell_m)))
    rows = max(1, int(np.ceil((north - south) / cell_m)))
    inside = mask_of(boundary, (west, south), cell_m, (rows, columns))
    binned = bin_linear(points, weight, (west, south), cell_m, (rows, columns))
    surface = smooth(binned, inside, sigma / cell_m) / (cell_m / 1000.0) ** 2
    mass = float(len(points) if weight is None else weight.sum())
    return DensityGrid(surface, (west, south), cell_m, sigma, mass, int((~used).sum()))
