"""The report of a plan: the answer first, then maps, tables, proof, method, sources."""

from collections.abc import Mapping, Sequence
from datetime import date

from geo.notes import said
from geo.places import Standing
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.visits import VisitPlan
from service.details.document import Why
from service.exports.content import Content, Format
from service.exports.plan_features import plan_provenance
from service.exports.provenance import Provenance
from service.locale import terms
from service.locale.words import Words
from service.pages.answer import five_sentences
from service.pages.planview import PlanView
from service.pages.standings_note import standings_note
from service.reports.blocks import (
    Block,
    Heading,
    Numbered,
    Picture,
    Prose,
    Sheet,
    Tile,
    Tiles,
    Tone,
)
from service.reports.lack_parts import lack_blocks, visit_annex, visit_blocks
from service.reports.maps import Ground
from service.reports.plan_maps import plan_maps
from service.reports.plan_parts import (
    area_blocks,
    assumption_blocks,
    compared_blocks,
    district_blocks,
    duty_blocks,
    method_blocks,
    posting_blocks,
    proof_blocks,
    source_blocks,
)
from service.reports.press import print_pdf
from service.reports.svg import clipped
from service.scenario import presets
from service.store.decisions import Decision

MAP_WIDTH = 0.92
"""Part of the page's width; the one on the cover takes less where its sentences are long."""
_MOST_REASON = 160
EMPTY = Ground({})


def plan_title(problem: Problem, words: Words) -> str:
    """The plan's title; a preset's in the reader's language."""
    preset = presets().get(problem.scenario)
    if preset is not None and problem.title in {preset.title_ar, preset.title_en, "", preset.name}:
        return words.numerals(words.name(preset_names(problem.scenario)))
    return problem.title or problem.scenario


def preset_names(name: str) -> Mapping[str, object]:
    """Titles of a preset in both languages."""
    preset = presets()[name]
    return {"name_ar": preset.title_ar, "name_en": preset.title_en}


def plan_pdf(
    problem: Problem,
    plan: Plan,
    *,
    words: Words | Sequence[Words],
    day: date,
    ground: Ground = EMPTY,
    against: Mapping[str, Plan] | None = None,
    serial: str = "",
    visits: VisitPlan | Why | None = None,
    decision: Decision | None = None,
) -> Content:
    """``plan`` as ``report.pdf``, in one language or in several, one after the other.

    ``against`` are the plans that it is held against by name (``today``, ``proportional``,
    ``greedy``); without a ground there are no maps, without ``visits`` no visiting
    days. ``decision`` is the one that holds. Equal arguments give equal bytes.
    """
    provenance = plan_provenance(problem, plan, serial=serial)
    languages = (words,) if isinstance(words, Words) else tuple(words)
    sheets = [
        plan_sheet(problem, plan, one, day, ground, against or {}, provenance, visits, decision)
        for one in languages
    ]
    return Content(
        body=print_pdf(sheets, day),
        media_type=Format.PDF.media_type,
        filename="report.pdf",
        serial=provenance.serial,
        rows=len(problem.areas),
    )


