"""Which trips: a covering with whole trips and continuous hours, by HiGHS.

Unknowns: ``n[r]`` whole trips of a round ``r`` (office, unit, crew of women or of anybody, stops)
in a cycle, ``h[r,a]`` officer-hours on site, ``s``, ``sw`` demand served there (women's demand by
women only). Rules: ``sum_a h <= crew (day - road) n``; ``h >= crew stay n``; ``s + sw <= h``;
served at most what is asked; one crew of a unit a day in an area; trips at most the crews that may
be away times the days; ``crew road n + sum h`` within the hours that are left, women's within
women's. Goals, one before the other: areas that get any visit; women's demand served; the least
served share of an area that can be visited at all; need-weighted demand served; least
officer-hours, road and site.

A goal is proven when its bound is within one percent: whole trips of nearly equal rounds make
the last thousandths a long search that no day of the week depends on. (CP-SAT, tried first, took
minutes for the third goal: hours are not whole.)
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ortools.math_opt.python import mathopt

from optimizer.milp import BrokenSolverError, Milp, Request, Verdict, ask, engine
from optimizer.staff import Unit
from optimizer.tiers import evaluate
from optimizer.visits.document import VisitGoal
from optimizer.visits.facts import Round, VisitFacts

LIMIT_S = 20.0
PROVEN_WITHIN = 0.01  # of the goal's value, or of its scale where that is small
KEEP = 1e-6  # of a goal's scale: what later goals may lose to arithmetic
LEAST_NEED = 1.0
LEAST_HOURS = 1e-6

Key = tuple[Round, bool, str]


@dataclass(frozen=True)
class Choice:
    """Trips of one round in a cycle, with officer-hours by stop over all of them."""

    round: Round
    women: bool
    trips: int
    site_hours: dict[str, float]
    served_hours: dict[str, float]
    women_hours: dict[str, float]


def choose(
    facts: VisitFacts, *, seed: int = 1, milp: Milp | None = None
) -> tuple[list[Choice], list[VisitGoal]]:
    """The best trips of one cycle, and what each goal came to."""
    board = _Board(facts)
    if not board.n:
        return [], []
    goals = []
    values: dict[Any, float] = {}
    with engine(milp) as solve:
        for name, goal, scale, most in board.goals():
            sign = -1.0 if most else 1.0
            board.model.minimize(sign * goal)
            reached = evaluate(goal, values) if values else 0.0
            gap = PROVEN_WITHIN * max(abs(reached), scale * PROVEN_WITHIN)
            answer = ask(solve, Request(board.model, LIMIT_S, gap, seed))
            if not answer.values and not values:
                raise BrokenSolverError(f"the visits ended with {answer.verdict} at {name}")
            values = answer.values or values  # those before keep all rules as well
            reached = evaluate(goal, values)
            goals.append(
                VisitGoal(
                    name=name,
                    value=reached / board.per(name),
                    bound=None if not answer.values else sign * answer.bound / board.per(name),
                    proven=answer.verdict is Verdict.OPTIMAL,
                )
            )
            board.model.add_linear_constraint(sign * goal <= sign * reached + KEEP * scale)
    return board.read(values), goals


class _Board:
    """All unknowns of a cycle."""

    def __init__(self, facts: VisitFacts) -> None:
        self.facts = facts
        self.model = mathopt.Model(name="visits")
        self.cycle = facts.rules.cycle_weeks
        self.n: dict[tuple[Round, bool], Any] = {}
        self.site: dict[Key, Any] = {}
        self.open: dict[Key, Any] = {}
        self.women: dict[Key, Any] = {}
        units = sorted({u for _, u in facts.far}, key=list(Unit).index)
        for office in facts.offices:
            for unit in units:
                self._crew(office, unit)
        self._demand()

    def _crew(self, office: str, unit: Unit) -> None:
        """Rounds of the office's crews, and the hours that they have."""
        facts, rules = self.facts, self.facts.rules
        left, left_women = facts.hours_left(office, unit)
        if left < rules.crew * rules.stay_h / self.cycle:
            return
        spent: dict[bool, list[Any]] = defaultdict(list)
        for women in (True, False):
            away = facts.crews_away(office, unit, women=women)
            if not away or (women and left_women <= LEAST_HOURS):
                continue
            most = away * len(rules.weekdays) * self.cycle
            rounds = facts.rounds(office, unit)
            spent[women] = [
                self._round(r, women, min(most, int(left * self.cycle / self._least(r))))
                for r in rounds
            ]
            # Women are among those who may be away, so their trips count in both limits.
            crews = (True,) if women else (True, False)
            trips = [v for r in rounds for w in crews if (v := self.n.get((r, w))) is not None]
            self._at_most(_sum(trips), most)
        hours = _sum(spent[True] + spent[False])
        if spent[True] or spent[False]:
            self._at_most(hours, left * self.cycle)
        if spent[True]:
            self._at_most(_sum(spent[True]), left_women * self.cycle)

    def _least(self, r: Round) -> float:
        """Officer-hours that a trip takes at least."""
        rules = self.facts.rules
        return rules.crew * (r.road_min / 60 + rules.stay_h * len(r.stops))

    def _round(self, r: Round, women: bool, most: int) -> Any:
        """Unknowns of a round; returns the officer-hours that it takes."""
        rules, model = self.facts.rules, self.model
        road, day = r.road_min / 60 * rules.crew, rules.day_h * rules.crew
        n = self.n[r, women] = model.add_integer_variable(lb=0, ub=most)
        sites = []
        for area in r.stops:
            key = (r, women, area)
            site = self.site[key] = model.add_variable(lb=0)
            self.open[key] = model.add_variable(lb=0)
            self.women[key] = model.add_variable(lb=0, ub=float("inf") if women else 0.0)
            model.add_linear_constraint(site >= rules.crew * rules.stay_h * n)
            model.add_linear_constraint(self.open[key] + self.women[key] <= site)
            sites.append(site)
        model.add_linear_constraint(_sum(sites) <= (day - road) * n)
        return road * n + _sum(sites)

    def _demand(self) -> None:
        for (area, unit), far in self.facts.far.items():
            mine = [k for k in self.site if k[2] == area and k[0].unit is unit]
            if not mine:
                continue
            self._at_most(_sum(self.women[k] for k in mine), far.women_hours * self.cycle)
            others = max(far.hours - far.women_hours, 0.0) * self.cycle
            self._at_most(_sum(self.open[k] for k in mine), others)
            trips = _sum(v for (r, _), v in self.n.items() if r.unit is unit and area in r.stops)
            self._at_most(trips, len(self.facts.rules.weekdays) * self.cycle)

    def _at_most(self, what: Any, limit: float) -> None:
        self.model.add_linear_constraint(what <= limit)

    def goals(self) -> list[tuple[str, Any, float, bool]]:
        """Name, expression, its scale, and whether it is to be large."""
        need = {a.code: max(a.need, LEAST_NEED) for a in self.facts.problem.areas}
        areas = sorted({k[2] for k in self.site})
        visited = []
        for area in areas:
            seen = self.model.add_binary_variable()
            mine = _sum(v for (r, _), v in self.n.items() if area in r.stops)
            self.model.add_linear_constraint(seen <= mine)
            visited.append(seen)
        served = _sum(need[k[2]] * (self.open[k] + self.women[k]) for k in self.site)
        crew = self.facts.rules.crew
        road = _sum(r.road_min / 60 * crew * v for (r, _), v in self.n.items())
        asked = self.cycle * sum(f.hours for f in self.facts.far.values())
        return [
            ("areas_visited", _sum(visited), 1.0, True),
            ("women_hours", _sum(self.women.values()), asked, True),
            ("least_served_share", self._level(areas), 1.0, True),
            ("need_weighted_hours", served, 10 * asked, True),
            ("officer_hours", road + _sum(self.site.values()), asked, False),
        ]

    def _level(self, areas: list[str]) -> Any:
        """Least share of what is asked that any area with a round gets."""
        level = self.model.add_variable(lb=0, ub=1)
        for area in areas:
            asked = sum(f.hours for (a, _), f in self.facts.far.items() if a == area) * self.cycle
            given = _sum(self.open[k] + self.women[k] for k in self.site if k[2] == area)
            self.model.add_linear_constraint(asked * level <= given)
        return level

    def per(self, name: str) -> float:
        """What a goal is divided by to be told: hours are those of a week."""
        return self.cycle if name.endswith("hours") else 1.0

    def read(self, values: dict[Any, float]) -> list[Choice]:
        def hours(unknowns: dict[Key, Any], r: Round, women: bool) -> dict[str, float]:
            return {a: max(0.0, values[unknowns[r, women, a]]) for a in r.stops}

        return [
            Choice(
                r,
                women,
                round(values[n]),
                hours(self.site, r, women),
                hours(self.open, r, women),
                hours(self.women, r, women),
            )
            for (r, women), n in self.n.items()
            if round(values[n])
        ]


def _sum(terms: Any) -> Any:
    return mathopt.fast_sum(list(terms))
