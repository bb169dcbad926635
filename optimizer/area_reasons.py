"""Why an area gets what it gets: who serves it, which rules hold it back, and what would lift it.

Postings, crews and open offices stay as the plan has them; the hours are a linear program for each
unit (units share no row once postings are fixed). A rule *binds* where its row is full. What it
costs is measured by solving again with the rule one step wider, everybody keeping at least what
the plan gives (so no fairness is lost): not by shadow prices, which are only right for the first
crumb and not unique where several rows are full. The step is what a director can do: one officer
more, one crew more, 15 minutes farther, five points of a share.
"""

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from geo.places import Code, Document
from optimizer.audit_facts import KINDS
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.reason_lp import NAMED_HOURS, Lever, UnitHours
from optimizer.staff import Gender, Unit

FARTHER_MIN = 15.0
POINTS = 0.05
MOST_OFFICES = 3
MOST_LIFTS = 3
UNIT_ORDER = {unit: n for n, unit in enumerate(Unit)}


class Binding(StrEnum):
    """Rules that can hold hours back, in the words of ``optimizer.rules``."""

    CAPACITY = "capacity"  # hours of the officers posted
    WOMEN_CAPACITY = "women_capacity"  # hours of the women posted, for demand that needs them
    CALLS = "crews"  # calls that the crews carry within the waiting standard
    REACTIVE = "reactive"  # rule of 60
    REACH = "reach"
    PATROL_CAP = "patrol_cap"
    MOVES = "stability"  # as many moves as are allowed
    BUILDING = "offices"  # the office holds no more officers


class Limit(Document):
    """A rule that is full where it matters."""

    rule: Binding
    office: Code | None = None
    unit: Unit | None = None


class Lift(Document):
    """One step of a rule, and the hours a week that it brings, solved again.

    ``gender`` says who is posted where the step is an officer. ``step`` is in ``measure``:
    officers, crews, minutes, points.
    """

    rule: Binding
    office: Code | None = None
    unit: Unit | None = None
    gender: Gender | None = None
    step: float
    measure: str
    hours_week: float = Field(ge=0)


class BindingRule(Document):
    """A rule that binds somewhere, ranked by what one step of it is worth.

    ``weighted_hours`` counts an hour by the area's need (the unit of goal T3). Rules of posting
    are listed as full without a figure: what they are worth takes a whole new solve.
    """

    rule: Binding
    office: Code | None = None
    unit: Unit | None = None
    gender: Gender | None = None
    step: float
    measure: str
    hours_week: float | None = None
    weighted_hours: float | None = None


class OfficeHours(Document):
    """Hours a week that one office gives."""

    office: Code
    hours_week: float


class UnitReason(Document):
    """One unit in an area: asked, served, by whom, and why not more."""

    unit: Unit
    asked_hours: float
    served_hours: float
    women_asked_hours: float
    women_served_hours: float
    offices: tuple[OfficeHours, ...] = ()
    limits: tuple[Limit, ...] = ()
    lifts: tuple[Lift, ...] = ()
    nearest_office: Code | None = None
    nearest_min: float | None = Field(default=None, description="minutes to it, one way")


class AreaReason(Document):
    """Everything that explains one area's part of a plan."""

    area: Code
    lead: Code | None = None
    lead_share: float = 0.0
    units: tuple[UnitReason, ...]


def area_reasons(problem: Problem, plan: Plan) -> tuple[AreaReason, ...]:
    """The reasons of each area, in the problem's order."""
    leads = {one.area: one for one in plan.leads}
    hours = {u.unit: UnitHours(problem, plan, u.unit) for u in problem.units}
    given: dict[tuple[str, Unit], dict[str, float]] = defaultdict(dict)
    for f in plan.flows:
        given[f.area, f.unit][f.office] = f.hours_week
    found = []
    for area in problem.areas:
        lead = leads.get(area.code)
        units = sorted(hours, key=UNIT_ORDER.__getitem__)
        found.append(
            AreaReason(
                area=area.code,
                lead=lead.office if lead else None,
                lead_share=lead.share if lead else 0.0,
                units=tuple(
                    _unit_reason(hours[u], area.code, given[area.code, u])
                    for u in units
                    if hours[u].asked(area.code)
                ),
            )
        )
    return tuple(found)


def _unit_reason(hours: UnitHours, area: str, given: dict[str, float]) -> UnitReason:
    facts, unit = hours.facts, hours.unit
    asked, served = facts.asked[area, unit], facts.given(area, unit)
    left = sum(facts.unmet(area, unit).values())
    near = hours.nearest(area)
    return UnitReason(
        unit=unit,
        asked_hours=sum(asked.values()),
        served_hours=sum(served.values()),
        women_asked_hours=sum(asked[k] for k in KINDS if k.startswith("women")),
        women_served_hours=sum(served[k] for k in KINDS if k.startswith("women")),
        offices=tuple(
            OfficeHours(office=o, hours_week=h)
            for o, h in sorted(given.items(), key=lambda e: (-e[1], e[0]))
        ),
        limits=_limits(hours, area) if left > NAMED_HOURS else (),
        lifts=_lifts(hours, area) if left > NAMED_HOURS else (),
        nearest_office=near[0] if near else None,
        nearest_min=near[1] if near else None,
    )


