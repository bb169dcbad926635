"""What an exploration found, as a document, as tables and in one sentence that reads it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geo.notes import said
from optimizer.audit import audit
from optimizer.explore_alternatives import officers_apart
from optimizer.explore_stress import ShockResult
from optimizer.explore_tradeoff import FrontierPoint, WhyNot
from optimizer.explore_weeks import WeeksResult
from optimizer.explore_worth import Gain, StaffingCurve, Worth
from optimizer.explore_years import YearPlan
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.served import Served, served
from optimizer.staff import Gender
from service.exports.plan_tables import PlanTable
from service.exports.sheets import Column, Show
from service.locale.goal_words import GOALS, goal_with_measure, rule_name
from service.locale.plan_words import PlaceNames
from service.locale.terms import STATUS, TIER, UNIT
from service.locale.words import Words
from service.reports.charts.explored import goal_curve, goals_frontier, worth_by_goal
from service.scenario import presets

KINDS = {
    "woman": said("A woman officer"),
    "man": said("A man officer"),
    "vehicle": said("A vehicle"),
}
MORE = {
    Gender.WOMAN: said("More women officers"),
    Gender.MAN: said("More men officers"),
}
SLIGHT = 1e-6
SERVED = (
    Column(said("Women's demand served"), Show.SHARE),
    Column(said("All demand served"), Show.SHARE),
)
"""Shares of everything asked: unlike fairness they can't read worse where more is served."""


@dataclass(frozen=True, slots=True)
class Findings:
    """``document`` is plain JSON; tables and reading are made in a reader's language."""

    document: Any
    tables: Callable[[Words], tuple[PlanTable, ...]]
    reading: Callable[[Words], str]


def _goal_columns(show: Show = Show.FINE) -> tuple[Column, ...]:
    return tuple(Column(title, show) for title in GOALS.values())


def _values(plan: Plan) -> dict[TierName, float]:
    return {t.name: t.value for t in plan.tiers}


def served_cells(found: Served | None) -> tuple[float | None, float | None]:
    """The two cells under ``SERVED``."""
    return (None, None) if found is None else (found.women_share, found.share)


def shown_figure(words: Words, value: float) -> str:
    """Large figures whole, small ones with three decimals."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3  # noqa: PLR2004 (three figures)
    return words.number(value, places)


def worth_findings(problem: Problem, found: Sequence[Worth], goal: TierName) -> Findings:
    """What one more of each kind brings, goal by goal."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        names = PlaceNames(problem, words)

        def what(one: Worth) -> str:
            if one.name in KINDS:
                return words.say(KINDS[one.name])
            return words.say(
                said("Opening {office}"), office=names(one.name.removeprefix("office "))
            )

        rows = []
        for one in found:
            gain = {g.tier: g.gain for g in one.gains}
            unit = words.say(UNIT[one.unit]) if one.unit else ""
            goals = (gain.get(t) for t in GOALS)
            proof = words.say(STATUS[one.status])
            rows.append((what(one), names(one.office), unit, *_more(one), *goals, proof))
        columns = (
            Column(said("One more")),
            Column(said("Office")),
            Column(said("Unit")),
            Column(said("More hours served a week"), Show.HOURS),
            Column(said("of them women's demand"), Show.HOURS),
            *_goal_columns(),
            Column(said("Proof")),
        )
        return (PlanTable(said("What one more is worth"), columns, tuple(rows)),)

    return Findings(
        [one.model_dump(mode="json") for one in found],
        tables,
        lambda words: worth_by_goal(words, problem, found, goal).reading(words),
    )


def _more(one: Worth) -> tuple[float | None, float | None]:
    """Hours a week that are served beyond those before: all, and of women's demand."""
    if one.before is None or one.after is None:
        return None, None
    return (
        one.after.served_hours_week - one.before.served_hours_week + 0.0,
        one.after.women_served_hours_week - one.before.women_served_hours_week + 0.0,
    )


def curve_findings(curve: StaffingCurve, gender: Gender, goal: TierName) -> Findings:
    """Goals against new officers, with the knee of each."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        more = Column(MORE[gender], Show.COUNT)
        columns = (more, *SERVED, *_goal_columns(), Column(said("Proof")))
        rows = tuple(
            (
                p.hires,
                *served_cells(p.served),
                *(p.values.get(t) for t in GOALS),
                words.say(STATUS[p.status]),
            )
            for p in curve.points
        )
        return (PlanTable(said("Staffing curve"), columns, rows),)

    return Findings(
        curve.model_dump(mode="json"),
        tables,
        lambda words: goal_curve(words, curve, goal).reading(words),
    )


def frontier_findings(
    points: Sequence[FrontierPoint], setting: str, across: TierName, goal: TierName
) -> Findings:
    """Two goals against each other; ``setting`` is the message id of what was varied."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        columns = (
            Column(setting, Show.FINE),
            Column(TIER[across], Show.FINE),
            Column(TIER[goal], Show.FINE),
            Column(said("Beaten by another")),
            Column(said("Proof")),
        )
        rows = tuple(
            (p.setting, p.x, p.y, p.dominated, words.say(STATUS[p.status])) for p in points
        )
        return (PlanTable(said("Frontier"), columns, rows),)

    return Findings(
        [p.model_dump(mode="json") for p in points],
        tables,
        lambda words: goals_frontier(words, points, across, goal).reading(words),
    )


