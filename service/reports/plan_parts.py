"""The parts of a plan's report after its answer and maps, each a few blocks."""

from collections.abc import Mapping, Sequence

from geo.notes import said
from optimizer.staff import Unit
from service.locale import terms
from service.locale.goal_words import goal_figure
from service.locale.source_words import source_rows
from service.locale.words import NO_FIGURE, Words
from service.pages.baselines import AGAINST
from service.pages.planview import (
    DistrictService,
    PlanView,
    compare,
    district_name,
)
from service.reports.assumed import assumed
from service.reports.blocks import Block, Bullets, Grid, Heading, Prose, chart_blocks
from service.reports.charts import BeforeAfter, Stack, before_after, stacked

DISTRICTS = 0.74
"""Part of the page's width of a chart of districts: one fits below a map and a table."""


def compared_blocks(view: PlanView, held: Mapping[str, PlanView]) -> list[Block]:
    """The plan beside today's postings and simpler ways; the best of a row is marked."""
    if not held:
        return []
    t = view.words.say
    names = [name for name in AGAINST if name in held]
    rows = []
    for row in compare([view, *(held[name] for name in names)]):
        cells = [
            f"★ {cell}" if best else cell for cell, best in zip(row.cells, row.best, strict=True)
        ]
        rows.append((row.label, *cells))
    columns = (t(said("Measure")), t(said("This plan")), *(t(AGAINST[name]) for name in names))
    widths = (2.6, *(1.0 for _ in columns[1:]))
    note = t(said("★ marks the best of a row."))
    return [
        Heading(t(said("Better than today, and than simpler ways?"))),
        Grid(columns, tuple(rows), tuple(range(1, len(columns))), widths, note),
    ]


def district_blocks(view: PlanView, today: PlanView | None) -> list[Block]:
    """Districts before and after, women's demand first."""
    if today is None or not view.districts:
        return []
    words, t = view.words, view.words.say

    def share(one: DistrictService | None, women: bool) -> float | None:
        if one is None:
            return None
        return one.women_served_share if women else one.served_share

    def rows(women: bool) -> list[BeforeAfter]:
        return [
            BeforeAfter(
                district_name(view, code),
                share(today.districts.get(code), women),
                share(district, women),
            )
            for code, district in view.districts.items()
        ]

    women = t(said("Women's demand served, by district"))
    everything = t(said("All demand served, by district"))
    of_women, of_all = rows(women=True), rows(women=False)
    return [
        *_districts_chart(words, women, of_women),
        *_districts_chart(words, everything, of_all),
        _districts_grid(words, of_women, of_all),
        Prose(t(said("Areas that no office reaches are not in these shares.")), quiet=True),
    ]


def _best_first(one: BeforeAfter) -> tuple[float, str]:
    return -(one.after or 0.0), one.name


def _districts_chart(words: Words, title: str, rows: Sequence[BeforeAfter]) -> list[Block]:
    chart = before_after(words, title, sorted(rows, key=_best_first))
    return chart_blocks(chart, words, title, width=DISTRICTS)[:1]


def _districts_grid(
    words: Words, of_women: Sequence[BeforeAfter], of_all: Sequence[BeforeAfter]
) -> Grid:
    """The figures of both charts, a row for each district."""
    t = words.say

    def told(one: BeforeAfter) -> tuple[str, str, str]:
        both = one.before is not None and one.after is not None
        points = 100 * ((one.after or 0.0) - (one.before or 0.0)) if both else None
        return words.percent(one.before, 1), words.percent(one.after, 1), words.signed(points, 1)

    pairs = sorted(zip(of_women, of_all, strict=True), key=lambda pair: _best_first(pair[0]))
    rows = tuple((women.name, *told(women), *told(one)) for women, one in pairs)
    then, points = t(said("This plan")), t(said("Change, in points"))
    columns = (
        t(said("District")),
        *(t(said("Women's demand: today")), then, points),
        *(t(said("All demand: today")), then, points),
    )
    return Grid(columns, rows, tuple(range(1, len(columns))), (1.6, *(1.0 for _ in columns[1:])))


