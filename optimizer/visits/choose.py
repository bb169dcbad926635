"""Which trips: a covering with whole trips and continuous hours, by SCIP.

Unknowns: ``n[r]`` whole trips of a round ``r`` (office, unit, crew of women or of anybody, stops)
in a cycle, ``h[r,a]`` officer-hours on site, ``s``, ``sw`` demand served there (women's demand by
women only). Rules: ``sum_a h <= crew (day - road) n``; ``h >= crew stay n``; ``s + sw <= h``;
served at most what is asked; one crew of a unit a day in an area; trips at most the crews that may
be away times the days; ``crew road n + sum h`` within the hours that are left, women's within
women's. Goals, one before the other: areas that get any visit; women's demand served; the least
served share of an area that can be visited at all; need-weighted demand served; least
officer-hours, road and site.

A goal is proven when its bound is within one percent: whole trips of nearly equal rounds make
the last thousandths a long search that no day of the week depends on. Half of that is left to the
solver, and as much as it left open to later goals. Nodes limit the search and no clock does, so
that equal questions get equal days on a busy machine too. For the last goal, trips that the others
can do without are dropped as well as that can be, and other rounds are searched for some nodes
only: where there are many, the rest of the proof is not worth its time.

SCIP and not HiGHS: on the demo 0.6 and 2 s for the third and the fourth goal, where HiGHS ended
with neither within 20 s. (CP-SAT, tried first, took minutes for the third: hours are not whole.)
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ortools.math_opt.python import mathopt

from optimizer.mathopt_child import SCIP
from optimizer.milp import BrokenSolverError, Milp, Request, Verdict, engine
from optimizer.relaxation import Relaxation
from optimizer.staff import Unit
from optimizer.tiers import Values, evaluate
from optimizer.visits.document import VisitGoal
from optimizer.visits.facts import Round, VisitFacts

MOST_NODES = 300  # for one goal
LAST_NODES = 20
BROKEN_AFTER_S = 3600.0
PROVEN_WITHIN = 0.01  # of the goal's value
ARITHMETIC = 1e-6  # of a goal's scale
UNDER_ONE = 0.999
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
    bounds: list[tuple[_Goal, float]] = []
    values: Values = {}
    with engine(milp) as solve:
        for goal in board.goals():
            bound, found = _best(board, goal, values, solve, seed)
            if not found and not values:
                raise BrokenSolverError(f"the visits ended without any at {goal.name}")
            values = board.with_level(found or values)  # those before keep all rules as well
            bounds.append((goal, bound))
            board.keep(goal, evaluate(goal.expr, values), bound)
    return board.read(values), [_told(board, goal, bound, values) for goal, bound in bounds]


def _best(
    board: "_Board", goal: "_Goal", known: Values, solve: Milp, seed: int
) -> tuple[float, Values]:
    """A bound of the goal, small being good, and a solution where one was found."""
    relaxed = Relaxation(board.model).bound(goal.small, maximise=False)
    bound = goal.no_better if relaxed is None else relaxed
    gap = UNDER_ONE if goal.whole else max(goal.room(bound), ARITHMETIC * goal.scale)
    board.model.minimize(goal.small)
    nodes = LAST_NODES if goal.last else MOST_NODES
    asked = Request(board.model, BROKEN_AFTER_S, gap, seed, solver=SCIP, most_nodes=nodes)
    answer = solve(asked)
    if answer.verdict is not Verdict.INFEASIBLE:
        bound = max(bound, answer.bound)
    if goal.last and answer.verdict is not Verdict.OPTIMAL:
        board.only_fewer(known)
        fewer = solve(asked)
        if fewer.values and (not answer.values or fewer.objective < answer.objective):
            return bound, fewer.values
    return bound, answer.values


def _told(board: "_Board", goal: "_Goal", bound: float, values: Values) -> VisitGoal:
    """The goal at the plan that is handed out: later goals may have used its room."""
    reached, per = evaluate(goal.expr, values), board.per(goal.name)
    best = -bound if goal.most else bound
    near = max(PROVEN_WITHIN * abs(reached), 2 * ARITHMETIC * goal.scale)
    proven = abs(reached - best) <= (UNDER_ONE if goal.whole else near)
    return VisitGoal(name=goal.name, value=reached / per, bound=best / per + 0.0, proven=proven)


@dataclass(frozen=True)
class _Goal:
    """``scale`` is about what it is at most; ``most``: it is to be large."""

    name: str
    expr: Any
    scale: float
    most: bool = True
    whole: bool = False
    last: bool = False

    @property
    def small(self) -> Any:
        """What is to be small."""
        return -1.0 * self.expr if self.most else 1.0 * self.expr

    @property
    def no_better(self) -> float:
        """No solution is better than this."""
        return -self.scale if self.most else 0.0

    def room(self, value: float) -> float:
        """Half of what a proof may leave open."""
        return PROVEN_WITHIN / 2 * abs(value)


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
        self._level: Any = None
        self._shares: list[Any] = []
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
            key, far = (r, women, area), self.facts.far[area, r.unit]
            hers = far.women_hours * self.cycle
            others = max(far.hours * self.cycle - hers, 0.0)
            site = self.site[key] = model.add_variable(lb=0, ub=(day - road) * most)
            self.open[key] = model.add_variable(lb=0, ub=others)
            self.women[key] = model.add_variable(lb=0, ub=hers if women else 0.0)
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

    def goals(self) -> Iterator[_Goal]:
        """One after the other."""
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
        spent = road + _sum(self.site.values())
        yield _Goal("areas_visited", _sum(visited), len(areas), whole=True)
        yield _Goal("women_hours", _sum(self.women.values()), asked)
        yield _Goal("least_served_share", self._least_share(areas), 1.0)
        yield _Goal("need_weighted_hours", served, 10 * asked)
        yield _Goal("officer_hours", spent, asked, most=False, last=True)

    def _least_share(self, areas: list[str]) -> Any:
        """Least share of what is asked that any area with a round gets."""
        self._level = self.model.add_variable(lb=0, ub=1)
        for area in areas:
            asked = sum(f.hours for (a, _), f in self.facts.far.items() if a == area) * self.cycle
            given = _sum(self.open[k] + self.women[k] for k in self.site if k[2] == area)
            self._shares.append(given * (1 / asked))
            self.model.add_linear_constraint(asked * self._level <= given)
        return self._level

    def with_level(self, values: Values) -> Values:
        """The least share as it is: a goal after it leaves its unknown anywhere below."""
        if not self._shares:
            return values
        return values | {self._level: min(evaluate(share, values) for share in self._shares)}

    def keep(self, goal: _Goal, reached: float, bound: float) -> None:
        """Later goals may give back as much as the proof left open, at most half of a percent."""
        small = -reached if goal.most else reached
        room = 0.0 if goal.whole else min(goal.room(reached), max(small - bound, 0.0))
        limit = small + room + ARITHMETIC * goal.scale
        self.model.add_linear_constraint(goal.small <= limit)

    def only_fewer(self, values: Values) -> None:
        """From here on no round is gone more often than in these."""
        for n in self.n.values():
            n.upper_bound = round(values[n])

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
