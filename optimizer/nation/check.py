"""The country's plan judged without a solver: shares within the pool, plans legal, goals true."""

from collections.abc import Iterator

from optimizer.audit import Breach, audit
from optimizer.nation.document import Nation, NationPlan, Share
from optimizer.plan import Status
from optimizer.problem import Problem, TierName

TOLERANCE = 1e-5  # of a figure
FAIRNESS = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)
WORST = 3


def audit_nation(nation: Nation, plan: NationPlan) -> tuple[Breach, ...]:
    """All breaches: of the sharing, of each governorate's plan, of the declared goals."""
    return (*_sharing(nation, plan), *_governorates(nation, plan), *_declared(nation, plan))


def _sharing(nation: Nation, plan: NationPlan) -> Iterator[Breach]:
    pool, known = nation.pool, sorted(g.code for g in nation.governorates)
    if sorted(s.governorate for s in plan.shares) != known:
        yield Breach(rule="sharing", what="each governorate has one share", amount=1.0)
    over = sum(s.lots for s in plan.shares) - pool.lots
    if over > 0:
        yield Breach(rule="sharing", what="more lots than there are", amount=over)
    for s in plan.shares:
        if s.lots > pool.most_lots:
            yield Breach(
                rule="sharing",
                what=f"{s.governorate}: more lots than it can take in",
                amount=s.lots - pool.most_lots,
            )
        if s.officers != s.lots * pool.lot:
            yield Breach(
                rule="sharing",
                what=f"{s.governorate}: officers are not lots times their size",
                amount=abs(s.officers - s.lots * pool.lot),
            )


def _governorates(nation: Nation, plan: NationPlan) -> Iterator[Breach]:
    for share, problem in _asked(nation, plan):
        for breach in audit(problem, share.plan).breaches:
            yield breach.model_copy(update={"what": f"{share.governorate}: {breach.what}"})


def _declared(nation: Nation, plan: NationPlan) -> Iterator[Breach]:
    """Every goal recomputed from all governorates' flows and postings."""
    sums: dict[TierName, float] = {}
    shares: dict[TierName, list[float]] = {}
    for share, problem in _asked(nation, plan):
        for tier in audit(problem, share.plan).tiers:
            sums[tier.name] = sums.get(tier.name, 0.0) + tier.value
            worst = [tier.value, *tier.parts[1:]] if tier.parts else [tier.value]
            single = [b - a for a, b in zip([0.0, *worst[:-1]], worst, strict=True)]
            shares.setdefault(tier.name, []).extend(single)
    for goal in plan.tiers:
        if goal.name in FAIRNESS:
            ordered = sorted(shares.get(goal.name, []), reverse=True)[:WORST]
            true = [sum(ordered[:k]) for k in range(1, len(ordered) + 1)]
        else:
            true = [sums.get(goal.name, 0.0)]
        stated = [p.value for p in goal.parts] or [goal.value]
        off = max((abs(a - b) for a, b in zip(stated, true, strict=False)), default=0.0)
        if len(stated) != len(true) or off > TOLERANCE * max(1.0, abs(true[0])):
            yield Breach(rule="tiers", what=f"{goal.name}: declared {stated}", amount=off)
        gap = max(abs(p.value - p.bound) for p in goal.parts or (goal,))
        if goal.proven and gap > TOLERANCE * max(1.0, abs(goal.value)):
            yield Breach(rule="tiers", what=f"{goal.name}: called proven", amount=gap)
    if plan.status is Status.PROVEN and not all(goal.proven for goal in plan.tiers):
        yield Breach(rule="tiers", what="called proven, a goal is not", amount=1.0)


def _asked(nation: Nation, plan: NationPlan) -> Iterator[tuple[Share, Problem]]:
    problems: dict[str, Problem] = {g.code: g.problem for g in nation.governorates}
    for share in plan.shares:
        if share.governorate in problems:
            yield share, nation.pool.given(problems[share.governorate], share.lots)
