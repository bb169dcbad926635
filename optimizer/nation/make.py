"""From value curves to the country's plan, with its bounds."""

import time
from collections.abc import Callable, Mapping, Sequence

from optimizer.baseline import largest_remainders
from optimizer.nation.curve import Totals, ValuePoint, every_choice
from optimizer.nation.document import Nation, NationPlan, Share
from optimizer.nation.knapsack import (
    ROOM,
    Choice,
    Curve,
    Shared,
    best_sharing,
    bounds_as_good,
)
from optimizer.nation.search import Search, search
from optimizer.nation.totals import FAIR, in_the_country, scale_of
from optimizer.plan import Status, TierPart, TierResult
from optimizer.problem import TierName
from optimizer.side_by_side import Kept

ALIKE = 1e-6  # as a share: figures nearer to one another are the same
TINY = 1e-9  # so that a value of nothing divides
PROOF = 2 * ROOM  # of the goal's scale: the knapsack's room and its rounding


def plan_nation(
    nation: Nation,
    *,
    workers: int = 2,
    time_limit_s: float = 60.0,
    limit_s: float | None = None,
    enough_gap: float = 0.0,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> NationPlan:
    """The best sharing of the pool and the plan of every governorate.

    ``time_limit_s`` is for each governorate and number of lots, ``limit_s`` for all of it; it also
    ends where every goal's value is as near to its bound as ``enough_gap``, a share of the value.
    The bounds hold whenever it ends. The others as in ``value_points``.
    Infeasible: some governorate has no legal plan with any number of lots.
    """
    began = time.monotonic()
    until = None if limit_s is None else began + limit_s

    def over() -> bool:
        return cancelled() or (until is not None and time.monotonic() > until)

    def near_enough(points: Sequence[ValuePoint]) -> bool:
        return enough_gap > 0 and _is_near(nation, points, enough_gap, over)

    points = search(
        Search(
            nation,
            time_limit_s,
            lambda points: _at_best(nation, points, over),
            near_enough,
            workers,
            until,
        ),
        kept=kept,
        progress=progress,
        cancelled=cancelled,
    )
    plan = plan_of_points(nation, points, cancelled=cancelled)
    return plan.model_copy(update={"seconds": time.monotonic() - began})


def plan_of_points(
    nation: Nation,
    points: Sequence[ValuePoint],
    cancelled: Callable[[], bool] = lambda: False,
) -> NationPlan:
    """The best plan that these points give, with the bounds that they prove.

    Unknown where a governorate has neither a plan nor a proof that there is none. Raises
    ``Cancelled``.
    """
    without = _without_plan(nation, points)
    if without is not None:
        return without
    shared = _in_hand(nation, points, cancelled)
    if shared is None:  # by the points that are known; others may fit where these don't
        if _at_best(nation, points, cancelled) is None:
            return NationPlan(status=Status.INFEASIBLE, reason="no_legal_plan")
        return NationPlan(status=Status.UNKNOWN, reason="time_ran_out")
    plan = plan_of_lots(nation, points, shared.lots)
    return _proven(nation, points, plan, shared, cancelled)


def _in_hand(
    nation: Nation, points: Sequence[ValuePoint], cancelled: Callable[[], bool]
) -> Shared | None:
    """The best sharing by what the plans reach."""
    tiers = country_tiers(nation)
    curves = _curves(tiers, points)
    return best_sharing(tiers, curves, _scales(nation), nation.pool.lots, cancelled)


def _at_best(
    nation: Nation, points: Sequence[ValuePoint], cancelled: Callable[[], bool]
) -> Shared | None:
    """The best sharing by what no plan beats: no sharing is better than this one looks."""
    tiers = country_tiers(nation)
    bounds = _bounds(nation, tiers, points)
    return best_sharing(tiers, bounds, _scales(nation), nation.pool.lots, cancelled)


def _is_near(
    nation: Nation, points: Sequence[ValuePoint], gap: float, cancelled: Callable[[], bool]
) -> bool:
    """Whether all goals of the plan in hand are so near to their bounds."""
    plan = plan_of_points(nation, points, cancelled)
    return bool(plan.tiers) and relative_gap(plan.tiers) <= gap


def relative_gap(tiers: Sequence[TierResult]) -> float:
    """The largest distance of value and bound in any goal, as a share of the value."""
    figures = [f for t in tiers for f in (t.parts or (t,))]
    return max((abs(f.value - f.bound) / max(abs(f.value), TINY) for f in figures), default=0.0)


def plan_of_lots(
    nation: Nation, points: Sequence[ValuePoint], lots: Mapping[str, int]
) -> NationPlan:
    """The country's plan with a given sharing; its bounds are those of that sharing only.

    KeyError where a governorate has no plan with its lots.
    """
    at = {(p.governorate, p.lots): p for p in _most_known(points) if p.plan is not None}
    chosen = [at[g.code, lots[g.code]] for g in nation.in_order]
    scales = _scales(nation)
    return NationPlan(
        status=Status.FEASIBLE,
        tiers=tuple(
            tier_of(
                name,
                in_the_country(name, {p.governorate: p.values(name) for p in chosen}),
                in_the_country(name, {p.governorate: p.bounds(name) for p in chosen}),
                scales[name],
                may_be_proven=False,
            )
            for name in country_tiers(nation)
        ),
        shares=tuple(
            Share(
                governorate=p.governorate,
                lots=p.lots,
                officers=p.lots * nation.pool.lot,
                plan=p.plan,
            )
            for p in chosen
            if p.plan is not None
        ),
    )


def proportional_lots(nation: Nation) -> dict[str, int]:
    """What a spreadsheet does: lots in proportion to need x residents, largest remainders.

    What a governorate can't take in goes to the others in the same way.
    """
    weight = {
        g.code: sum(a.need * a.residents for a in g.problem.areas) or 1.0 for g in nation.in_order
    }
    given = dict.fromkeys(weight, 0)
    left = min(nation.pool.lots, nation.pool.most_lots * len(weight))
    while left:
        room = {g: w for g, w in weight.items() if given[g] < nation.pool.most_lots}
        for code, lots in largest_remainders(room, left).items():
            given[code] = min(nation.pool.most_lots, given[code] + lots)
        left = min(nation.pool.lots, nation.pool.most_lots * len(weight)) - sum(given.values())
    return given


def country_tiers(nation: Nation) -> tuple[TierName, ...]:
    """The goals in their order; a fixed order of postings says nothing about a country."""
    order = (t.name for t in nation.governorates[0].problem.tiers)
    return tuple(name for name in order if name is not TierName.TIE_BREAK)


def tier_of(
    name: TierName,
    values: Totals,
    bounds: Totals,
    scale: float,
    *,
    seconds: float = 0.0,
    may_be_proven: bool = True,
) -> TierResult:
    """A goal of the country. A bound that is as near as arithmetic can tell is the value."""
    near = [abs(v - b) <= PROOF * scale for v, b in zip(values, bounds, strict=True)]
    parts = tuple(
        TierPart(k=k, value=v, bound=v if close else b, proven=close and may_be_proven)
        for k, (v, b, close) in enumerate(zip(values, bounds, near, strict=True), start=1)
    )
    proven = all(part.proven for part in parts)
    return TierResult(
        name=name,
        value=parts[0].value,
        bound=parts[0].bound,
        gap=max(abs(part.value - part.bound) for part in parts),
        seconds=seconds,
        proven=proven,
        words="proven" if proven else "time_ran_out" if may_be_proven else "not_reached",
        parts=parts if name in FAIR and len(parts) > 1 else (),
    )


def _proven(
    nation: Nation,
    points: Sequence[ValuePoint],
    plan: NationPlan,
    shared: Shared,
    cancelled: Callable[[], bool],
) -> NationPlan:
    """The plan with the bounds of every goal."""
    tiers = country_tiers(nation)
    values = {t.name: tuple(p.value for p in t.parts) or (t.value,) for t in plan.tiers}
    scales = _scales(nation)
    best = _bounds(nation, tiers, points)
    bounds = bounds_as_good(tiers, shared, best, nation.pool.lots, cancelled)
    chosen = {share.governorate: share.plan for share in plan.shares}
    found = tuple(
        tier_of(
            name,
            values[name],
            bounds[name],
            scales[name],
            seconds=sum(t.seconds for p in chosen.values() for t in p.tiers if t.name is name),
        )
        for name in tiers
    )
    good = all(t.proven for t in found)
    return plan.model_copy(
        update={"tiers": found, "status": Status.PROVEN if good else Status.FEASIBLE}
    )


def _scales(nation: Nation) -> dict[TierName, float]:
    problems = [g.problem for g in nation.governorates]
    return {tier: scale_of(tier, problems) for tier in country_tiers(nation)}


def _most_known(points: Sequence[ValuePoint]) -> list[ValuePoint]:
    """One point for each governorate and number of lots: the one of the better plan.

    Bounds of a goal are about plans that are no worse in the goals before it. The better of two
    plans is no worse than either, so both points' bounds hold for it, and for it alone.
    """
    found: dict[Choice, ValuePoint] = {}
    for p in sorted(points, key=lambda p: not p.outline):
        at = p.governorate, p.lots
        other = found.get(at)
        if other is None or p.status is Status.INFEASIBLE or _is_as_good(p, other):
            found[at] = p
    return [found[at] for at in sorted(found)]


def _is_as_good(one: ValuePoint, other: ValuePoint) -> bool:
    """Whether a point's plan is no worse in the first goal in which it differs from another's."""
    if one.plan is None or other.plan is None:
        return one.plan is not None
    for tier in one.plan.tiers:
        for mine, its in zip(one.values(tier.name), other.values(tier.name), strict=False):
            if abs(mine - its) > ALIKE * max(1.0, abs(mine), abs(its)):
                return (mine > its) is (tier.name is TierName.WOMEN_ACCESS)
    return True


def _curves(tiers: Sequence[TierName], points: Sequence[ValuePoint]) -> dict[TierName, Curve]:
    known = [p for p in _most_known(points) if p.plan is not None]
    return {tier: {(p.governorate, p.lots): p.values(tier) for p in known} for tier in tiers}


def _bounds(
    nation: Nation, tiers: Sequence[TierName], points: Sequence[ValuePoint]
) -> dict[TierName, Curve]:
    """Bounds of all choices; nothing is known where time ran out before there was a plan.

    Where a point was outlined and solved, the better of both: either holds for the better plan.
    """
    women = {g.code: sum(a.women_residents for a in g.problem.areas) for g in nation.governorates}
    impossible = {(p.governorate, p.lots) for p in points if p.status is Status.INFEASIBLE}
    planned: dict[Choice, list[ValuePoint]] = {
        (g.code, lots): [] for g, lots in every_choice(nation) if (g.code, lots) not in impossible
    }
    for p in points:
        if p.plan is not None and (p.governorate, p.lots) in planned:
            planned[p.governorate, p.lots].append(p)

    def of(choice: Choice, tier: TierName) -> Totals:
        known = [p.bounds(tier) for p in planned[choice]]
        if tier is TierName.WOMEN_ACCESS:
            return (min((one[0] for one in known), default=women[choice[0]]),)
        return tuple(max(same) for same in zip(*known, strict=True)) or (0.0,)

    return {tier: {choice: of(choice, tier) for choice in planned} for tier in tiers}


def _without_plan(nation: Nation, points: Sequence[ValuePoint]) -> NationPlan | None:
    """Why there is no plan at all, if a governorate has none."""
    for g in nation.in_order:
        mine = [p for p in points if p.governorate == g.code]
        if any(p.plan is not None for p in mine):
            continue
        impossible = {p.lots for p in mine if p.status is Status.INFEASIBLE}
        if impossible >= {lots for one, lots in every_choice(nation) if one is g}:
            return NationPlan(status=Status.INFEASIBLE, reason=f"no_legal_plan: {g.code}")
        return NationPlan(status=Status.UNKNOWN, reason=f"time_ran_out: {g.code}")
    return None
