"""What a plan does, in figures a director asks for; the same for every plan of a problem."""

from collections import defaultdict

from pydantic import Field

from geo.places import Code, Document
from optimizer.audit_facts import KINDS, Facts
from optimizer.audit_tiers import unmet_shares
from optimizer.plan import Plan
from optimizer.problem import Problem

WORST = 3


class OfficeLoad(Document):
    """How busy an office is: hours given with their road, against hours there are."""

    office: Code
    staff: int
    women: int
    hours_week: float
    road_hours_week: float
    capacity_hours_week: float
    load: float = Field(ge=0, description="share of capacity in use; 0 without staff")


class AreaShare(Document):
    """Unmet share of what counted offices reach in an area."""

    area: Code
    share: float


class DistrictService(Document):
    """A district under a plan: everything asked there, in reach or not."""

    district: Code
    hours_week: float
    unmet_share: float
    women_hours_week: float
    women_unmet_share: float
    worst_area_share: float = Field(description="worst unmet share of its areas, all demand")


class Indicators(Document):
    """One plan in figures."""

    method: str
    hours_week: float
    served_share: float
    women_hours_week: float
    women_served_share: float
    women_access_share: float = Field(description="women residents within reach of women officers")
    worst_share: float
    worst_women_share: float
    worst_areas: tuple[AreaShare, ...]
    gini: float = Field(description="of the unmet shares, 0 = equal; weighted by hours asked")
    moves: int
    road_hours_week: float
    offices: tuple[OfficeLoad, ...]
    districts: tuple[DistrictService, ...]


def indicators(problem: Problem, plan: Plan) -> Indicators:
    """All figures of a plan, from its flows and postings alone."""
    facts = Facts(problem, plan)
    shares = unmet_shares(facts, women_only=False)
    women = unmet_shares(facts, women_only=True)
    worst = sorted(shares, key=lambda a: (-shares[a], a))[:WORST]
    asked, left = _sums(facts, ("",)), _unmet_sums(facts, ("",))
    asked_women, left_women = _sums(facts, ("women",)), _unmet_sums(facts, ("women",))
    offices = _offices(facts)
    return Indicators(
        method=plan.method,
        hours_week=asked,
        served_share=_share(asked - left, asked),
        women_hours_week=asked_women,
        women_served_share=_share(asked_women - left_women, asked_women),
        women_access_share=_access(facts),
        worst_share=max(shares.values(), default=0.0),
        worst_women_share=max(women.values(), default=0.0),
        worst_areas=tuple(AreaShare(area=a, share=shares[a]) for a in worst),
        gini=weighted_gini(
            [(shares[a], _area_hours(facts, a)) for a in sorted(shares)],
        ),
        moves=facts.moves,
        road_hours_week=sum(o.road_hours_week for o in offices),
        offices=offices,
        districts=_districts(facts),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 1.0


def _kinds(prefixes: tuple[str, ...]) -> list[str]:
    return [k for k in KINDS if k.startswith(prefixes)]


def _sums(facts: Facts, prefixes: tuple[str, ...], area: str | None = None) -> float:
    return sum(
        hours[k]
        for (a, _), hours in facts.asked.items()
        if area in (None, a)
        for k in _kinds(prefixes)
    )


def _unmet_sums(facts: Facts, prefixes: tuple[str, ...], area: str | None = None) -> float:
    return sum(
        facts.unmet(a, unit)[k]
        for a, unit in facts.asked
        if area in (None, a)
        for k in _kinds(prefixes)
    )


def _area_hours(facts: Facts, area: str) -> float:
    return _sums(facts, ("",), area)


def _access(facts: Facts) -> float:
    reach = facts.problem.policies.women_reach_min
    offices = [o.code for o in facts.problem.offices if facts.women_at(o.code)]
    everyone = sum(a.women_residents for a in facts.problem.areas)
    reached = 0.0
    for area in facts.problem.areas:
        ways = [facts.minutes(area.code, o) for o in offices]
        if any(m is not None and m <= reach for m in ways):
            reached += area.women_residents
    return _share(reached, everyone)


def _offices(facts: Facts) -> tuple[OfficeLoad, ...]:
    given: dict[str, float] = defaultdict(float)
    road: dict[str, float] = defaultdict(float)
    for f in facts.plan.flows:
        given[f.office] += f.hours_week
        if facts.within_reach(f.area, f.office, f.unit):
            road[f.office] += f.hours_week * facts.road(f.area, f.office, f.unit)
    found = []
    for code in facts.plan.open_offices:
        staff = facts.staff_at(code)
        capacity = staff * facts.problem.policies.hours_week
        used = given[code] + road[code]
        found.append(
            OfficeLoad(
                office=code,
                staff=staff,
                women=facts.women_at(code),
                hours_week=given[code],
                road_hours_week=road[code],
                capacity_hours_week=capacity,
                load=used / capacity if capacity else 0.0,
            )
        )
    return tuple(found)


def _districts(facts: Facts) -> tuple[DistrictService, ...]:
    members: dict[str, list[str]] = defaultdict(list)
    for area in facts.problem.areas:
        members[area.district].append(area.code)
    found = []
    for district, areas in sorted(members.items()):
        asked = sum(_sums(facts, ("",), a) for a in areas)
        left = sum(_unmet_sums(facts, ("",), a) for a in areas)
        asked_women = sum(_sums(facts, ("women",), a) for a in areas)
        left_women = sum(_unmet_sums(facts, ("women",), a) for a in areas)
        shares = [
            _unmet_sums(facts, ("",), a) / hours
            for a in areas
            if (hours := _area_hours(facts, a)) > 0
        ]
        found.append(
            DistrictService(
                district=district,
                hours_week=asked,
                unmet_share=left / asked if asked else 0.0,
                women_hours_week=asked_women,
                women_unmet_share=left_women / asked_women if asked_women else 0.0,
                worst_area_share=max(shares, default=0.0),
            )
        )
    return tuple(found)


def weighted_gini(pairs: list[tuple[float, float]]) -> float:
    """Gini coefficient of values with weights: half the relative mean difference."""
    weight = sum(w for _, w in pairs)
    mean = sum(v * w for v, w in pairs) / weight if weight else 0.0
    if mean <= 0:
        return 0.0
    differences = sum(w * u * abs(v - x) for v, w in pairs for x, u in pairs)
    return differences / (2 * weight * weight * mean)
