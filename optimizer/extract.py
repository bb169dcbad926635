"""From numbers to a plan: rounding once, lists sorted, lacks named."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

from optimizer.instance import (
    GENDERS,
    NEGLIGIBLE_HOURS,
    UNIT_ORDER,
    Cell,
    Instance,
    StreamKey,
)
from optimizer.model import AllocationModel
from optimizer.plan import (
    Crews,
    Flow,
    Lead,
    Plan,
    Posting,
    Shortfall,
    ShortfallKind,
    Status,
    TierResult,
)
from optimizer.staff import Gender, Unit
from optimizer.tiers import Values
from optimizer.transport import transfers

HOUR_DIGITS = 9
HOUR_STEP = 10.0**-HOUR_DIGITS  # flows are rounded down to this
# An area may ask for a minute a week (0.02 h): steps of 1e-6 would change its share by 5e-5, more
# than a proof may be off.
NAMED_FROM_HOURS = 0.005  # lacks below half a minute a week are not worth a line


def round_hours(hours: float) -> float:
    """Hours of a plan: down, so that rounding never makes a capacity overflow."""
    return math.floor(hours / HOUR_STEP + 1e-3) * HOUR_STEP if hours > 0 else 0.0


@dataclass(frozen=True)
class Allocation:
    """The bare decisions, from any source: solver, greedy, today, a planner's hand."""

    opened: frozenset[str]
    count: dict[tuple[Cell, Gender], int]
    hours: dict[tuple[StreamKey, str], float] = field(default_factory=dict)
    new_vehicles: dict[str, int] = field(default_factory=dict)


def allocation(model: AllocationModel, values: Values) -> Allocation:
    """Read a solution; whole unknowns are rounded to the nearest whole number."""
    v = model.v
    return Allocation(
        opened=frozenset(o for o, y in v.opened.items() if values[y] > 0.5),  # noqa: PLR2004
        count={k: round(values[x]) for k, x in v.postings.count.items() if round(values[x])},
        hours={k: round_hours(values[f]) for k, f in v.flows.hours.items()},
        new_vehicles={o: round(values[n]) for o, n in v.patrols.vehicles.items()},
    )


def plan_of(
    instance: Instance,
    decided: Allocation,
    *,
    method: str,
    status: Status,
    tiers: tuple[TierResult, ...] = (),
    seconds: float = 0.0,
    versions: dict[str, str] | None = None,
) -> Plan:
    """The plan document: canonical, complete but for its shifts."""
    problem = instance.problem
    flows = _flows(decided)
    return Plan(
        status=status,
        method=method,
        problem_digest=problem.digest,
        data_version=problem.data_version,
        seed=problem.seed,
        versions=versions or {},
        tiers=tiers,
        open_offices=tuple(sorted(decided.opened)),
        postings=tuple(
            Posting(office=c.office, unit=c.unit, gender=q, count=n)
            for (c, q), n in sorted(decided.count.items(), key=_posting_key)
            if n
        ),
        transfers=transfers(instance, decided.count) or (),
        crews=_crews(instance, decided),
        flows=flows,
        leads=_leads(flows),
        shortfalls=_shortfalls(instance, decided),
        seconds=seconds,
    )


def _posting_key(entry: tuple[tuple[Cell, Gender], int]) -> tuple[str, int, int]:
    (cell, gender), _ = entry
    return cell.office, UNIT_ORDER[cell.unit], GENDERS.index(gender)


def _flows(decided: Allocation) -> tuple[Flow, ...]:
    hours: dict[tuple[str, str, Unit], list[float]] = defaultdict(lambda: [0.0] * 4)
    for (key, office), amount in decided.hours.items():
        if amount <= 0:
            continue
        entry = hours[key.area, office, key.unit]
        entry[0] += amount
        entry[1] += amount * key.women
        entry[2] += amount * key.call
        entry[3] += amount * (key.women and key.call)
    return tuple(
        Flow(
            area=area,
            office=office,
            unit=unit,
            hours_week=_tidy(entry[0]),
            women_hours_week=_tidy(entry[1]),
            call_hours_week=_tidy(entry[2]),
            women_call_hours_week=_tidy(entry[3]),
        )
        for (area, office, unit), entry in sorted(
            hours.items(), key=lambda e: (e[0][0], e[0][1], UNIT_ORDER[e[0][2]])
        )
    )


def _tidy(hours: float) -> float:
    """Sums of rounded hours without their binary dust."""
    return round(hours, HOUR_DIGITS)


