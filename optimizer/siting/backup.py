"""Backup covering (Hogan & ReVelle 1986): the most weight covered by two open sites.

A client counts as backed up only if two *different* open sites cover it: with ``u`` in {0, 1}
and ``2 u <= open sites that cover``. Leaving either bound out counts a lone site twice.
"""

import numpy as np
from ortools.sat.python import cp_model

from optimizer.plan import Status
from optimizer.siting import clauses
from optimizer.siting.covering import CLAUSES_UP_TO, covering_result
from optimizer.siting.groups import Groups, make_groups
from optimizer.siting.instance import Instance
from optimizer.siting.mip import Rows
from optimizer.siting.result import SitingResult, judge, relative_gap
from optimizer.siting.watch import Cancelled, Progress, Watch

_TWICE = 2


def solve_backup(
    instance: Instance,
    radius: float,
    *,
    cover_all: bool = False,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Maximise the weight of clients with two open sites at cost ``radius`` or less.

    With ``cover_all`` every client that any allowed site covers must have one (the second stage
    of Hogan & ReVelle's BACOP1). The assignment shows the nearest of a client's open sites.
    """
    watch = Watch(time_limit_s, progress, cancelled)
    groups = make_groups(instance, radius)
    by_clauses = groups.whole and len(groups.weight) <= CLAUSES_UP_TO
    method = "CP-SAT clauses" if by_clauses else "HiGHS"
    solve = _by_clauses if by_clauses else _by_mip
    sites, bound, infeasible = solve(groups, instance.p, cover_all, watch)
    if sites is None:
        why = f"{instance.p} sites can't cover everybody within the radius"
        return SitingResult(
            model="backup covering",
            method=method,
            status=Status.INFEASIBLE if infeasible else Status.UNKNOWN,
            p=instance.p,
            maximise=True,
            seconds=watch.seconds,
            reason=why if infeasible else f"nothing found: {watch.why}",
        )
    value = float(groups.weight[clauses.counts(groups.covers, sites) >= _TWICE].sum())
    status, negative = judge(-value, -bound, step=groups.step)
    return covering_result(
        instance, "backup covering", method, groups, list(sites), radius
    ).model_copy(
        update={
            "status": status,
            "value": value,
            "bound": -negative,
            "gap": relative_gap(value, -negative),
            "seconds": watch.seconds,
            "reason": "" if status is Status.PROVEN else f"not proven: {watch.why}",
        }
    )


def _by_clauses(
    groups: Groups, p: int, cover_all: bool, watch: Watch
) -> tuple[tuple[int, ...] | None, float, bool]:
    model = cp_model.CpModel()
    opens = clauses.open_variables(model, groups.covers.shape[1], p, groups.existing)
    twice = []
    for row in groups.covers:
        mine = [opens[int(k)] for k in np.flatnonzero(row)]
        u = model.new_bool_var("")
        model.add(cp_model.LinearExpr.sum(mine) >= _TWICE * u)
        if cover_all:
            model.add_bool_or(mine)
        twice.append(u)
    model.maximize(cp_model.LinearExpr.weighted_sum(twice, groups.weight.astype(np.int64).tolist()))
    answer = clauses.run(model, opens, watch, float(groups.weight.sum()))
    return answer.sites, answer.bound, answer.infeasible


def _by_mip(
    groups: Groups, p: int, cover_all: bool, watch: Watch
) -> tuple[tuple[int, ...] | None, float, bool]:
    columns = groups.covers.shape[1]
    rows = Rows()
    for k in range(columns):
        rows.column(lower=float(k in groups.existing), integer=True)
    rows.row([(k, 1.0) for k in range(columns)], p, p)
    for row, weight in zip(groups.covers, groups.weight, strict=True):
        u = rows.column(-float(weight), integer=True)
        mine = [(int(k), 1.0) for k in np.flatnonzero(row)]
        rows.row([(u, -float(_TWICE)), *mine], 0.0)
        if cover_all:
            rows.row(mine, 1.0)
    answer = rows.solve_watched(watch, absolute_gap=groups.step / 2)
    bound = min(float(groups.weight.sum()), -answer.bound)
    if answer.x is None:
        return None, bound, answer.infeasible
    chosen = tuple(np.flatnonzero(answer.x[:columns] > 0.5).tolist())  # noqa: PLR2004 - binary
    return chosen, bound, False
