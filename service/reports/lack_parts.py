"""What a plan lacks, and the visiting days that serve some of it, as parts of its report."""

from collections.abc import Sequence

from geo.notes import said
from optimizer.staff import Unit
from optimizer.visits import VisitPlan
from service.details.document import Why
from service.details.tables import WHY
from service.details.visiting import visit_areas, visit_sentences, visit_table
from service.exports.plan_tables import PlanTable
from service.exports.sheets import Show
from service.locale.words import Words
from service.pages.lacks import AreaLack, Lacks, lacks_of, unit_words
from service.pages.planview import PlanView
from service.reports.blocks import Block, Bullets, Grid, Heading, Prose


def lack_blocks(view: PlanView) -> list[Block]:
    """Every shortfall once: sentences first, then hours as a matrix of areas and units."""
    words, t = view.words, view.words.say
    heading = Heading(t(said("What is lacking")))
    lacks = lacks_of(view)
    if lacks.none:
        return [heading, Prose(t(said("Nothing: every hour is served, every shift is manned.")))]
    counted = words.count(
        "{n} shortfall, each named and measured",
        "{n} shortfalls, each named and measured",
        lacks.count,
    )
    blocks: list[Block] = [heading, Prose(f"{counted}.", leads=True)]
    if lacks.others:
        blocks.append(Bullets(lacks.others))
    if lacks.areas:
        blocks += [
            Heading(t(said("Hours that are not served, within reach")), 2),
            _matrix(view, lacks),
        ]
    if lacks.traces:
        blocks.append(Prose(lacks.traces, quiet=True))
    return blocks


def _matrix(view: PlanView, lacks: Lacks) -> Grid:
    """Hours a week that stay unserved, area by unit, the largest sums first."""
    words, t = view.words, view.words.say
    there = {one.unit for area in lacks.areas for one in area.units}
    units = [unit for unit in (*Unit, None) if unit in there]

    def row(name: str, figures: Sequence[float | None]) -> tuple[str, ...]:
        return (name, *(words.number(one, 1) for one in figures))

    def figures(area: AreaLack) -> list[float | None]:
        by_unit = {one.unit: one.hours_week for one in area.units}
        women = area.women_hours_week if area.tells_women else None
        return [*(by_unit.get(unit) for unit in units), area.hours_week, women]

    rows = [row(area.name, figures(area)) for area in lacks.areas]
    sums = [
        sum(one.hours_week for area in lacks.areas for one in area.units if one.unit == unit)
        for unit in units
    ]
    rows.append(row(t(said("All")), [*sums, lacks.hours_week, lacks.women_hours_week]))
    columns = (
        t(said("Area")),
        *(unit_words(words, unit) for unit in units),
        t(said("All")),
        t(said("of them need a woman officer")),
    )
    widths = (2.0, *(1.2 for _ in units), 1.0, 1.2)
    note = t(said("Officer-hours a week."))
    return Grid(columns, tuple(rows), tuple(range(1, len(columns))), widths, note, total=True)


def visit_blocks(view: PlanView, visits: VisitPlan | Why | None) -> list[Block]:
    """What visits give each area beyond daily reach, or why that is not known."""
    if visits is None:
        return []
    words = view.words
    blocks: list[Block] = [Heading(words.say(said("Visiting days for areas beyond daily reach")))]
    if isinstance(visits, Why):
        return [*blocks, Prose(words.say(WHY[visits]))]
    blocks += [Prose(one) for one in visit_sentences(view.problem, visits, words)]
    if visits.trips:
        table = visit_areas(view.problem, visits, words)
        blocks.append(_grid(table, words, (2.0, 1.3, 1.1, 0.9, 2.2, 2.2)))
        told = said("The annex at the end lists the rounds of each weekday.")
        blocks.append(Prose(words.say(told), quiet=True))
    return blocks


def visit_annex(view: PlanView, visits: VisitPlan | Why | None) -> list[Block]:
    """Who goes where on which day, for those who send the crews."""
    if not isinstance(visits, VisitPlan) or not visits.trips:
        return []
    words = view.words
    table = visit_table(view.problem, visits, words)
    return [
        Heading(words.say(said("Annex: the rounds of the visiting days"))),
        _grid(table, words, (1.0, 1.0, 1.5, 1.6, 2.4, 1.0, 0.8)),
    ]


def _grid(table: PlanTable, words: Words, widths: tuple[float, ...]) -> Grid:
    def cell(value: object, show: Show) -> str:
        if isinstance(value, int | float):
            return words.number(value, 0 if show is Show.COUNT else 1)
        return str(value)

    shows = [one.show for one in table.columns]
    rows = tuple(
        tuple(cell(value, show) for value, show in zip(row, shows, strict=True))
        for row in table.rows
    )
    columns = tuple(words.say(one.title) for one in table.columns)
    figures = tuple(n for n, show in enumerate(shows) if show is not Show.TEXT)
    return Grid(columns, rows, figures, widths)
