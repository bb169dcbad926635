"""Details of a plan on its page: reasons, waits, postings, visits; the roster has its own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from geo.notes import said
from optimizer.problem import Problem
from optimizer.roster import Duty, Roster, RosterLack
from optimizer.roster.document import WEEK, Weekday
from optimizer.staff import Gender, Unit
from optimizer.waiting.report import OfficeWaiting, WaitingComparison
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, WordsOf, require
from service.details.document import Part, PlanDetails
from service.details.tables import PART, WHY
from service.details.visiting import visit_sentences, visit_table
from service.errors import NotFoundError
from service.exploration.findings import KINDS
from service.exports.plan_tables import (
    PlanTable,
    posts_tables,
    reasons_tables,
)
from service.exports.sheets import Column, Show
from service.locale.plan_words import ROSTER_LACK, WEEKDAY, PlaceNames, reason_lines
from service.locale.words import Words
from service.pages.render import page
from service.store import StoredPlan
from service.store.errors import UnknownError

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_PLANS))]
POST_COLUMNS = 7
"""A page lists where posts stand; whose home is how far away stays in the workbook."""


@dataclass(frozen=True, slots=True)
class AreaLines:
    """One area with the sentences that say why it is served as it is."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post of the roster: its duties by day, each the code of a shift or none."""

    post: str
    unit: Unit
    gender: Gender
    days: tuple[str | None, ...]


def _stored(house: House, plan_id: str) -> StoredPlan:
    try:
        return house.store.plans.get(plan_id)
    except UnknownError:
        raise NotFoundError from None


@router.get("/plans/{plan_id}/details")
def details_page(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, plan_id: str
) -> Response:
    """What is there of the details; asking begins the work, and the part renews itself.

    A page that asks for the part alone (htmx) gets it alone; any other reader a page around it.
    """
    stored = _stored(house, plan_id)
    making = house.details.of(stored.problem, stored.plan)
    found = making.details
    alone = request.headers.get("hx-request") == "true"
    return page(
        request,
        "parts/plan_details.html" if alone else "details.html",
        account,
        headers={"Cache-Control": "no-store"},
        head=stored.head,
        whole=making.is_whole,
        details=found,
        done=sum(found.has(part) or part in found.lacking for part in Part),
        parts=tuple(Part),
        lacking=[(PART[part], WHY[why]) for part, why in found.lacking.items()],
        waiting=_waiting(stored.problem, found, words),
        postings=_postings(stored.problem, found, words),
        binding=_binding(stored.problem, found, words),
        areas=_areas(stored.problem, found, words),
        roster=_roster_facts(found),
        visits=found.visits and visit_sentences(stored.problem, found.visits, words),
        visit_table=found.visits
        and found.visits.trips
        and visit_table(stored.problem, found.visits, words),
        offices=_roster_offices(stored.problem, found.roster, words),
    )


def _waiting(problem: Problem, details: PlanDetails, words: Words) -> tuple[PlanTable, str] | None:
    """The table of waits, and the sentence that reads it."""
    compared = details.waiting
    if compared is None or not compared.offices:
        return None
    names = PlaceNames(problem, words)
    late = [
        names(one.office)
        for one in compared.offices
        if one.after is not None and not one.after.within_standard
    ]
    standard = words.count("{n} minute", "{n} minutes", compared.standard_min)
    if late:
        reading = words.say(
            "Calls wait longer than the standard of {standard} for a crew to be free at {offices}.",
            standard=standard,
            offices=words.joined(late),
        )
    else:
        reading = words.say(
            "At every office a crew is free within the standard of {standard}, on average; the "
            "way to the place comes on top.",
            standard=standard,
        )
    return _waits(compared, names), reading


def _waits(compared: WaitingComparison, names: PlaceNames) -> PlanTable:
    """An office a row, before and after side by side; the workbook holds all figures."""
    figures = (
        (said("Crews"), Show.COUNT, lambda one: one.crews),
        (said("Calls answered"), Show.SHARE, _answered),
        (said("Wait of urgent calls, minutes"), Show.HOURS, lambda one: one.waits_min[0]),
        (said("Minutes on the way"), Show.HOURS, lambda one: one.travel_min),
        (said("Share of time on calls"), Show.SHARE, lambda one: one.busy_share),
    )
    columns = [Column(said("Office"))]
    for title, show, _ in figures:
        columns += [Column(title, show), Column(said("today"), show)]
    rows = [
        (
            names(change.office),
            *(
                None if one is None else figure(one)
                for _, _, figure in figures
                for one in (change.after, change.before)
            ),
        )
        for change in compared.offices
    ]
    return PlanTable(said("Waiting"), tuple(columns), tuple(rows))


