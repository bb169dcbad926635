"""The capacitated p-median by bundles: column generation, cuts, then all bundles that matter.

Set partitioning as in Baldacci, Hadjiconstantinou, Maniezzo & Mingozzi (2002, Computers &
Operations Research 29) and Ceselli & Righini (2005, Networks 45): the linear program over all
bundles is solved by pricing, cuts lift it, and what a solution up to a target may still be made of
are few enough bundles to list them all and let a solver choose.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from optimizer.siting.capacities import Capacities
from optimizer.siting.choosing import choose
from optimizer.siting.instance import Bools, Floats, Instance, Ints
from optimizer.siting.knapsacks import Bundles, Knapsacks
from optimizer.siting.master import Master, Prices, Three, holds_two
from optimizer.siting.watch import Watch

_EPS = 1e-6
_SMOOTHED = 0.7  # weight of the best prices so far; halved where they find nothing new
_HARDLY = 0.1
_LISTED = 150_000  # bundles held at once
_ADDED = 150  # bundles that the program takes in hand at once
_FEW = 300  # bundles that need no further cuts
_FURTHER = 1.95  # below 2: two bundles from afar cost more than the goal
_CUT_ROUNDS = 40
_WORTH = 0.03  # of the way to the target that a round of cuts must bring
_FIRST_SHARE = 0.002  # of the bound: how far above it the first goal is
_MOST_GOALS = 64  # it is no smaller a part of the way to the target than this
_WHOLE = 1e-6

Take = Callable[[Ints], None]


@dataclass(slots=True)
class _State:
    """Compact sites: those that may still be used, by their position in ``sites``."""

    cost: Floats
    sites: Ints
    free: Bools
    count: int
    most: int
    knapsacks: Knapsacks
    master: Master
    lower: float = 0.0


def by_bundles(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    *,
    usable: Bools,
    client_prices: Floats,
    start: Ints | None,
    target: Callable[[], float],
    step: float,
    take: Take,
    watch: Watch,
) -> float | None:
    """A bound for solutions made of ``usable`` pairs; above ``target()`` there is none to find.

    ``start`` is the site of each client in the best solution so far; ``take`` is handed better
    ones, and ``target()`` is then lower. ``step`` is the unit of all costs, 0 for real ones. None
    if the knapsacks don't fit into memory.
    """
    state = _begin(cost, limits, instance, usable, start, watch)
    if state is None:
        return None
    root = _root(state, client_prices, watch)
    if root is not None:
        _list(state, root, limits, target, step, take, watch)
    return state.lower


def _begin(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    usable: Bools,
    start: Ints | None,
    watch: Watch,
) -> _State | None:
    sites = np.flatnonzero(usable.any(axis=0))
    knapsacks = Knapsacks.fitting(usable[:, sites], limits.demand, limits.capacity[sites])
    if knapsacks is None:
        return None
    small = cost[:, sites]
    free = ~np.isin(sites, instance.existing)
    count = instance.p - len(instance.existing)
    dear = float(small[np.isfinite(small)].max(initial=1.0)) * 10 + 1.0
    master = Master(len(cost), free, count, dear, max(watch.left, 1.0))
    state = _State(small, sites, free, count, instance.p, knapsacks, master)
    if start is not None:
        used = [j for j in range(len(sites)) if (start == sites[j]).any()]
        members = np.array([start == sites[j] for j in used])
        master.add(_bundles(state, np.array(used), members))
    return state


def _bundles(state: _State, site: Ints, members: Bools) -> Bundles:
    of, client = np.nonzero(members)
    paid = state.cost[client, site[of]]
    cost = np.bincount(of, weights=paid, minlength=len(site)).astype(np.float64)
    return Bundles(site, members, cost)


def _root(state: _State, client_prices: Floats, watch: Watch) -> Prices | None:
    """Prices that prove most without cuts; no bundle costs less than they pay.

    Prices are asked between the best ones and the program's, so that they don't swing about.
    """
    best, smoothed = client_prices, _SMOOTHED
    while not watch.over:
        relaxed = state.master.solve()
        if relaxed is None:
            return None
        aim = smoothed * best + (1 - smoothed) * relaxed.prices.client
        rho, taken = state.knapsacks.cheapest(state.cost - aim[:, None])
        bound = _prices(state, aim, rho).bound(state.count)
        if bound > state.lower:
            state.lower, best = bound, aim
        found = _bundles(state, np.arange(len(state.sites)), taken.T)
        if not state.master.add(found.some(_reduced(state, relaxed.prices, found) < -_EPS)):
            if smoothed == 0:
                watch.say("bundles", bound=state.lower)
                rho, _ = state.knapsacks.cheapest(state.cost - best[:, None])
                return _prices(state, best, rho)
            smoothed = smoothed / 2 if smoothed > _HARDLY else 0.0
    return None


def _prices(state: _State, client: Floats, rho: Floats) -> Prices:
    """Those of sites that go with these of clients: each site's cheapest bundle pays for itself."""
    free = np.sort(rho[state.free])
    enough = 0 < state.count <= len(free)
    last = float(free[state.count - 1]) if enough else 0.0
    if not state.count:
        last = float(free.min(initial=0.0))
    site = np.where(state.free, np.maximum(0.0, last - rho), -rho)
    return Prices(client, site, -last, np.zeros(0))


