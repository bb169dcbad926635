"""What visits start from: who asks from beyond reach, whose hours are left, how far it is."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise, permutations

from optimizer.audit_facts import Facts
from optimizer.plan import Plan
from optimizer.problem import AreaTravel, Problem
from optimizer.staff import Gender, Unit
from optimizer.visits.document import VisitRules

NAMED_FROM_HOURS = 0.005  # demand below half a minute a week asks for no visit
MOST_ROUNDS = 150  # rounds of several stops considered for one office and unit, the best savers
SAVES_MIN = 1.0


@dataclass(frozen=True)
class Round:
    """A way through some areas and back: ``stops`` in their order, minutes on the road."""

    office: str
    unit: Unit
    stops: tuple[str, ...]
    road_min: float


@dataclass(frozen=True)
class Far:
    """Demand beyond reach, hours a week."""

    hours: float
    women_hours: float


class VisitFacts:
    """Everything about visits that needs no solver."""

    def __init__(
        self, problem: Problem, plan: Plan, rules: VisitRules, between: Sequence[AreaTravel]
    ) -> None:
        self.problem, self.plan, self.rules = problem, plan, rules
        self.facts = Facts(problem, plan)
        self.offices = tuple(sorted(plan.open_offices))
        self._between: dict[tuple[str, str], float] = {}
        for pair in between:
            for a, b in ((pair.area, pair.other), (pair.other, pair.area)):
                known = self._between.get((a, b), math.inf)
                self._between[a, b] = min(known, pair.travel_min)

    @cached_property
    def far(self) -> dict[tuple[str, Unit], Far]:
        """Demand by area and unit that no open office reaches in daily work."""
        found = {}
        for (area, unit), kinds in sorted(self.facts.asked.items()):
            hours = sum(kinds.values())
            near = any(self.facts.within_reach(area, o, unit) for o in self.offices)
            if hours > NAMED_FROM_HOURS and not near:
                found[area, unit] = Far(hours, kinds["women_call"] + kinds["women_other"])
        return found

    # -- hours ----------------------------------------------------------------------------

    @cached_property
    def _used(self) -> dict[tuple[str, Unit], tuple[float, float]]:
        used: dict[tuple[str, Unit], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for f in self.plan.flows:
            with_road = 1 + self.facts.road(f.area, f.office, f.unit)
            used[f.office, f.unit][0] += f.hours_week * with_road
            used[f.office, f.unit][1] += f.women_hours_week * with_road
        return {key: (a, b) for key, (a, b) in used.items()}

    def hours_left(self, office: str, unit: Unit) -> tuple[float, float]:
        """Officer-hours a week that daily work leaves, and how many of them are women's.

        Patrol crews stay on the road in every manned hour, so only officers beyond them travel.
        What the director sets aside is added.
        """
        week = self.problem.policies.hours_week
        staff = self.facts.staff_of(office, unit)
        women = self.women(office, unit)
        used, used_women = self._used.get((office, unit), (0.0, 0.0))
        left, left_women = staff * week - used, women * week - used_women
        if unit is Unit.PATROL:
            left = min(left, staff * week - self._crew_hours(office))
        for kept in self.rules.set_aside:
            if (kept.office, kept.unit) == (office, unit):
                left = max(left, 0.0) + kept.hours_week
                left_women = max(left_women, 0.0) + kept.women_hours_week
        left = min(max(left, 0.0), staff * week)
        return left, min(max(left_women, 0.0), left, women * week)

    def _crew_hours(self, office: str) -> float:
        crews = sum(c.crews for c in self.plan.crews if c.office == office)
        officers: float = crews * self.problem.policies.patrol_crew
        return officers * self.facts.patrol_hours_week

    def women(self, office: str, unit: Unit) -> int:
        return self.facts.count.get((office, unit, Gender.WOMAN), 0)

    def crews_away(self, office: str, unit: Unit, *, women: bool) -> int:
        """Most crews on trips on one day: as many stay behind as travel with one, if they can."""
        here = self.women(office, unit) if women else self.facts.staff_of(office, unit)
        crew = self.rules.crew
        return 0 if here < crew else max(1, (here - crew) // crew)

    # -- ways -----------------------------------------------------------------------------

    def between(self, area: str, other: str) -> float | None:
        """Minutes between two areas: by the table, else by way of an office (never less)."""
        known = self._between.get((area, other))
        if known is not None:
            return known
        ways = [
            a + b
            for o in self.problem.offices
            if (a := self.facts.minutes(area, o.code)) is not None
            and (b := self.facts.minutes(other, o.code)) is not None
        ]
        return min(ways, default=None)

    def road_min(self, office: str, stops: Sequence[str]) -> float | None:
        """The round through the stops in this order; None where a way is missing."""
        out, home = self.facts.minutes(stops[0], office), self.facts.minutes(stops[-1], office)
        legs = [self.between(a, b) for a, b in pairwise(stops)]
        if out is None or home is None or any(leg is None for leg in legs):
            return None
        return out + home + sum(leg for leg in legs if leg is not None)

    def rounds(self, office: str, unit: Unit) -> tuple[Round, ...]:
        """Rounds that fit into a day: each area alone, and neighbours whose round saves road."""
        areas = [a for a, u in self.far if u is unit]
        alone = {a: r for a in areas if (r := self._shortest(office, unit, (a,))) is not None}
        several: list[tuple[float, Round]] = []
        for size in range(2, self.rules.most_stops + 1):
            for group in combinations(sorted(alone), size):
                found = self._shortest(office, unit, group)
                if found is not None:
                    saved = sum(alone[a].road_min for a in group) - found.road_min
                    if saved >= SAVES_MIN:
                        several.append((saved / size, found))
        several.sort(key=lambda s: (-s[0], s[1].stops))
        return (*alone.values(), *(r for _, r in several[:MOST_ROUNDS]))

    def _shortest(self, office: str, unit: Unit, group: tuple[str, ...]) -> Round | None:
        """The shortest order of the stops, if the day is long enough for it."""
        ways = [
            (way, order)
            for order in permutations(group)
            if order[0] <= order[-1] and (way := self.road_min(office, order)) is not None
        ]
        if not ways:
            return None
        way, order = min(ways)
        fits = way / 60 + len(order) * self.rules.stay_h <= self.rules.day_h + 1e-9
        return Round(office, unit, order, way) if fits else None

    def why_not(self, area: str, unit: Unit) -> str:
        """Why an area's demand can't be visited at all, or ``no_hours`` if it could."""
        ways = [o for o in self.offices if self.facts.minutes(area, o) is not None]
        if not ways:
            return "no_way"
        manned = [o for o in ways if self.crews_away(o, unit, women=False)]
        if not manned:
            return "no_crew"
        if all(self._shortest(o, unit, (area,)) is None for o in manned):
            return "too_far"
        return "no_hours"
