"""The same question written differently: CP-SAT, officers one by one, hours in whole grains.

Every officer is a row of booleans (where is he or she), moves are counted by person, hours are
whole thousandths, shares are whole millionths. Shares nothing with ``optimizer`` but documents.
"""

import math
from collections import defaultdict
from fractions import Fraction

from ortools.sat.python import cp_model

from optimizer.problem import Term, TierName
from optimizer.staff import Gender, Unit
from optimizer.waiting import largest_call_rate

GRAIN = 200  # grains an hour
PPM = 1_000_000
LOOSE = Fraction(6, 10_000)  # what whole grains may cost a goal, of its scale


class Independent:
    def __init__(self, problem):
        self.p = problem
        self.m = cp_model.CpModel()
        self.travel = {(t.area, t.office): t.travel_min for t in problem.travel}
        self.rule = {u.unit: u for u in problem.units}
        self.offices = {o.code: o for o in problem.offices}
        self._staff()
        self._offices()
        self._women()
        self._hours()
        self._patrols()

    def _staff(self):
        self.people = []
        for g in self.p.staff:
            for _ in range(g.count):
                self.people.append((g.gender, set(g.skills), (g.office, g.unit), g.locked))
        for h in self.p.hires:
            self.people += [(h.gender, set(h.skills), None, False)] * h.count
        self.at = {}
        for n, (_, skills, home, locked) in enumerate(self.people):
            for o in self.offices:
                for u in skills & set(self.rule):
                    if locked and (o, u) != home:
                        continue
                    self.at[n, o, u] = self.m.new_bool_var("")
            mine = [v for (k, _, _), v in self.at.items() if k == n]
            if home is None:
                self.m.add_at_most_one(mine)
            else:
                self.m.add_exactly_one(mine)
        self.moves = sum(
            1 - self.at[n, *home] if (n, *home) in self.at else 1
            for n, (_, _, home, _) in enumerate(self.people)
            if home is not None
        )
        limit = self.p.policies.max_moves
        if limit is not None:
            self.m.add(self.moves <= limit)

    def posted(self, o=None, u=None, q=None):
        return sum(
            v
            for (n, oo, uu), v in self.at.items()
            if o in (None, oo) and u in (None, uu) and q in (None, self.people[n][0])
        )

    def _offices(self):
        self.y = {o: self.m.new_bool_var("") for o in self.offices}
        opened, closed, cost = [], [], []
        for code, o in self.offices.items():
            y, everyone = self.y[code], len(self.people)
            self.m.add(self.posted(code) <= (everyone if o.capacity is None else o.capacity) * y)
            self.m.add(self.posted(code) >= o.min_staff * y)
            if Unit.REFERRAL in self.rule:
                self.m.add(self.posted(code, Unit.REFERRAL) >= o.min_counsellors * y)
            if o.forced_open or (o.kind != "candidate" and not o.may_close):
                self.m.add(y == 1)
            elif o.kind == "candidate":
                opened.append(y)
            else:
                closed.append(1 - y)
            if o.kind == "candidate":
                cost.append(round(o.opening_cost) * y)
        self.m.add(sum(opened) <= self.p.policies.max_opened)
        self.m.add(sum(closed) <= self.p.policies.max_closed)
        if self.p.policies.opening_budget is not None:
            self.m.add(sum(cost) <= round(self.p.policies.opening_budget))

    def _women(self):
        self.near_women = {}
        self.z = {}
        for o in self.offices:
            z = self.z[o] = self.m.new_bool_var("")
            women = self.posted(o, q=Gender.WOMAN)
            self.m.add(women >= 2).only_enforce_if(z)
            self.m.add(women == 0).only_enforce_if(z.negated())
            share = Fraction(self.p.policies.women_unit_share).limit_denominator(1000)
            own = self.posted(o, Unit.WOMEN, Gender.WOMAN)
            self.m.add(share.numerator * self.posted(o, Unit.WOMEN) <= share.denominator * own)
        for a in self.p.areas:
            near = [
                self.z[o]
                for o in self.offices
                if self.travel.get((a.code, o), 1e9) <= self.p.policies.women_reach_min
            ]
            some = self.near_women[a.code] = self.m.new_bool_var("")
            self.m.add_bool_or([*near, some.negated()])

    def _hours(self):
        self.d = defaultdict(int)
        self.cases = defaultdict(float)
        for d in self.p.demand:
            call = d.unit is Unit.PATROL and d.term is Term.INCIDENTS
            women, others = (d.area, d.unit, True, call), (d.area, d.unit, False, call)
            self.d[women] += round(d.women_hours_week * GRAIN)
            self.d[others] += round((d.hours_week - d.women_hours_week) * GRAIN)
            self.cases[women] += d.women_cases_week
            self.cases[others] += d.cases_week - d.women_cases_week
        self.d = {k: v for k, v in self.d.items() if v}
        self.f = {}
        for key, hours in self.d.items():
            for o in self.offices:
                if self.travel.get((key[0], o), 1e9) <= self.rule[key[1]].reach_min:
                    self.f[key, o] = self.m.new_int_var(0, hours, "")
        self.s = {}
        for key, hours in self.d.items():
            self.s[key] = self.m.new_int_var(0, hours, "")
            self.m.add(sum(v for (k, _), v in self.f.items() if k == key) + self.s[key] == hours)
        week = round(self.p.policies.hours_week * GRAIN * 60)
        for o in self.offices:
            for u in self.rule:
                mine = [
                    (self.with_road(k, o) * v, k[2], k[3])
                    for (k, oo), v in self.f.items()
                    if oo == o and k[1] is u
                ]
                self.m.add(sum(e for e, _, _ in mine) <= week * self.posted(o, u))
                self.m.add(
                    sum(e for e, w, _ in mine if w) <= week * self.posted(o, u, Gender.WOMAN)
                )
                if u is Unit.PATROL:
                    calls = sum(e for e, _, c in mine if c)
                    share = round(self.p.policies.reactive_share * 1000)
                    self.m.add(1000 * calls <= share * week * self.posted(o, u))

    def with_road(self, key, o):
        """Sixtieths: builders use visits of whole hours and whole minutes."""
        return round(60 + 2 * self.travel[key[0], o] / self.rule[key[1]].visit_h)

    def _patrols(self):
        policies = self.p.policies
        if Unit.PATROL not in self.rule:
            return
        manned = policies.patrol_hours_week or sum(s.hours * s.days_week for s in self.p.shifts)
        new = []
        for code, o in self.offices.items():
            extra = self.m.new_int_var(0, policies.spare_vehicles, "")
            new.append(extra)
            most = o.vehicles + policies.spare_vehicles
            crews = self.m.new_int_var(0, most, "")
            self.m.add(crews <= o.vehicles + extra)
            need = Fraction(policies.patrol_crew * manned / policies.hours_week)
            need = need.limit_denominator(1000)
            self.m.add(need.numerator * crews <= need.denominator * self.posted(code, Unit.PATROL))
            carried = [
                int(
                    manned
                    * largest_call_rate(c, policies.patrol_case_min, policies.patrol_wait_min)
                    * GRAIN
                    * 1000
                )
                for c in range(most + 1)
            ]
            most_calls = self.m.new_int_var(0, carried[-1], "")
            self.m.add_element(crews, carried, most_calls)
            answered = sum(
                round(self.cases[k] / (self.d[k] / GRAIN) * 1000) * v
                for (k, oo), v in self.f.items()
                if oo == code and k[3]
            )
            self.m.add(answered <= most_calls)
        self.m.add(sum(new) <= policies.spare_vehicles)

    def begin_at(self, solver):
        """The next goal is sought from what is known to be good for those before it."""
        self.m.clear_hints()
        for index, value in enumerate(solver.response_proto.solution):
            self.m.add_hint(self.m.get_int_var_from_proto_index(index), value)

    # -- goals ----------------------------------------------------------------------------

    def goals(self, tier):
        """(expression to minimise, its scale, value in the goal's unit per expression unit)."""
        if tier is TierName.LEGALITY:
            everyone = self.posted()
            bent = 1000 * (len(self.people) - everyone)
            target = self.p.policies.women_share_target
            if target is not None:
                lack = self.m.new_int_var(0, 1000 * len(self.people), "")
                self.m.add(
                    lack >= round(1000 * target) * everyone - 1000 * self.posted(q=Gender.WOMAN)
                )
                bent = bent + lack
            for o in self.p.offices:
                if o.referral_centre and self.p.policies.referral_women:
                    lack = self.m.new_int_var(0, 1000 * self.p.policies.referral_women, "")
                    asked = self.p.policies.referral_women * self.y[o.code]
                    self.m.add(lack >= 1000 * (asked - self.posted(o=o.code, q=Gender.WOMAN)))
                    bent = bent + lack
            return [(bent, 1000, self.p.policies.hours_week / 1000)]
        if tier is TierName.WOMEN_ACCESS:
            women = {a.code: round(a.women_residents) for a in self.p.areas}
            reached = sum(women[a] * v for a, v in self.near_women.items())
            return [(-reached, max(1, sum(women.values())), -1)]
        if tier in (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL):
            return self._fair(tier is TierName.FAIRNESS_WOMEN)
        if tier is TierName.UNMET:
            need = {a.code: max(a.need, 1.0) for a in self.p.areas}
            scale = sum(round(need[k[0]]) * h for k, h in self.d.items())
            return [(sum(round(need[k[0]]) * s for k, s in self.s.items()), scale or 1, 1 / GRAIN)]
        if tier is TierName.MOVES:
            return [(self.moves + 0 * self.y[next(iter(self.y))], 0, 1)]
        assert tier is TierName.ROAD
        road = sum((self.with_road(k, o) - 60) * v for (k, o), v in self.f.items())
        scale = 60 * GRAIN * self.p.policies.hours_week * max(1, len(self.people))
        return [(road, scale, 1 / GRAIN)]

    def _fair(self, women_only):
        counted = [c for c, o in self.offices.items() if o.kind != "candidate" or o.forced_open]
        roll = [
            (lot.gender == "woman", [lot.unit] if getattr(lot, "locked", False) else lot.skills)
            for lot in (*self.p.staff, *self.p.hires)
            if lot.count
        ]
        by_area = defaultdict(list)
        for k in self.d:
            able = any(k[1] in skills and (woman or not k[2]) for woman, skills in roll)
            fair = able and any(
                self.travel.get((k[0], o), 1e9) <= self.rule[k[1]].reach_min for o in counted
            )
            if fair and (k[2] or not women_only):
                by_area[k[0]].append(k)
        shares = []
        for keys in by_area.values():
            share = self.m.new_int_var(0, PPM + 1, "")
            self.m.add(share * sum(self.d[k] for k in keys) >= PPM * sum(self.s[k] for k in keys))
            shares.append(share)
        found = []
        for k in range(1, min(3, len(shares)) + 1):
            level = self.m.new_int_var(0, PPM + 1, "")
            above = []
            for share in shares:
                e = self.m.new_int_var(0, PPM + 1, "")
                self.m.add(e >= share - level)
                above.append(e)
            found.append((k * level + sum(above), PPM, 1 / PPM))
        return found


def tiers(problem, effort=1.0):
    """What is proven of all goals but the tie-break: lists of (least, most), in the goals' units.

    ``effort`` is CP-SAT's deterministic time for one goal. Where it does not suffice, the goal is
    known between bound and value only, and the goals after it are not asked. None: infeasible.
    """
    model = Independent(problem)
    found = {}
    for rule in problem.tiers:
        if rule.name is TierName.TIE_BREAK:
            continue
        found[rule.name] = []
        for expr, scale, unit in model.goals(rule.name):
            model.m.minimize(expr)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.linearization_level = 2
            solver.parameters.max_deterministic_time = effort
            status = solver.solve(model.m)
            if status == cp_model.INFEASIBLE:
                return None
            if status == cp_model.UNKNOWN:
                return found
            value, bound = round(solver.objective_value), math.ceil(solver.best_objective_bound)
            found[rule.name].append(tuple(sorted((bound * unit, value * unit))))
            model.begin_at(solver)
            if status != cp_model.OPTIMAL:
                return found
            give = 0 if rule.name in EXACT else int(LOOSE * Fraction(scale) / 4)
            model.m.add(expr <= value + give)
    return found


EXACT = (TierName.LEGALITY, TierName.WOMEN_ACCESS, TierName.MOVES)
