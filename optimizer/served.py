"""How much of what is asked a plan serves: the measure that no change of a plan can mislead.

Goals of fairness look at what could be served at all, and that grows where an officer brings a
skill that nobody had; these shares are of everything asked, the same before and after.
"""

from collections import defaultdict

from pydantic import Field

from geo.places import Code, Document
from optimizer.plan import Plan
from optimizer.problem import Problem


class Served(Document):
    """Officer-hours a week that are asked and given, everywhere.

    ``women_*`` is the demand that needs a woman officer. ``women_worst_share`` is the least share
    of it that a district gets over its areas that some unit reaches daily; None where no such
    area asks.
    """

    hours_week: float = Field(ge=0)
    served_hours_week: float = Field(ge=0)
    women_hours_week: float = Field(ge=0)
    women_served_hours_week: float = Field(ge=0)
    women_worst_share: float | None = None

    @property
    def share(self) -> float | None:
        """Part of all demand; None where nothing is asked."""
        return _share(self.served_hours_week, self.hours_week)

    @property
    def women_share(self) -> float | None:
        """Part of the demand that needs a woman officer; None where nothing is asked."""
        return _share(self.women_served_hours_week, self.women_hours_week)


def served(problem: Problem, plan: Plan) -> Served:
    """Sums of a plan's flows against the demand of its problem."""
    asked: dict[Code, list[float]] = defaultdict(lambda: [0.0, 0.0])
    given: dict[Code, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for item in problem.demand:
        asked[item.area][0] += item.hours_week
        asked[item.area][1] += item.women_hours_week
    for flow in plan.flows:
        given[flow.area][0] += flow.hours_week
        given[flow.area][1] += flow.women_hours_week
    return Served(
        hours_week=sum(hours for hours, _ in asked.values()),
        served_hours_week=sum(hours for hours, _ in given.values()),
        women_hours_week=sum(women for _, women in asked.values()),
        women_served_hours_week=sum(women for _, women in given.values()),
        women_worst_share=_worst(problem, plan, asked, given),
    )


def _worst(
    problem: Problem, plan: Plan, asked: dict[Code, list[float]], given: dict[Code, list[float]]
) -> float | None:
    furthest = max((rule.reach_min for rule in problem.units), default=0.0)
    reached = {
        pair.area
        for pair in problem.travel
        if pair.office in plan.open_offices and pair.travel_min <= furthest
    }
    sums: dict[Code, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for area in problem.areas:
        if area.code in reached:
            sums[area.district][0] += given[area.code][1]
            sums[area.district][1] += asked[area.code][1]
    shares = [_share(part, whole) for part, whole in sums.values()]
    return min((share for share in shares if share is not None), default=None)


def _share(part: float, whole: float) -> float | None:
    """Solvers leave a trace above the whole (1e-9); a share never shows it."""
    return None if whole <= 0 else min(1.0, part / whole)
