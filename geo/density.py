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
from scipy.ndimage import gaussian_filter

from geo.incidents import SEVERE

Floats = NDArray[np.float64]
_REACH = 6.0  # standard deviations of kernel that are kept: 2e-9 of the mass lies beyond
_LEAST_SIGMA_CELLS = 1.0


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
    total = np.zeros(rows * columns)
    for dx, wx in ((0, 1 - fx), (1, fx)):
        for dy, wy in ((0, 1 - fy), (1, fy)):
            # Half a cell beyond the outermost centres, all weight goes to the edge cell.
            at = np.clip(row + dy, 0, rows - 1) * columns + np.clip(column + dx, 0, columns - 1)
            w = wx * wy if weights is None else wx * wy * weights
            total += np.bincount(at, weights=w, minlength=rows * columns)
    return total.reshape(rows, columns)


def smooth(binned: Floats, inside: NDArray[np.bool_], sigma_cells: float) -> Floats:
    """Edge-corrected Gaussian smoothing of linearly binned weights; keeps their sum.

    ``sigma_cells`` is the bandwidth in cells, at least 1: below, the grid can't carry the kernel.
    """
    if sigma_cells < _LEAST_SIGMA_CELLS:
        raise ValueError("the cells are larger than the bandwidth; take smaller cells")
    sigma = float(np.sqrt(sigma_cells**2 - 1 / 6))
    kept = gaussian_filter(inside.astype(float), sigma, mode="constant", truncate=_REACH)
    share = np.divide(binned, kept, out=np.zeros_like(binned), where=kept > 0)
    spread = gaussian_filter(share, sigma, mode="constant", truncate=_REACH)
    return np.where(inside, spread, 0.0)


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
    x = west + (np.arange(columns) + 0.5) * cell_m
    y = south + (np.arange(rows) + 0.5) * cell_m
    shapely.prepare(boundary)
    inside = shapely.intersects_xy(boundary, x[None, :], y[:, None])
    binned = bin_linear(points, weight, (west, south), cell_m, (rows, columns))
    surface = smooth(binned, inside, sigma / cell_m) / (cell_m / 1000.0) ** 2
    mass = float(len(points) if weight is None else weight.sum())
    return DensityGrid(surface, (west, south), cell_m, sigma, mass, int((~used).sum()))
