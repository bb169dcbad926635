"""The hours of one unit as a linear program, with postings as a plan has them: for reasons.

``max sum w served`` over flows ``f[area, kind, office]``, rows: hours of officers, of women for
what needs them, calls carried by crews, rule of 60, cap on a district's share of patrols; every
area and kind keeps at least what the plan gives it. Written from the documents and the auditor's
sums, not from ``optimizer.rules``: tests hold one against the other.
"""

from collections import defaultdict
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from optimizer.audit_facts import KINDS, Facts
from optimizer.milp import BrokenSolverError
from optimizer.plan import Plan
from optimizer.problem import Problem, Term
from optimizer.staff import Gender, Unit
from optimizer.waiting import largest_call_rate

NAMED_HOURS = 0.005  # half a minute a week is not worth a line
FULL_HOURS = 1e-3
LEAST_NEED = 1.0


class Lever(NamedTuple):
    """One step of a rule."""

    rule: str
    office: str | None
    gender: Gender | None
    step: float
    measure: str


class _Row(NamedTuple):
    """``sum coefficient * flow <= limit``."""

    terms: dict[int, float]
    limit: float


Flow = tuple[str, str, str]  # area, kind, office


class UnitHours:
    """The program of one unit under one plan."""

    def __init__(self, problem: Problem, plan: Plan, unit: Unit) -> None:
        self.problem, self.plan, self.unit = problem, plan, unit
        self.facts = Facts(problem, plan)
        self.offices = tuple(sorted(plan.open_offices))
        self._reach = next(u.reach_min for u in problem.units if u.unit is unit)
        self._need = {a.code: max(a.need, LEAST_NEED) for a in problem.areas}
        self._district = {a.code: a.district for a in problem.areas}
        self._crews = {c.office: c.crews for c in plan.crews}

    def asked(self, area: str) -> bool:
        """Whether the area asks anything of this unit."""
        kinds = self.facts.asked.get((area, self.unit))
        return kinds is not None and sum(kinds.values()) > NAMED_HOURS

    def nearest(self, area: str) -> tuple[str, float] | None:
        """The open office with the shortest way, and its minutes."""
        ways = [(m, o) for o in self.offices if (m := self.facts.minutes(area, o)) is not None]
        return (min(ways)[1], min(ways)[0]) if ways else None

    def reaching(self, area: str, farther_min: float = 0.0) -> tuple[str, ...]:
        """Open offices that work in the area daily, the nearest first."""
        ways = [
            (m, o)
            for o in self.offices
            if (m := self.facts.minutes(area, o)) is not None and m <= self._reach + farther_min
        ]
        return tuple(o for _, o in sorted(ways))

    @cached_property
    def _calls_an_hour(self) -> dict[tuple[str, str], float]:
        """Calls in an hour of patrol work, by area and kind."""
        found = {}
        for d in self.problem.demand:
            if self.unit is Unit.PATROL and (d.unit, d.term) == (Unit.PATROL, Term.INCIDENTS):
                others = d.hours_week - d.women_hours_week
                if d.women_hours_week > 0:
                    found[d.area, "women_call"] = d.women_cases_week / d.women_hours_week
                if others > 0:
                    calls = max(d.cases_week - d.women_cases_week, 0.0)
                    found[d.area, "open_call"] = calls / others
        return found

    # -- rows -----------------------------------------------------------------------------

    def _flows(self, farther_min: float) -> list[Flow]:
        return [
            (area, kind, office)
            for (area, unit), kinds in sorted(self.facts.asked.items())
            if unit is self.unit
            for kind in KINDS
            if kinds[kind] > 0
            for office in self.reaching(area, farther_min)
        ]

    def _rows(self, flows: list[Flow], lever: Lever | None) -> dict[tuple[str, str], _Row]:
        """Rows by rule and office; a lever widens its own."""
        week = self.problem.policies.hours_week
        rows: dict[tuple[str, str], _Row] = {}
        for office in self.offices:
            men = _step(lever, "capacity", office)
            women = _step(lever, "women_capacity", office)
            mine = {n: self._with_road(f) for n, f in enumerate(flows) if f[2] == office}
            hers = {n: c for n, c in mine.items() if flows[n][1].startswith("women")}
            staff = self.facts.staff_of(office, self.unit)
            able = self.facts.count.get((office, self.unit, Gender.WOMAN), 0)
            rows["capacity", office] = _Row(mine, week * (staff + men + women))
            rows["women_capacity", office] = _Row(hers, week * (able + women))
            if self.unit is Unit.PATROL:
                calls = {n: c for n, c in mine.items() if flows[n][1].endswith("call")}
                share = self.problem.policies.reactive_share + _step(lever, "reactive", None)
                limit = min(share, 1.0) * week * (staff + men + women)
                rows["reactive", office] = _Row(calls, limit)
                rates = {n: self._calls_an_hour.get(flows[n][:2], 0.0) for n in calls}
                crews = self._crews.get(office, 0) + round(_step(lever, "crews", office))
                rows["crews", office] = _Row(rates, self._carried(crews))
        return rows | self._cap_rows(flows, lever)

    def _cap_rows(self, flows: list[Flow], lever: Lever | None) -> dict[tuple[str, str], _Row]:
        cap = self.problem.policies.patrol_share_cap
        if cap is None or self.unit is not Unit.PATROL:
            return {}
        cap = min(1.0, cap + _step(lever, "patrol_cap", None))
        return {
            ("patrol_cap", district): _Row(
                {n: float(self._district[f[0]] == district) - cap for n, f in enumerate(flows)}, 0.0
            )
            for district in sorted(set(self._district.values()))
        }

    def _with_road(self, flow: Flow) -> float:
        return 1 + self.facts.road(flow[0], flow[2], self.unit)

    def _carried(self, crews: int) -> float:
        policies = self.problem.policies
        rate = largest_call_rate(crews, policies.patrol_case_min, policies.patrol_wait_min)
        return rate * self.facts.patrol_hours_week

    # -- solving --------------------------------------------------------------------------

    def best(self, lever: Lever | None) -> tuple[float, float]:
        """Hours served and need-weighted hours served, at most, everybody keeping theirs."""
        flows = self._flows(_step(lever, "reach", None))
        values = self._solve(flows, lever, [self._need[f[0]] for f in flows])
        weighted = sum(self._need[f[0]] * v for f, v in zip(flows, values, strict=True))
        return sum(values), weighted

    def most_for(self, area: str, lever: Lever | None) -> float:
        """Hours that this area could get at most, everybody else keeping theirs."""
        flows = self._flows(_step(lever, "reach", None))
        values = self._solve(flows, lever, [float(f[0] == area) for f in flows])
        return sum(v for f, v in zip(flows, values, strict=True) if f[0] == area)

    def _solve(self, flows: list[Flow], lever: Lever | None, worth: list[float]) -> list[float]:
        if not flows:
            return []
        rows = list(self._rows(flows, lever).values())
        served: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        for n, (area, kind, _) in enumerate(flows):
            served[area, kind][n] = 1.0
        for (area, kind), terms in served.items():
            asked = self.facts.asked[area, self.unit][kind]
            kept = min(self.facts.given(area, self.unit)[kind], asked)
            rows.append(_Row(terms, asked))
            rows.append(_Row(dict.fromkeys(terms, -1.0), -kept + FULL_HOURS / 1000))
        answer = linprog(
            -np.array(worth),
            A_ub=_matrix(rows, len(flows)),
            b_ub=[r.limit + FULL_HOURS / 1000 for r in rows],
            bounds=(0, None),
            method="highs",
        )
        if answer.status != 0 or answer.x is None:
            raise BrokenSolverError(f"the hours of {self.unit} ended with: {answer.message}")
        return [float(x) for x in answer.x]

    # -- full rows ------------------------------------------------------------------------

    def full_rows(self, area: str, office: str, lacks: set[str]) -> tuple[str, ...]:
        """Rules whose rows at this office are full and hold back what the area lacks."""
        flows = self._flows(0.0)
        now = self._now(flows)
        found = []
        for (rule, place), row in self._rows(flows, None).items():
            if place not in (office, self._district[area]):
                continue
            if rule == "women_capacity" and not any(k.startswith("women") for k in lacks):
                continue
            if rule in ("crews", "reactive") and not any(k.endswith("call") for k in lacks):
                continue
            used = sum(c * now[n] for n, c in row.terms.items())
            if used >= row.limit - FULL_HOURS * max(1.0, abs(row.limit)):
                found.append(rule)
        return tuple(found)

    def _now(self, flows: list[Flow]) -> list[float]:
        """The plan's own flows."""
        amount: dict[Flow, float] = {}
        for f in self.plan.flows:
            if f.unit is self.unit:
                both = f.women_call_hours_week
                parts = (
                    both,
                    f.women_hours_week - both,
                    f.call_hours_week - both,
                    f.hours_week - f.women_hours_week - f.call_hours_week + both,
                )
                for kind, hours in zip(KINDS, parts, strict=True):
                    amount[f.area, kind, f.office] = hours
        return [amount.get(f, 0.0) for f in flows]


def _step(lever: Lever | None, rule: str, office: str | None) -> float:
    return lever.step if lever and (lever.rule, lever.office) == (rule, office) else 0.0


def _matrix(rows: list[_Row], columns: int) -> Any:
    sizes = [len(row.terms) for row in rows]
    where = np.repeat(np.arange(len(rows)), sizes)
    which = np.array([n for row in rows for n in row.terms], dtype=np.int64)
    what = np.array([c for row in rows for c in row.terms.values()], dtype=float)
    return coo_matrix((what, (where, which)), shape=(len(rows), columns))
