"""Capacitated p-median: no site carries more than its capacity (nor less than its least load).

Preview by regret packing; bound by Lagrangian relaxation with knapsacks; pairs and sites fixed
by reduced cost; the rest by HiGHS. With least loads and neighbours it draws patrol areas of
even work that hang together (Wheeler 2019, Police Quarterly 22).
"""

from dataclasses import dataclass, field

import numpy as np

from optimizer.plan import Status
from optimizer.siting.by_bundles import by_bundles
from optimizer.siting.capacitated_bound import CapacitatedBound, bound_capacitated
from optimizer.siting.capacitated_clauses import by_clauses, suits_clauses
from optimizer.siting.capacitated_model import Pairs, capacitated_model
from optimizer.siting.capacities import Capacities
from optimizer.siting.incumbent import finite
from optimizer.siting.instance import Bools, Floats, Instance, Ints, SitingFaultsError
from optimizer.siting.interchange import greedy, interchange
from optimizer.siting.packing import settle
from optimizer.siting.parts import improve_parts
from optimizer.siting.pmedian import cost_step
from optimizer.siting.result import REL_TOL, Served, SitingResult, judge, relative_gap
from optimizer.siting.watch import Cancelled, Progress, Watch

METHOD = "regret packing, Lagrangian bound with knapsacks, CP-SAT or HiGHS"
_FIRST_SHARE, _LAST_SHARE = 0.005, 0.1  # of the bound: how far above it the first targets are
_LAST_WORKERS = 8  # the last target is the hardest: CP-SAT's large neighbourhoods help there
_PARTS_SHARE = 0.3  # of the time, for bettering the packing part by part
_SHOWN = 1e-6  # smallest share of a split client that is listed


@dataclass(slots=True)
class _Best:
    """Share of each client served by each site (clients, sites), or nothing yet."""

    value: float = np.inf
    shares: Floats | None = None
    seen: set[bytes] = field(default_factory=set)