def _answered(one: OfficeWaiting) -> float | None:
    asked = one.calls_hour + one.unanswered_calls_hour
    return one.calls_hour / asked if asked > 0 else None


def _postings(
    problem: Problem, details: PlanDetails, words: Words
) -> tuple[PlanTable, int, int, int, int] | None:
    """Posts that move or are new; how many move, are new, stay; the fewest moves."""
    listed = details.posts
    if listed is None:
        return None
    (table,) = posts_tables(problem, listed, words)
    changed = len(listed.moved) + len(listed.new)
    short = PlanTable(
        table.name,
        table.columns[:POST_COLUMNS],
        tuple(row[:POST_COLUMNS] for row in table.rows[:changed]),
    )
    return short, len(listed.moved), len(listed.new), len(listed.unchanged), listed.fewest_moves


def _binding(problem: Problem, details: PlanDetails, words: Words) -> PlanTable | None:
    if details.reasons is None or not details.reasons.binding:
        return None
    return reasons_tables(problem, (), details.reasons.binding, words)[1]


def _areas(problem: Problem, details: PlanDetails, words: Words) -> list[AreaLines]:
    if details.reasons is None:
        return []
    names = PlaceNames(problem, words)
    return [
        AreaLines(names(one.area), tuple(reason_lines(problem, one, words)))
        for one in details.reasons.areas
    ]


def _roster_facts(details: PlanDetails) -> tuple[int, int, int] | None:
    """Duties, weeks and lacks."""
    roster = details.roster
    return None if roster is None else (len(roster.duties), roster.weeks, len(roster.lacks))


def _roster_offices(problem: Problem, roster: Roster | None, words: Words) -> list[tuple[str, str]]:
    """Offices that have duties, by code and name, in the problem's order."""
    if roster is None:
        return []
    manned = {duty.office for duty in roster.duties}
    return [(one.code, words.name(one)) for one in problem.offices if one.code in manned]


@router.get("/plans/{plan_id}/roster")
def roster_page(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Reader,
    plan_id: str,
    office: str = "",
    week: int = 1,
) -> Response:
    """One office's week as it hangs on the wall: a row a post, a column a day."""
    stored = _stored(house, plan_id)
    making = house.details.of(stored.problem, stored.plan)
    roster = making.details.roster
    offices = _roster_offices(stored.problem, roster, words)
    chosen = office if any(office == code for code, _ in offices) else ""
    if offices and not chosen:
        chosen = offices[0][0]
    weeks = 0 if roster is None else roster.weeks
    shown = min(max(week, 1), max(weeks, 1))
    return page(
        request,
        "roster.html",
        account,
        head=stored.head,
        whole=making.is_whole,
        lacking=making.details.lacking.get(Part.ROSTER),
        why=WHY,
        offices=offices,
        office=chosen,
        office_name=dict(offices).get(chosen, ""),
        weeks=weeks,
        week=shown,
        one_of=KINDS,
        shifts={shift.code: shift for shift in stored.problem.shifts},
        days=[words.say(WEEKDAY[day]) for day in WEEK],
        rows=[] if roster is None else _rows(roster, chosen, shown),
        lacks=[] if roster is None else _lacks(stored.problem, roster, chosen, shown, words),
    )


def _rows(roster: Roster, office: str, week: int) -> list[PostRow]:
    duties: dict[str, list[Duty]] = {}
    for duty in roster.duties:
        if duty.office == office and duty.week == week:
            duties.setdefault(duty.post, []).append(duty)
    units = list(Unit)
    found = [
        PostRow(post, mine[0].unit, mine[0].gender, _week(mine)) for post, mine in duties.items()
    ]
    return sorted(found, key=lambda row: (units.index(row.unit), row.post))


def _week(duties: Sequence[Duty]) -> tuple[str | None, ...]:
    by_day: dict[Weekday, str] = {duty.day: duty.shift for duty in duties}
    return tuple(by_day.get(day) for day in WEEK)


def _lacks(problem: Problem, roster: Roster, office: str, week: int, words: Words) -> list[str]:
    names = PlaceNames(problem, words)

    def line(lack: RosterLack) -> str:
        return words.say(
            "{day}, {shift}: {what} ({n} missing)",
            day=words.say(WEEKDAY[lack.day]),
            shift=names(lack.shift),
            what=words.say(ROSTER_LACK[lack.kind]),
            n=words.number(lack.amount),
        )

    return [line(one) for one in roster.lacks if one.office == office and one.week == week]
