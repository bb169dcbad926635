"""The letter to the ministry: what more women officers would change, with the curve."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from geo.checks import Fault, FaultsError
from geo.notes import said
from geo.places import Standing
from optimizer.plan import Plan, ShortfallKind
from optimizer.problem import Problem
from optimizer.staff import Gender
from service.exports.content import Content, Format
from service.exports.provenance import serial_of
from service.locale import terms
from service.locale.plan_words import TRACE_H
from service.locale.words import Words
from service.maps.classes import SAID_AS_NONE
from service.pages.planview import PlanView, district_name
from service.reports.blocks import Block, Bullets, Grid, Heading, Prose, Sheet, chart_blocks
from service.reports.charts import CurvePoint, staffing_curve
from service.reports.maps import Ground
from service.reports.plan_report import EMPTY, badges
from service.reports.press import print_pdf


def letter_pdf(
    problem: Problem,
    plan: Plan,
    *,
    words: Words,
    day: date,
    today: Plan,
    curve: Sequence[CurvePoint] = (),
    knee: int | None = None,
    ground: Ground = EMPTY,
    serial: str = "",
) -> Content:
    """The letter that asks for the women officers whom ``plan`` posts, as ``letter.pdf``.

    ``today`` are today's postings measured on the same problem; ``ground`` names the districts.
    Raises ``FaultsError`` where the plan has no new women officers to ask for.
    """
    asked = sum(lot.count for lot in problem.hires if lot.gender is Gender.WOMAN)
    if asked < 1:
        raise FaultsError(
            [
                Fault(
                    said("This plan posts no new women officers, so there is nothing to ask for."),
                    said("Take a scenario that hires women officers, such as ten-women."),
                )
            ]
        )
    names = {
        code: words.name({"name_ar": ar, "name_en": en}) for code, (ar, en) in ground.names.items()
    }
    view = PlanView(problem, plan, words, names)
    before = PlanView(problem, today, words, names)
    found = serial or serial_of("letter", plan.problem_digest, plan.canonical_bytes())
    sheet = _sheet(view, before, asked, day, found, curve, knee)
    return Content(
        body=print_pdf([sheet], day),
        media_type=Format.PDF.media_type,
        filename="letter.pdf",
        serial=found,
        rows=len(curve),
    )


def _sheet(
    view: PlanView,
    before: PlanView,
    asked: int,
    day: date,
    serial: str,
    curve: Sequence[CurvePoint],
    knee: int | None,
) -> Sheet:
    words, t = view.words, view.words.say
    officers = words.count("{n} more woman officer", "{n} more women officers", asked)
    title = t(said("Request for {officers} in the community police"), officers=officers)
    blocks: list[Block] = [
        Prose(t(said("Greetings,"))),
        Prose(_why(before)),
        Prose(_today(before)),
        Prose(_with_them(view, before, officers)),
        _before_after(view, before),
        *_where(view),
    ]
    if curve:
        heading = t(said("What each further woman officer would bring"))
        blocks += chart_blocks(staffing_curve(words, curve, knee), words, heading, width=0.86)
        blocks += _without_any(words, curve)
    blocks += _what_stays(view)
    blocks.append(Prose(_basis(view), quiet=True))
    kinds = tuple(one for one in badges(view) if one[1] != "good")
    return Sheet(
        template="letter",
        title=title,
        words=words,
        facts=((t(said("Date")), words.date(day)), (t(said("Serial")), serial)),
        badges=kinds,
        blocks=tuple(blocks),
        foot=" · ".join((t(said("Mizan")), serial)),
        page_of=t(said("Page {n} of {all}"), n="{n}", all="{all}"),
        kicker=t(said("Community police")),
        extra={
            "addressee": t(said("To the Ministry of Interior")),
            "closing": t(said("With respect,")),
            "signature": t(said("Director of the community police")),
        },
    )


def _without_any(words: Words, curve: Sequence[CurvePoint]) -> list[Block]:
    """Why the curve begins above the share of today: the first point is a plan too."""
    first = curve[0]
    if first.hires or first.women is None:
        return []
    text = words.say(
        said(
            "The curve begins with today's officers in better places: without anybody new "
            "{share} of women's demand can be served."
        ),
        share=words.percent(first.women),
    )
    return [Prose(text, quiet=True)]


def _why(before: PlanView) -> str:
    words = before.words
    return words.say(
        said(
            "Women who suffer violence at home or extortion report it to women officers, and many "
            "to nobody else. Of the {all} officers of the community police today, {women} are "
            "women: {share}."
        ),
        all=words.number(before.officers),
        women=words.number(before.women),
        share=words.percent(before.women / before.officers if before.officers else None),
    )


def _today(before: PlanView) -> str:
    words, t = before.words, before.words.say
    worst = before.worst_women
    sentence = t(
        said("Today {share} of the work that needs a woman officer can be done."),
        share=words.percent(before.women_share),
    )
    if worst is not None:
        sentence += " " + t(
            said("In the worst served district, {district}, it is {low}."),
            district=district_name(before, worst.code),
            low=words.percent(worst.women_served_share),
        )
    empty = _shifts_without_women(before)
    if empty:
        sentence += " " + words.count(
            "In {n} shift of an office no woman is on duty.",
            "In {n} shifts of offices no woman is on duty.",
            empty,
        )
    return sentence


def _with_them(view: PlanView, before: PlanView, officers: str) -> str:
    words = view.words
    key = said(
        "We ask for {officers}. Posted as the attached plan proposes, they raise that share from "
        "{low} to {high}, and in the worst served district from {worst_low} to {worst_high}."
    )
    worst, was = view.worst_women, before.worst_women
    return words.say(
        key,
        officers=officers,
        low=words.percent(before.women_share),
        high=words.percent(view.women_share),
        worst_low=words.percent(was.women_served_share if was else None),
        worst_high=words.percent(worst.women_served_share if worst else None),
    )


def _shifts_without_women(view: PlanView) -> int:
    kind = ShortfallKind.SHIFT_WITHOUT_WOMEN
    return sum(lack.kind is kind for lack in view.plan.shortfalls)


def _before_after(view: PlanView, before: PlanView) -> Grid:
    words, t = view.words, view.words.say

    def worst(one: PlanView) -> float | None:
        return one.worst_women.women_served_share if one.worst_women else None

    both = (before, view)
    rows = (
        (t(said("Women officers")), *(words.number(one.women) for one in both)),
        (t(said("Women's demand served")), *(words.percent(one.women_share, 1) for one in both)),
        (
            t(said("Women's demand served in the worst district")),
            *(words.percent(worst(one), 1) for one in both),
        ),
        (
            t(said("Women residents within {way} of a woman officer"), way=view.women_way),
            *(words.percent(one.women_with_access, 1) for one in both),
        ),
        (
            t(said("Shifts of offices without a woman on duty")),
            *(words.number(_shifts_without_women(one)) for one in both),
        ),
    )
    columns = (t(said("Measure")), t(said("Today")), t(said("With the new officers")))
    return Grid(columns, rows, (1, 2), (2.6, 1.0, 1.2))


def _where(view: PlanView) -> list[Block]:
    """Where the new women officers would serve: transfers without an origin."""
    words, t = view.words, view.words.say
    count: dict[tuple[str, str], int] = defaultdict(int)
    for move in view.plan.transfers:
        if move.gender is Gender.WOMAN and move.from_office is None:
            count[view.office(move.to_office), t(terms.UNIT[move.to_unit])] += move.count
    if not count:
        return []
    lines = tuple(f"{words.joined(place)}: {words.number(n)}" for place, n in count.items())
    return [Heading(t(said("Where they would serve")), 2), Bullets(lines)]


def _what_stays(view: PlanView) -> list[Block]:
    """A request that hides what it can't mend is not believed."""
    words, t = view.words, view.words.say
    lines = []
    lacking = [code for code, one in view.services.items() if one.no_woman_in_reach]
    if lacking:
        names = view.listed([view.area(code) for code in lacking], most=8)
        line = t(
            said("No woman officer will be posted within {way} of: {areas}."),
            way=view.women_way,
            areas=names,
        )
        # The unit goes farther than this reach: without the sentence the plan seems to disagree.
        if any((view.services[code].women_served_share or 0) >= SAID_AS_NONE for code in lacking):
            line += " " + t(
                said(
                    "The work of women officers that the plan gives there comes from farther away."
                )
            )
        lines.append(line)
    empty = _shifts_without_women(view)
    if empty:
        lines.append(
            words.count(
                "In {n} shift of an office no woman is on duty.",
                "In {n} shifts of offices no woman is on duty.",
                empty,
            )
        )
    unserved = sum(one.unmet_women_hours_week for one in view.services.values())
    if unserved >= TRACE_H:
        lines.append(
            t(
                said("{n} hours a week of work that needs a woman officer stay undone."),
                n=words.two_figures(unserved),
            )
        )
    if not lines:
        return []
    return [Heading(t(said("What they would not mend")), 2), Bullets(tuple(lines))]


def _basis(view: PlanView) -> str:
    t = view.words.say
    sentence = (
        t(said("The plan is proven: no other does better in any goal, in their order."))
        if view.proven
        else t(said("The plan keeps every rule, but it is not proven that none is better."))
    )
    figures = t(
        said("Figures: {standing}; sources and assumptions are listed in the report of the plan."),
        standing=t(terms.STANDING[view.standing]),
    )
    warning = ""
    if view.standing is Standing.SYNTHETIC:
        warning = " " + t(said("This letter is a specimen: it must not be sent with such figures."))
    return f"{sentence} {figures}{warning}"