def posting_blocks(view: PlanView) -> list[Block]:
    """Officers by office and unit, against today."""
    words, t = view.words, view.words.say
    units = list(Unit)
    stacks = [
        Stack(view.office(code), tuple(float(strength.by_unit.get(u, 0)) for u in units))
        for code, strength in view.strengths.items()
        if strength.is_open
    ]
    chart = stacked(words, t(said("Office")), [t(terms.UNIT[u]) for u in units], stacks)
    rows = [
        (
            view.office(office),
            t(terms.UNIT[unit]),
            words.number(women),
            words.signed(women - women_today),
            words.number(men),
            words.signed(men - men_today),
        )
        for office, unit, men_today, men, women_today, women in view.postings()
    ]
    today_women = sum(row[4] for row in view.postings())
    today_men = sum(row[2] for row in view.postings())
    men = view.officers - view.women
    rows.append(
        (
            t(said("All")),
            "",
            words.number(view.women),
            words.signed(view.women - today_women),
            words.number(men),
            words.signed(men - today_men),
        )
    )
    columns = (
        t(said("Office")),
        t(said("Unit")),
        t(said("Women officers")),
        t(said("against today")),
        t(said("Men officers")),
        t(said("against today")),
    )
    return [
        Heading(t(said("Who is posted where"))),
        *chart_blocks(chart, words, t(said("Officers by office and unit")))[:1],
        Grid(columns, tuple(rows), (2, 3, 4, 5), (2.9, 1.9, 1, 1, 1, 1), total=True),
    ]


def duty_blocks(view: PlanView) -> list[Block]:
    """Women officers by office and shift."""
    words, t = view.words, view.words.say
    if not view.problem.shifts:
        return []
    rows = tuple(
        (
            view.office(code),
            t(said("yes")) if view.offices[code].referral_centre else t(said("no")),
            *(words.number(n) if n else t(said("none")) for n in counts),
        )
        for code, counts in view.women_on_duty()
    )
    columns = (
        t(said("Office")),
        t(said("Referral centre")),
        *(words.name(shift) for shift in view.problem.shifts),
    )
    note = t(
        said(
            "Women officers assigned to each shift of an ordinary week; leave and days off are in "
            "the working hours."
        )
    )
    figures = tuple(range(2, len(columns)))
    widths = (2.0, *(1.0 for _ in columns[1:]))
    return [
        Heading(t(said("Women on duty, by office and shift"))),
        Grid(columns, rows, figures, widths, note),
    ]


def area_blocks(view: PlanView, today: PlanView | None) -> list[Block]:
    """Every area: who leads it, what it asks and gets, against today."""
    words, t = view.words, view.words.say
    rows = []
    for code, one in view.services.items():
        was = today.services[code] if today else None
        lead = view.office(one.lead_office)
        if not lead:
            lead = t(said("out of reach")) if one.no_office_reaches else words.number(None)
        rows.append(
            (
                view.area(code),
                district_name(view, view.areas[code].district),
                lead,
                words.number(view.areas[code].need, 1),
                words.number(one.hours_week),
                words.percent(one.served_share),
                words.percent(was.served_share if was else None),
                words.percent(one.women_served_share),
                words.percent(was.women_served_share if was else None),
            )
        )
    columns = (
        t(said("Area")),
        t(said("District")),
        t(said("Lead office")),
        t(said("Need")),
        t(said("Hours a week asked")),
        t(said("Demand served")),
        t(said("today")),
        t(said("Women's demand served")),
        t(said("today")),
    )
    widths = (1.8, 1.5, 1.9, 0.8, 1.0, 1.0, 0.8, 1.1, 0.8)
    return [
        Heading(t(said("Area by area"))),
        Grid(columns, tuple(rows), tuple(range(3, len(columns))), widths),
    ]


