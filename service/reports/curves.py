"""From plans to the points of a staffing curve."""

from collections.abc import Iterable

from optimizer.plan import Plan, Status
from optimizer.problem import Problem
from service.locale.words import Words
from service.pages.planview import PlanView
from service.reports.charts import CurvePoint


def curve_point(problem: Problem, plan: Plan, hires: int) -> CurvePoint:
    """What ``plan`` serves with ``hires`` more women officers, by the figures of its report."""
    view = PlanView(problem, plan, Words("en"))
    worst = view.worst_women
    return CurvePoint(
        hires=hires,
        women_worst=worst.women_served_share if worst else None,
        women=view.women_share,
        demand=view.served_share,
        proven=plan.status is Status.PROVEN,
    )


def curve_of(solved: Iterable[tuple[int, Problem, Plan]]) -> list[CurvePoint]:
    """Points in the order of their hires."""
    return sorted((curve_point(p, plan, n) for n, p, plan in solved), key=lambda one: one.hires)
