"""What a scenario asks for before anything is solved: demand, officers' hours, women needed.

The problem is assembled as for a plan, so the figures are those the solver will see; nothing is
placed yet, so roads, reach and rules still take their part.
"""

import math
import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from geo.checks import Fault, FaultsError
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit
from service.assemble import assemble_from
from service.held import Held
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
    def hours_ratio(self) -> float | None:
        """Working hours over hours asked for; above 1 it still says nothing of road and reach."""
        return self.staff_hours_week / self.hours_week if self.hours_week > 0 else None

    @property
    def women_hours_ratio(self) -> float | None:
        """As ``hours_ratio``, women officers' hours over the demand that needs one."""
        if self.women_hours_week <= 0:
            return None
        return self.women_staff_hours_week / self.women_hours_week


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


@dataclass(frozen=True, slots=True)
class _Reckoned:
    """One scenario on one state of the data: its sums and hours by unit, or why there are none."""

    sums: Sums | None
    by_unit: tuple[float, ...] = ()
    faults: tuple[Fault, ...] = ()


class Estimates:
    """Sums of the scenarios looked at lately, for each state of the data as long as it is held.

    Today's are asked for with every scenario, and the same form is shown again and again: each
    costs half a second of assembling on the data of a governorate, once.
    """

    def __init__(self, kept: int = 64) -> None:
        self._kept = kept
        self._found: WeakKeyDictionary[LayerBook, Held] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, book: LayerBook, scenario: Scenario) -> Estimate:
        """Assemble today and the scenario, where that was not done before, and add up."""
        today = Scenario(governorate=scenario.governorate)
        return _beside(self._reckoned(book, today), self._reckoned(book, scenario))

    def held(self, book: LayerBook, scenario: Scenario) -> Estimate | None:
        """As ``of`` where both are at hand; else ``None``, at once."""
        held = self._held(book)
        today, then = (
            held.at_hand(_key(one))
            for one in (Scenario(governorate=scenario.governorate), scenario)
        )
        return None if today is None or then is None else _beside(today, then)

    def _reckoned(self, book: LayerBook, scenario: Scenario) -> _Reckoned:
        made: _Reckoned = self._held(book).get(_key(scenario), lambda: _reckon(book, scenario))
        return made

    def _held(self, book: LayerBook) -> Held:
        with self._lock:
            return self._found.setdefault(book, Held(self._kept))


def _key(scenario: Scenario) -> str:
    """What the sums depend on: no title, name or seed, and no site that is only looked for."""
    plain = {"name": "own", "title_ar": "", "title_en": "", "seed": 1}
    return _without_siting(scenario).model_copy(update=plain).model_dump_json()


def _reckon(book: LayerBook, scenario: Scenario) -> _Reckoned:
    try:
        problem = assemble_from(book, _without_siting(scenario))
    except FaultsError as error:
        return _Reckoned(None, faults=tuple(error.faults))
    return _Reckoned(sums_of(problem), tuple(_unit_hours(problem, unit) for unit in Unit))


def _beside(today: _Reckoned, then: _Reckoned) -> Estimate:
    if then.sums is None:
        return Estimate(now=None, then=None, faults=then.faults)
    before = today.by_unit or (0.0,) * len(Unit)
    return Estimate(
        now=today.sums,
        then=then.sums,
        by_unit=tuple(zip(Unit, before, then.by_unit, strict=True)),
    )


def _without_siting(scenario: Scenario) -> Scenario:
    """Looking for sites takes seconds, and changes neither demand nor staff."""
    if not scenario.propose_sites:
        return scenario
    return scenario.model_copy(update={"propose_sites": 0, "max_opened": 0})


def _unit_hours(problem: Problem, unit: Unit) -> float:
    return sum(one.hours_week for one in problem.demand if one.unit is unit)