def _crews(instance: Instance, decided: Allocation) -> tuple[Crews, ...]:
    """Every crew that officers and vehicles allow, whether or not calls ask for it."""
    found = []
    for code in sorted(decided.opened):
        office = instance.office.get(code)
        if office is None or Unit.PATROL not in instance.units:
            continue
        vehicles = office.vehicles + decided.new_vehicles.get(code, 0)
        officers = sum(decided.count.get((Cell(code, Unit.PATROL), q), 0) for q in GENDERS)
        crews = min(vehicles, int(officers / instance.officers_per_crew + 1e-9))
        if vehicles or crews:
            found.append(Crews(office=code, crews=crews, vehicles=vehicles))
    return tuple(found)


def _leads(flows: tuple[Flow, ...]) -> tuple[Lead, ...]:
    given: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for flow in flows:
        given[flow.area][flow.office] += flow.hours_week
    leads = []
    for area, by_office in sorted(given.items()):
        office = min(by_office, key=lambda o: (-round(by_office[o], 6), o))
        every = sum(by_office.values())
        leads.append(
            Lead(
                area=area,
                office=office,
                hours_week=_tidy(by_office[office]),
                share=min(1.0, by_office[office] / every),
            )
        )
    return tuple(leads)


def _shortfalls(instance: Instance, decided: Allocation) -> tuple[Shortfall, ...]:
    return (
        *_unmet(instance, decided),
        *_no_woman(instance, decided),
        *_policy(instance, decided),
    )


def _unmet(instance: Instance, decided: Allocation) -> list[Shortfall]:
    served: dict[StreamKey, float] = defaultdict(float)
    for (key, _), hours in decided.hours.items():
        served[key] += hours
    lacks: dict[tuple[str, Unit, ShortfallKind], float] = defaultdict(float)
    for stream in instance.streams:
        key = stream.key
        left = max(0.0, stream.hours_week - served[key])
        if not any(instance.reaches(key.area, o, key.unit) for o in decided.opened):
            lacks[key.area, key.unit, ShortfallKind.OUT_OF_REACH] += left
            continue
        lacks[key.area, key.unit, ShortfallKind.UNMET_HOURS] += left
        if key.women:
            lacks[key.area, key.unit, ShortfallKind.UNMET_WOMEN_HOURS] += left
    return [
        Shortfall(kind=kind, amount=_tidy(hours), measure="hours_week", area=area, unit=unit)
        for (area, unit, kind), hours in sorted(
            lacks.items(), key=lambda e: (e[0][2], e[0][0], UNIT_ORDER[e[0][1]])
        )
        if hours > max(NAMED_FROM_HOURS, NEGLIGIBLE_HOURS)
    ]


def _no_woman(instance: Instance, decided: Allocation) -> list[Shortfall]:
    with_women = {c.office for (c, q), n in decided.count.items() if q is Gender.WOMAN and n}
    reach = instance.problem.policies.women_reach_min
    return [
        Shortfall(
            kind=ShortfallKind.NO_WOMAN_IN_REACH,
            amount=instance.area[area].women_residents,
            measure="women_residents",
            area=area,
        )
        for area in instance.areas
        if not any(instance.travel_min.get((area, o), reach + 1) <= reach for o in with_women)
    ]


def _policy(instance: Instance, decided: Allocation) -> list[Shortfall]:
    """Policy rules that bent: recomputed from the counts, not read from a solver."""
    found = []
    everyone = sum(decided.count.values())
    unposted = instance.problem.head_count() - everyone
    if unposted > 0:
        found.append(_bent("hires", unposted))
    target = instance.problem.policies.women_share_target
    if target is not None:
        women = sum(n for (_, q), n in decided.count.items() if q is Gender.WOMAN)
        lack = target * everyone - women
        if lack > 1e-9:  # noqa: PLR2004 - binary dust of the product
            found.append(_bent("women_share", lack))
    for code in sorted(decided.opened):
        women = sum(
            n for (c, q), n in decided.count.items() if c.office == code and q is Gender.WOMAN
        )
        missing = instance.problem.policies.referral_women - women
        if instance.office[code].referral_centre and missing > 0:
            found.append(_bent("referral_women", missing, office=code))
    return found


def _bent(rule: str, amount: float, *, office: str | None = None) -> Shortfall:
    return Shortfall(
        kind=ShortfallKind.POLICY,
        amount=round(amount, 9),
        measure="officers",
        rule=rule,
        office=office,
    )
