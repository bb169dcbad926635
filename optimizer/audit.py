"""The truth without a solver: every rule and every tier, recomputed from problem and plan.

Nothing here is shared with the model but the documents and the published queue formula, so that
a mistake in one of them shows in the other. Whoever shows a plan has had it audited.
"""

from collections import defaultdict
from collections.abc import Callable

from geo.places import Document
from optimizer.audit_facts import HOUR_TOLERANCE, Facts
from optimizer.audit_stated import misstated
from optimizer.audit_tiers import AuditedTier, declared_faults, recompute_tiers
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit
from optimizer.waiting import largest_call_rate


class Breach(Document):
    """A rule that a plan breaks: where, and by how much."""

    rule: str
    what: str
    amount: float
    office: str | None = None
    area: str | None = None
    unit: Unit | None = None


class RuleCheck(Document):
    """One rule: how many places were looked at, and how many break it."""

    rule: str
    checked: int
    broken: int


class AuditReport(Document):
    """What the auditor found; a plan is good when there is no breach."""

    breaches: tuple[Breach, ...]
    rules: tuple[RuleCheck, ...]
    tiers: tuple[AuditedTier, ...]

    @property
    def passed(self) -> bool:
        return not self.breaches


class _Ledger:
    """Collects what is looked at and what is wrong."""

    def __init__(self) -> None:
        self.breaches: list[Breach] = []
        self.checked: dict[str, int] = defaultdict(int)

    def at_most(
        self, rule: str, what: str, value: float, limit: float, **where: str | None
    ) -> None:
        """``value <= limit``, with the tolerance of hours."""
        self.checked[rule] += 1
        if value > limit + HOUR_TOLERANCE * max(1.0, abs(limit) * 1e-3):
            self._broken(rule, what, value - limit, where)

    def holds(
        self, rule: str, what: str, good: bool, amount: float = 1.0, **where: str | None
    ) -> None:
        self.checked[rule] += 1
        if not good:
            self._broken(rule, what, amount, where)

    def _broken(self, rule: str, what: str, amount: float, where: dict[str, str | None]) -> None:
        unit = where.get("unit")
        self.breaches.append(
            Breach(
                rule=rule,
                what=what,
                amount=round(amount, 6),
                office=where.get("office"),
                area=where.get("area"),
                unit=Unit(unit) if unit else None,
            )
        )


def audit(problem: Problem, plan: Plan) -> AuditReport:
    """Check everything; never raises for a bad plan, however bad."""
    ledger = _Ledger()
    _documents(problem, plan, ledger)
    facts = Facts(problem, plan)
    if not ledger.breaches:
        for check in CHECKS:
            check(facts, ledger)
    tiers = () if ledger.checked["documents"] and _dangling(ledger) else recompute_tiers(facts)
    for what, amount in declared_faults(plan, tiers, facts):
        ledger.holds("tiers", what, good=False, amount=amount)
    ledger.checked["tiers"] += len(plan.tiers)
    if plan.tiers and not _dangling(ledger):
        _stated(facts, ledger)
    broken: dict[str, int] = defaultdict(int)
    for breach in ledger.breaches:
        broken[breach.rule] += 1
    return AuditReport(
        breaches=tuple(ledger.breaches),
        rules=tuple(
            RuleCheck(rule=rule, checked=n, broken=broken[rule])
            for rule, n in ledger.checked.items()
        ),
        tiers=tiers,
    )


def _stated(facts: Facts, ledger: _Ledger) -> None:
    """Lead offices and lacks of a finished plan; one that states no goals is a draft."""
    for rule, stated in (("leads", facts.plan.leads), ("shortfalls", facts.plan.shortfalls)):
        ledger.checked[rule] += len(stated)
    for one in misstated(facts):
        ledger.holds(
            one.rule,
            one.what,
            good=False,
            amount=one.amount,
            area=one.area,
            office=one.office,
            unit=one.unit,
        )


def _dangling(ledger: _Ledger) -> bool:
    return any(b.what.startswith("unknown") for b in ledger.breaches)


def _documents(problem: Problem, plan: Plan, ledger: _Ledger) -> None:
    """The plan speaks of this problem, names nothing twice and nothing unknown."""
    offices = {o.code for o in problem.offices}
    areas = {a.code for a in problem.areas}
    units = {u.unit for u in problem.units}
    rule = "documents"
    ledger.holds(rule, "other_problem", plan.problem_digest == problem.digest)
    named = [(p.office, p.unit) for p in plan.postings] + [(f.office, f.unit) for f in plan.flows]
    for office, unit in named:
        ledger.holds(rule, "unknown_office", office in offices, office=office)
        ledger.holds(rule, "unknown_unit", unit in units, office=office, unit=unit)
    for code in (*plan.open_offices, *(c.office for c in plan.crews)):
        ledger.holds(rule, "unknown_office", code in offices, office=code)
    for flow in plan.flows:
        ledger.holds(rule, "unknown_area", flow.area in areas, area=flow.area)
    keys: list[list[object]] = [
        [(p.office, p.unit, p.gender) for p in plan.postings],
        [(f.area, f.office, f.unit) for f in plan.flows],
        [c.office for c in plan.crews],
        list(plan.open_offices),
    ]
    for key in keys:
        ledger.holds(rule, "named_twice", len(key) == len(set(key)))


