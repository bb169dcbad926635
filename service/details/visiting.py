"""Visiting days as people read them: a row an area, and a row a round with its weeks.

Trips of a round are alike from week to week, so a table of every trip would say the same four
times. The workbook holds each trip by itself (``service.exports.plan_tables.visits_tables``).
"""

from collections import defaultdict
from dataclasses import dataclass

from geo.notes import said
from geo.places import Code
from optimizer.problem import Problem
from optimizer.roster.document import Weekday
from optimizer.staff import Unit
from optimizer.visits import Trip, VisitPlan
from service.exports.plan_tables import PlanTable
from service.exports.sheets import Column, Show
from service.locale.plan_words import TRACE_H, VISIT_REASON, WEEKDAY, PlaceNames
from service.locale.terms import UNIT
from service.locale.words import Words

NO_DAY = "trips_without_day"
"""The goal that counts trips for which no day is left."""


@dataclass(frozen=True, slots=True)
class VisitDay:
    """One round on one weekday. Hours are by the clock and for one trip; ``weeks`` from 1."""

    day: Weekday
    weeks: tuple[int, ...]
    office: Code
    unit: Unit
    women_crew: bool
    officers: int
    areas: tuple[Code, ...]
    road_h: float
    there_h: float


def visit_days(visits: VisitPlan) -> list[VisitDay]:
    """Rounds by weekday, then by office and unit."""
    weeks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    first: dict[tuple[object, ...], Trip] = {}
    for trip in visits.trips:
        stops = tuple((stop.area, round(stop.site_h, 3)) for stop in trip.stops)
        key = (trip.day, trip.office, trip.unit, trip.women_crew, trip.road_min, stops)
        weeks[key].append(trip.week)
        first.setdefault(key, trip)
    found = [
        VisitDay(
            day=trip.day,
            weeks=tuple(sorted(weeks[key])),
            office=trip.office,
            unit=trip.unit,
            women_crew=trip.women_crew,
            officers=trip.officers,
            areas=tuple(stop.area for stop in trip.stops),
            road_h=trip.road_min / 60,
            there_h=sum(stop.site_h for stop in trip.stops),
        )
        for key, trip in first.items()
    ]
    order = {day: place for place, day in enumerate(Weekday)}
    units = {unit: place for place, unit in enumerate(Unit)}
    return sorted(
        found, key=lambda one: (order[one.day], one.office, units[one.unit], one.weeks, one.areas)
    )


def visit_table(problem: Problem, visits: VisitPlan, words: Words) -> PlanTable:
    """Weekday, weeks, crew, areas in their order, hours on the road and there."""
    names = PlaceNames(problem, words)
    every = tuple(range(1, visits.rules.cycle_weeks + 1))
    then = " ← " if words.is_arabic else " → "
    rows = tuple(
        (
            words.say(WEEKDAY[one.day]),
            words.say(said("every week"))
            if one.weeks == every
            else words.joined(words.number(week) for week in one.weeks),
            names(one.office),
            _crew(one, words),
            then.join(names(area) for area in one.areas),
            one.road_h,
            one.there_h,
        )
        for one in visit_days(visits)
    )
    columns = (
        Column(said("Weekday")),
        Column(said("Weeks of the cycle")),
        Column(said("Office")),
        Column(said("Crew")),
        Column(said("Areas, in this order")),
        Column(said("Hours on the road, there and back"), Show.HOURS),
        Column(said("Hours there"), Show.HOURS),
    )
    return PlanTable(said("Visiting days"), columns, rows)


def visit_areas(problem: Problem, visits: VisitPlan, words: Words) -> PlanTable:
    """A row an area beyond daily reach, the most hours first: what it asks and gets, and when.

    Hours are officer-hours a week on average over the cycle.
    """
    names = PlaceNames(problem, words)
    asked: dict[Code, float] = defaultdict(float)
    served: dict[Code, float] = defaultdict(float)
    for one in visits.service:
        asked[one.area] += one.hours_week
        served[one.area] += one.served_hours_week
    trips: dict[Code, list[Trip]] = defaultdict(list)
    for trip in visits.trips:
        for area in dict.fromkeys(stop.area for stop in trip.stops):
            trips[area].append(trip)
    rows = tuple(
        (
            names(area),
            asked[area],
            served[area],
            len(trips[area]),
            words.joined(names(code) for code in dict.fromkeys(t.office for t in trips[area])),
            words.joined(
                words.say(WEEKDAY[day])
                for day in Weekday
                if any(trip.day is day for trip in trips[area])
            ),
        )
        for area in sorted(asked, key=lambda code: (-asked[code], code))
    )
    columns = (
        Column(said("Area")),
        Column(said("Hours a week asked beyond daily reach"), Show.HOURS),
        Column(said("of them served by visits"), Show.HOURS),
        Column(said("Trips in the cycle"), Show.COUNT),
        Column(said("From office")),
        Column(said("Weekdays")),
    )
    return PlanTable(said("Visits by area"), columns, rows)


def _crew(one: VisitDay, words: Words) -> str:
    who = words.count("{n} officer", "{n} officers", one.officers)
    if one.women_crew:
        who = words.count("{n} woman officer", "{n} women officers", one.officers)
    return f"{words.say(UNIT[one.unit])}: {who}"


def visit_sentences(problem: Problem, visits: VisitPlan, words: Words) -> list[str]:
    """What the trips serve, which find no day, and what remains unserved and why."""
    if not visits.service:
        return [words.say(said("No area lies beyond daily reach: no visiting days are needed."))]
    asked = sum(one.hours_week for one in visits.service)
    served = sum(one.served_hours_week for one in visits.service)
    found = [
        words.count(
            "{n} trip in {weeks} serves {served} of the {asked} hours a week that areas beyond "
            "daily reach ask for.",
            "{n} trips in {weeks} serve {served} of the {asked} hours a week that areas beyond "
            "daily reach ask for.",
            len(visits.trips),
            weeks=words.count("{n} week", "{n} weeks", visits.rules.cycle_weeks),
            served=words.number(served, 1),
            asked=words.number(asked, 1),
        )
    ]
    lost = round(sum(goal.value for goal in visits.goals if goal.name == NO_DAY))
    if lost:
        found.append(
            words.count(
                "{n} trip finds no day: its crew is on the road already, or another is there.",
                "{n} trips find no day: their crews are on the road already, or others are there.",
                lost,
            )
        )
    return found + _remains(problem, visits, words)


def _remains(problem: Problem, visits: VisitPlan, words: Words) -> list[str]:
    """A sentence a reason: areas with the hours that visits leave unserved."""
    names = PlaceNames(problem, words)
    hours: dict[str, dict[Code, float]] = defaultdict(lambda: defaultdict(float))
    for lack in visits.shortfalls:
        if lack.kind == "out_of_reach" and lack.area is not None:
            hours[lack.rule][lack.area] += lack.amount
    found = []
    for reason, areas in hours.items():
        most_first = sorted(areas, key=lambda code: (-areas[code], code))
        named = [
            f"{names(code)} ({words.number(areas[code], 1)})"
            for code in most_first
            if areas[code] >= TRACE_H
        ]
        if named:
            found.append(
                words.say(
                    said("Hours a week that visits leave unserved ({reason}): {areas}."),
                    reason=words.say(VISIT_REASON[reason]),
                    areas=words.joined(named),
                )
            )
    return found
