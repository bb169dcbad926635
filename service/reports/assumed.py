"""Assumptions in words: what each key means, and the hours of cases as one table.

Keys are those of ``optimizer.demand_inputs`` and ``service.assembly``; a key that is not known
here is shown as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.incidents import CATEGORIES
from geo.notes import said
from optimizer.problem import Assumption, Problem
from optimizer.staff import Unit
from service.locale import terms
from service.locale.words import Words
from service.reports.blocks import Grid

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
}
_BY_UNIT = {
    "arrivals": said("Newly arrived families: {unit}"),
    "clans": said("Whole clans: {unit}"),
    "presence": said("Presence at need 10: {unit}"),
    "reach": said("Furthest daily way: {unit}"),
    "visit": said("Length of a visit: {unit}"),
}
_UNITS = {one.value: one for one in Unit}
_LOAD = ("share", "officers", "minutes")


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
    case = _case_key(key)
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


def assumption_value(words: Words, one: Assumption) -> str:
    """Value and unit; shares as per cent."""
    if isinstance(one.value, str):
        return words.say(one.value)
    if one.unit == "share":
        return words.percent(one.value, 0 if (100 * one.value) % 1 == 0 else 2)
    figure = _figure(words, one.value)
    return f"{figure} {words.say(one.unit)}" if one.unit else figure


def _figure(words: Words, value: float) -> str:
    places = next((n for n in range(4) if round(value, n) == value), 3)
    return words.number(value, places)


@dataclass(frozen=True, slots=True)
class Assumed:
    """Assumptions ready for print: cases as a matrix with their reasons, the rest by reason."""

    cases: Grid | None
    reasons: tuple[str, ...]
    others: Grid


def assumed(words: Words, problem: Problem) -> Assumed:
    """All assumptions of ``problem``."""
    cases = [one for one in problem.assumptions if _case_key(one.key) is not None]
    others = [one for one in problem.assumptions if _case_key(one.key) is None]
    t = words.say
    by_reason: dict[str, list[str]] = {}
    for one in others:
        why = " ".join(_sentence(t(part)) for part in (one.reason, _told(one.source)) if part)
        label = assumption_label(words, problem, one.key)
        by_reason.setdefault(why, []).append(f"{label}: {assumption_value(words, one)}")
    rows = tuple(("\n".join(lines), why) for why, lines in by_reason.items())
    columns = (t(said("Assumption")), t(said("Why")))
    reasons = dict.fromkeys(
        " ".join(_sentence(t(part)) for part in (one.reason, _told(one.source)) if part)
        for one in cases
    )
    return Assumed(
        cases=_case_grid(words, cases) if cases else None,
        reasons=tuple(one for one in reasons if one),
        others=Grid(columns, rows, (), (1.1, 1.0)),
    )


def _told(source: str) -> str:
    """That an assumption is one is said by the heading."""
    return "" if source in {"assumption", "scenario"} else source


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".؟!" else f"{text}."


def _case_key(key: str) -> tuple[str, tuple[str, ...]] | None:
    """Category and the rest of a key such as ``incidents.drug_abuse.patrol.minutes``."""
    parts = tuple(key.split("."))
    if len(parts) < 3 or parts[0] != "incidents" or parts[1] not in CATEGORIES:  # noqa: PLR2004 (incidents, category, figure)
        return None
    rest = parts[2:]
    known = rest in {("kappa",), ("omega",)} or (
        len(rest) == 2 and rest[0] in _UNITS and rest[1] in _LOAD  # noqa: PLR2004 (unit, figure)
    )
    return (parts[1], rest) if known else None


def _case_grid(words: Words, cases: Sequence[Assumption]) -> Grid:
    values: dict[str, dict[tuple[str, ...], float]] = {}
    for one in cases:
        found = _case_key(one.key)
        if found is not None and not isinstance(one.value, str):
            values.setdefault(found[0], {})[found[1]] = one.value
    t = words.say
    units = [
        unit for unit in Unit if any((unit.value, "minutes") in row for row in values.values())
    ]
    rows = tuple(
        (
            words.name(CATEGORIES[category]),
            _figure(words, row[("kappa",)]) if ("kappa",) in row else words.number(None),
            words.percent(row.get(("omega",))),
            *(_load(words, row, unit) for unit in units),
        )
        for category, row in values.items()
    )
    columns = (
        t(said("Category")),
        t(said("Cases a report")),
        t(said("Need a woman officer")),
        *(t(terms.UNIT[unit]) for unit in units),
    )
    note = t(
        said("By unit: share of cases × officers × minutes. A dash: the unit has no part in it.")
    )
    widths = (2.2, 1.2, 1.4, *(1.7 for _ in units))
    return Grid(columns, rows, tuple(range(1, len(columns))), widths, note)


def _load(words: Words, row: dict[tuple[str, ...], float], unit: Unit) -> str:
    figures = [row.get((unit.value, name)) for name in _LOAD]
    if any(one is None for one in figures):
        return words.number(None)
    share, officers, minutes = figures
    assert share is not None
    assert officers is not None
    assert minutes is not None
    return "×".join((words.percent(share), _figure(words, officers), _figure(words, minutes)))
