"""Posts, rosters, waits, visiting days and reasons of a plan as tables, for CSV and workbooks."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geo.notes import said
from optimizer.area_reasons import AreaReason, BindingRule
from optimizer.plan import Shortfall, ShortfallKind
from optimizer.postings_list import PostingsList
from optimizer.problem import Assumption, Problem
from optimizer.roster import Roster
from optimizer.visits import VisitPlan
from optimizer.waiting.report import OfficeWaiting, WaitingComparison
from service.exports.cells import neutral
from service.exports.content import Content, Format
from service.exports.provenance import Provenance
from service.exports.sheets import Column, Show, Workbook
from service.locale.assumption_labels import (
    assumption_label,
    assumption_reason,
    assumption_value,
)
from service.locale.plan_words import (
    BINDING,
    ROSTER_LACK,
    VISIT_GOAL,
    VISIT_REASON,
    WEEKDAY,
    PlaceNames,
    reason_lines,
    step_words,
)
from service.locale.terms import ONE_OFFICER, SHORTFALL, STANDING, UNIT
from service.locale.words import Words


@dataclass(frozen=True, slots=True)
class PlanTable:
    """``name`` and the columns' titles are message ids; rows hold plain values."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]


def tables_content(
    tables: Sequence[PlanTable],
    form: Format,
    *,
    provenance: Provenance,
    words: Words,
    filename: str,
) -> Content:
    """All tables as a workbook, or the first one as CSV (UTF-8 with a mark, standing in each row).

    Raises ``ValueError`` for other forms.
    """
    if form is Format.XLSX:
        book = Workbook(words, provenance)
        rows = sum(book.table(t.name, t.columns, t.rows) for t in tables)
        body = book.content()
    elif form is Format.CSV:
        rows, body = len(tables[0].rows), _csv(tables[0], provenance, words)
    else:
        raise ValueError(f"tables of a plan are not written as {form}")
    return Content(body, form.media_type, filename, provenance.serial, rows)


def _csv(table: PlanTable, provenance: Provenance, words: Words) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    told = [words.say(STANDING[provenance.standing]), provenance.serial]
    titles = [c.title for c in table.columns] + [said("Standing"), said("Serial")]
    writer.writerow([words.say(title) for title in titles])
    for row in table.rows:
        writer.writerow([neutral(_plain(value, words)) for value in (*row, *told)])
    return "\ufeff".encode() + out.getvalue().encode()


def _plain(value: object, words: Words) -> object:
    if isinstance(value, bool):
        return words.say(said("yes") if value else said("no"))
    return round(value, 6) if isinstance(value, float) else value


def posts_tables(problem: Problem, listed: PostingsList, words: Words) -> tuple[PlanTable, ...]:
    """Who moves, who is new, who stays; one row a post."""
    names = PlaceNames(problem, words)
    states = (
        (said("is moved"), listed.moved),
        (said("new"), listed.new),
        (said("stays"), listed.unchanged),
    )
    rows = [
        (
            p.post,
            words.say(state),
            words.say(ONE_OFFICER[p.gender]),
            names(p.from_office),
            words.say(UNIT[p.from_unit]) if p.from_unit else "",
            names(p.to_office),
            words.say(UNIT[p.to_unit]),
            names(p.home),
            p.home_min_before,
            p.home_min,
        )
        for state, places in states
        for p in places
    ]
    columns = (
        Column(said("Post")),
        Column(said("Change")),
        Column(said("Officers")),
        Column(said("From office")),
        Column(said("From unit")),
        Column(said("To office")),
        Column(said("To unit")),
        Column(said("Home sub-district")),
        Column(said("Minutes from home before"), Show.COUNT),
        Column(said("Minutes from home after"), Show.COUNT),
    )
    return (PlanTable(said("Posts"), columns, tuple(rows)),)


def roster_tables(problem: Problem, roster: Roster, words: Words) -> tuple[PlanTable, ...]:
    """Duties, lacks, and what was assumed."""
    names = PlaceNames(problem, words)
    duties = (
        Column(said("Week"), Show.COUNT),
        Column(said("Day")),
        Column(said("Office")),
        Column(said("Shift")),
        Column(said("Unit")),
        Column(said("Post")),
        Column(said("Officers")),
        Column(said("Hours"), Show.HOURS),
    )
    lacks = (
        Column(said("Shortfall")),
        Column(said("Week"), Show.COUNT),
        Column(said("Day")),
        Column(said("Office")),
        Column(said("Shift")),
        Column(said("Officers missing"), Show.COUNT),
    )
    return (
        PlanTable(
            said("Roster"),
            duties,
            tuple(
                (
                    d.week,
                    words.say(WEEKDAY[d.day]),
                    names(d.office),
                    names(d.shift),
                    words.say(UNIT[d.unit]),
                    d.post,
                    words.say(ONE_OFFICER[d.gender]),
                    d.hours,
                )
                for d in roster.duties
            ),
        ),
        PlanTable(
            said("Shortfalls"),
            lacks,
            tuple(
                (
                    words.say(ROSTER_LACK[k.kind]),
                    k.week,
                    words.say(WEEKDAY[k.day]),
                    names(k.office),
                    names(k.shift),
                    k.amount,
                )
                for k in roster.lacks
            ),
        ),
        assumptions_table(problem, roster.rules.as_assumptions(), words),
    )


