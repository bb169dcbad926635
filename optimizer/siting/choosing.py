"""Which of the listed bundles serve every client at the least cost: CP-SAT, or HiGHS."""

import numpy as np
from ortools.sat.python import cp_model

from optimizer.siting import clauses
from optimizer.siting.instance import Bools, Ints
from optimizer.siting.knapsacks import Bundles
from optimizer.siting.mip import Rows
from optimizer.siting.watch import Watch

_ROUNDING = 1e-6


def choose(
    listed: Bundles,
    free: Bools,
    count: int,
    *,
    lower: float,
    goal: float,
    step: float,
    watch: Watch,
) -> tuple[Ints | None, float]:
    """The bundles chosen, and a bound; infinite if no choice costs ``goal`` or less.

    At most one bundle of a site, at most ``count`` of those that are ``free`` (bundles,). Whole
    costs (multiples of ``step``) go to CP-SAT, real ones (``step`` 0) to HiGHS, whose best may
    cost more than ``goal``: then there is none below it either.
    """
    if step:
        return _by_clauses(listed, free, count, lower, goal, step, watch)
    return _by_rows(listed, free, count, watch)


def _by_clauses(
    listed: Bundles,
    free: Bools,
    count: int,
    lower: float,
    goal: float,
    step: float,
    watch: Watch,
) -> tuple[Ints | None, float]:
    model = cp_model.CpModel()
    use = [model.new_bool_var("") for _ in listed.site]
    for mine in listed.members.T:
        model.add_exactly_one(use[k] for k in np.flatnonzero(mine).tolist())
    for j in np.unique(listed.site):
        model.add_at_most_one(use[k] for k in np.flatnonzero(listed.site == j).tolist())
    counted = [use[k] for k in np.flatnonzero(free).tolist()]
    model.add(cp_model.LinearExpr.sum(counted) <= count)
    units = np.round(listed.cost / step).astype(np.int64).tolist()
    total = cp_model.LinearExpr.weighted_sum(use, units)
    low = int(np.ceil(lower / step - _ROUNDING))
    model.add(total >= low)
    model.add(total <= int(np.floor(goal / step + _ROUNDING)))
    model.maximize(-total)
    answer = clauses.run(model, use, watch, -float(low))
    if answer.infeasible:
        return None, np.inf
    chosen = None if answer.sites is None else np.array(answer.sites, dtype=np.int64)
    return chosen, -answer.bound * step


def _by_rows(listed: Bundles, free: Bools, count: int, watch: Watch) -> tuple[Ints | None, float]:
    rows = Rows()
    for cost in listed.cost.tolist():
        rows.column(cost, integer=True)
    for mine in listed.members.T:
        rows.row([(k, 1.0) for k in np.flatnonzero(mine).tolist()], 1.0, 1.0)
    for j in np.unique(listed.site):
        rows.row([(k, 1.0) for k in np.flatnonzero(listed.site == j).tolist()], upper=1.0)
    rows.row([(k, 1.0) for k in np.flatnonzero(free).tolist()], upper=float(count))
    answer = rows.solve_watched(watch)
    chosen = None if answer.x is None else np.flatnonzero(answer.x > 0.5)  # noqa: PLR2004 - binary
    return chosen, np.inf if answer.infeasible else answer.bound
