"""How far a plan serves each area: plain sums over its flows, the same for every view of it."""

from collections import defaultdict
from dataclasses import dataclass

from geo.places import Code
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit


@dataclass(frozen=True, slots=True)
class AreaService:
    """Hours a week that an area asks and gets; shares are ``None`` where nothing is asked."""

    code: Code
    hours_week: float
    served_hours_week: float
    women_hours_week: float
    women_served_hours_week: float
    lead_office: Code | None
    lead_share: float | None
    no_office_reaches: bool
    no_woman_in_reach: bool

    @property
    def served_share(self) -> float | None:
        return _share(self.served_hours_week, self.hours_week)

    @property
    def women_served_share(self) -> float | None:
        return _share(self.women_served_hours_week, self.women_hours_week)

    @property
    def unmet_women_hours_week(self) -> float:
        return max(0.0, self.women_hours_week - self.women_served_hours_week)


@dataclass(frozen=True, slots=True)
class OfficeStrength:
    """Who stands at an office in the plan, and by how many that differs from today."""

    code: Code
    is_open: bool
    officers: int
    women: int
    change: int
    women_change: int
    by_unit: dict[Unit, int]
    crews: int


def area_services(problem: Problem, plan: Plan) -> dict[Code, AreaService]:
    """One reading for each area of ``problem``, in its order."""
    asked: dict[Code, float] = defaultdict(float)
    asked_women: dict[Code, float] = defaultdict(float)
    for item in problem.demand:
        asked[item.area] += item.hours_week
        asked_women[item.area] += item.women_hours_week
    given: dict[Code, float] = defaultdict(float)
    given_women: dict[Code, float] = defaultdict(float)
    for flow in plan.flows:
        given[flow.area] += flow.hours_week
        given_women[flow.area] += flow.women_hours_week
    leads = {lead.area: lead for lead in plan.leads}
    reachable = _reachable(problem, plan)
    with_women = _within_reach_of_women(problem, plan)
    readings = {}
    for area in problem.areas:
        lead = leads.get(area.code)
        readings[area.code] = AreaService(
            code=area.code,
            hours_week=asked[area.code],
            served_hours_week=given[area.code],
            women_hours_week=asked_women[area.code],
            women_served_hours_week=given_women[area.code],
            lead_office=lead.office if lead else None,
            lead_share=lead.share if lead else None,
            no_office_reaches=area.code not in reachable,
            no_woman_in_reach=area.code not in with_women,
        )
    return readings


def office_strengths(problem: Problem, plan: Plan) -> dict[Code, OfficeStrength]:
    """Strength of every office of ``problem``, closed and unopened ones too."""
    today: dict[Code, int] = defaultdict(int)
    women_today: dict[Code, int] = defaultdict(int)
    for group in problem.staff:
        today[group.office] += group.count
        if group.gender is Gender.WOMAN:
            women_today[group.office] += group.count
    units: dict[Code, dict[Unit, int]] = defaultdict(lambda: defaultdict(int))
    women: dict[Code, int] = defaultdict(int)
    for posting in plan.postings:
        units[posting.office][posting.unit] += posting.count
        if posting.gender is Gender.WOMAN:
            women[posting.office] += posting.count
    crews = {row.office: row.crews for row in plan.crews}
    strengths = {}
    for office in problem.offices:
        officers = sum(units[office.code].values())
        strengths[office.code] = OfficeStrength(
            code=office.code,
            is_open=office.code in plan.open_offices,
            officers=officers,
            women=women[office.code],
            change=officers - today[office.code],
            women_change=women[office.code] - women_today[office.code],
            by_unit=dict(units[office.code]),
            crews=crews.get(office.code, 0),
        )
    return strengths


def _reachable(problem: Problem, plan: Plan) -> set[Code]:
    """Areas that an open office reaches for at least one unit in daily work."""
    furthest = max((rule.reach_min for rule in problem.units), default=0.0)
    return {
        pair.area
        for pair in problem.travel
        if pair.office in plan.open_offices and pair.travel_min <= furthest
    }


def _within_reach_of_women(problem: Problem, plan: Plan) -> set[Code]:
    offices = {posting.office for posting in plan.postings if posting.gender is Gender.WOMAN}
    return {
        pair.area
        for pair in problem.travel
        if pair.office in offices and pair.travel_min <= problem.policies.women_reach_min
    }


def _share(part: float, whole: float) -> float | None:
    """Solvers leave a trace above the whole (1e-9); a share never shows it."""
    return None if whole <= 0 else min(1.0, part / whole)
