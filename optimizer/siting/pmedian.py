"""p-median: open ``p`` sites so that the weighted cost from each client to its nearest is least.

Preview by greedy and interchange; bound by Lagrangian relaxation; sites fixed by reduced cost;
the rest by branch and bound and, where that is slow, by HiGHS on the radius formulation.
"""

from dataclasses import dataclass

import numpy as np

from optimizer.plan import Status
from optimizer.siting.branch import Tree
from optimizer.siting.cover import cover_with
from optimizer.siting.incumbent import Incumbent, finite
from optimizer.siting.instance import Floats, Instance, Ints
from optimizer.siting.interchange import greedy, interchange, open_cost
from optimizer.siting.radius import radius_model
from optimizer.siting.result import Served, SitingResult, judge, relative_gap
from optimizer.siting.root import Root, tighten
from optimizer.siting.watch import Cancelled, Progress, Watch

METHOD = "greedy + interchange, Lagrangian bound, branch and bound, radius formulation on HiGHS"
_FEW = 15  # sites left to open: below, branch and bound is quicker than HiGHS (by trial)
_PORTION_FEW, _PORTION_MANY = 400, 20  # nodes before the first try of HiGHS; doubles
_SLICE_S = 2.0  # first try of HiGHS; doubles up to the longest
_LONGEST_SLICE_S = 20.0  # also the longest that a cancel may have to wait
_MIP_PAIRS = 80_000  # above, HiGHS costs more memory and time than it saves


@dataclass(frozen=True, slots=True)
class _Core:
    """The part that must be decided: weighted costs (inf = unreachable) of live clients."""

    cost: Floats
    rows: Ints
    columns: Ints
    existing: tuple[int, ...]
    step: float


