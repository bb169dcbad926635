"""A plan as a workbook: what planners and the ministry open, in Arabic or English."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from geo.notes import said
from geo.places import Code
from optimizer.plan import Plan, Shortfall, ShortfallKind
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit
from service.exports.content import Content, Format
from service.exports.plan_features import plan_provenance
from service.exports.plan_tables import PlanTable, assumptions_table
from service.exports.served import area_services, office_strengths
from service.exports.sheets import Column, Show, Workbook
from service.locale.plan_words import POLICY_RULE
from service.locale.source_words import source_name
from service.locale.terms import KIND, SHORTFALL, STANDING, STATUS, TIER, TIER_MEASURE, UNIT
from service.locale.words import Named, Words
from service.pages.lacks import each_once
from service.reports.plan_report import plan_title

MEASURE = {
    "hours_week": said("officer-hours a week"),
    "women_hours_week": said("women officers' hours a week"),
    "cases_week": said("cases a week"),
    "residents": said("residents"),
    "women_residents": said("women residents"),
    "officers": said("officers"),
    "women": said("women officers"),
    "moves": said("moves"),
    "vehicles": said("vehicles"),
}
"""Units of shortfalls; a measure that is not here is shown as it is."""


def plan_xlsx(
    problem: Problem,
    plan: Plan,
    *,
    words: Words,
    serial: str = "",
    more: Sequence[PlanTable] = (),
) -> Content:
    """``plan`` as ``plan.xlsx``, one sheet for each of its parts, its proof and its sources.

    ``more`` are tables of its details (``service.details.tables``), a sheet each before the proof.
    """
    provenance = plan_provenance(problem, plan, serial=serial)
    book = Workbook(words, provenance)
    names = _Names(problem, words)
    rows = _summary(book, problem, plan, words)
    rows += _postings(book, problem, plan, names)
    rows += _women_on_duty(book, problem, plan, names)
    rows += _areas(book, problem, plan, names, words)
    rows += _flows(book, problem, plan, names)
    rows += _shortfalls(book, plan, names, words)
    rows += sum(book.table(table.name, table.columns, table.rows) for table in more)
    rows += _proof(book, plan, words)
    rows += _assumptions(book, problem, words)
    rows += _sources(book, problem, words)
    return Content(
        body=book.content(),
        media_type=Format.XLSX.media_type,
        filename="plan.xlsx",
        serial=provenance.serial,
        rows=rows,
    )


class _Names:
    """Names by code in the reader's language; an unknown code names itself."""

    def __init__(self, problem: Problem, words: Words) -> None:
        named: dict[str, list[tuple[Code, Named]]] = {
            "area": [(area.code, area) for area in problem.areas],
            "office": [(office.code, office) for office in problem.offices],
            "shift": [(shift.code, shift) for shift in problem.shifts],
        }
        self._names = {
            what: {code: words.name(one) for code, one in found} for what, found in named.items()
        }
        self._words = words

    def area(self, code: Code | None) -> str:
        return self._of("area", code)

    def office(self, code: Code | None) -> str:
        return self._of("office", code)

    def shift(self, code: Code | None) -> str:
        return self._of("shift", code)

    def unit(self, unit: Unit | None) -> str:
        return "" if unit is None else self._words.say(UNIT[unit])

    def _of(self, what: str, code: Code | None) -> str:
        return "" if code is None else self._names[what].get(code) or code


def _summary(book: Workbook, problem: Problem, plan: Plan, words: Words) -> int:
    services = area_services(problem, plan).values()
    asked = sum(one.hours_week for one in services)
    asked_women = sum(one.women_hours_week for one in services)
    served = sum(one.served_hours_week for one in services)
    served_women = sum(one.women_served_hours_week for one in services)
    strengths = office_strengths(problem, plan).values()
    officers = sum(one.officers for one in strengths)
    women = sum(one.women for one in strengths)
    out = sum(one.no_office_reaches for one in services)
    lines: list[tuple[str, Any, str]] = [
        (said("Scenario"), plan_title(problem, words), ""),
        (said("Result"), words.say(STATUS[plan.status]), ""),
        (said("Officers posted"), officers, ""),
        (said("Women officers posted"), women, ""),
        (said("Open offices"), len(plan.open_offices), ""),
        (said("Hours asked for"), round(asked, 1), said("officer-hours a week")),
        (said("Hours served"), round(served, 1), said("officer-hours a week")),
        (said("Share served"), _percent(served, asked), "%"),
        (said("Women's demand"), round(asked_women, 1), said("officer-hours a week")),
        (said("Women's demand served"), round(served_women, 1), said("officer-hours a week")),
        (said("Share of women's demand served"), _percent(served_women, asked_women), "%"),
        (said("Areas that no office reaches daily"), out, ""),
        (said("Horizon year"), problem.horizon_year, ""),
        (said("Problem digest"), plan.problem_digest, ""),
    ]
    columns = (Column(said("Fact")), Column(said("Value")), Column(said("Unit of measure")))
    rows = [
        (words.say(fact), value, words.say(unit) if unit else "") for fact, value, unit in lines
    ]
    return book.table(said("Summary"), columns, rows)