def _reduced(state: _State, prices: Prices, bundles: Bundles) -> Floats:
    """Reduced costs without the prices of cuts."""
    fixed = prices.site + prices.count * state.free
    found: Floats = bundles.cost - bundles.members @ prices.client + fixed[bundles.site]
    return found


def _within(
    state: _State, prices: Prices, slack: float, only: int | None = None
) -> tuple[Bundles, float]:
    """All bundles (of one site only) of a reduced cost up to ``slack``, or up to a lower one."""
    limit = slack - (prices.site + prices.count * state.free)
    if only is not None:
        limit[np.arange(len(limit)) != only] = -np.inf
    site, members, lowered = state.knapsacks.within(
        state.cost - prices.client[:, None], limit, most=_LISTED
    )
    return _bundles(state, site, members), slack - lowered


def _served(state: _State, bundles: Bundles, limits: Capacities) -> Ints | None:
    if not bundles.members.any(axis=0).all():
        return None
    at = np.where(bundles.members, state.cost[:, bundles.site].T, np.inf).argmin(axis=0)
    to: Ints = state.sites[bundles.site[at]]
    load = np.bincount(to, weights=limits.demand, minlength=len(limits.capacity))
    return to if (load <= limits.capacity + _EPS).all() else None


def _list(
    state: _State,
    prices: Prices,
    limits: Capacities,
    target: Callable[[], float],
    step: float,
    take: Take,
    watch: Watch,
) -> None:
    """List all bundles of solutions up to a goal and choose among them; the goal grows."""
    root = prices.bound(state.count)
    slack = max(_FIRST_SHARE * root + step, (target() - root) / _MOST_GOALS)
    while not watch.over and state.lower <= target():
        last, before = target(), state.lower
        slack = min(last - root, slack)
        listed, reached = _within(state, prices, slack + 2 * _EPS)
        watch.say("listed", bound=state.lower)
        goal = last if slack == last - root else root + slack
        is_last = goal >= last
        sifted = _sift(state, listed, goal, watch)
        if reached < slack and sifted is not None:
            is_last = slack > _FURTHER * reached
            if is_last:
                slack = _FURTHER * reached
                goal = root + slack
            far, goal = _far(state, prices, root, reached, goal, sifted, watch)
            sifted = _sift(state, _near(state, listed, far, goal, sifted), goal, watch)
        if sifted is None:
            break
        listed, bound = sifted.bundles, sifted.bound
        if bound <= goal:
            load = listed.members @ limits.demand
            listed = listed.some(load <= limits.capacity[state.sites[listed.site]] + _EPS)
            bound = max(bound, _choose(state, listed, goal, step, limits, take, watch))
        # Nothing up to the last goal: the next value above it is the one in hand.
        state.lower = max(state.lower, min(bound, goal + step * (goal >= last)))
        if bound <= goal or is_last or state.lower <= before:
            break
        slack *= 2