def _limits(hours: UnitHours, area: str) -> tuple[Limit, ...]:
    """Full rows of the offices that reach the area; reach itself where none does."""
    offices = hours.reaching(area)
    if not offices:
        return (Limit(rule=Binding.REACH, unit=hours.unit),)
    lacks = {k for k, left in hours.facts.unmet(area, hours.unit).items() if left > NAMED_HOURS}
    return tuple(
        Limit(rule=Binding(rule), office=office, unit=hours.unit)
        for office in offices[:MOST_OFFICES]
        for rule in hours.full_rows(area, office, lacks)
    )


def _lifts(hours: UnitHours, area: str) -> tuple[Lift, ...]:
    """The single steps that bring this area the most hours, nobody else losing any."""
    offices = hours.reaching(area)[:MOST_OFFICES]
    base = hours.most_for(area, None)
    found = []
    for lever in _levers(hours, offices):
        gain = hours.most_for(area, lever) - base
        if gain > NAMED_HOURS:
            found.append(
                Lift(
                    rule=Binding(lever.rule),
                    office=lever.office,
                    unit=hours.unit,
                    gender=lever.gender,
                    step=lever.step,
                    measure=lever.measure,
                    hours_week=gain,
                )
            )
    best: dict[Binding, Lift] = {}
    for one in sorted(found, key=lambda f: -round(f.hours_week, 6)):  # the nearest office first
        best.setdefault(one.rule, one)
    man, woman = best.get(Binding.CAPACITY), best.get(Binding.WOMEN_CAPACITY)
    if man and woman and woman.hours_week - man.hours_week < NAMED_HOURS:
        del best[Binding.WOMEN_CAPACITY]  # any officer does as well
    return tuple(best.values())[:MOST_LIFTS]


def _levers(hours: UnitHours, offices: tuple[str, ...]) -> Iterator[Lever]:
    """Single steps at these offices, and those that hold everywhere."""
    unit = hours.unit
    for office in offices:
        yield Lever(Binding.CAPACITY, office, Gender.MAN, 1, "officers")
        yield Lever(Binding.WOMEN_CAPACITY, office, Gender.WOMAN, 1, "officers")
        if unit is Unit.PATROL:
            yield Lever(Binding.CALLS, office, None, 1, "crews")
    if unit is Unit.PATROL:
        yield Lever(Binding.REACTIVE, None, None, POINTS, "points")
        if hours.problem.policies.patrol_share_cap is not None:
            yield Lever(Binding.PATROL_CAP, None, None, POINTS, "points")
    yield Lever(Binding.REACH, None, None, FARTHER_MIN, "minutes")


def binding_rules(problem: Problem, plan: Plan) -> tuple[BindingRule, ...]:
    """All rules that bind, the one whose next step is worth most first."""
    found = []
    for rule in problem.units:
        hours = UnitHours(problem, plan, rule.unit)
        base, base_weighted = hours.best(None)
        man: dict[str | None, float] = {}  # a woman is only named where a man would not do
        for lever in _levers(hours, hours.offices):
            served, weighted = hours.best(lever)
            gain = weighted - base_weighted
            before = man.pop(lever.office, None)
            if lever.gender is Gender.MAN:
                man[lever.office] = gain
            as_well = before is not None and gain - before < NAMED_HOURS
            if gain > NAMED_HOURS and not as_well:
                found.append(
                    BindingRule(
                        rule=Binding(lever.rule),
                        office=lever.office,
                        unit=rule.unit,
                        gender=lever.gender,
                        step=lever.step,
                        measure=lever.measure,
                        hours_week=served - base,
                        weighted_hours=gain,
                    )
                )
    found.sort(key=lambda b: (-round(b.weighted_hours or 0.0, 6), b.office or "", b.rule))
    return (*found, *_full_posting_rules(problem, plan))


def _full_posting_rules(problem: Problem, plan: Plan) -> Iterator[BindingRule]:
    moves = sum(t.count for t in plan.transfers if t.from_office is not None)
    if problem.policies.max_moves is not None and moves >= problem.policies.max_moves:
        yield BindingRule(rule=Binding.MOVES, step=1, measure="moves")
    staff: dict[str, int] = defaultdict(int)
    for p in plan.postings:
        staff[p.office] += p.count
    for office in problem.offices:
        if office.capacity is not None and 0 < office.capacity <= staff[office.code]:
            yield BindingRule(rule=Binding.BUILDING, office=office.code, step=1, measure="officers")