def proof_blocks(view: PlanView) -> list[Block]:
    """Goals in their order, with value, bound and what is proven."""
    words, t = view.words, view.words.say
    rows = tuple(
        (
            words.number(place),
            t(terms.TIER[tier.name]),
            t(terms.TIER_MEASURE[tier.name]),
            goal_figure(words, tier.value),
            goal_figure(words, tier.bound, beside=tier.value),
            t(said("proven"))
            if tier.proven
            else t(said("not proven, gap {gap}"), gap=words.number(tier.gap, 2)),
        )
        for place, tier in enumerate(view.plan.tiers, 1)
    )
    columns = (
        "",
        t(said("Goal, in its order")),
        t(said("Measured in")),
        t(said("Reached")),
        t(said("No plan can beat")),
        t(said("Proof")),
    )
    text = t(
        said(
            "A goal is called proven only when the solver has shown that no plan can do better. An "
            "independent check recomputes every rule and every goal of each plan before anybody "
            "sees it."
        )
    )
    return [
        Heading(t(said("Proof"))),
        Prose(text, leads=True),
        Grid(columns, rows, (0, 3, 4), (0, 2.4, 2.4, 1.1, 1.1, 1.2)),
    ]


def method_blocks(view: PlanView) -> list[Block]:
    """How the plan was made, for who has not seen the model."""
    t = view.words.say
    steps = (
        t(
            said(
                "Demand: reported incidents, forum meetings, awareness sessions, newly arrived "
                "families and presence are turned into officer-hours a week by area and unit, and "
                "the part that needs a woman officer is kept apart."
            )
        ),
        t(
            said(
                "Travel: offices reach areas by road; a river is crossed at open crossings only. "
                "Time on the road is taken from the hours that an officer can give."
            )
        ),
        t(
            said(
                "Rules: nobody is counted twice, patrols have their crew and vehicle, a unit works "
                "only as far as it can reach and be back, and policies bend only with a named "
                "shortfall."
            )
        ),
        t(
            said(
                "Goals: they are served one after the other in the order of the table of proof; "
                "what one has reached, no later one takes away."
            )
        ),
        t(
            said(
                "Fairness: the share left unserved is made as small as possible for the worst "
                "area, then for the two and the three worst, first for women's demand, then for "
                "all."
            )
        ),
        t(
            said(
                "Privacy: only released figures are used, rounded so that no person can be "
                "recognised; posts are counted, never named."
            )
        ),
    )
    return [Heading(t(said("Method"))), Bullets(steps)]


def assumption_blocks(view: PlanView) -> list[Block]:
    """Everything that somebody chose rather than counted."""
    words, t = view.words, view.words.say
    if not view.problem.assumptions:
        return []
    found = assumed(words, view.problem)
    blocks: list[Block] = [
        Heading(t(said("Assumptions"))),
        Prose(
            t(
                said(
                    "These figures were chosen, not counted. Each can be changed in a scenario, "
                    "and should be replaced by the office's own."
                )
            ),
            leads=True,
        ),
    ]
    if found.cases is not None:
        blocks += [Heading(t(said("Work of a case, by category and unit")), 2), found.cases]
        blocks.append(Bullets(found.reasons))
    if found.others.rows:
        blocks += [Heading(t(said("Other assumptions")), 2), found.others]
    return blocks


def source_blocks(view: PlanView) -> list[Block]:
    """Every source with its date, standing and licence, and what names problem and plan."""
    words, t = view.words, view.words.say
    rows = tuple(source_rows(words, view.problem.sources))
    columns = (
        t(said("Source")),
        t(said("Figures as of")),
        t(said("Standing")),
        t(said("Licence")),
    )
    blocks: list[Block] = [Heading(t(said("Sources")))]
    if rows:
        undated = any(row[1] == NO_FIGURE for row in rows)
        note = t(said("A dash: the source names no day.")) if undated else ""
        blocks.append(Grid(columns, rows, (), (2.5, 1.3, 2.1, 1.4), note))
    trace = t(
        said("Problem {problem}. Data version {version}. Method {method}, seed {seed}."),
        problem=view.plan.problem_digest[:16],
        version=view.plan.data_version or view.problem.data_version or "–",
        method=view.plan.method,
        seed=view.plan.seed,
    )
    blocks.append(Prose(trace, quiet=True))
    return blocks
