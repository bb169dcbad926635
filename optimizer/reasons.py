"""Why a plan is as it is: for each area what limits it and what would lift it; rules that bind.

Read from the plan's own sums: which of the limits that stand between an area and its hours has
nothing left. What loosening one of them brings is measured by ``explore_worth``.
"""

from collections import defaultdict

from geo.places import Code, Document
from optimizer.audit_facts import HOUR_TOLERANCE, Facts
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit

NEARLY = 0.5  # hours a week: a limit with less than half an hour left binds


class UnitHours(Document):
    """A unit's hours in an area. ``limit`` is what stops it, a catalogue key; empty if nothing.

    ``out_of_reach``: no open office reaches; ``no_staff``: those that reach have nobody in the
    unit; ``women``: their women are fully used; ``calls``: their crews carry no more calls within
    the waiting standard; ``hours``: all their officers of the unit are fully used; ``goals``:
    hours are left, another area comes first.
    """

    unit: Unit
    asked_hours_week: float
    served_hours_week: float
    limit: str = ""
    lift: str = ""
    office: Code | None = None


class AreaReasons(Document):
    """One area: who serves it and what stands in the way."""

    area: Code
    lead: Code | None
    units: tuple[UnitHours, ...]


class BindingRule(Document):
    """A limit with nothing left, and the unmet hours a week that stand behind it."""

    rule: str
    office: Code
    unit: Unit | None
    unmet_hours_week: float


LIFTS = {
    "out_of_reach": "a visiting day or a nearer office",
    "no_staff": "an officer of this unit at this office",
    "women": "one more woman officer at this office",
    "calls": "one more crew with its vehicle at this office",
    "hours": "one more officer of this unit at this office",
    "goals": "another order of the goals",
}


def reasons(problem: Problem, plan: Plan) -> tuple[AreaReasons, ...]:
    """Each area's hours by unit, what limits them and what would lift that."""
    facts, spent = Facts(problem, plan), _Spent(problem, plan)
    lead = {entry.area: entry.office for entry in plan.leads}
    units = list(Unit)
    by_area: dict[str, list[UnitHours]] = defaultdict(list)
    for area, unit in sorted(facts.asked, key=lambda k: (k[0], units.index(k[1]))):
        by_area[area].append(_unit_hours(facts, spent, area, unit))
    return tuple(
        AreaReasons(area=a.code, lead=lead.get(a.code), units=tuple(by_area[a.code]))
        for a in sorted(problem.areas, key=lambda a: a.code)
    )


def binding_rules(problem: Problem, plan: Plan) -> tuple[BindingRule, ...]:
    """Limits that bind, those with most unmet hours behind them first."""
    behind: dict[tuple[str, str, Unit], float] = defaultdict(float)
    for area in reasons(problem, plan):
        for u in area.units:
            if u.limit in ("women", "calls", "hours", "no_staff") and u.office is not None:
                behind[u.limit, u.office, u.unit] += u.asked_hours_week - u.served_hours_week
    ranked = sorted(behind.items(), key=lambda e: (-e[1], e[0]))
    return tuple(
        BindingRule(rule=rule, office=office, unit=unit, unmet_hours_week=round(hours, 6))
        for (rule, office, unit), hours in ranked
        if hours > HOUR_TOLERANCE
    )


class _Spent:
    """Hours that offices have left, by unit and by women."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.facts = Facts(problem, plan)
        self.used: dict[tuple[str, Unit], float] = defaultdict(float)
        self.women: dict[tuple[str, Unit], float] = defaultdict(float)
        for f in plan.flows:
            with_road = 1 + self.facts.road(f.area, f.office, f.unit)
            self.used[f.office, f.unit] += with_road * f.hours_week
            self.women[f.office, f.unit] += with_road * f.women_hours_week

    def left(self, office: str, unit: Unit) -> float:
        hours = self.facts.problem.policies.hours_week
        return hours * self.facts.staff_of(office, unit) - self.used[office, unit]

    def women_left(self, office: str, unit: Unit) -> float:
        hours = self.facts.problem.policies.hours_week
        women = self.facts.count.get((office, unit, Gender.WOMAN), 0)
        return hours * women - self.women[office, unit]


def _unit_hours(facts: Facts, spent: _Spent, area: str, unit: Unit) -> UnitHours:
    asked = sum(facts.asked[area, unit].values())
    unmet = facts.unmet(area, unit)
    lacking = sum(unmet.values())
    line = UnitHours(unit=unit, asked_hours_week=asked, served_hours_week=asked - lacking)
    if lacking <= HOUR_TOLERANCE:
        return line
    near = [o for o in facts.plan.open_offices if facts.within_reach(area, o, unit)]
    if not near:
        return line.model_copy(update={"limit": "out_of_reach", "lift": LIFTS["out_of_reach"]})
    nearest = min(near, key=lambda o: (facts.minutes(area, o), o))
    limit = _limit(facts, spent, unit, near, unmet)
    return line.model_copy(update={"limit": limit, "lift": LIFTS[limit], "office": nearest})


def _limit(
    facts: Facts, spent: _Spent, unit: Unit, near: list[str], unmet: dict[str, float]
) -> str:
    if not any(facts.staff_of(o, unit) for o in near):
        return "no_staff"
    if all(spent.left(o, unit) < NEARLY for o in near):
        return "hours"
    of_women = unmet["women_call"] + unmet["women_other"]
    if of_women > sum(unmet.values()) / 2 and all(spent.women_left(o, unit) < NEARLY for o in near):
        return "women"
    of_calls = unmet["women_call"] + unmet["open_call"]
    if of_calls > sum(unmet.values()) / 2:
        return "calls"
    return "goals"
