"""Maximal covering (Church & ReVelle 1974): open ``p`` sites so that the most weight is covered.

Preview by greedy and interchange; then CP-SAT clauses 'covered only if one of its sites is
open' up to 1,000 groups of clients with whole weights, HiGHS above.
"""

import numpy as np
from ortools.sat.python import cp_model

from optimizer.plan import Status
from optimizer.siting import clauses
from optimizer.siting.groups import Groups, make_groups, serve_within
from optimizer.siting.instance import Instance
from optimizer.siting.interchange import greedy, interchange
from optimizer.siting.mip import Rows
from optimizer.siting.result import SitingResult, judge, relative_gap
from optimizer.siting.watch import Cancelled, Progress, Watch

CLAUSES_UP_TO = 1_000  # groups of clients; CP-SAT is quicker below, HiGHS above (by trial)


def solve_covering(
    instance: Instance,
    radius: float,
    *,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Maximise the weight of clients with an open site at cost ``radius`` or less.

    ``value`` is that weight: people if the weights are people. Weight that no allowed site
    covers is listed as ``out_of_reach``.
    """
    watch = Watch(time_limit_s, progress, cancelled)
    groups = make_groups(instance, radius)
    sites = _preview(groups, instance.p, watch)
    value, total = _covered(groups, sites), float(groups.weight.sum())
    watch.say("preview", value, total)
    bound = total
    method = "greedy + interchange"
    if value < total and not watch.over:
        by_clauses = groups.whole and len(groups.weight) <= CLAUSES_UP_TO
        solve = _by_clauses if by_clauses else _by_mip
        method += ", CP-SAT clauses" if by_clauses else ", HiGHS"
        found, bound = solve(groups, instance.p, sites, watch)
        if found is not None and _covered(groups, found) > value:
            sites, value = list(found), _covered(groups, found)
    status, negative = judge(-value, -bound, step=groups.step)
    return covering_result(instance, "covering", method, groups, sites, radius).model_copy(
        update={
            "status": status,
            "value": value,
            "bound": -negative,
            "gap": relative_gap(value, -negative),
            "seconds": watch.seconds,
            "reason": "" if status is Status.PROVEN else f"not proven: {watch.why}",
        }
    )


def covering_result(
    instance: Instance, model: str, method: str, groups: Groups, sites: list[int], radius: float
) -> SitingResult:
    """The sites and who is covered; status and figures still to come."""
    chosen = sorted(int(j) for j in groups.columns[sites])
    served, unserved, lost = serve_within(instance, chosen, radius)
    return SitingResult(
        model=model,
        method=method,
        status=Status.UNKNOWN,
        p=instance.p,
        maximise=True,
        seconds=0.0,
        open_sites=tuple(instance.sites[j] for j in chosen),
        assignment=served,
        unserved=unserved,
        out_of_reach=lost,
    )


def refuse_false_bound(bound: float, known: float) -> None:
    """A solver whose bound lies below a value already reached is broken: nobody may rely on it."""
    if bound < known - 1e-5 * max(1.0, known):
        raise RuntimeError(f"the solver claims at most {bound}, but {known} is reached")


def _preview(groups: Groups, p: int, watch: Watch) -> list[int]:
    """Covering is a p-median whose cost is the weight left uncovered."""
    cost = np.where(groups.covers, 0.0, groups.weight[:, None])
    start = greedy(cost, p, groups.existing)
    sites, _ = interchange(cost, start, fixed=groups.existing, stop=lambda: watch.over)
    return sites


def _covered(groups: Groups, sites: list[int] | tuple[int, ...]) -> float:
    return float(groups.weight[groups.covers[:, list(sites)].any(axis=1)].sum())


def _by_clauses(
    groups: Groups, p: int, start: list[int], watch: Watch
) -> tuple[tuple[int, ...] | None, float]:
    model = cp_model.CpModel()
    opens = clauses.open_variables(model, groups.covers.shape[1], p, groups.existing)
    covered = []
    for row in groups.covers:
        x = model.new_bool_var("")
        model.add_bool_or([x.negated(), *(opens[int(k)] for k in np.flatnonzero(row))])
        covered.append(x)
    weights = groups.weight.astype(np.int64).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(covered, weights))
    clauses.hint(model, opens, start)
    answer = clauses.run(model, opens, watch, float(groups.weight.sum()))
    return answer.sites, answer.bound


def _by_mip(
    groups: Groups, p: int, start: list[int], watch: Watch
) -> tuple[tuple[int, ...] | None, float]:
    columns = groups.covers.shape[1]
    rows = Rows()
    for k in range(columns):
        rows.column(lower=float(k in groups.existing), integer=True)
    rows.row([(k, 1.0) for k in range(columns)], p, p)
    for row, weight in zip(groups.covers, groups.weight, strict=True):
        missed = rows.column(float(weight))
        rows.row([(missed, 1.0), *((int(k), 1.0) for k in np.flatnonzero(row))], 1.0)
    answer = rows.solve_watched(watch, absolute_gap=groups.step / 2)
    total = float(groups.weight.sum())
    bound = min(total, total - answer.bound)
    refuse_false_bound(bound, _covered(groups, start))
    if answer.x is None:
        return None, bound
    return tuple(np.flatnonzero(answer.x[:columns] > 0.5).tolist()), bound  # noqa: PLR2004 - binary
