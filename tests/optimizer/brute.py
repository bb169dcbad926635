"""All postings one by one, hours by linear programs of SciPy: for tiny problems only."""

import itertools
from collections import defaultdict

import numpy as np
from scipy.optimize import linprog

from optimizer.problem import Term, TierName
from optimizer.staff import Gender, Unit
from optimizer.waiting import largest_call_rate

TIGHT = 1e-7


def tiers(problem):
    """Best value of each goal in order (lists for fairness); the tie-break is left out."""
    order = [t.name for t in problem.tiers if t.name is not TierName.TIE_BREAK]
    candidates = [Postings(problem, c) for c in _all_postings(problem)]
    candidates = [c for c in candidates if c.legal()]
    assert candidates
    best = {}
    for name in order:
        steps = 3 if name in (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL) else 1
        for k in range(1, steps + 1):
            scored = [(c.best(name, k), c) for c in candidates]
            if scored[0][0] is None:
                continue
            least = min(value for value, _ in scored)
            candidates = [c for value, c in scored if value <= least + 1e-5 * max(1, abs(least))]
            for c in candidates:
                c.keep(name, k, least)
            sign = -1 if name is TierName.WOMEN_ACCESS else 1
            best.setdefault(name, []).append(sign * least)
    return best


def _all_postings(problem):
    """Every way to place every officer; hires may stay out; new vehicles anywhere."""
    units = {u.unit for u in problem.units}
    options = []
    for g in problem.staff:
        cells = [(o.code, u) for o in problem.offices for u in g.skills if u in units]
        if g.locked:
            cells = [(g.office, g.unit)]
        options.append(
            [(g, ways) for ways in itertools.combinations_with_replacement(cells, g.count)]
        )
    for h in problem.hires:
        cells = [(o.code, u) for o in problem.offices for u in h.skills if u in units]
        options.append(
            [(h, ways) for ways in itertools.combinations_with_replacement([*cells, None], h.count)]
        )
    cars = list(
        itertools.combinations_with_replacement(
            [o.code for o in problem.offices], problem.policies.spare_vehicles
        )
    )
    seen = {}
    for choice in itertools.product(*options):
        count, moves = defaultdict(int), 0
        for who, ways in choice:
            home = (who.office, who.unit) if hasattr(who, "office") else None
            for cell in ways:
                if cell is not None:
                    count[cell, who.gender] += 1
                    moves += home is not None and cell != home
        for placed in cars:
            key = tuple(sorted(count.items(), key=str)), placed
            if key not in seen or moves < seen[key][1]:
                seen[key] = (dict(count), moves, placed)
    return seen.values()