def why_not_findings(problem: Problem, found: WhyNot) -> Findings:
    """What each goal would lose or win if the office were opened all the same."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        if not found.gains:
            return ()
        columns = (
            Column(said("Goal")),
            Column(said("Before"), Show.FINE),
            Column(said("After"), Show.FINE),
            Column(said("Gain"), Show.FINE),
        )
        rows = tuple(
            (goal_with_measure(words, g.tier), g.before, g.after, g.gain)
            for g in found.gains
            if g.tier is not TierName.TIE_BREAK
        )
        return (PlanTable(said("Why not this office"), columns, rows),)

    def reading(words: Words) -> str:
        names = PlaceNames(problem, words)
        office = names(found.office)
        others = words.joined(names(code) for code in found.instead_of)
        if found.opened:
            return words.say(said("The plan opens this office: {office}."), office=office)
        if found.status is Status.INFEASIBLE:
            return words.say(said("No legal plan opens {office}."), office=office)
        if not found.gains:
            return words.say(said("No answer for {office} was found."), office=office)
        first = _first_change(found.gains)
        if first is None:
            return words.say(said("Opening {office} changes no goal."), office=office)
        return words.say(
            _why_not_message(better=first.gain > 0, instead=bool(others)),
            office=office,
            others=others,
            goal=goal_with_measure(words, first.tier),
            before=shown_figure(words, first.before),
            after=shown_figure(words, first.after),
        )

    return Findings(found.model_dump(mode="json"), tables, reading)


def _why_not_message(*, better: bool, instead: bool) -> str:
    if instead and better:
        return said(
            "Opening {office} in place of {others} betters {goal}: from {before} to {after}."
        )
    if instead:
        return said("Opening {office} in place of {others} costs {goal}: from {before} to {after}.")
    if better:
        return said("Opening {office} betters {goal}: from {before} to {after}.")
    return said("Opening {office} costs {goal}: from {before} to {after}.")


def _first_change(gains: Sequence[Gain]) -> Gain | None:
    """Goals are served in order: the first that changes decides."""
    shown = (g for g in gains if g.tier is not TierName.TIE_BREAK)
    return next((g for g in shown if abs(g.gain) > SLIGHT * max(1.0, abs(g.before))), None)


def alternatives_findings(problem: Problem, base: Plan, found: Sequence[Plan]) -> Findings:
    """The proven plan and those nearly as good, with how many officers differ from the first.

    Goals are those that the auditor finds in each plan: alternatives carry no proof of their own.
    """
    apart = [officers_apart(base, plan) for plan in found]
    goals = [{t.name: t.value for t in audit(problem, plan).tiers} for plan in (base, *found)]
    shares = [served_cells(served(problem, plan)) for plan in (base, *found)]

    def tables(_words: Words) -> tuple[PlanTable, ...]:
        columns = (
            Column(said("Plan"), Show.COUNT),
            Column(said("Officers apart"), Show.COUNT),
            *SERVED,
            *_goal_columns(),
        )
        rows = tuple(
            (n, far, *share, *(values.get(t) for t in GOALS))
            for n, (far, share, values) in enumerate(
                zip([0, *apart], shares, goals, strict=True), start=1
            )
        )
        return (PlanTable(said("Plans nearly as good"), columns, rows),)

    def reading(words: Words) -> str:
        if not found:
            return words.say(said("No other plan is nearly as good and clearly different."))
        return words.say(
            said("Plans nearly as good: {n}, at least {apart} officers apart from the first."),
            n=words.number(len(found)),
            apart=words.number(min(apart)),
        )

    return Findings([p.model_dump(mode="json") for p in (base, *found)], tables, reading)


def stress_findings(
    problem: Problem, found: Sequence[ShockResult], weeks: WeeksResult | None, goal: TierName
) -> Findings:
    """Each shock goal by goal: postings kept, all planned anew, what keeping them loses."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        columns = (
            Column(said("Shock")),
            Column(said("Goal")),
            Column(said("If postings stay"), Show.FINE),
            Column(said("Planned anew"), Show.FINE),
            Column(said("Regret"), Show.FINE),
            Column(said("Rules broken if postings stay")),
        )
        rows = tuple(
            (
                shock_name(one.name, words),
                words.say(title),
                one.kept.get(tier),
                one.fresh.get(tier),
                _seen_regret(one, tier),
                words.joined(words.say(rule_name(rule)) for rule in one.broken),
            )
            for one in found
            for tier, title in GOALS.items()
            if tier in one.kept
        )
        first = PlanTable(said("Shocks"), columns, rows)
        return (first,) if weeks is None else (first, weeks_table(problem, weeks, words))

    def reading(words: Words) -> str:
        worst = max(found, key=lambda one: one.regret.get(goal, 0.0), default=None)
        if worst is None:
            return words.say(said("There is no shock to stand here."))
        regret = worst.regret.get(goal, 0.0)
        if regret <= SLIGHT:
            lost = words.say(
                said("{goal}: under no shock would other postings do better."),
                goal=words.say(TIER[goal]),
            )
        else:
            lost = words.say(
                said(
                    "{goal}: the postings lose most under {shock}, {regret} against planning anew."
                ),
                goal=goal_with_measure(words, goal),
                shock=shock_name(worst.name, words),
                regret=shown_figure(words, regret),
            )
        return " ".join((lost, *_broken_rules(found, words)))

    document = {
        "shocks": [one.model_dump(mode="json") for one in found],
        "weeks": weeks.model_dump(mode="json") if weeks else None,
    }
    return Findings(document, tables, reading)


