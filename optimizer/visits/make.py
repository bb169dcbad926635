"""From a problem and its plan to visiting days, with what remains."""

from collections import defaultdict
from collections.abc import Sequence

from optimizer.milp import Milp
from optimizer.plan import Plan, Shortfall, ShortfallKind
from optimizer.problem import AreaTravel, Problem
from optimizer.staff import Unit
from optimizer.visits.choose import Choice, choose
from optimizer.visits.days import days_of
from optimizer.visits.document import (
    Stop,
    Trip,
    VisitPlan,
    VisitRules,
    VisitService,
)
from optimizer.visits.facts import NAMED_FROM_HOURS, VisitFacts

UNIT_ORDER = {unit: n for n, unit in enumerate(Unit)}


def plan_visits(
    problem: Problem,
    plan: Plan,
    *,
    rules: VisitRules | None = None,
    between: Sequence[AreaTravel] | None = None,
    milp: Milp | None = None,
) -> VisitPlan:
    """Visits to what no open office reaches daily, from the hours that the plan leaves over.

    ``between`` are ways between areas, the problem's own where none are given; a pair without one
    is as far apart as the way by an office, so that no round looks shorter than it is. Rounds are
    searched in every order of up to four stops (exact); trips are chosen by a covering model, each
    goal within one percent of its bound (``choose``).
    """
    how = rules or VisitRules()
    ways = problem.between if between is None else tuple(between)
    facts = VisitFacts(problem, plan, how, ways)
    chosen, goals = choose(facts, seed=problem.seed, milp=milp)
    days, day_goals = days_of(facts, chosen, seed=problem.seed)
    trips = [
        _trip(how, choice, week, day)
        for choice, when in zip(chosen, days, strict=True)
        for week, day in when
    ]
    order = {d: n for n, d in enumerate(how.weekdays)}
    trips.sort(
        key=lambda t: (
            t.week,
            order[t.day],
            t.office,
            UNIT_ORDER[t.unit],
            not t.women_crew,
            tuple(s.area for s in t.stops),
        )
    )
    service = _service(facts, trips)
    return VisitPlan(
        problem_digest=problem.digest,
        rules=how,
        between=tuple(sorted(ways, key=lambda b: (b.area, b.other))),
        trips=tuple(trips),
        service=service,
        shortfalls=_shortfalls(facts, service),
        goals=(*goals, *day_goals),
    )


def _trip(rules: VisitRules, choice: Choice, week: int, day: int) -> Trip:
    """Trips of a round are alike: each serves its part of the cycle's hours."""
    n = choice.trips
    return Trip(
        week=week + 1,
        day=rules.weekdays[day],
        office=choice.round.office,
        unit=choice.round.unit,
        women_crew=choice.women,
        officers=rules.crew,
        road_min=choice.round.road_min,
        stops=tuple(
            Stop(
                area=a,
                site_h=choice.site_hours[a] / n / rules.crew,
                served_hours=(choice.served_hours[a] + choice.women_hours[a]) / n,
                women_hours=choice.women_hours[a] / n,
            )
            for a in choice.round.stops
        ),
    )


def _service(facts: VisitFacts, trips: Sequence[Trip]) -> tuple[VisitService, ...]:
    served: dict[tuple[str, Unit], list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    for trip in trips:
        for stop in trip.stops:
            entry = served[stop.area, trip.unit]
            entry[0] += stop.served_hours
            entry[1] += stop.women_hours
            entry[2] += 1
    weeks = facts.rules.cycle_weeks
    return tuple(
        VisitService(
            area=area,
            unit=unit,
            hours_week=far.hours,
            served_hours_week=served[area, unit][0] / weeks,
            women_hours_week=far.women_hours,
            women_served_hours_week=served[area, unit][1] / weeks,
            visits_cycle=int(served[area, unit][2]),
        )
        for (area, unit), far in sorted(
            facts.far.items(), key=lambda e: (e[0][0], UNIT_ORDER[e[0][1]])
        )
    )


def _shortfalls(facts: VisitFacts, service: Sequence[VisitService]) -> tuple[Shortfall, ...]:
    found = []
    for one in service:
        why = facts.why_not(one.area, one.unit)
        pairs = (
            (ShortfallKind.OUT_OF_REACH, one.hours_week - one.served_hours_week),
            (
                ShortfallKind.UNMET_WOMEN_HOURS,
                one.women_hours_week - one.women_served_hours_week,
            ),
        )
        found += [
            Shortfall(
                kind=kind,
                amount=round(left, 6),
                measure="hours_week",
                area=one.area,
                unit=one.unit,
                rule=why,
            )
            for kind, left in pairs
            if left > NAMED_FROM_HOURS
        ]
    return tuple(sorted(found, key=lambda s: s.kind))