def solve_capacitated(
    instance: Instance,
    capacities: Capacities,
    *,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Minimise ``sum weight * cost`` (and opening costs) within the capacities.

    Every client is served, wholly by one site unless ``capacities.split``; one that no allowed
    site reaches makes the instance infeasible, as its demand has no place to go.
    """
    watch = Watch(time_limit_s, progress, cancelled)
    limits = capacities.checked(instance)
    cost = np.where(np.isnan(instance.cost), np.inf, instance.cost * instance.weight[:, None])
    cost[:, list(instance.forbidden)] = np.inf
    step = _step(cost, limits)
    best = _Best()
    lower = 0.0
    relaxed: CapacitatedBound | None = None
    if limits.plain:
        relaxed = _relax(cost, limits, instance, best, watch)
        lower = max(0.0, relaxed.bound)
        watch.say("bound", best.value if best.shares is not None else None, lower)
        lower = max(lower, _by_bundles(cost, limits, instance, best, relaxed, step, watch))
        if suits_clauses(limits, step):
            _better_parts(cost, limits, instance, best, lower, step, watch)
    lower, infeasible = _finish(cost, limits, instance, best, relaxed, lower, step, watch)
    if infeasible:
        return _nothing(instance, Status.INFEASIBLE, watch)
    if best.shares is None:
        return _nothing(instance, Status.UNKNOWN, watch)
    status, bound = judge(best.value, lower, step=step)
    return _result(instance, limits, best.value, best.shares, status, bound, watch)


def _finish(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    best: _Best,
    relaxed: CapacitatedBound | None,
    lower: float,
    step: float,
    watch: Watch,
) -> tuple[float, bool]:
    """CP-SAT or HiGHS over the pairs that solutions up to a target may use; the target grows.

    A model for a low target is small. If it holds a solution within the target, its best is the
    best of all; if not, the target is a bound. Returns the bound and whether nothing exists.
    """
    share = _FIRST_SHARE
    while not watch.over:
        value = best.value if best.shares is not None else np.inf
        last = value - _below(value, step)
        if lower > last:
            break
        target = np.inf if relaxed is None else min(last, relaxed.bound * (1 + share) + step)
        if share > _LAST_SHARE:
            target = last
        pairs = (
            Pairs(np.isfinite(cost), (), ())
            if relaxed is None
            else _fix(cost, relaxed, instance, target)
        )
        if suits_clauses(limits, step):
            answer, shares = by_clauses(
                cost,
                limits,
                instance,
                pairs,
                lower=lower,
                target=target,
                start=best.shares,
                workers=_LAST_WORKERS if target >= last else 1,
                watch=watch,
            )
        else:
            model = capacitated_model(cost, limits, instance, pairs)
            answer = model.rows.solve_watched(watch, absolute_gap=step / 2)
            shares = None if answer.x is None else model.shares(answer.x)
        if shares is not None:
            _take(best, shares, cost, limits, watch)
        if answer.infeasible and np.isinf(target):
            return lower, True
        reached = np.inf if answer.infeasible else answer.bound
        lower = max(lower, min(reached, target if target < last else best.value))
        if not (answer.optimal or answer.infeasible) or target >= last:
            break
        watch.say("target", best.value if best.shares is not None else None, lower)
        share *= 4
    return lower, False


def _by_bundles(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    best: _Best,
    relaxed: CapacitatedBound,
    step: float,
    watch: Watch,
) -> float:
    """A bound, and on the way better solutions; 0 if it finds none."""

    def take(to: Ints) -> None:
        shares = np.zeros(cost.shape)
        shares[np.arange(len(cost)), to] = 1.0
        _take(best, shares, cost, limits, watch)

    # Whatever serves everybody costs no more than this.
    most = float(np.where(np.isfinite(cost), cost, 0.0).max(axis=1).sum())

    def target() -> float:
        return best.value - _below(best.value, step) if best.shares is not None else most

    fixed_for = target()
    if watch.over or relaxed.bound > fixed_for:
        return 0.0
    found = by_bundles(
        cost,
        limits,
        instance,
        usable=_fix(cost, relaxed, instance, fixed_for).usable,
        client_prices=relaxed.u,
        start=None if best.shares is None else best.shares.argmax(axis=1),
        target=target,
        step=step,
        take=take,
        watch=watch,
    )
    return 0.0 if found is None else min(found, fixed_for + step)


def _better_parts(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    best: _Best,
    lower: float,
    step: float,
    watch: Watch,
) -> None:
    """Better the best packing part by part, in a share of the time."""
    if best.shares is None:
        return
    until = watch.seconds + _PARTS_SHARE * watch.left

    def stop() -> bool:
        return watch.over or watch.seconds > until or best.value - step < lower

    to = best.shares.argmax(axis=1)
    to = improve_parts(cost, limits, instance, to, step=step, watch=watch, stop=stop)
    shares = np.zeros(cost.shape)
    shares[np.arange(len(cost)), to] = 1.0
    _take(best, shares, cost, limits, watch)


def _take(best: _Best, shares: Floats, cost: Floats, limits: Capacities, watch: Watch) -> None:
    value = _value(cost, shares, limits)
    if value < best.value:
        best.value, best.shares = value, shares
        watch.say("better", value)


def _step(cost: Floats, limits: Capacities) -> float:
    """Unit of all values: only where nobody is split and opening costs are whole as well."""
    if limits.split:
        return 0.0
    return cost_step(np.vstack([cost, limits.opening_cost[None, :]]))


def _below(value: float, step: float) -> float:
    if not np.isfinite(value):
        return 0.0
    return step * (1 - REL_TOL) if step else REL_TOL / 10 * abs(value)


def _relax(
    cost: Floats, limits: Capacities, instance: Instance, best: _Best, watch: Watch
) -> CapacitatedBound:
    """Bound, and on the way the best packing of each set of sites that opens."""

    def look(sites: Ints) -> float:
        key = np.sort(sites).tobytes()
        if key not in best.seen:
            best.seen.add(key)
            found = settle(cost, sites, limits, instance.existing)
            if found is not None and found[1] < best.value:
                shares = np.zeros(cost.shape)
                shares[np.arange(len(cost)), found[0]] = 1.0
                best.value, best.shares = found[1], shares
                watch.say("preview", best.value)
        return best.value

    filled = finite(cost)
    start = greedy(filled, instance.p, instance.existing)
    sites, _ = interchange(filled, start, fixed=instance.existing, stop=lambda: watch.over)
    upper = look(np.array(sites))
    return bound_capacitated(
        cost,
        limits,
        instance.p,
        instance.existing,
        upper=upper,
        u=filled[:, sites].min(axis=1),
        look=look,
        stop=lambda: watch.over,
    )


def _fix(cost: Floats, relaxed: CapacitatedBound, instance: Instance, target: float) -> Pairs:
    """Pairs and sites that a solution at or below ``target`` may still use."""
    usable: Bools = np.isfinite(cost)
    if not np.isfinite(target):
        return Pairs(usable, (), ())
    free = np.ones(cost.shape[1], dtype=bool)
    free[list(instance.existing)] = False
    inside = np.zeros(cost.shape[1], dtype=bool)
    inside[relaxed.inside] = True
    out, within = free & ~inside, free & inside
    last_in = relaxed.rho[within].max() if within.any() else -np.inf
    first_out = relaxed.rho[out].min() if out.any() else np.inf
    lift = np.where(out, relaxed.rho - last_in, 0.0)
    closed = out & (relaxed.bound + lift > target)
    opened = within & (relaxed.bound - relaxed.rho + first_out > target)
    lift_pair = np.maximum(0.0, cost - relaxed.u[:, None]) + np.where(closed, 0.0, lift)
    usable &= ~closed & (relaxed.bound + lift_pair <= target)
    return Pairs(
        usable,
        tuple(np.flatnonzero(opened).tolist()),
        tuple(np.flatnonzero(closed).tolist()),
    )


def _value(cost: Floats, shares: Floats, limits: Capacities) -> float:
    used = shares > 0
    opened = used.any(axis=0)
    return float((cost[used] * shares[used]).sum() + limits.opening_cost[opened].sum())


def _nothing(instance: Instance, status: Status, watch: Watch) -> SitingResult:
    infeasible = status is Status.INFEASIBLE
    return SitingResult(
        model="capacitated p-median",
        method=METHOD,
        status=status,
        p=instance.p,
        seconds=watch.seconds,
        reason="no choice of sites serves every client within the capacities"
        if infeasible
        else f"nothing found: {watch.why}",
    )


def _result(
    instance: Instance,
    limits: Capacities,
    value: float,
    shares: Floats,
    status: Status,
    bound: float,
    watch: Watch,
) -> SitingResult:
    used = [int(j) for j in np.flatnonzero(shares.any(axis=0))]
    opened = used if limits.free_count else _filled(used, instance)
    return SitingResult(
        model="capacitated p-median",
        method=METHOD,
        status=status,
        p=instance.p,
        value=value,
        bound=bound,
        gap=relative_gap(value, bound),
        seconds=watch.seconds,
        open_sites=tuple(instance.sites[j] for j in opened),
        assignment=tuple(
            Served(
                client=instance.clients[i],
                site=instance.sites[j],
                cost=float(instance.cost[i, j]),
                share=min(1.0, float(shares[i, j])),
            )
            for i, j in np.argwhere(shares > _SHOWN).tolist()
        ),
        reason="" if status is Status.PROVEN else f"not proven: {watch.why}",
    )


def _filled(used: list[int], instance: Instance) -> list[int]:
    """Exactly ``p`` open sites: existing ones first, then any allowed ones, though idle."""
    spare = [*instance.existing, *instance.allowed.tolist()]
    chosen = list(used)
    for j in spare:
        if len(chosen) < instance.p and j not in chosen:
            chosen.append(j)
    return sorted(chosen)


__all__ = ["Capacities", "SitingFaultsError", "solve_capacitated"]
