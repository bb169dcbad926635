"""What a finished plan says of itself beside its goals: lead offices and lacks; see ``audit``."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.audit_facts import Facts
from optimizer.plan import Shortfall, ShortfallKind
from optimizer.staff import Gender

HOURS = 0.006  # lacks below 0.005 h a week may go without a line
COUNT = 1e-6
TWO = 2

Lack = tuple[str, str, str, str, str]
"""Kind, area, office, unit, and rule or shift; empty where it has none."""


@dataclass(frozen=True)
class Misstated:
    """Something said that is not so, or not said though it is."""

    rule: str
    what: str
    amount: float
    area: str | None = None
    office: str | None = None
    unit: str | None = None


def misstated(facts: Facts) -> Iterator[Misstated]:
    """All of it. The plan's documents must name nothing unknown."""
    yield from _leads(facts)
    yield from _lacks(facts)


def _leads(facts: Facts) -> Iterator[Misstated]:
    """The lead office gives an area most of its hours."""
    given: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for f in facts.plan.flows:
        given[f.area][f.office] += f.hours_week
    stated = Counter(lead.area for lead in facts.plan.leads)
    for area in given.keys() | stated.keys():
        if stated[area] != (area in given):
            yield Misstated("leads", "one_for_each_area", float(stated[area]), area=area)
    for lead in facts.plan.leads:
        here = given.get(lead.area, {})
        most, mine = max(here.values(), default=0.0), here.get(lead.office, 0.0)
        off = max(most - mine, abs(lead.hours_week - mine))
        if off > HOURS:
            yield Misstated("leads", "hours", off, area=lead.area, office=lead.office)


def _lacks(facts: Facts) -> Iterator[Misstated]:
    sums: dict[Lack, float] = defaultdict(float)
    for one in facts.plan.shortfalls:
        sums[_key(one)] += one.amount
    # Where the plan leaves its shifts out, nothing is known of their lacks.
    known = bool(facts.plan.shifts)
    stated = {k: n for k, n in sums.items() if known or not k[0].startswith("shift_")}
    true = dict(_true_lacks(facts))
    for key in sorted(stated.keys() | true.keys()):
        kind, area, office, unit, which = key
        off = abs(stated.get(key, 0.0) - true.get(key, 0.0))
        silent = (key in true) != (key in stated) and kind.startswith("shift_")
        room = HOURS if kind in _IN_HOURS else COUNT * max(1.0, true.get(key, 0.0))
        if silent or off > room:
            yield Misstated(
                "shortfalls",
                " ".join(filter(None, (kind, which))),
                off,
                area or None,
                office or None,
                unit or None,
            )


_IN_HOURS = {
    ShortfallKind.OUT_OF_REACH.value,
    ShortfallKind.UNMET_HOURS.value,
    ShortfallKind.UNMET_WOMEN_HOURS.value,
}


def _key(one: Shortfall) -> Lack:
    which = one.rule or one.shift or ""
    return one.kind.value, one.area or "", one.office or "", str(one.unit or ""), which


def _true_lacks(facts: Facts) -> Iterator[tuple[Lack, float]]:
    yield from _hours(facts)
    yield from _no_woman(facts)
    yield from _bent(facts)
    if facts.plan.shifts:
        yield from _shifts(facts)


def _hours(facts: Facts) -> Iterator[tuple[Lack, float]]:
    for area, unit in facts.asked:
        left = facts.unmet(area, unit)
        women = left["women_call"] + left["women_other"]
        near = any(facts.within_reach(area, o, unit) for o in facts.plan.open_offices)
        kinds = {ShortfallKind.UNMET_HOURS: sum(left.values())}
        kinds[ShortfallKind.UNMET_WOMEN_HOURS] = women
        if not near:
            kinds = {ShortfallKind.OUT_OF_REACH: sum(left.values())}
        for kind, hours in kinds.items():
            yield (kind.value, area, "", unit.value, ""), hours


def _no_woman(facts: Facts) -> Iterator[tuple[Lack, float]]:
    reach = facts.problem.policies.women_reach_min
    offices = [o.code for o in facts.problem.offices if facts.women_at(o.code)]
    for area in facts.problem.areas:
        ways = [facts.minutes(area.code, o) for o in offices]
        if not any(way is not None and way <= reach for way in ways):
            key = (ShortfallKind.NO_WOMAN_IN_REACH.value, area.code, "", "", "")
            yield key, area.women_residents


def _bent(facts: Facts) -> Iterator[tuple[Lack, float]]:
    """Policy rules that bent, in officers."""
    policies, everyone = facts.problem.policies, sum(facts.count.values())
    bent = {("", "hires"): float(facts.problem.head_count() - everyone)}
    if policies.women_share_target is not None:
        women = sum(n for (_, _, q), n in facts.count.items() if q is Gender.WOMAN)
        bent["", "women_share"] = policies.women_share_target * everyone - women
    for office in facts.problem.offices:
        if office.referral_centre and office.code in facts.plan.open_offices:
            missing = policies.referral_women - facts.women_at(office.code)
            bent[office.code, "referral_women"] = float(missing)
    for (office_code, rule), amount in bent.items():
        if amount > COUNT:
            yield (ShortfallKind.POLICY.value, "", office_code, "", rule), amount


def _shifts(facts: Facts) -> Iterator[tuple[Lack, float]]:
    """Open offices' shifts without women, with the women's cases of the areas they lead."""
    lead = {one.area: one.office for one in facts.plan.leads}
    manned = [s.hours * s.days_week for s in facts.problem.shifts]
    on: dict[tuple[str, str], int] = defaultdict(int)
    women: dict[tuple[str, str], int] = defaultdict(int)
    for s in facts.plan.shifts:
        on[s.office, s.shift] += s.count
        women[s.office, s.shift] += s.count if s.gender is Gender.WOMAN else 0
    for n, shift in enumerate(facts.problem.shifts):
        cases: dict[str, float] = defaultdict(float)
        for d in facts.problem.demand:
            if d.area in lead:
                share = d.shift_shares[n] if d.shift_shares else manned[n] / sum(manned)
                cases[lead[d.area]] += share * d.women_cases_week
        for office in facts.plan.open_offices:
            place = office, shift.code
            if not women[place]:
                key = (ShortfallKind.SHIFT_WITHOUT_WOMEN.value, "", office, "", shift.code)
                yield key, cases[office]
            if on[place] < TWO:
                key = (ShortfallKind.SHIFT_BELOW_TWO.value, "", office, "", shift.code)
                yield key, float(TWO - on[place])
