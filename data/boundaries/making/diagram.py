"""The area-weighted power diagram (Aurenhammer, Hoffmann, Aronov 1998), cut by the river.

A place x belongs to the sub-district u that minimises d(x, s)^2 - w_u over its seeds s, d in metres
(EPSG:32638). The weights w are the maximum of a concave function whose gradient is 'target area
minus area', so with no further rule each sub-district would get its area exactly. Two rules of
ours make a compromise of it:

* each seed stays in its own cell: w_v - w_u <= m d(s, t)^2 for seeds s of u and t of v on a common
  bank, m < 1 for a margin. Towns in the right unit matter more than square kilometres of desert;
* the desert sub-district also takes every place whose best cost is above a constant: nobody's land.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, minimize

from .outline import Banks
from .places import Bank, Place, is_desert

Floats = NDArray[np.float64]

GRID_METRES = 500.0
SEED_MARGIN = 0.9
# A place further than this from every seed, weights aside, is desert.
DESERT_METRES = 35_000.0
# The optimiser works in units of (10 km)^2; weights are then rounded to 1,000 m2, so that the
# last digits of floating point do not reach the file.
COST_SCALE_M2 = 1e8
WEIGHT_STEP_M2 = 1e3
OUT_OF_REACH_M2 = 1e13


@dataclass(frozen=True)
class Diagram:
    """Seeds with their unit, bank and weight (square metres); the last column is the desert."""

    seed_xy: Floats
    seed_bank: tuple[Bank, ...]
    unit_of_column: tuple[str, ...]
    weight_m2: Floats

    def cost(self, xy: Floats, bank: Bank) -> Floats:
        """Cost of points of one bank (n x 2, metres) for each column, before weights."""
        return column_costs(self.seed_xy, self.seed_bank, xy, bank)

    def unit_at(self, xy: Floats, bank: Bank) -> list[str]:
        """The unit that each point of one bank belongs to."""
        best = (self.cost(xy, bank) - self.weight_m2).argmin(axis=1)
        return [self.unit_of_column[column] for column in best]


def _serves(seed_bank: Bank, bank: Bank) -> bool:
    return seed_bank in (bank, Bank.BOTH)


def column_costs(seed_xy: Floats, seed_bank: tuple[Bank, ...], xy: Floats, bank: Bank) -> Floats:
    """Squared distance to each seed of the bank, then the desert's constant (west bank only)."""
    squared = ((xy[:, None, :] - seed_xy[None, :, :]) ** 2).sum(axis=2)
    reach = np.array([_serves(seed, bank) for seed in seed_bank])
    squared[:, ~reach] = OUT_OF_REACH_M2
    constant = DESERT_METRES**2 if bank is Bank.WEST else OUT_OF_REACH_M2
    return np.column_stack([squared, np.full(len(xy), constant)])


def _grid(banks: Banks, bank: Bank) -> Floats:
    west, south, east, north = banks.outline.bounds
    x, y = np.meshgrid(
        np.arange(west, east, GRID_METRES) + GRID_METRES / 2,
        np.arange(south, north, GRID_METRES) + GRID_METRES / 2,
    )
    land = banks.west if bank is Bank.WEST else banks.east
    shapely.prepare(land)
    inside = shapely.contains_xy(land, x.ravel(), y.ravel())
    points: Floats = np.column_stack([x.ravel(), y.ravel()])[inside]
    return points


def _seed_rules(
    places: tuple[Place, ...], seed_xy: Floats, unit_of_column: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Rows A and bounds b of `A w <= b`: each seed stays in its own cell."""
    count = int(unit_of_column.max()) + 1
    tightest: dict[tuple[int, int], float] = {}
    for i, place in enumerate(places):
        for j, other in enumerate((*places, None)):
            mine, theirs = int(unit_of_column[i]), int(unit_of_column[j])
            if mine == theirs:
                continue
            if other is None:
                if place.bank is Bank.EAST:
                    continue
                bound = DESERT_METRES**2
            else:
                if not (_serves(place.bank, other.bank) or _serves(other.bank, place.bank)):
                    continue
                bound = float(((seed_xy[i] - seed_xy[j]) ** 2).sum())
            tightest[mine, theirs] = min(bound, tightest.get((mine, theirs), np.inf))
    rows = np.zeros((len(tightest), count))
    bounds = np.zeros(len(tightest))
    for row, ((mine, theirs), bound) in enumerate(sorted(tightest.items())):
        rows[row, theirs], rows[row, mine] = 1.0, -1.0
        bounds[row] = SEED_MARGIN * bound / COST_SCALE_M2
    return rows, bounds


def weigh(places: tuple[Place, ...], banks: Banks, area_km2: dict[str, float]) -> Diagram:
    """Find the weights for the target areas (km2, summing to the outline's) under both rules."""
    units = sorted(area_km2)
    desert = next(place.subdistrict_code for place in places if is_desert(place))
    names = (*(place.subdistrict_code for place in places), desert)
    unit_of_column = np.array([units.index(name) for name in names])
    seed_xy = np.array([(place.position.x, place.position.y) for place in places])
    seed_bank = tuple(place.bank for place in places)
    costs = np.vstack(
        [
            column_costs(seed_xy, seed_bank, _grid(banks, bank), bank)
            for bank in (Bank.WEST, Bank.EAST)
        ]
    )
    costs /= COST_SCALE_M2
    target = np.array([area_km2[unit] for unit in units])
    target /= target.sum()
    rows, bounds = _seed_rules(places, seed_xy, unit_of_column)

    def falling(weights: Floats) -> tuple[float, Floats]:
        reduced = costs - weights[unit_of_column]
        best = reduced.argmin(axis=1)
        share = np.bincount(unit_of_column[best], minlength=len(units)) / len(costs)
        value = reduced[np.arange(len(best)), best].mean() + weights @ target
        return -float(value), share - target

    found = minimize(
        falling,
        np.zeros(len(units)),
        jac=True,
        method="SLSQP",
        constraints=LinearConstraint(rows, -np.inf, bounds),
        options={"maxiter": 500, "ftol": 1e-10},
    )
    if not found.success:
        message = f"no weights found: {found.message}"
        raise RuntimeError(message)
    weight_m2 = np.round(found.x * COST_SCALE_M2 / WEIGHT_STEP_M2) * WEIGHT_STEP_M2
    return Diagram(seed_xy, seed_bank, names, weight_m2[unit_of_column])