def plan_sheet(
    problem: Problem,
    plan: Plan,
    words: Words,
    day: date,
    ground: Ground,
    against: Mapping[str, Plan],
    provenance: Provenance,
    visits: VisitPlan | Why | None = None,
    decision: Decision | None = None,
) -> Sheet:
    """The report before it is printed."""
    districts = {
        code: words.name({"name_ar": ar, "name_en": en}) for code, (ar, en) in ground.names.items()
    }
    view = PlanView(problem, plan, words, districts)
    held = {name: PlanView(problem, one, words, districts) for name, one in against.items()}
    today = held.get("today")
    t = words.say
    blocks: list[Block] = [
        Heading(t(said("The answer"))),
        Numbered(tuple(five_sentences(view, today))),
        _tiles(view, today),
    ]
    if view.standing is Standing.SYNTHETIC:
        blocks.append(
            Prose(
                t(
                    said(
                        "Some figures are SYNTHETIC: made up to show how Mizan works. Take no "
                        "decision on them; load the office's own figures first."
                    )
                )
            )
        )
    standings = standings_note(view)
    blocks += [Prose(standings, quiet=True)] if standings else []
    maps = plan_maps(view, ground)
    # The map of women's demand answers with the sentences, on the cover.
    blocks += [Picture(one.svg, one.alt, one.title, width=MAP_WIDTH, fits=True) for one in maps[:1]]
    if maps:
        blocks.append(Heading(t(said("On the map"))))
    blocks += [Picture(one.svg, one.alt, one.title, width=MAP_WIDTH) for one in maps[1:]]
    blocks += compared_blocks(view, held)
    blocks += district_blocks(view, today)
    blocks += posting_blocks(view)
    blocks += duty_blocks(view)
    blocks += lack_blocks(view)
    blocks += visit_blocks(view, visits)
    blocks += area_blocks(view, today)
    blocks += proof_blocks(view)
    blocks += method_blocks(view)
    blocks += assumption_blocks(view)
    blocks += source_blocks(view)
    blocks += visit_annex(view, visits)
    title = plan_title(problem, words)
    return Sheet(
        template="report",
        title=title,
        words=words,
        facts=_facts(view, day, provenance, decision),
        badges=badges(view),
        blocks=tuple(blocks),
        foot=" · ".join((t(said("Mizan")), title, provenance.serial)),
        page_of=t(said("Page {n} of {all}"), n="{n}", all="{all}"),
        kicker=t(said("Plan for the community police")),
        extra={"signature": t(said("Director of the community police"))},
    )


def badges(view: PlanView) -> tuple[tuple[str, Tone], ...]:
    """How far the plan is proven, and how far its figures may be trusted."""
    t = view.words.say
    found: list[tuple[str, Tone]] = [
        (t(terms.STATUS[view.plan.status]), "good" if view.proven else "warn"),
        (t(terms.STANDING[view.standing]), terms.STANDING_TONE[view.standing]),
    ]
    lines = {source.standing for source in view.problem.sources}
    if Standing.GENERALISED in lines and view.standing is not Standing.GENERALISED:
        found.append((t(said("Boundaries generalised, not official")), "warn"))
    return tuple(found)


def _decided(words: Words, decision: Decision | None) -> str:
    """Who approved or rejected the plan, when and why."""
    t = words.say
    if decision is None:
        return t(said("not decided yet"))
    verdict = t(said("approved")) if decision.approved else t(said("rejected"))
    told = words.joined((verdict, decision.actor, words.date(decision.at.date())))
    return f"{told}: {clipped(decision.reason, _MOST_REASON)}"


def _facts(
    view: PlanView, day: date, provenance: Provenance, decision: Decision | None
) -> tuple[tuple[str, str], ...]:
    words, t = view.words, view.words.say
    pairs = [
        (t(said("Decision")), _decided(words, decision)),
        (t(said("Date of the report")), words.date(day)),
        (t(said("Figures as of")), words.date(provenance.as_of)),
        (
            t(said("Horizon year")),
            words.numerals(str(view.problem.horizon_year)) if view.problem.horizon_year else "",
        ),
        (t(said("Data version")), provenance.data_version),
        (t(said("Serial")), provenance.serial),
    ]
    return tuple(pair for pair in pairs if pair[1])


def _tiles(view: PlanView, today: PlanView | None) -> Tiles:
    words, t = view.words, view.words.say

    def was(share: float | None) -> str:
        return (
            ""
            if today is None
            else t(said("today's postings: {share}"), share=words.percent(share))
        )

    worst, worst_today = view.worst_women, today.worst_women if today else None
    return Tiles(
        (
            Tile(
                t(said("Women's demand served in the worst district")),
                words.percent(worst.women_served_share if worst else None),
                was(worst_today.women_served_share if worst_today else None),
            ),
            Tile(
                t(said("All demand served")),
                words.percent(view.served_share),
                was(today.served_share if today else None),
            ),
            Tile(
                t(said("Women residents within {way} of a woman officer"), way=view.women_way),
                words.percent(view.women_with_access),
                was(today.women_with_access if today else None),
            ),
            Tile(
                t(said("Officers moved")),
                words.number(view.moves),
                words.count("of {n} officer", "of {n} officers", view.officers),
            ),
        )
    )
