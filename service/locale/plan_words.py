"""Words of rosters, waits, visiting days and reasons, and sentences made of them."""

from collections.abc import Iterator

from geo.notes import said
from optimizer.area_reasons import AreaReason, Binding, BindingRule, Lift, UnitReason
from optimizer.problem import Problem
from optimizer.roster import RosterLackKind, Weekday
from service.locale.terms import UNIT
from service.locale.words import Words

WEEKDAY = {
    Weekday.SUNDAY: said("Sunday"),
    Weekday.MONDAY: said("Monday"),
    Weekday.TUESDAY: said("Tuesday"),
    Weekday.WEDNESDAY: said("Wednesday"),
    Weekday.THURSDAY: said("Thursday"),
    Weekday.FRIDAY: said("Friday"),
    Weekday.SATURDAY: said("Saturday"),
}
ROSTER_LACK = {
    RosterLackKind.NO_COUNSELLOR: said("No counsellor on duty"),
    RosterLackKind.BELOW_TWO: said("Fewer than two on duty"),
    RosterLackKind.NO_WOMAN: said("No woman officer on duty"),
    RosterLackKind.LONE_WOMAN: said("A woman officer alone on duty"),
    RosterLackKind.CREW_SHORT: said("A patrol crew is incomplete"),
}
VISIT_REASON = {
    "no_way": said("no road leads there from an open office"),
    "no_crew": said("no office that has a road to it has a crew of this unit"),
    "too_far": said("there and back takes longer than the day"),
    "no_hours": said("daily work leaves no hours for it"),
}
POLICY_RULE = {
    "hires": said("posts for all new officers"),
    "women_share": said("women's share of all officers"),
    "referral_women": said("women officers at a referral centre"),
}
"""Rules of policy that may bend, by the key that a shortfall carries."""
BINDING = {
    Binding.CAPACITY: said("hours of the officers posted"),
    Binding.WOMEN_CAPACITY: said("hours of the women officers posted"),
    Binding.CALLS: said("calls that the patrol crews can answer in time"),
    Binding.REACTIVE: said("share of patrol time kept for presence"),
    Binding.REACH: said("daily reach by road"),
    Binding.PATROL_CAP: said("cap on one district's share of patrols"),
    Binding.MOVES: said("number of moves allowed"),
    Binding.BUILDING: said("room in the office"),
}
TRACE_H = 0.05
"""Hours a week below this are said as 0.0."""
VISIT_GOAL = {
    "areas_visited": said("Areas visited"),
    "women_hours": said("Women's demand served, hours a week"),
    "least_served_share": said("Least share served in an area"),
    "need_weighted_hours": said("Hours served a week, weighted by need"),
    "officer_hours": said("Officer-hours a week, road included"),
    "trips_without_day": said("Trips for which no day is left"),
    "uneven_weeks": said("Visits that crowd into one week"),
    "weekdays_of_areas": said("Weekdays that areas have to remember"),
    "away_together": said("Most crews away on one day"),
}


class PlaceNames:
    """Names by code in the reader's language; an unknown code names itself."""

    def __init__(self, problem: Problem, words: Words) -> None:
        self._names = {a.code: words.name(a) for a in problem.areas}
        self._names |= {o.code: words.name(o) for o in problem.offices}
        self._names |= {s.code: words.name(s) for s in problem.shifts}

    def __call__(self, code: str | None) -> str:
        return "" if code is None else self._names.get(code) or code


def reason_lines(problem: Problem, reason: AreaReason, words: Words) -> Iterator[str]:
    """An area's reasons as sentences: who leads, then each unit that leaves something undone."""
    names = PlaceNames(problem, words)
    if reason.lead is None:
        yield words.say(said("No office serves this area in daily work."))
    else:
        yield words.say(
            said("{office} leads here and gives {share} of the hours."),
            office=names(reason.lead),
            share=words.percent(reason.lead_share),
        )
    for one in reason.units:
        if one.limits and one.asked_hours - one.served_hours >= TRACE_H:
            yield _unit_line(one, names, words)


def _unit_line(one: UnitReason, names: PlaceNames, words: Words) -> str:
    """What a unit serves of what is asked, what limits it, and what one step more would bring."""
    parts = [
        words.say(
            said("{unit}: {served} of {asked} hours a week are served."),
            unit=words.say(UNIT[one.unit]),
            served=words.number(one.served_hours, 1),
            asked=words.number(one.asked_hours, 1),
        ),
        _what_limits(one, names, words),
    ]
    parts += [
        words.say(
            said("{step} would bring {hours} hours a week here."),
            step=step_words(lift, names, words),
            hours=words.number(lift.hours_week, 1),
        )
        for lift in one.lifts
        if lift.hours_week >= TRACE_H
    ]
    return " ".join(parts)


def _what_limits(one: UnitReason, names: PlaceNames, words: Words) -> str:
    if one.limits[0].rule is not Binding.REACH:
        rules = dict.fromkeys(limit.rule for limit in one.limits)
        what = words.joined(words.say(BINDING[rule]) for rule in rules)
        return words.say(said("Limited by: {what}."), what=what)
    if one.nearest_office is None:
        return words.say(said("No road leads here from an open office."))
    return words.say(
        said("Out of daily reach: the nearest office, {office}, is {n} minutes away."),
        office=names(one.nearest_office),
        n=words.number(one.nearest_min),
    )


STEP = {
    Binding.CAPACITY: said("One more officer in {unit} at {office}"),
    Binding.WOMEN_CAPACITY: said("One more woman officer in {unit} at {office}"),
    Binding.CALLS: said("One more patrol crew at {office}"),
    Binding.REACTIVE: said("{share} more of patrol time for calls"),
    Binding.REACH: said("A daily reach {n} minutes longer for {unit}"),
    Binding.PATROL_CAP: said("A cap {share} higher on one district's patrols"),
    Binding.MOVES: said("One more move"),
    Binding.BUILDING: said("Room for one more officer at {office}"),
}


def step_words(lift: Lift | BindingRule, names: PlaceNames, words: Words) -> str:
    """One step of a rule in words: who or what more, and where."""
    return words.say(
        STEP[lift.rule],
        unit=words.say(UNIT[lift.unit]) if lift.unit else "",
        office=names(lift.office),
        share=words.percent(lift.step),
        n=words.number(lift.step),
    )