def _seen_regret(one: ShockResult, tier: TierName) -> float | None:
    """What keeping the postings loses; nothing where both figures read alike as whole numbers."""
    regret = one.regret.get(tier)
    whole = abs(one.kept.get(tier) or 0.0) >= 100  # noqa: PLR2004 (from here on figures are whole)
    return 0.0 if regret is not None and whole and abs(regret) < 0.5 else regret  # noqa: PLR2004 (as rounding does)


def _broken_rules(found: Sequence[ShockResult], words: Words) -> list[str]:
    """A sentence for each shock under which the postings no longer keep every rule."""
    return [
        words.say(
            said("Under {shock}, postings that stay break a rule: {rules}."),
            shock=shock_name(one.name, words),
            rules=words.joined(words.say(rule_name(rule)) for rule in one.broken),
        )
        for one in found
        if one.broken
    ]


def shock_name(name: str, words: Words) -> str:
    """A shock as people call it: a preset's title, else its own name."""
    known = presets().get(name)
    return (
        name
        if known is None
        else words.name({"name_ar": known.title_ar, "name_en": known.title_en})
    )


def weeks_table(problem: Problem, weeks: WeeksResult, words: Words) -> PlanTable:
    names = PlaceNames(problem, words)
    columns = (
        Column(said("District")),
        Column(said("Weeks at the level"), Show.SHARE),
        Column(said("Mean share served"), Show.SHARE),
        Column(said("Worst share served"), Show.SHARE),
    )
    rows = tuple(
        (names(d.district), d.held, d.mean_served, d.worst_served) for d in weeks.districts
    )
    return PlanTable(said("Drawn weeks"), columns, rows)


def years_findings(found: Sequence[YearPlan], first: int, goal: TierName) -> Findings:
    """Year by year: staff, offices opened, goals; the first year is what to do now."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        columns = (
            Column(said("Year")),
            Column(said("Officers"), Show.COUNT),
            Column(said("Women officers"), Show.COUNT),
            Column(said("Offices opened")),
            *SERVED,
            *_goal_columns(),
            Column(said("Proof")),
        )
        return (PlanTable(said("Years"), columns, tuple(_year_rows(found, first, words))),)

    def reading(words: Words) -> str:
        plans = [(y.year, y.outcome.plan) for y in found if y.outcome.plan is not None]
        if not plans:
            return words.say(said("No year has a plan."))
        (_, now), (last, then) = plans[0], plans[-1]
        return words.say(
            said("{goal}: {before} now, {after} in {year}; now {moves} officers move."),
            goal=goal_with_measure(words, goal),
            before=shown_figure(words, _values(now).get(goal, 0.0)),
            after=shown_figure(words, _values(then).get(goal, 0.0)),
            year=words.numerals(str(first + last)),
            moves=words.number(_values(now).get(TierName.MOVES)),
        )

    return Findings([y.model_dump(mode="json") for y in found], tables, reading)


def _year_rows(found: Sequence[YearPlan], first: int, words: Words) -> Iterator[tuple[object, ...]]:
    for one in found:
        problem, plan = one.problem, one.outcome.plan
        names = PlaceNames(problem, words)
        candidates = {o.code for o in problem.offices if o.is_candidate}
        opened = [names(c) for c in plan.open_offices if c in candidates] if plan else []
        values = _values(plan) if plan else {}
        yield (
            words.numerals(str(first + one.year)),
            problem.head_count(),
            problem.head_count(Gender.WOMAN),
            words.joined(opened),
            *served_cells(served(problem, plan) if plan else None),
            *(values.get(t) for t in GOALS),
            words.say(STATUS[one.outcome.status]),
        )