def _headcount(facts: Facts, ledger: _Ledger) -> None:
    """Today's staff, moved as the transfers say, are the postings; skills and locks hold."""
    rule, problem, plan = "headcount", facts.problem, facts.plan
    people: dict[tuple[str, Unit, Gender, frozenset[Unit]], int] = defaultdict(int)
    movable: dict[tuple[str, Unit, Gender, frozenset[Unit]], int] = defaultdict(int)
    for g in problem.staff:
        key = (g.office, g.unit, g.gender, frozenset(g.skills))
        people[key] += g.count
        movable[key] += 0 if g.locked else g.count
    lots: dict[tuple[Gender, frozenset[Unit]], int] = defaultdict(int)
    for h in problem.hires:
        lots[h.gender, frozenset(h.skills)] += h.count
    counts: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
    for (office, unit, gender, _), n in people.items():
        counts[office, unit, gender] += n
    for t in plan.transfers:
        skills = frozenset(t.skills)
        ledger.holds(
            rule, "skill", t.to_unit in skills, t.count, office=t.to_office, unit=t.to_unit
        )
        counts[t.to_office, t.to_unit, t.gender] += t.count
        if t.from_office is None or t.from_unit is None:
            lots[t.gender, skills] -= t.count
        else:
            movable[t.from_office, t.from_unit, t.gender, skills] -= t.count
            counts[t.from_office, t.from_unit, t.gender] -= t.count
    for (office, unit, _, _), left in movable.items():
        ledger.holds(rule, "moved_too_many", left >= 0, -left, office=office, unit=unit)
    for left in lots.values():
        ledger.holds(rule, "hired_too_many", left >= 0, -left)
    for office, unit, gender in counts.keys() | facts.count.keys():
        stated, due = facts.count.get((office, unit, gender), 0), counts[office, unit, gender]
        ledger.holds(rule, "postings", stated == due, abs(stated - due), office=office, unit=unit)


def _offices(facts: Facts, ledger: _Ledger) -> None:
    rule, problem, is_open = "offices", facts.problem, set(facts.plan.open_offices)
    for office in problem.offices:
        code, staff = office.code, facts.staff_at(office.code)
        if code not in is_open:
            ledger.holds(rule, "closed_but_staffed", staff == 0, staff, office=code)
            must = office.forced_open or not (office.is_candidate or office.may_close)
            ledger.holds(rule, "must_be_open", not must, office=code)
            continue
        if office.capacity is not None:
            ledger.at_most(rule, "capacity", staff, office.capacity, office=code)
        ledger.at_most(rule, "min_staff", office.min_staff, staff, office=code)
        if Unit.REFERRAL in facts.units:
            counsellors = facts.staff_of(code, Unit.REFERRAL)
            ledger.at_most(rule, "counsellors", office.min_counsellors, counsellors, office=code)
    opened = [o for o in problem.offices if o.is_candidate and o.code in is_open]
    closed = [
        o
        for o in problem.offices
        if not o.is_candidate and not o.forced_open and o.may_close and o.code not in is_open
    ]
    free = [o for o in opened if not o.forced_open]
    ledger.at_most(rule, "max_opened", len(free), problem.policies.max_opened)
    ledger.at_most(rule, "max_closed", len(closed), problem.policies.max_closed)
    if problem.policies.opening_budget is not None:
        cost = sum(o.opening_cost for o in opened)
        ledger.at_most(rule, "budget", cost, problem.policies.opening_budget)


def _reach(facts: Facts, ledger: _Ledger) -> None:
    for flow in facts.plan.flows:
        ledger.holds(
            "reach",
            "out_of_reach",
            facts.within_reach(flow.area, flow.office, flow.unit),
            flow.hours_week,
            area=flow.area,
            office=flow.office,
            unit=flow.unit,
        )


def _balance(facts: Facts, ledger: _Ledger) -> None:
    """No kind of demand is served beyond what is asked."""
    for (area, unit), asked in facts.asked.items():
        given = facts.given(area, unit)
        for kind in asked:
            ledger.at_most(
                "balance", "more_than_asked", given[kind], asked[kind], area=area, unit=unit
            )
    for flow in facts.plan.flows:
        known = (flow.area, flow.unit) in facts.asked
        ledger.holds("balance", "not_asked", known, flow.hours_week, area=flow.area, unit=flow.unit)
        parts = flow.women_hours_week + flow.call_hours_week - flow.women_call_hours_week
        ledger.at_most("balance", "parts", parts, flow.hours_week, area=flow.area, unit=flow.unit)
        both = min(flow.women_hours_week, flow.call_hours_week)
        ledger.at_most(
            "balance", "parts", flow.women_call_hours_week, both, area=flow.area, unit=flow.unit
        )


