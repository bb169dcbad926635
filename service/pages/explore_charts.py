"""The picture of an exploration: which chart shows what a question found, for one goal."""

from geo.notes import Note, said
from optimizer.explore_worth import StaffingCurve
from optimizer.problem import TierName
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
from service.reports.charts.explored import goal_curve, goals_frontier, worth_by_goal
from service.reports.charts.later import Shock, by_year, shocks

GOALS = tuple(tier for tier in TierName if tier not in {TierName.LEGALITY, TierName.TIE_BREAK})


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
        return goals_frontier(words, typed, across, question.goal)
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


def _measured(words: Words, goal: TierName) -> str:
    return f"{words.say(terms.TIER[goal])} ({words.say(terms.TIER_MEASURE[goal])})"


def _nothing() -> Note:
    return Note(said("The sentence above reads it."))
