"""The tiers of a plan, recomputed in plain sums; see ``audit``."""

from collections.abc import Iterator

from geo.places import Document
from optimizer.audit_facts import KINDS, Facts
from optimizer.plan import Plan, Status, TierResult
from optimizer.problem import TierName
from optimizer.staff import Gender, Unit

FAIRNESS = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)
SHARE_TOLERANCE = 1e-5
RELATIVE_TOLERANCE = 1e-5
LEAST_NEED = 1.0
WORST_AREAS = 3
DUST_HOURS = 1e-6


class AuditedTier(Document):
    """A goal's value as the auditor computes it; fairness has its sums of the k worst."""

    name: TierName
    value: float
    parts: tuple[float, ...] = ()


def figures(facts: Facts) -> dict[TierName, tuple[float, ...]]:
    """Every goal at this plan; fairness as the sums of its worst areas, perhaps of none."""
    return {
        TierName.LEGALITY: (_legality(facts),),
        TierName.WOMEN_ACCESS: (_women_access(facts),),
        TierName.FAIRNESS_WOMEN: _worst(facts, women_only=True),
        TierName.FAIRNESS_ALL: _worst(facts, women_only=False),
        TierName.UNMET: (_unmet(facts),),
        TierName.MOVES: (float(facts.moves),),
        TierName.ROAD: (_road(facts),),
        TierName.TIE_BREAK: (_tie_break(facts),),
    }


def recompute_tiers(facts: Facts) -> tuple[AuditedTier, ...]:
    """Every goal at this plan, in the order of the problem's tiers."""
    values = figures(facts)
    return tuple(
        AuditedTier(
            name=rule.name,
            value=values[rule.name][0] if values[rule.name] else 0.0,
            parts=values[rule.name] if len(values[rule.name]) > 1 else (),
        )
        for rule in facts.problem.tiers
    )


def unmet_shares(facts: Facts, *, women_only: bool) -> dict[str, float]:
    """Unmet share of each area's demand that counted offices reach and somebody can serve."""
    counted = [o.code for o in facts.problem.offices if o.is_counted]
    asked: dict[str, float] = {}
    unmet: dict[str, float] = {}
    for (area, unit), hours in facts.asked.items():
        if not any(facts.within_reach(area, o, unit) for o in counted):
            continue
        left = facts.unmet(area, unit)
        for kind in KINDS:
            women = kind.startswith("women")
            if not facts.somebody_can(unit, women=women):
                continue
            if (women or not women_only) and hours[kind] > DUST_HOURS:
                asked[area] = asked.get(area, 0.0) + hours[kind]
                unmet[area] = unmet.get(area, 0.0) + left[kind]
    return {area: unmet[area] / asked[area] for area in sorted(asked)}


def _worst(facts: Facts, *, women_only: bool) -> tuple[float, ...]:
    shares = sorted(unmet_shares(facts, women_only=women_only).values(), reverse=True)
    return tuple(sum(shares[:k]) for k in range(1, min(WORST_AREAS, len(shares)) + 1))


def _legality(facts: Facts) -> float:
    policies = facts.problem.policies
    everyone = sum(facts.count.values())
    bent = float(facts.problem.head_count() - everyone)
    if policies.women_share_target is not None:
        women = sum(n for (_, _, q), n in facts.count.items() if q is Gender.WOMAN)
        bent += max(0.0, policies.women_share_target * everyone - women)
    is_open = set(facts.plan.open_offices)
    for office in facts.problem.offices:
        if office.referral_centre and office.code in is_open:
            bent += max(0, policies.referral_women - facts.women_at(office.code))
    return bent * policies.hours_week


def _women_access(facts: Facts) -> float:
    reach = facts.problem.policies.women_reach_min
    with_women = [o.code for o in facts.problem.offices if facts.women_at(o.code)]
    reached = 0.0
    for area in sorted(facts.problem.areas, key=lambda a: a.code):
        minutes = [facts.minutes(area.code, o) for o in with_women]
        if any(m is not None and m <= reach for m in minutes):
            reached += area.women_residents
    return reached


