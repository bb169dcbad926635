"""Findings of what an exploration brought, now or from the document that was kept of it."""

from typing import Any

from pydantic import TypeAdapter

from geo.notes import said
from optimizer.explore_stress import ShockResult
from optimizer.explore_tradeoff import FrontierPoint, WhyNot
from optimizer.explore_weeks import WeeksResult
from optimizer.explore_worth import StaffingCurve, Worth
from optimizer.explore_years import YearPlan
from optimizer.plan import Plan
from optimizer.problem import Problem, TierName
from optimizer.robust import Robust
from service.exploration.findings import (
    Findings,
    alternatives_findings,
    curve_findings,
    frontier_findings,
    stress_findings,
    why_not_findings,
    worth_findings,
    years_findings,
)
from service.exploration.questions import (
    AskAlternatives,
    AskCurve,
    AskFrontier,
    AskRobust,
    AskStress,
    AskWhyNot,
    AskWorth,
    AskYears,
    Question,
    Traded,
)
from service.exploration.robust_findings import robust_findings

_KEPT: dict[type, TypeAdapter[Any]] = {
    AskWorth: TypeAdapter(tuple[Worth, ...]),
    AskCurve: TypeAdapter(StaffingCurve),
    AskFrontier: TypeAdapter(tuple[FrontierPoint, ...]),
    AskAlternatives: TypeAdapter(tuple[Plan, ...]),
    AskYears: TypeAdapter(tuple[YearPlan, ...]),
    AskWhyNot: TypeAdapter(WhyNot),
}
_DECISIONS = TypeAdapter(tuple[Robust, dict[str, WeeksResult]])
_SHOCKS = TypeAdapter(tuple[ShockResult, ...])
_WEEKS = TypeAdapter(WeeksResult | None)


def typed_of(question: Question, document: Any) -> Any:
    """The objects again of which ``Findings.document`` was made."""
    if isinstance(question, AskStress):
        return (
            _SHOCKS.validate_python(document["shocks"]),
            _WEEKS.validate_python(document["weeks"]),
        )
    if isinstance(question, AskRobust):
        return _DECISIONS.validate_python((document["robust"], document["weeks"]))
    return _KEPT[type(question)].validate_python(document)


def findings_of(question: Question, problem: Problem, found: Any) -> Findings:  # noqa: PLR0911 (one line a question)
    """Tables and reading of ``found``, which is what ``typed_of`` gives."""
    match question:
        case AskWorth():
            return worth_findings(problem, found, question.goal)
        case AskCurve():
            return curve_findings(found, question.gender, question.goal)
        case AskFrontier():
            moves = question.of is Traded.MOVES
            setting = said("Moves allowed") if moves else said("Share of fairness given back")
            across = TierName.MOVES if moves else TierName.FAIRNESS_ALL
            return frontier_findings(found, setting, across, question.goal)
        case AskAlternatives():
            return alternatives_findings(problem, found[0], found[1:])
        case AskStress():
            return stress_findings(problem, found[0], found[1], question.goal)
        case AskRobust():
            return robust_findings(problem, found[0], found[1])
        case AskYears():
            return years_findings(found, question.begin, question.goal)
        case AskWhyNot():
            return why_not_findings(problem, found)