def _postings(book: Workbook, problem: Problem, plan: Plan, names: _Names) -> int:
    today: dict[tuple[Code, Unit, Gender], int] = defaultdict(int)
    for group in problem.staff:
        today[group.office, group.unit, group.gender] += group.count
    planned: dict[tuple[Code, Unit, Gender], int] = defaultdict(int)
    for posting in plan.postings:
        planned[posting.office, posting.unit, posting.gender] += posting.count
    rows = []
    for office in problem.offices:
        for unit in Unit:
            counts = [
                (today[office.code, unit, gender], planned[office.code, unit, gender])
                for gender in (Gender.WOMAN, Gender.MAN)
            ]
            if any(map(any, counts)):
                figures = [figure for now, then in counts for figure in (now, then, then - now)]
                rows.append((names.office(office.code), names.unit(unit), *figures))
    columns = (
        Column(said("Office")),
        Column(said("Unit")),
        Column(said("Women today"), Show.COUNT),
        Column(said("Women in the plan"), Show.COUNT),
        Column(said("Change of women"), Show.SIGNED),
        Column(said("Men today"), Show.COUNT),
        Column(said("Men in the plan"), Show.COUNT),
        Column(said("Change of men"), Show.SIGNED),
    )
    return book.table(said("Postings"), columns, rows)


def _women_on_duty(book: Workbook, problem: Problem, plan: Plan, names: _Names) -> int:
    women: dict[tuple[Code, Code], int] = defaultdict(int)
    everybody: dict[tuple[Code, Code], int] = defaultdict(int)
    for row in plan.shifts:
        everybody[row.office, row.shift] += row.count
        if row.gender is Gender.WOMAN:
            women[row.office, row.shift] += row.count
    lacks = {
        (lack.office, lack.shift): lack
        for lack in plan.shortfalls
        if lack.kind is ShortfallKind.SHIFT_WITHOUT_WOMEN
    }
    rows = []
    for office in plan.open_offices:
        for shift in problem.shifts:
            key = (office, shift.code)
            # Of those who work a shift, leave and rest days keep some at home on any day.
            present = problem.policies.hours_week / (shift.hours * shift.days_week)
            lack = lacks.get(key)
            rows.append(
                (
                    names.office(office),
                    names.shift(shift.code),
                    women[key],
                    everybody[key],
                    women[key] * present,
                    everybody[key] * present,
                    lack is None,
                    lack.amount if lack and lack.measure == "cases_week" else None,
                )
            )
    columns = (
        Column(said("Office")),
        Column(said("Shift")),
        Column(said("Women of the shift"), Show.COUNT),
        Column(said("Officers of the shift"), Show.COUNT),
        Column(said("Women on duty, average day"), Show.HOURS),
        Column(said("Officers on duty, average day"), Show.HOURS),
        Column(said("Women never alone")),
        Column(said("Cases a week without a woman officer"), Show.HOURS),
    )
    return book.table(said("Women on duty"), columns, rows)


