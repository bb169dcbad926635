"""What a plan does to a problem, in plain sums; see ``audit``."""

from collections import defaultdict
from functools import cached_property

from optimizer.plan import Plan
from optimizer.problem import Problem, Term
from optimizer.staff import Gender, Unit

HOUR_TOLERANCE = 1e-4  # hours a week: a third of a second
DAY_SHIFT_HOURS = 56.0  # without shifts, patrols are manned one 8-hour shift a day

KINDS = ("women_call", "women_other", "open_call", "open_other")


class Facts:
    """Sums over one plan of one problem."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.units = {u.unit for u in problem.units}
        self._rules = {u.unit: u for u in problem.units}
        self._minutes = {(t.area, t.office): t.travel_min for t in problem.travel}
        self.count: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
        for p in plan.postings:
            self.count[p.office, p.unit, p.gender] += p.count

    def somebody_can(self, unit: Unit, *, women: bool) -> bool:
        """Whether anybody (any woman) on the roll or to be hired has the skill for the unit.

        Lots of new officers count even if they are of none.
        """
        roll = [
            (g.gender, (g.unit,) if g.locked else g.skills) for g in self.problem.staff if g.count
        ]
        roll += [(h.gender, h.skills) for h in self.problem.hires]
        return any(
            unit in skills and (gender is Gender.WOMAN or not women) for gender, skills in roll
        )

    def staff_of(self, office: str, unit: Unit) -> int:
        return sum(self.count.get((office, unit, q), 0) for q in Gender)

    def staff_at(self, office: str) -> int:
        return sum(n for (o, _, _), n in self.count.items() if o == office)

    def women_at(self, office: str) -> int:
        return sum(n for (o, _, q), n in self.count.items() if o == office and q is Gender.WOMAN)

    @property
    def moves(self) -> int:
        return sum(t.count for t in self.plan.transfers if t.from_office is not None)

    @property
    def patrol_hours_week(self) -> float:
        stated = self.problem.policies.patrol_hours_week
        if stated is not None:
            return stated
        return sum(s.hours * s.days_week for s in self.problem.shifts) or DAY_SHIFT_HOURS

    def minutes(self, area: str, office: str) -> float | None:
        """One way; None when there is no way."""
        return self._minutes.get((area, office))

    def within_reach(self, area: str, office: str, unit: Unit) -> bool:
        minutes = self.minutes(area, office)
        return minutes is not None and minutes <= self._rules[unit].reach_min

    def road(self, area: str, office: str, unit: Unit) -> float:
        """Hours on the road for an hour on site: twice the way, once a visit."""
        return 2 * self._minutes[area, office] / 60 / self._rules[unit].visit_h

    @cached_property
    def asked(self) -> dict[tuple[str, Unit], dict[str, float]]:
        """Hours a week by area and unit, split into the four kinds.

        In a fixed order, so that sums are equal to the last digit whatever the order of the file.
        """
        sums: dict[tuple[str, Unit], dict[str, float]] = {}
        for d in sorted(self.problem.demand, key=lambda d: (d.area, d.unit, d.term)):
            call = "call" if d.unit is Unit.PATROL and d.term is Term.INCIDENTS else "other"
            entry = sums.setdefault((d.area, d.unit), dict.fromkeys(KINDS, 0.0))
            entry[f"women_{call}"] += d.women_hours_week
            entry[f"open_{call}"] += d.hours_week - d.women_hours_week
        return sums

    @cached_property
    def _given(self) -> dict[tuple[str, Unit], dict[str, float]]:
        sums: dict[tuple[str, Unit], dict[str, float]] = {}
        for f in self.plan.flows:
            entry = sums.setdefault((f.area, f.unit), dict.fromkeys(KINDS, 0.0))
            both = f.women_call_hours_week
            entry["women_call"] += both
            entry["women_other"] += f.women_hours_week - both
            entry["open_call"] += f.call_hours_week - both
            entry["open_other"] += f.hours_week - f.women_hours_week - f.call_hours_week + both
        return sums

    def given(self, area: str, unit: Unit) -> dict[str, float]:
        """Hours a week that offices give, by kind."""
        return self._given.get((area, unit), dict.fromkeys(KINDS, 0.0))

    def unmet(self, area: str, unit: Unit) -> dict[str, float]:
        """Hours asked and not given, by kind; never below zero."""
        given, asked = self.given(area, unit), self.asked[area, unit]
        return {kind: max(0.0, asked[kind] - given[kind]) for kind in KINDS}

    @cached_property
    def _call_rates(self) -> dict[str, tuple[float, float]]:
        """Calls an hour of work, by area: those that need a woman, the others."""
        rates: dict[str, tuple[float, float]] = {}
        for d in self.problem.demand:
            if d.unit is Unit.PATROL and d.term is Term.INCIDENTS:
                others = d.hours_week - d.women_hours_week
                rates[d.area] = (
                    d.women_cases_week / d.women_hours_week if d.women_hours_week else 0.0,
                    max(d.cases_week - d.women_cases_week, 0.0) / others if others > 0 else 0.0,
                )
        return rates

    def calls_answered(self, office: str) -> float:
        """Calls a week that the office's patrols go to."""
        answered = 0.0
        for f in self.plan.flows:
            if f.office == office and f.unit is Unit.PATROL:
                women, others = self._call_rates.get(f.area, (0.0, 0.0))
                answered += women * f.women_call_hours_week
                answered += others * (f.call_hours_week - f.women_call_hours_week)
        return answered
