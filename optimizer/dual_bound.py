"""Bounds from dual values, in our own arithmetic.

For ``min c x`` under ``l <= A x <= h`` and ``a <= x <= b``, any numbers ``y`` give

``sum_i (y_i l_i if y_i > 0 else y_i h_i) + sum_j min(r_j a_j, r_j b_j)``, ``r = c - A' y``,

as a value that no ``x`` can be below (Lagrange). Good ``y`` come from a solver; that they are good
decides how near the bound is, not whether it holds.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class Rows:
    """Rows and limits of a MathOpt model, as arrays; ids are MathOpt's, none deleted."""

    def __init__(self, proto: Any) -> None:
        self._low = _by_id(proto.linear_constraints.ids, proto.linear_constraints.lower_bounds)
        self._high = _by_id(proto.linear_constraints.ids, proto.linear_constraints.upper_bounds)
        self._least = _by_id(proto.variables.ids, proto.variables.lower_bounds)
        self._most = _by_id(proto.variables.ids, proto.variables.upper_bounds)
        cells = proto.linear_constraint_matrix
        shape = (self._low.size, self._least.size)
        self._matrix = sparse.csr_array(
            (np.array(cells.coefficients), (np.array(cells.row_ids), np.array(cells.column_ids))),
            shape=shape,
        )

    def append(self, terms: Mapping[int, float], low: float, high: float) -> None:
        """One more row: coefficients by variable."""
        row = np.zeros((1, self._least.size))
        for column, factor in terms.items():
            row[0, column] = factor
        self._matrix = sparse.vstack([self._matrix, sparse.csr_array(row)], format="csr")
        self._low = np.append(self._low, low)
        self._high = np.append(self._high, high)

    def limit(self, column: int, least: float, most: float) -> None:
        """New limits of a variable."""
        self._least[column], self._most[column] = least, most

    def dual_bound(self, costs: Mapping[int, float], rows: Ids, duals: Floats) -> float:
        """A value that ``min costs x`` can't be below; ``-inf`` if these duals prove nothing.

        ``duals[n]`` belongs to row ``rows[n]``; rows that are not named have 0.
        """
        y = np.zeros(self._low.size)
        y[rows] = duals
        y[(y > 0) & np.isinf(self._low)] = 0.0
        y[(y < 0) & np.isinf(self._high)] = 0.0
        left: Floats = -(y @ self._matrix)
        left[list(costs)] += list(costs.values())
        used = left != 0
        limits = np.where(left > 0, self._least, self._most)[used]
        sides = np.where(y > 0, self._low, self._high)
        priced = y != 0
        terms = np.concatenate([y[priced] * sides[priced], left[used] * limits])
        return math.fsum(terms.tolist())


def _by_id(ids: Any, values: Any) -> Floats:
    """Values at the positions that their ids name."""
    found = np.zeros(max(ids, default=-1) + 1)
    found[list(ids)] = list(values)
    return found
