"""Assumptions in words: what each key means, its value with its unit, and why it was chosen.

Keys are those of ``optimizer.demand_inputs``, ``service.assembly``, ``optimizer.roster`` and
``optimizer.visits``; a key that is not known here is shown as it is.
"""

from geo.incidents import CATEGORIES
from geo.notes import said
from optimizer.problem import Assumption, Problem
from optimizer.staff import Unit
from service.locale import terms
from service.locale.plan_words import PlaceNames
from service.locale.words import Words

_PLAIN = {
    "forums.preparation_h": said("Forum meeting: preparation"),
    "forums.meeting_h": said("Forum meeting: the meeting"),
    "forums.follow_up_h": said("Forum meeting: follow-up"),
    "forums.officers": said("Forum meeting: officers"),
    "forums.women_share": said("Forum meeting: part for women officers"),
    "forums.women_share_woman_chair": said(
        "Forum meeting chaired by a woman: part for women officers"
    ),
    "sessions.per_month_per_10k": said("Awareness sessions"),
    "sessions.hours": said("Awareness session: length"),
    "sessions.officers": said("Awareness session: officers"),
    "sessions.women_share": said("Awareness session: part for women officers"),
    "arrivals.women_share": said("Arrivals: part for women officers"),
    "policies.hours_week": said("Productive hours of an officer"),
    "policies.women_reach_min": said("Women's access: furthest way to women officers"),
    "policies.women_unit_share": said("Least share of women in the women's unit"),
    "policies.referral_women": said("Women officers at a referral centre"),
    "policies.patrol_crew": said("Patrol crew: least officers"),
    "policies.patrol_wait_min": said("Patrol: longest mean wait of a call"),
    "policies.patrol_case_min": said("Patrol: time of a call"),
    "policies.reactive_share": said("Patrol: most of the time spent on calls"),
    "travel.speed_kmh": said("Speed on the road"),
    "travel.detour": said("Detour of roads"),
    "travel.way": said("How travel is measured"),
    "travel.table_left_aside": said("Loaded travel times left aside"),
    "offices.min_staff": said("Least officers in an open office"),
    "residents.women_share": said("Women among residents"),
    "need.weight.incidents": said("Weight in need: incidents"),
    "need.weight.severe": said("Weight in need: severe incidents"),
    "need.weight.influx": said("Weight in need: influx of displaced families"),
    "need.weight.growth": said("Weight in need: population growth"),
    "scenario.incident_factor": said("Incidents against today"),
    "scenario.arrival_factor": said("Arrivals against today"),
    "growth.unknown": said("Areas whose growth is not known"),
    "residents.missing": said("Areas without a figure of residents"),
    "need.missing": said("Need where it is not known"),
    "hires.basic_training": said("New officers who learn outreach too"),
    "sites.proposed": said("Sites that siting proposes"),
    "sites.gap": said("Proposed sites: how far from the best at most"),
    "sites.before_min": said("Mean way of an officer-hour to today's offices"),
    "sites.after_min": said("Mean way of an officer-hour with the proposed sites"),
    "sites.vehicles": said("Vehicles of a proposed site"),
    "roster.hours_week": said("Roster: most hours of duty in a week"),
    "roster.rest_h": said("Roster: least rest between two duties"),
    "roster.days_off": said("Roster: days without duty in a week"),
    "visits.crew": said("Visit: officers of a trip"),
    "visits.day_h": said("Visit: longest trip, road included"),
    "visits.stay_h": said("Visit: shortest stay at a stop"),
    "visits.most_stops": said("Visit: most stops of a trip"),
    "visits.cycle_weeks": said("Visits: weeks after which they repeat"),
}
_BY_UNIT = {
    "arrivals": said("Newly arrived families: {unit}"),
    "clans": said("Whole clans: {unit}"),
    "presence": said("Presence at need 10: {unit}"),
    "reach": said("Furthest daily way: {unit}"),
    "visit": said("Length of a visit: {unit}"),
}
_UNITS = {one.value: one for one in Unit}
LOAD = ("share", "officers", "minutes")


