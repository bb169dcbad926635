"""Backup covering (Hogan & ReVelle 1986): the most weight covered by two open sites.

A client counts as backed up only if two *different* open sites cover it: with ``u`` in {0, 1}
and ``2 u <= open sites that cover``. Leaving either bound out counts a lone site twice. The
preview is greedy with interchange; HiGHS proves (quicker than CP-SAT here, by trial). With an odd
number of sites its linear relaxation is far too high; ``backup_cuts`` brings it down.
"""

import numpy as np

from optimizer.plan import Status
from optimizer.siting.backup_cuts import tighten
from optimizer.siting.covering import covering_result, refuse_false_bound
from optimizer.siting.groups import Groups, make_groups
from optimizer.siting.instance import Floats, Instance
from optimizer.siting.mip import Rows
from optimizer.siting.result import REL_TOL, SitingResult, judge, relative_gap
from optimizer.siting.watch import Cancelled, Progress, Watch

METHOD = "greedy + interchange, HiGHS"
_TWICE = 2
_ONCE_COUNTS = 1e-3  # guides the preview towards sites that can become backups


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
    sites: list[int] | None = _preview(groups, instance.p, watch)
    if cover_all and sites is not None and not groups.covers[:, sites].any(axis=1).all():
        sites = None
    bound, infeasible = float(groups.weight.sum()), False
    if sites is not None:
        watch.say("preview", _backed_up(groups, sites), bound)
    if not watch.over:
        found, bound, infeasible = _by_mip(groups, instance.p, cover_all, sites, watch)
        if found is not None and (
            sites is None or _backed_up(groups, found) > _backed_up(groups, sites)
        ):
            sites = found
    if sites is None:
        return _nothing(instance, infeasible, watch)
    value = _backed_up(groups, sites)
    status, negative = judge(-value, -bound, step=groups.step)
    result = covering_result(instance, "backup covering", METHOD, groups, sites, radius)
    return result.model_copy(
        update={
            "status": status,
            "value": value,
            "bound": -negative,
            "gap": relative_gap(value, -negative),
            "seconds": watch.seconds,
            "reason": "" if status is Status.PROVEN else f"not proven: {watch.why}",
        }
    )


def _nothing(instance: Instance, infeasible: bool, watch: Watch) -> SitingResult:
    why = f"{instance.p} sites can't cover everybody within the radius"
    return SitingResult(
        model="backup covering",
        method=METHOD,
        status=Status.INFEASIBLE if infeasible else Status.UNKNOWN,
        p=instance.p,
        maximise=True,
        seconds=watch.seconds,
        reason=why if infeasible else f"nothing found: {watch.why}",
    )


def _backed_up(groups: Groups, sites: list[int]) -> float:
    return float(groups.weight[groups.covers[:, sites].sum(axis=1) >= _TWICE].sum())


def _preview(groups: Groups, p: int, watch: Watch) -> list[int]:
    covers = groups.covers.astype(np.float64)
    sites = list(groups.existing)
    while len(sites) < p:
        gain = _gains(groups, covers, covers[:, sites].sum(axis=1))
        gain[sites] = -np.inf
        sites.append(int(gain.argmax()))
    while not watch.over:
        count = covers[:, sites].sum(axis=1)
        best, swap = 1e-9, None
        for k, leaver in enumerate(sites):
            if leaver in groups.existing:
                continue
            without = count - covers[:, leaver]
            gain = _gains(groups, covers, without)
            gain -= gain[leaver]
            gain[sites] = 0.0
            comer = int(gain.argmax())
            if gain[comer] > best:
                best, swap = float(gain[comer]), (k, comer)
        if swap is None:
            break
        sites[swap[0]] = swap[1]
    return sites


def _gains(groups: Groups, covers: Floats, count: Floats) -> Floats:
    """What each site would add where ``count`` open sites cover already."""
    worth = groups.weight * ((count == 1) + _ONCE_COUNTS * (count == 0))
    gains: Floats = worth @ covers
    return gains


def _by_mip(
    groups: Groups, p: int, cover_all: bool, start: list[int] | None, watch: Watch
) -> tuple[list[int] | None, float, bool]:
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
    relaxed = -float(groups.weight.sum())
    if p % _TWICE:
        reached = 0.0 if start is None else _backed_up(groups, start)
        enough = -(reached + groups.step * (1 - REL_TOL))
        relaxed = max(relaxed, tighten(rows, groups.covers, p, enough, watch))
        if start is not None and relaxed >= enough:
            refuse_false_bound(-relaxed, reached)
            return None, -relaxed, False
    answer = rows.solve_watched(watch, absolute_gap=groups.step / 2)
    bound = min(-relaxed, -answer.bound)
    if start is not None:
        if answer.infeasible:
            raise RuntimeError("the solver sees no solution, but one is known")
        refuse_false_bound(bound, _backed_up(groups, start))
    if answer.x is None:
        return None, bound, answer.infeasible
    return np.flatnonzero(answer.x[:columns] > 0.5).tolist(), bound, False  # noqa: PLR2004 - binary