class Postings:
    def __init__(self, problem, choice):
        self.p = problem
        self.count, self.moves, self.cars = choice
        self.locks_a, self.locks_b = [], []
        self.lp = None

    def at(self, o, u=None, q=None):
        return sum(
            n
            for ((oo, uu), qq), n in self.count.items()
            if oo == o and u in (None, uu) and q in (None, qq)
        )

    def legal(self):
        limit, opened = self.p.policies, 0
        if limit.max_moves is not None and self.moves > limit.max_moves:
            return False
        for o in self.p.offices:
            here = self.at(o.code)
            is_open = here > 0 or o.kind != "candidate"
            opened += o.kind == "candidate" and is_open
            if o.capacity is not None and here > o.capacity:
                return False
            if is_open and here < o.min_staff:
                return False
            if self.at(o.code, q=Gender.WOMAN) == 1:
                return False
            if self.at(o.code, Unit.WOMEN, Gender.WOMAN) < limit.women_unit_share * self.at(
                o.code, Unit.WOMEN
            ):
                return False
        return opened <= limit.max_opened

    def best(self, name, k):
        policies = self.p.policies
        if name is TierName.LEGALITY:
            everyone = sum(self.count.values())
            women = sum(n for (_, q), n in self.count.items() if q is Gender.WOMAN)
            lack = max(0.0, (policies.women_share_target or 0) * everyone - women)
            for o in self.p.offices:
                is_open = o.kind != "candidate" or self.at(o.code) > 0
                if o.referral_centre and is_open:
                    lack += max(0, policies.referral_women - self.at(o.code, q=Gender.WOMAN))
            return policies.hours_week * (self.p.head_count() - everyone + lack)
        if name is TierName.WOMEN_ACCESS:
            ways = {(t.area, t.office): t.travel_min for t in self.p.travel}
            return -sum(
                a.women_residents
                for a in self.p.areas
                if any(
                    self.at(o.code, q=Gender.WOMAN)
                    and ways.get((a.code, o.code), 1e9) <= policies.women_reach_min
                    for o in self.p.offices
                )
            )
        if name is TierName.MOVES:
            return self.moves
        self._build()
        cost, extra = self._objective(name, k)
        return None if cost is None else self._solve(cost, extra)

    def keep(self, name, k, value):
        if name in (TierName.LEGALITY, TierName.WOMEN_ACCESS, TierName.MOVES):
            return
        cost, extra = self._objective(name, k)
        rows = list(extra)
        rows.append((cost, value + TIGHT * max(1.0, abs(value))))
        for row, limit in rows:
            self.locks_a.append(row)
            self.locks_b.append(limit)

    # Variables: flows, unmet, then for each fairness step a level and its excesses.

    def _build(self):
        if self.lp is not None:
            return
        demand, cases = defaultdict(float), defaultdict(float)
        for d in self.p.demand:
            call = d.unit is Unit.PATROL and d.term is Term.INCIDENTS
            for women, hours, n in (
                (True, d.women_hours_week, d.women_cases_week),
                (False, d.hours_week - d.women_hours_week, d.cases_week - d.women_cases_week),
            ):
                if hours > 0:
                    demand[d.area, d.unit, women, call] += hours
                    cases[d.area, d.unit, women, call] += n
        self.demand = dict(demand)
        rule = {u.unit: u for u in self.p.units}
        self.way = {(t.area, t.office): t.travel_min for t in self.p.travel}
        self.flows = [
            (k, o.code)
            for k in self.demand
            for o in self.p.offices
            if self.way.get((k[0], o.code), 1e9) <= rule[k[1]].reach_min
        ]
        self.road = {(k, o): 2 * self.way[k[0], o] / 60 / rule[k[1]].visit_h for k, o in self.flows}
        self.fair = {
            k
            for k in self.demand
            if any(
                self.way.get((k[0], o.code), 1e9) <= rule[k[1]].reach_min
                for o in self.p.offices
                if o.kind != "candidate" or o.forced_open
            )
        }
        self.areas = sorted({k[0] for k in self.demand})
        self.steps = [
            (name, k)
            for name in (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)
            for k in (1, 2, 3)
        ]
        self.index = {("f", *x): n for n, x in enumerate(self.flows)}
        for k in self.demand:
            self.index["s", k] = len(self.index)
        for step in self.steps:
            self.index["r", step] = len(self.index)
            for a in self.areas:
                self.index["e", step, a] = len(self.index)
        self.lp = True
        self._rows(cases)

    def _row(self, terms):
        row = np.zeros(len(self.index))
        for key, value in terms:
            row[self.index[key]] += value
        return row

    def _rows(self, cases):
        eq, ub = [], []
        for k, hours in self.demand.items():
            terms = [(("f", *x), 1.0) for x in self.flows if x[0] == k] + [(("s", k), 1.0)]
            eq.append((self._row(terms), hours))
        policies = self.p.policies
        week = policies.hours_week
        cars = {o.code: o.vehicles + self.cars.count(o.code) for o in self.p.offices}
        for o in {o for _, o in self.flows}:
            for u in {k[1] for k, _ in self.flows}:
                mine = [x for x in self.flows if x[1] == o and x[0][1] is u]
                spent = [(("f", *x), 1 + self.road[x]) for x in mine]
                women = [(("f", *x), 1 + self.road[x]) for x in mine if x[0][2]]
                ub.append((self._row(spent), week * self.at(o, u)))
                ub.append((self._row(women), week * self.at(o, u, Gender.WOMAN)))
                if u is Unit.PATROL:
                    staff = self.at(o, u)
                    need = policies.patrol_crew * policies.patrol_hours_week / week
                    crews = min(cars[o], int(staff / need + 1e-9))
                    carried = policies.patrol_hours_week * largest_call_rate(
                        crews, policies.patrol_case_min, policies.patrol_wait_min
                    )
                    calls = [x for x in mine if x[0][3]]
                    answered = [(("f", *x), cases[x[0]] / self.demand[x[0]]) for x in calls]
                    ub.append((self._row(answered), carried))
                    busy = [(("f", *x), 1 + self.road[x]) for x in calls]
                    ub.append((self._row(busy), policies.reactive_share * week * staff))
        self.eq, self.ub = eq, ub

    def _able(self, unit, woman):
        """Whether anybody (any woman) could ever be posted to the unit."""
        return any(
            (who.gender is Gender.WOMAN or not woman)
            and (who.unit is unit if getattr(who, "locked", False) else unit in who.skills)
            for who in (*self.p.staff, *self.p.hires)
            if who.count
        )

    def _objective(self, name, k):
        need = {a.code: max(a.need, 1.0) for a in self.p.areas}
        if name is TierName.UNMET:
            return self._row([(("s", x), need[x[0]]) for x in self.demand]), ()
        if name is TierName.ROAD:
            return self._row([(("f", *x), 60 * self.road[x]) for x in self.flows]), ()
        keys = defaultdict(list)
        for x in self.fair:
            if self._able(x[1], x[2]) and (x[2] or name is TierName.FAIRNESS_ALL):
                keys[x[0]].append(x)
        if len(keys) < k:
            return None, ()
        step = (name, k)
        extra = []
        for a, mine in keys.items():
            hours = sum(self.demand[x] for x in mine)
            terms = [(("s", x), 1 / hours) for x in mine]
            terms += [(("r", step), -1.0), (("e", step, a), -1.0)]
            extra.append((self._row(terms), 0.0))
        cost = [(("r", step), float(k))] + [(("e", step, a), 1.0) for a in keys]
        return self._row(cost), extra

    def _solve(self, cost, extra):
        rows = [r for r, _ in self.ub] + self.locks_a + [r for r, _ in extra]
        limits = [b for _, b in self.ub] + self.locks_b + [b for _, b in extra]
        result = linprog(
            cost,
            A_ub=np.array(rows) if rows else None,
            b_ub=limits or None,
            A_eq=np.array([r for r, _ in self.eq]) if self.eq else None,
            b_eq=[b for _, b in self.eq] or None,
            method="highs",
        )
        return result.fun if result.success else float("inf")