def solve_pmedian(
    instance: Instance,
    *,
    time_limit_s: float = 60.0,
    unserved_cost: float | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> SitingResult:
    """Minimise ``sum weight * cost to the nearest open site``.

    Every client of positive weight that any allowed site reaches must be served; with
    ``unserved_cost`` (in the unit of ``cost``) one may be left unserved at that cost instead.
    Clients that no allowed site reaches are listed as ``out_of_reach``. ``infeasible`` means
    proven: ``p`` sites can't serve everybody.
    """
    watch = Watch(time_limit_s, progress, cancelled)
    core = _core(instance, unserved_cost)
    incumbent = Incumbent(core.cost, core.step, lambda value: watch.say("better", value))
    start = _start(core, instance.p, watch)
    if start is None:
        return SitingResult(
            model="p-median",
            method=METHOD,
            status=Status.INFEASIBLE,
            p=instance.p,
            seconds=watch.seconds,
            out_of_reach=_out_of_reach(instance),
            reason=f"{instance.p} open sites can't serve every client",
        )
    if not start:
        return _without_answer(instance, watch)
    incumbent.offer(start)
    watch.say("preview", incumbent.value)
    root = tighten(incumbent, instance.p, core.existing, watch)
    bound = max(root.bound, _finish(incumbent, root, instance.p, watch))
    status, bound = judge(incumbent.value, max(bound, 0.0), step=core.step)
    return _result(instance, core, incumbent, status, bound, watch, unserved_cost)


def _core(instance: Instance, unserved_cost: float | None) -> _Core:
    columns = instance.allowed
    rows = np.flatnonzero(instance.reachable & (instance.weight > 0))
    cost = np.where(np.isnan(instance.cost), np.inf, instance.cost)[np.ix_(rows, columns)]
    if unserved_cost is not None:
        cost = np.minimum(cost, unserved_cost)
    cost = np.ascontiguousarray(cost * instance.weight[rows, None])
    where = {int(j): k for k, j in enumerate(columns)}
    existing = tuple(where[j] for j in instance.existing)
    return _Core(cost, rows, columns, existing, cost_step(cost))


def cost_step(cost: Floats) -> float:
    """Greatest whole number that divides all finite costs; 0 where they are not whole."""
    values = cost[np.isfinite(cost)]
    if not values.size or values.max() * max(1, cost.shape[0]) > 2**53:
        return 0.0
    if not (values == np.floor(values)).all():
        return 0.0
    return float(np.gcd.reduce(np.unique(values.astype(np.int64)))) or 1.0


def _start(core: _Core, p: int, watch: Watch) -> list[int] | None:
    """A first solution; None if there is provably none, empty if the time ran out."""
    filled = finite(core.cost)
    sites, _ = interchange(
        filled, greedy(filled, p, core.existing), fixed=core.existing, stop=lambda: watch.over
    )
    if np.isfinite(open_cost(core.cost, sites)):
        return sites
    found = cover_with(np.isfinite(core.cost), p, core.existing, watch)
    if found.sites is None:
        return None if found.settled else []
    return list(found.sites)


def _finish(incumbent: Incumbent, root: Root, p: int, watch: Watch) -> float:
    """Close the gap, or say how far it is closed."""
    if incumbent.value == 0:
        return 0.0  # costs are never negative
    if root.bound > incumbent.target or not len(root.free) or watch.over:
        return incumbent.value if len(root.free) == 0 else root.bound
    tree = Tree(incumbent, p, root.opened, root.free, root.u)
    from_mip, slice_s = -np.inf, _SLICE_S
    portion = _PORTION_FEW if p - len(root.opened) < _FEW else _PORTION_MANY
    while not watch.over:
        done = tree.work(portion, lambda: watch.over)
        watch.say("branch and bound", incumbent.value, max(tree.bound, from_mip))
        if done or watch.over:
            break
        settled, bound = _by_mip(incumbent, root, p, min(slice_s, watch.left))
        from_mip = max(from_mip, bound)
        if settled:
            return incumbent.value
        portion, slice_s = 2 * portion, min(2 * slice_s, _LONGEST_SLICE_S)
    return max(tree.bound, from_mip)


def _by_mip(incumbent: Incumbent, root: Root, p: int, time_limit_s: float) -> tuple[bool, float]:
    """One try of HiGHS: whether it settled the question, and a true bound."""
    model = radius_model(
        incumbent,
        p,
        root.opened,
        root.free,
        u=root.u,
        bound=root.bound,
        most_pairs=_MIP_PAIRS,
    )
    if model is None:
        return False, -np.inf
    gap = incumbent.step / 2
    answer = model.solve(time_limit_s, absolute_gap=gap)
    target = incumbent.target  # the model knows only solutions at or below it
    if answer.x is not None:
        chosen = root.free[answer.x[: len(root.free)] > 0.5]  # noqa: PLR2004 - binary
        if len(chosen) + len(root.opened) != p:
            return False, -np.inf  # the solver's sites don't add up: it has proven nothing
        incumbent.offer([*root.opened, *chosen])
    if answer.infeasible or answer.optimal:
        # A best solution above the target says as well that none is at or below it.
        return True, incumbent.value
    return False, min(answer.bound, target)


def _without_answer(instance: Instance, watch: Watch) -> SitingResult:
    return SitingResult(
        model="p-median",
        method=METHOD,
        status=Status.UNKNOWN,
        p=instance.p,
        seconds=watch.seconds,
        out_of_reach=_out_of_reach(instance),
        reason=f"no solution that serves everybody was found: {watch.why}",
    )


def _out_of_reach(instance: Instance) -> tuple[str, ...]:
    lost = ~instance.reachable & (instance.weight > 0)
    return tuple(instance.clients[i] for i in np.flatnonzero(lost))


def _result(
    instance: Instance,
    core: _Core,
    incumbent: Incumbent,
    status: Status,
    bound: float,
    watch: Watch,
    unserved_cost: float | None,
) -> SitingResult:
    chosen = core.columns[list(incumbent.sites)]
    served, unserved = assign(instance, chosen, unserved_cost)
    return SitingResult(
        model="p-median",
        method=METHOD,
        status=status,
        p=instance.p,
        value=incumbent.value,
        bound=bound,
        gap=relative_gap(incumbent.value, bound),
        seconds=watch.seconds,
        open_sites=tuple(instance.sites[j] for j in chosen),
        assignment=served,
        unserved=unserved,
        out_of_reach=_out_of_reach(instance),
        reason="" if status is Status.PROVEN else f"not proven: {watch.why}",
    )


def assign(
    instance: Instance, chosen: Ints, unserved_cost: float | None = None
) -> tuple[tuple[Served, ...], tuple[str, ...]]:
    """Each client to its cheapest open site (the first in order where equal)."""
    served, unserved = [], []
    costs = np.where(np.isnan(instance.cost), np.inf, instance.cost)[:, chosen]
    reachable = instance.reachable
    for i, row in enumerate(costs):
        k = int(row.argmin())
        if np.isfinite(row[k]) and (unserved_cost is None or row[k] <= unserved_cost):
            site = instance.sites[int(chosen[k])]
            served.append(Served(client=instance.clients[i], site=site, cost=float(row[k])))
        elif reachable[i] and instance.weight[i] > 0:
            unserved.append(instance.clients[i])
    return tuple(served), tuple(unserved)