def waiting_tables(
    problem: Problem, compared: WaitingComparison, words: Words
) -> tuple[PlanTable, ...]:
    """Each office before and after: crews, calls, waits in all and by priority."""
    names = PlaceNames(problem, words)
    figures = (
        (said("Crews"), Show.COUNT),
        (said("Calls an hour"), Show.FINE),
        (said("Calls an hour that nobody answers"), Show.FINE),
        (said("Mean wait, minutes"), Show.HOURS),
        (said("Wait of urgent calls, minutes"), Show.HOURS),
        (said("Wait of prompt calls, minutes"), Show.HOURS),
        (said("Wait of other calls, minutes"), Show.HOURS),
        (said("Share of time on calls"), Show.SHARE),
        (said("Minutes on the way"), Show.HOURS),
    )
    columns = (
        Column(said("Office")),
        Column(said("When")),
        *(Column(title, show) for title, show in figures),
        Column(said("Within the standard")),
    )
    rows = [
        (names(change.office), words.say(when), *_queue(one))
        for change in compared.offices
        for when, one in ((said("Before"), change.before), (said("After"), change.after))
        if one is not None
    ]
    return (PlanTable(said("Waiting"), columns, tuple(rows)),)


def _queue(one: OfficeWaiting) -> tuple[Any, ...]:
    return (
        one.crews,
        one.calls_hour,
        one.unanswered_calls_hour,
        one.wait_min,
        *one.waits_min,
        one.busy_share,
        one.travel_min,
        one.within_standard,
    )


def visits_tables(problem: Problem, visits: VisitPlan, words: Words) -> tuple[PlanTable, ...]:
    """Trips with their stops, what remains and why, the goals, and what was assumed."""
    names = PlaceNames(problem, words)
    trips = (
        Column(said("Week"), Show.COUNT),
        Column(said("Day")),
        Column(said("Office")),
        Column(said("Unit")),
        Column(said("Crew of women")),
        Column(said("Officers"), Show.COUNT),
        Column(said("Stop"), Show.COUNT),
        Column(said("Area")),
        Column(said("Hours there"), Show.HOURS),
        Column(said("Hours served"), Show.HOURS),
        Column(said("Women's demand served"), Show.HOURS),
        Column(said("Minutes on the road, whole trip"), Show.COUNT),
    )
    return (
        PlanTable(
            said("Visiting days"),
            trips,
            tuple(
                (
                    t.week,
                    words.say(WEEKDAY[t.day]),
                    names(t.office),
                    words.say(UNIT[t.unit]),
                    t.women_crew,
                    t.officers,
                    n,
                    names(stop.area),
                    stop.site_h,
                    stop.served_hours,
                    stop.women_hours,
                    t.road_min,
                )
                for t in visits.trips
                for n, stop in enumerate(t.stops, start=1)
            ),
        ),
        _remaining(visits.shortfalls, names, words),
        PlanTable(
            said("Proof"),
            (
                Column(said("Goal")),
                Column(said("Value reached"), Show.FINE),
                Column(said("Bound"), Show.FINE),
                Column(said("Proven")),
            ),
            tuple(
                (words.say(VISIT_GOAL[g.name]), g.value, g.bound, g.proven) for g in visits.goals
            ),
        ),
        assumptions_table(problem, visits.rules.as_assumptions(), words),
    )


def _remaining(lacks: Iterable[Shortfall], names: PlaceNames, words: Words) -> PlanTable:
    kinds = {
        ShortfallKind.OUT_OF_REACH: said("Hours that remain out of reach"),
        ShortfallKind.UNMET_WOMEN_HOURS: SHORTFALL[ShortfallKind.UNMET_WOMEN_HOURS],
    }
    return PlanTable(
        said("Shortfalls"),
        (
            Column(said("Shortfall")),
            Column(said("Area")),
            Column(said("Unit")),
            Column(said("Hours a week"), Show.HOURS),
            Column(said("Reason")),
        ),
        tuple(
            (
                words.say(kinds[k.kind]),
                names(k.area),
                words.say(UNIT[k.unit]) if k.unit else "",
                k.amount,
                words.say(VISIT_REASON[k.rule]),
            )
            for k in lacks
        ),
    )


def reasons_tables(
    problem: Problem,
    reasons: Sequence[AreaReason],
    binding: Sequence[BindingRule],
    words: Words,
) -> tuple[PlanTable, ...]:
    """A sentence a row for each area, then the rules that bind, ranked."""
    names = PlaceNames(problem, words)
    return (
        PlanTable(
            said("Reasons"),
            (Column(said("Area code")), Column(said("Area")), Column(said("Reason"))),
            tuple(
                (r.area, names(r.area), line)
                for r in reasons
                for line in reason_lines(problem, r, words)
            ),
        ),
        PlanTable(
            said("Binding rules"),
            (
                Column(said("Rank"), Show.COUNT),
                Column(said("Limited by")),
                Column(said("One step")),
                Column(said("Hours a week"), Show.HOURS),
                Column(said("Hours a week, weighted by need"), Show.HOURS),
            ),
            tuple(
                (
                    n,
                    words.say(BINDING[b.rule]),
                    step_words(b, names, words),
                    b.hours_week,
                    b.weighted_hours,
                )
                for n, b in enumerate(binding, start=1)
            ),
        ),
    )


def assumptions_table(problem: Problem, listed: Iterable[Assumption], words: Words) -> PlanTable:
    """What somebody chose, with why; numbers stay numbers, the key is that of scenario files."""
    columns = (
        Column(said("Assumption")),
        Column(said("Value")),
        Column(said("Unit of measure")),
        Column(said("Reason")),
        Column(said("Source")),
        Column(said("Key in a scenario file")),
    )
    rows = tuple(
        (
            assumption_label(words, problem, one.key),
            assumption_value(words, one, problem) if isinstance(one.value, str) else one.value,
            words.say(one.unit) if one.unit else "",
            *assumption_reason(words, one, problem),
            one.key,
        )
        for one in listed
    )
    return PlanTable(said("Assumptions"), columns, rows)