def _unmet(facts: Facts) -> float:
    need = {a.code: max(a.need, LEAST_NEED) for a in facts.problem.areas}
    return sum(need[area] * sum(facts.unmet(area, unit).values()) for area, unit in facts.asked)


def _road(facts: Facts) -> float:
    return sum(
        60 * f.hours_week * facts.road(f.area, f.office, f.unit)
        for f in facts.plan.flows
        if facts.within_reach(f.area, f.office, f.unit)
    )


def _tie_break(facts: Facts) -> float:
    units = [u for u in Unit if u in facts.units]
    slots = [
        (office, unit, gender)
        for office in sorted(o.code for o in facts.problem.offices)
        for unit in units
        for gender in (Gender.WOMAN, Gender.MAN)
    ]
    return float(sum(n * facts.count.get(slot, 0) for n, slot in enumerate(slots, start=1)))


def declared_faults(
    plan: Plan, tiers: tuple[AuditedTier, ...], facts: Facts
) -> Iterator[tuple[str, float]]:
    """Goals whose declared value differs from the recomputed one, or whose proof is none.

    Bounds are the solver's: only what contradicts itself is seen here (a bound beyond its value,
    a gap that is not their distance, a proof without every goal).
    """
    found = {t.name: t for t in tiers}
    if plan.status is Status.PROVEN:
        proven = {t.name for t in plan.tiers if t.proven}
        for name in [n for n in found if n not in proven and not _empty(facts, n)]:
            yield f"{name}: the plan is called proven, this goal is not", 1.0
    eps = {rule.name: rule.eps for rule in facts.problem.tiers}
    for declared in plan.tiers:
        true = found.get(declared.name)
        if true is None:
            yield f"{declared.name}: not a tier of the problem", 1.0
            continue
        pairs = [(declared.value, true.value)]
        pairs += list(zip((p.value for p in declared.parts), true.parts, strict=False))
        for stated, value in pairs:
            off = abs(stated - value)
            if off > _tolerance(declared.name, value, facts):
                yield f"{declared.name}: declared {stated:.9g}, recomputed {value:.9g}", off
        largest = max(abs(x) for x in (declared.value, *(p.value for p in declared.parts)))
        granted = eps.get(declared.name, 0.0) * largest
        tolerance = _tolerance(declared.name, true.value, facts)
        yield from _proof_faults(declared, tolerance, granted)


def _proof_faults(
    declared: TierResult, tolerance: float, granted: float
) -> Iterator[tuple[str, float]]:
    """Value, bound, gap and proof of a goal and its parts contradict one another."""
    name, parts = declared.name, declared.parts or (declared,)
    sign = -1.0 if name is TierName.WOMEN_ACCESS else 1.0
    worst = max(abs(p.value - p.bound) for p in (declared, *parts))
    for part in (declared, *parts):
        beyond = sign * (part.bound - part.value)
        if beyond > tolerance:
            yield f"{name}: bound {part.bound:.9g} is beyond its value", beyond
        if part.proven and abs(part.value - part.bound) > tolerance + granted:
            yield f"{name}: called proven with a gap of {worst:.3g}", worst
            break
    if abs(declared.gap - worst) > tolerance:
        yield f"{name}: gap {declared.gap:.3g} is not that of value and bound", worst
    if declared.proven and not all(part.proven for part in parts):
        yield f"{name}: called proven, a part is not", 1.0


def _empty(facts: Facts, name: TierName) -> bool:
    """Fairness where nothing is asked that could be served: no goal."""
    return name in FAIRNESS and not figures(facts)[name]


def _tolerance(name: TierName, value: float, facts: Facts) -> float:
    if name in FAIRNESS:
        return SHARE_TOLERANCE
    if name is TierName.UNMET:
        every = sum(sum(hours.values()) for hours in facts.asked.values())
        return RELATIVE_TOLERANCE * max(1.0, 10 * every)
    if name is TierName.ROAD:
        every = 60 * facts.problem.policies.hours_week * max(facts.problem.head_count(), 1)
        return RELATIVE_TOLERANCE * every
    return RELATIVE_TOLERANCE * max(1.0, abs(value))
