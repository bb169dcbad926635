"""What a scenario asks for before anything is solved: demand, officers' hours, women needed.

The problem is assembled as for a plan, so the figures are those the solver will see; nothing is
placed yet, so roads, reach and rules still take their part.
"""

import math
from dataclasses import dataclass

from geo.checks import Fault, FaultsError
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit
from service.assemble import assemble_from
from service.layerbook import LayerBook
from service.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over all areas. Hours are officer-hours a week; ``needed`` counts officers."""

    hours_week: float
    women_hours_week: float
    staff_hours_week: float
    women_staff_hours_week: float
    officers: int
    women: int
    officers_needed: int
    women_needed: int

    @property
    def at_most_share(self) -> float | None:
        """The share of demand that hours allow at most; travel and rules lower it."""
        if self.hours_week <= 0:
            return None
        return min(1.0, self.staff_hours_week / self.hours_week)

    @property
    def women_at_most_share(self) -> float | None:
        """As ``at_most_share``, of the demand that needs a woman officer."""
        if self.women_hours_week <= 0:
            return None
        return min(1.0, self.women_staff_hours_week / self.women_hours_week)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A scenario's sums beside today's; ``faults`` say why it can't be assembled."""

    now: Sums | None
    then: Sums | None
    by_unit: tuple[tuple[Unit, float, float], ...] = ()
    """Unit, hours a week today and in the scenario."""
    faults: tuple[Fault, ...] = ()


def sums_of(problem: Problem) -> Sums:
    """Sums of a problem. Officers needed: hours over productive hours, the road not counted."""
    each = problem.policies.hours_week
    hours = sum(one.hours_week for one in problem.demand)
    women_hours = sum(one.women_hours_week for one in problem.demand)
    officers, women = problem.head_count(), problem.head_count(Gender.WOMAN)
    return Sums(
        hours_week=hours,
        women_hours_week=women_hours,
        staff_hours_week=officers * each,
        women_staff_hours_week=women * each,
        officers=officers,
        women=women,
        officers_needed=math.ceil(hours / each - 1e-9),
        women_needed=math.ceil(women_hours / each - 1e-9),
    )


def estimate(book: LayerBook, scenario: Scenario) -> Estimate:
    """Assemble today and the scenario, and add up; half a second on the data of a governorate."""
    try:
        then = assemble_from(book, _without_siting(scenario))
    except FaultsError as error:
        return Estimate(now=None, then=None, faults=tuple(error.faults))
    try:
        now = assemble_from(book, Scenario(governorate=scenario.governorate))
    except FaultsError:
        now = None
    units = [
        (unit, _unit_hours(now, unit) if now else 0.0, _unit_hours(then, unit)) for unit in Unit
    ]
    return Estimate(
        now=sums_of(now) if now else None,
        then=sums_of(then),
        by_unit=tuple(units),
    )


def _without_siting(scenario: Scenario) -> Scenario:
    """Looking for sites takes seconds, and changes neither demand nor staff."""
    if not scenario.propose_sites:
        return scenario
    return scenario.model_copy(update={"propose_sites": 0, "max_opened": 0})


def _unit_hours(problem: Problem, unit: Unit) -> float:
    return sum(one.hours_week for one in problem.demand if one.unit is unit)
