"""The picture of an exploration: which chart shows what a question found, in which measure."""

from itertools import pairwise

from geo.notes import Note, said
from optimizer.explore_worth import StaffingCurve, Worth, counts_more
from optimizer.problem import TierName
from optimizer.served import Served
from optimizer.staff import Gender
from service.exploration.findings import shock_name
from service.exploration.questions import (
    AskCurve,
    AskFrontier,
    AskStress,
    AskWorth,
    AskYears,
    Traded,
)
from service.jobs.explored import Explored
from service.locale import terms
from service.locale.words import Words
from service.reports.charts.chart import Chart
from service.reports.charts.explored import (
    goal_curve,
    goals_frontier,
    served_curve,
    short_goal,
    worth_by_goal,
    worth_in_hours,
)
from service.reports.charts.later import Shock, by_year, shocks

GOALS = tuple(tier for tier in TierName if tier not in {TierName.LEGALITY, TierName.TIE_BREAK})
SERVED = "served"
"""The measure that is no goal: how much of all that is asked is served."""
FAIRNESS = frozenset({TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL})
SLIGHT = 5e-4
"""What a table with three decimals does not show."""


def served_chart(found: Explored, words: Words) -> Chart | None:
    """How much of all that is asked is served; None where the question does not tell."""
    if isinstance(found.question, AskWorth):
        told = any(one.after is not None for one in found.typed)
        return worth_in_hours(words, found.problem, found.typed) if told else None
    if isinstance(found.question, AskCurve) and found.question.gender is Gender.WOMAN:
        return served_curve(words, found.typed)
    return None


def chart_of(found: Explored, goal: TierName, words: Words) -> Chart | None:
    """The chart of ``found`` for ``goal``; ``None`` where a table says it better."""
    question, typed = found.question, found.typed
    if isinstance(question, AskWorth):
        return worth_by_goal(words, found.problem, typed, goal)
    if isinstance(question, AskCurve):
        assert isinstance(typed, StaffingCurve)
        return goal_curve(words, typed, goal)
    if isinstance(question, AskFrontier):
        across = TierName.MOVES if question.of is Traded.MOVES else TierName.FAIRNESS_ALL
        kept = {(one.x, one.y) for one in typed if not one.dominated}
        return goals_frontier(words, typed, across, question.goal) if len(kept) > 1 else None
    if isinstance(question, AskStress):
        rows = [
            Shock(shock_name(one.name, words), one.kept.get(goal), one.fresh.get(goal))
            for one in typed[0]
        ]
        return shocks(words, _measured(words, goal), rows, _nothing()) if rows else None
    if isinstance(question, AskYears):
        first = question.begin
        values: dict[int, float | None] = {}
        for one in typed:
            plan = one.outcome.plan
            tiers = {tier.name: tier.value for tier in plan.tiers} if plan else {}
            values[first + one.year] = tiers.get(goal)
        staff = {first + one.year: one.problem.head_count() for one in typed}
        return by_year(words, _measured(words, goal), values, staff, _nothing())
    return None


def goal_matters(found: Explored) -> bool:
    """Whether the chart can be drawn for another goal without solving anything again."""
    return isinstance(found.question, AskWorth | AskCurve | AskStress | AskYears)


def fairness_may_mislead(found: Explored) -> bool:
    """Whether the first goal of fairness reads worse somewhere although no less is served.

    Only in answers kept from before both sides of hiring were measured alike: it was then over what
    could be served at all, and that grows with a skill nobody had.
    """
    return _worse_somewhere(found, _in_order(found)[:1])


def fairness_gives_way(found: Explored) -> bool:
    """Whether a later goal of fairness reads worse, as an earlier one comes first."""
    return not fairness_may_mislead(found) and _worse_somewhere(found, _in_order(found)[1:])


def _in_order(found: Explored) -> list[TierName]:
    return [rule.name for rule in found.problem.tiers if rule.name in FAIRNESS]


def _worse_somewhere(found: Explored, goals: list[TierName]) -> bool:
    if isinstance(found.question, AskWorth):
        return any(_reads_worse(one, goals) for one in found.typed)
    if isinstance(found.question, AskCurve):
        return any(
            _no_less(goal, before.served, one.served)
            and one.values.get(goal, 0.0) > before.values.get(goal, 0.0) + SLIGHT
            for before, one in pairwise(found.typed.points)
            for goal in goals
        )
    return False


def fairness_counts_more(found: Explored) -> bool:
    """Whether fairness stands otherwise here than in the plan: over what new officers could serve.

    Before and after are measured so alike (``optimizer.explore_worth``); answers kept from before
    that was so may mislead instead.
    """
    if fairness_may_mislead(found):
        return False
    question = found.question
    if isinstance(question, AskWorth):
        return any(counts_more(found.problem, gender) for gender in Gender)
    if isinstance(question, AskCurve):
        return counts_more(found.problem, question.gender, question.skills)
    return False


def _reads_worse(one: Worth, goals: list[TierName]) -> bool:
    """Of officers only: an office is measured by the yardstick from before it opened."""
    return one.office is not None and any(
        gain.tier in goals and gain.gain < -SLIGHT and _no_less(gain.tier, one.before, one.after)
        for gain in one.gains
    )


def _no_less(goal: TierName, before: Served | None, after: Served | None) -> bool:
    """Whether no less is served of the demand that the goal is about."""
    if before is None or after is None:
        return False
    if goal is TierName.FAIRNESS_WOMEN:
        return after.women_served_hours_week >= before.women_served_hours_week - SLIGHT
    return after.served_hours_week >= before.served_hours_week - SLIGHT


def _measured(words: Words, goal: TierName) -> str:
    return f"{short_goal(words, goal)} ({words.say(terms.TIER_MEASURE[goal])})"


def _nothing() -> Note:
    return Note(said("The sentence above reads it."))