def _far(
    state: _State,
    prices: Prices,
    root: float,
    near: float,
    goal: float,
    sifted: "_Sifted",
    watch: Watch,
) -> tuple[Bundles, float]:
    """Bundles beyond those listed that may still be part of a solution; and up to which goal.

    Reduced costs of a solution add up to its distance from the root's bound: up to twice the
    ``near`` ones that are listed, one bundle of it at most is not among them. Such a solution is
    no cheaper than the program over the listed ones and the reduced cost, cuts included, of its
    one bundle from afar.
    """
    found: list[Bundles] = []
    for site in range(len(state.sites)):
        if watch.over:
            return found[0].some(np.arange(0)), -np.inf
        bundles, reached = _within(state, prices, goal - root + 2 * _EPS, site)
        goal = min(goal, root + reached)
        far = bundles.some(_reduced(state, prices, bundles) > near - 4 * _EPS)
        reduced = sifted.reduced(state, far)
        found.append(far.some(sifted.bound + reduced <= goal + _EPS))
    return _joined(found), goal


def _near(state: _State, listed: Bundles, far: Bundles, goal: float, sifted: "_Sifted") -> Bundles:
    """The listed ones that may be used, alone or beside one from afar, and those from afar."""
    gain = sifted.reduced(state, far).min(initial=0.0)
    stays = sifted.bound + gain + sifted.reduced(state, listed) <= goal + _EPS
    return _joined([listed.some(stays), far])


def _joined(parts: list[Bundles]) -> Bundles:
    return Bundles(
        np.concatenate([part.site for part in parts]),
        np.concatenate([part.members for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class _Sifted:
    """``bundles`` that a solution up to the goal may use, if it is made of those given at all."""

    bundles: Bundles
    bound: float
    prices: Prices
    threes: tuple[Three, ...]

    def reduced(self, state: _State, bundles: Bundles) -> Floats:
        paid = holds_two(bundles.members, self.threes) @ self.prices.three
        found: Floats = _reduced(state, self.prices, bundles) + paid
        return found


def _sift(state: _State, listed: Bundles, goal: float, watch: Watch) -> _Sifted | None:
    """Cut, and leave out the bundles that then cost too much; None if the time is over."""
    holds = sparse.csr_array(holds_two(listed.members, state.master.threes), dtype=np.float64)
    members = sparse.csr_array(listed.members, dtype=np.float64)
    bound = -np.inf
    for _ in range(_CUT_ROUNDS):
        while True:
            relaxed = state.master.solve()
            if relaxed is None or watch.over:
                return None
            prices = relaxed.prices
            fixed = prices.site + prices.count * state.free
            reduced = listed.cost - members @ prices.client + fixed[listed.site]
            reduced += holds @ prices.three
            missing = np.flatnonzero(reduced < -_EPS)
            if not state.master.add(listed.some(missing[np.argsort(reduced[missing])][:_ADDED])):
                break
        # GLOP's own tolerance may leave bundles that cost a little less than they pay.
        gain = state.most * min(0.0, float(reduced.min(initial=0.0)))
        before, bound = bound, prices.bound(state.count) + gain
        sifted = _Sifted(listed, bound, prices, state.master.threes)
        stays = np.flatnonzero(reduced <= goal - bound + _EPS)
        listed, members, holds = listed.some(stays), members[stays], holds[stays]
        watch.say("cuts", bound=min(bound, goal))
        if bound > goal or len(listed) < _FEW or bound - before < _WORTH * (goal - before):
            break
        new = state.master.cut(relaxed.used)
        if not new:
            break
        fresh = sparse.csr_array(holds_two(listed.members, new), dtype=np.float64)
        holds = sparse.hstack([holds, fresh], format="csr")
    return replace(sifted, bundles=listed)


def _choose(
    state: _State,
    listed: Bundles,
    goal: float,
    step: float,
    limits: Capacities,
    take: Take,
    watch: Watch,
) -> float:
    """Take the best choice, and bound it (infinite: there is none up to the goal)."""
    if not listed.members.any(axis=0).all():
        return np.inf
    chosen, bound = choose(
        listed,
        state.free[listed.site],
        state.count,
        lower=state.lower,
        goal=goal,
        step=step,
        watch=watch,
    )
    if chosen is not None:
        to = _served(state, listed.some(chosen), limits)
        if to is not None:
            take(to)
    return bound