def _areas(book: Workbook, problem: Problem, plan: Plan, names: _Names, words: Words) -> int:
    services = area_services(problem, plan)
    rows = []
    for area in problem.areas:
        one = services[area.code]
        rows.append(
            (
                area.code,
                names.area(area.code),
                names.office(one.lead_office),
                area.need,
                one.hours_week,
                one.served_hours_week,
                one.served_share,
                one.women_hours_week,
                one.women_served_hours_week,
                one.women_served_share,
                one.no_office_reaches,
            )
        )
    columns = (
        Column(said("Code")),
        Column(said("Area")),
        Column(said("Lead office")),
        Column(said("Need index"), Show.HOURS),
        Column(said("Hours asked for"), Show.HOURS),
        Column(said("Hours served"), Show.HOURS),
        Column(said("Share served"), Show.SHARE),
        Column(said("Women's demand"), Show.HOURS),
        Column(said("Women's demand served"), Show.HOURS),
        Column(said("Share of women's demand served"), Show.SHARE),
        Column(said("Out of reach")),
    )
    note = words.say(said("Hours are officer-hours a week; need runs from 0 to 10."))
    return book.table(said("Areas"), columns, rows, note)


def _flows(book: Workbook, problem: Problem, plan: Plan, names: _Names) -> int:
    minutes = {(pair.area, pair.office): pair.travel_min for pair in problem.travel}
    rows = [
        (
            names.area(flow.area),
            names.office(flow.office),
            names.unit(flow.unit),
            flow.hours_week,
            flow.women_hours_week,
            minutes.get((flow.area, flow.office)),
        )
        for flow in plan.flows
    ]
    columns = (
        Column(said("Area")),
        Column(said("Office")),
        Column(said("Unit")),
        Column(said("Hours a week"), Show.HOURS),
        Column(said("Of these by women to women's demand"), Show.HOURS),
        Column(said("Minutes one way"), Show.COUNT),
    )
    return book.table(said("Flows"), columns, rows)


def _shortfalls(book: Workbook, plan: Plan, names: _Names, words: Words) -> int:
    def row(lack: Shortfall, women_hours: float | None) -> tuple[Any, ...]:
        return (
            words.say(SHORTFALL[lack.kind]),
            names.area(lack.area),
            names.office(lack.office),
            names.unit(lack.unit),
            names.shift(lack.shift),
            lack.amount,
            words.say(MEASURE.get(lack.measure, lack.measure)),
            women_hours,
            words.say(POLICY_RULE.get(lack.rule, lack.rule)) if lack.rule else "",
        )

    columns = (
        Column(said("Shortfall")),
        Column(said("Area")),
        Column(said("Office")),
        Column(said("Unit")),
        Column(said("Shift")),
        Column(said("Amount"), Show.HOURS),
        Column(said("Unit of measure")),
        Column(said("of it needs a woman officer"), Show.HOURS),
        Column(said("Rule")),
    )
    rows = [row(lack, women) for lack, women in each_once(plan.shortfalls)]
    return book.table(said("Shortfalls"), columns, rows)


def _proof(book: Workbook, plan: Plan, words: Words) -> int:
    rows = [
        (
            words.say(TIER[tier.name]),
            words.say(TIER_MEASURE[tier.name]),
            tier.value,
            tier.bound,
            tier.gap,
            tier.proven,
            tier.seconds,
        )
        for tier in plan.tiers
    ]
    columns = (
        Column(said("Goal")),
        Column(said("Unit of measure")),
        Column(said("Value reached"), Show.FINE),
        Column(said("Bound"), Show.FINE),
        Column(said("Gap"), Show.FINE),
        Column(said("Proven")),
        Column(said("Seconds"), Show.HOURS),
    )
    note = words.say(said("Goals in the order in which they were served."))
    return book.table(said("Proof"), columns, rows, note)


def _assumptions(book: Workbook, problem: Problem, words: Words) -> int:
    found = assumptions_table(problem, problem.assumptions, words)
    return book.table(found.name, found.columns, found.rows)


def _sources(book: Workbook, problem: Problem, words: Words) -> int:
    kinds = {kind.value: words.say(name) for kind, name in KIND.items()}
    rows = [
        (
            source_name(words, one.name),
            one.as_of,
            words.say(STANDING[one.standing]),
            source_name(words, one.licence),
            kinds.get(one.note, source_name(words, one.note)),
        )
        for one in problem.sources
    ]
    columns = (
        Column(said("Source")),
        Column(said("Figures as of"), Show.DAY),
        Column(said("Standing")),
        Column(said("Licence")),
        Column(said("Note")),
    )
    return book.table(said("Sources"), columns, rows)


def _percent(part: float, whole: float) -> float | None:
    return round(100 * min(1.0, part / whole), 1) if whole > 0 else None