_CASES = {
    ("kappa",): said("{category}: cases a report"),
    ("omega",): said("{category}: part that needs a woman officer"),
}
_LOADS = {
    "share": said("{category}: part that comes to {unit}"),
    "officers": said("{category}: officers of {unit}"),
    "minutes": said("{category}: minutes of {unit}"),
}


def assumption_label(words: Words, problem: Problem | None, key: str) -> str:
    """What the assumption ``key`` means, in the reader's language; the problem names its shifts."""
    if key in _PLAIN:
        return words.say(_PLAIN[key])
    first, _, rest = key.partition(".")
    if first in _BY_UNIT and rest in _UNITS:
        return words.say(_BY_UNIT[first], unit=words.say(terms.UNIT[_UNITS[rest]]))
    case = case_key(key)
    if case is not None:
        category = words.name(CATEGORIES[case[0]])
        if case[1] in _CASES:
            return words.say(_CASES[case[1]], category=category)
        unit = words.say(terms.UNIT[_UNITS[case[1][0]]])
        return words.say(_LOADS[case[1][1]], category=category, unit=unit)
    if first == "shifts" and problem is not None:
        shift = next((one for one in problem.shifts if one.code == rest), None)
        if shift is not None:
            return words.say(said("Length of the shift: {shift}"), shift=words.name(shift))
    return key


def assumption_value(words: Words, one: Assumption, problem: Problem | None = None) -> str:
    """Value and unit; shares as per cent, codes of places by their names."""
    if isinstance(one.value, str):
        return _named(words, one.value, problem)
    if one.unit == "share":
        return words.percent(one.value, 0 if (100 * one.value) % 1 == 0 else 2)
    figure = assumption_figure(words, one.value)
    return f"{figure} {words.say(one.unit)}" if one.unit else figure


def assumption_figure(words: Words, value: float) -> str:
    """With as many decimals as it has, three at most."""
    places = next((n for n in range(4) if round(value, n) == value), 3)
    return words.number(value, places)


def assumption_why(words: Words, one: Assumption, problem: Problem | None = None) -> str:
    """Reason and source as sentences; that an assumption is one, the heading says."""
    return " ".join(_sentence(part) for part in assumption_reason(words, one, problem) if part)


def assumption_reason(
    words: Words, one: Assumption, problem: Problem | None = None
) -> tuple[str, str]:
    """Reason, and source beyond that somebody assumed it; each may be empty."""
    source = "" if one.source in {"assumption", "scenario"} else one.source
    return words.say(one.reason) if one.reason else "", _named(words, source, problem)


def _named(words: Words, text: str, problem: Problem | None) -> str:
    """A text of ours in the reader's language; codes of the problem's places by their names."""
    codes = text.split(", ")
    known: set[str] = set()
    if problem is not None:
        known = {one.code for one in problem.areas} | {one.code for one in problem.offices}
    if problem is None or not set(codes) <= known:
        return words.say(text) if text else ""
    names = PlaceNames(problem, words)
    return words.joined(names(code) for code in codes)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text[-1:] in ".؟!" else f"{text}."


def case_key(key: str) -> tuple[str, tuple[str, ...]] | None:
    """Category and the rest of a key such as ``incidents.drug_abuse.patrol.minutes``."""
    parts = tuple(key.split("."))
    if len(parts) < 3 or parts[0] != "incidents" or parts[1] not in CATEGORIES:  # noqa: PLR2004 (incidents, category, figure)
        return None
    rest = parts[2:]
    known = rest in {("kappa",), ("omega",)} or (
        len(rest) == 2 and rest[0] in _UNITS and rest[1] in LOAD  # noqa: PLR2004 (unit, figure)
    )
    return (parts[1], rest) if known else None
