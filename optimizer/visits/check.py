"""The truth about visiting days without a solver: every trip, hour and way counted again."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from optimizer.audit import Breach
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.staff import Unit
from optimizer.visits.document import Trip, VisitPlan
from optimizer.visits.facts import VisitFacts

RULE = "visits"
TOLERANCE_H = 1e-4


class _Faults(list[Breach]):
    def say(
        self, what: str, amount: float = 1.0, office: str | None = None, area: str | None = None
    ) -> None:
        self.append(Breach(rule=RULE, what=what, amount=amount, office=office, area=area))


def check_visits(problem: Problem, plan: Plan, visits: VisitPlan) -> tuple[Breach, ...]:
    """What is wrong with the visits: nothing when it is empty."""
    faults = _Faults()
    if visits.problem_digest != problem.digest or plan.problem_digest != problem.digest:
        faults.say("other_problem")
    facts = VisitFacts(problem, plan, visits.rules, visits.between)
    good = [t for t in visits.trips if _known(facts, t, faults)]
    for trip in good:
        _one(facts, trip, faults)
    _hours(facts, good, faults)
    _crews(facts, good, faults)
    _one_a_day(good, faults)
    _service(facts, visits, good, faults)
    return tuple(faults)


def _known(facts: VisitFacts, trip: Trip, faults: _Faults) -> bool:
    areas = {a.code for a in facts.problem.areas}
    good = (
        trip.office in facts.offices
        and trip.week <= facts.rules.cycle_weeks
        and trip.day in facts.rules.weekdays
        and all(s.area in areas for s in trip.stops)
    )
    if not good:
        faults.say("unknown", office=trip.office)
    return good


def _one(facts: VisitFacts, trip: Trip, faults: _Faults) -> None:
    rules, office = facts.rules, trip.office
    stops = [s.area for s in trip.stops]
    way = facts.road_min(office, stops)
    if way is None or abs(way - trip.road_min) > TOLERANCE_H:
        faults.say("road", abs((way or 0.0) - trip.road_min), office)
    if trip.hours > rules.day_h + TOLERANCE_H:
        faults.say("day_too_long", trip.hours - rules.day_h, office)
    if trip.officers != rules.crew:
        faults.say("crew", trip.officers, office)
    if len(stops) > rules.most_stops or len(set(stops)) < len(stops):
        faults.say("stops", len(stops), office)
    for stop in trip.stops:
        if (stop.area, trip.unit) not in facts.far:
            faults.say("within_daily_reach", area=stop.area)
        if stop.site_h < rules.stay_h - TOLERANCE_H:
            faults.say("stay_too_short", rules.stay_h - stop.site_h, area=stop.area)
        over = stop.served_hours - stop.site_h * trip.officers
        if over > TOLERANCE_H:
            faults.say("more_than_the_stay", over, area=stop.area)
        if stop.women_hours > stop.served_hours + TOLERANCE_H:
            faults.say("parts", area=stop.area)
        if stop.women_hours > 0 and not trip.women_crew:
            faults.say("women_needed", stop.women_hours, area=stop.area)


def _hours(facts: VisitFacts, trips: Sequence[Trip], faults: _Faults) -> None:
    """The road and the stay come from hours that daily work leaves, women's from women's."""
    spent: dict[tuple[str, Unit], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for t in trips:
        spent[t.office, t.unit][0] += t.hours * t.officers
        spent[t.office, t.unit][1] += t.hours * t.officers * t.women_crew
    for (office, unit), used in spent.items():
        left = facts.hours_left(office, unit)
        for what, take, have in zip(("hours", "women_hours"), used, left, strict=True):
            over = take - have * facts.rules.cycle_weeks
            if over > TOLERANCE_H:
                faults.say(f"{what}:{unit}", over, office)


def _crews(facts: VisitFacts, trips: Sequence[Trip], faults: _Faults) -> None:
    away = Counter((t.week, t.day, t.office, t.unit) for t in trips)
    women = Counter((t.week, t.day, t.office, t.unit) for t in trips if t.women_crew)
    for count, hers in ((away, False), (women, True)):
        for (_, _, office, unit), n in count.items():
            if n > facts.crews_away(office, unit, women=hers):
                faults.say(f"crews_away:{unit}", n, office)


def _one_a_day(trips: Sequence[Trip], faults: _Faults) -> None:
    there = Counter((t.week, t.day, t.unit, s.area) for t in trips for s in t.stops)
    for (_, _, unit, area), n in there.items():
        if n > 1:
            faults.say(f"twice_a_day:{unit}", n, area=area)


def _service(facts: VisitFacts, visits: VisitPlan, trips: Sequence[Trip], faults: _Faults) -> None:
    """What the visits are said to serve is what they serve, and no more than is asked."""
    given: dict[tuple[str, Unit], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for t in trips:
        for s in t.stops:
            entry = given[s.area, t.unit]
            for n, amount in enumerate((s.served_hours, s.women_hours, 1)):
                entry[n] += amount
    if {(s.area, s.unit) for s in visits.service} != set(facts.far):
        faults.say("service_not_listed")
    weeks = facts.rules.cycle_weeks
    lacks = Counter({(k.area, k.unit, k.kind.value): k.amount for k in visits.shortfalls})
    for one in visits.service:
        far = facts.far.get((one.area, one.unit))
        served, women, stays = given[one.area, one.unit]
        stated = (one.served_hours_week * weeks, one.women_served_hours_week * weeks)
        off = max(abs(stated[0] - served), abs(stated[1] - women))
        if far is None or off > TOLERANCE_H or stays != one.visits_cycle:
            faults.say("service", off, area=one.area)
            continue
        others = far.hours - far.women_hours
        if women > far.women_hours * weeks + TOLERANCE_H or (
            served - women > others * weeks + TOLERANCE_H
        ):
            faults.say("more_than_asked", served, area=one.area)
        left = (far.hours - served / weeks, far.women_hours - women / weeks)
        for kind, amount in zip(("out_of_reach", "unmet_women_hours"), left, strict=True):
            named = lacks.get((one.area, one.unit, kind), 0.0)
            if abs(named - amount) > 0.0051:  # noqa: PLR2004 - smaller lacks have no line
                faults.say("lack", abs(named - amount), area=one.area)