def _capacity(facts: Facts, ledger: _Ledger) -> None:
    spent: dict[tuple[str, Unit], float] = defaultdict(float)
    women: dict[tuple[str, Unit], float] = defaultdict(float)
    for flow in facts.plan.flows:
        if not facts.within_reach(flow.area, flow.office, flow.unit):
            continue  # said already
        with_road = 1 + facts.road(flow.area, flow.office, flow.unit)
        spent[flow.office, flow.unit] += with_road * flow.hours_week
        women[flow.office, flow.unit] += with_road * flow.women_hours_week
    for (office, unit), used in spent.items():
        hours = facts.problem.policies.hours_week
        staff = facts.staff_of(office, unit)
        ledger.at_most("capacity", "hours", used, hours * staff, office=office, unit=unit)
        able = facts.count.get((office, unit, Gender.WOMAN), 0)
        ledger.at_most(
            "capacity", "women_hours", women[office, unit], hours * able, office=office, unit=unit
        )


def _women(facts: Facts, ledger: _Ledger) -> None:
    share = facts.problem.policies.women_unit_share
    for office in facts.problem.offices:
        women = facts.women_at(office.code)
        ledger.holds("women", "lone_woman", women != 1, office=office.code)
        own = facts.count.get((office.code, Unit.WOMEN, Gender.WOMAN), 0)
        due = share * facts.staff_of(office.code, Unit.WOMEN)
        ledger.at_most("women", "womens_unit", due, own, office=office.code)


def _crews(facts: Facts, ledger: _Ledger) -> None:
    rule, policies = "crews", facts.problem.policies
    crews = {c.office: c for c in facts.plan.crews}
    new_vehicles = 0
    manned = facts.patrol_hours_week
    for office in facts.problem.offices:
        code = office.code
        entry = crews.get(code)
        number = entry.crews if entry else 0
        officers = facts.staff_of(code, Unit.PATROL)
        needed = number * policies.patrol_crew * manned / policies.hours_week
        ledger.at_most(rule, "officers", needed, officers, office=code)
        if entry:
            ledger.at_most(rule, "vehicles", number, entry.vehicles, office=code)
            new_vehicles += max(0, entry.vehicles - office.vehicles)
        carried = manned * largest_call_rate(
            number, policies.patrol_case_min, policies.patrol_wait_min
        )
        ledger.at_most(rule, "calls", facts.calls_answered(code), carried, office=code)
        busy = sum(
            (1 + facts.road(f.area, f.office, f.unit)) * f.call_hours_week
            for f in facts.plan.flows
            if f.office == code and facts.within_reach(f.area, f.office, f.unit)
        )
        most = policies.reactive_share * policies.hours_week * officers
        ledger.at_most(rule, "reactive", busy, most, office=code)
    ledger.at_most(rule, "spare_vehicles", new_vehicles, policies.spare_vehicles)


def _stability(facts: Facts, ledger: _Ledger) -> None:
    if facts.problem.policies.max_moves is not None:
        ledger.at_most("stability", "max_moves", facts.moves, facts.problem.policies.max_moves)


def _patrol_cap(facts: Facts, ledger: _Ledger) -> None:
    cap = facts.problem.policies.patrol_share_cap
    if cap is None:
        return
    district = {a.code: a.district for a in facts.problem.areas}
    hours: dict[str, float] = defaultdict(float)
    for flow in facts.plan.flows:
        if flow.unit is Unit.PATROL:
            hours[district[flow.area]] += flow.hours_week
    for code, given in hours.items():
        ledger.at_most("patrol_cap", "district", given, cap * sum(hours.values()), area=code)


def _shifts(facts: Facts, ledger: _Ledger) -> None:
    """The shifts of a posting add up to it; the plan may leave them out altogether."""
    if not facts.plan.shifts:
        return
    known = {s.code for s in facts.problem.shifts}
    sums: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
    for s in facts.plan.shifts:
        ledger.holds("shifts", "unknown_shift", s.shift in known, office=s.office)
        sums[s.office, s.unit, s.gender] += s.count
    for key in sums.keys() | facts.count.keys():
        good = sums[key] == facts.count.get(key, 0)
        ledger.holds("shifts", "sum", good, office=key[0], unit=key[1])


CHECKS: tuple[Callable[[Facts, _Ledger], None], ...] = (
    _headcount,
    _offices,
    _reach,
    _balance,
    _capacity,
    _women,
    _crews,
    _stability,
    _patrol_cap,
    _shifts,
)
