"""How many of each posting work which days: whole counts of day patterns, exact by CP-SAT.

A pattern is a set of days that one officer works in one shift, week after week, with the rest
between duties and the days off kept. Unknown ``z[slot, pattern]``: officers of a slot (unit,
gender, shift) on a pattern; they add up to the slot, ``y[slot, day]`` are those on duty. Who they
are is decided after (``people``): counting patterns keeps officers of a slot interchangeable, so
nothing is searched twice. Goals, one before the other:

1. days of a shift without a counsellor where the plan has counsellors (referral centre);
2. officers missing to two on duty;
3. days of a shift without women where the plan has them, weighted by the women's cases of the
   shift; women are never alone: none, or two at least (hard, but where the plan itself has one);
4. officers missing to the plan's patrol crews;
5. distance from an even spread over the days;
6. officers who could not change to another shift next week for want of rest;
7. officers whose days off are not in a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from optimizer.cp_sat import one_worker
from optimizer.milp import BrokenSolverError
from optimizer.roster.document import RosterGoal, RosterRules, hours_between, manned_days
from optimizer.staff import Gender, Shift, Unit

TWO = 2
FIRST_DAY, LAST_DAY = 0, 6
LIMIT = 10.0  # of CP-SAT's own clock, about seconds: a busy machine changes no answer
UNIT_ORDER = {unit: n for n, unit in enumerate(Unit)}

Pattern = tuple[int, ...]
Slot = tuple[Unit, Gender, int]


@dataclass(frozen=True)
class OfficeWeek:
    """What one office has: officers by slot, weights of women's absence by shift, crews."""

    office: str
    count: dict[Slot, int]
    women_weight: tuple[int, ...]
    counsellors_due: bool
    patrol_officers: int


@dataclass
class WeekCounts:
    """Officers by slot and pattern, and what the goals came to."""

    patterns: dict[tuple[Slot, Pattern], int]
    goals: list[RosterGoal] = field(default_factory=list)


def patterns_of(shift: Shift, rules: RosterRules) -> tuple[Pattern, ...]:
    """All sets of days with as many duties as the rules allow; the empty one if none."""
    days = manned_days(shift)
    most = min(7 - rules.days_off, int(rules.hours_week / shift.hours + 1e-9), len(days))
    for size in range(most, 0, -1):
        found = tuple(p for p in combinations(days, size) if _rested(p, shift, rules))
        if found:
            return found
    return ((),)


def _rested(pattern: Pattern, shift: Shift, rules: RosterRules) -> bool:
    """Rest between each duty and the next one, that of next week included."""
    later = (*pattern[1:], pattern[0] + 7)
    return all(
        hours_between((a, shift), (b, shift)) >= rules.rest_h - 1e-9
        for a, b in zip(pattern, later, strict=True)
    )


def days_off_apart(pattern: Pattern) -> bool:
    """Whether the free days of the week, taken as a circle, are not in one row."""
    free = [d for d in range(7) if d not in pattern]
    starts = sum((d - 1) % 7 not in free for d in free)
    return starts > 1


def week_counts(
    question: OfficeWeek, shifts: tuple[Shift, ...], rules: RosterRules, *, seed: int = 1
) -> WeekCounts:
    """The best counts; each goal says whether it was proven within its limit."""
    model = cp_model.CpModel()
    board = _Board(question, shifts, rules, model)
    solver = one_worker(effort=LIMIT, seed=seed)
    goals: list[RosterGoal] = []
    found: dict[tuple[Slot, Pattern], int] = {}
    for name, goal in list(board.goals()):  # all of them first: the women's pairs bind every goal
        if isinstance(goal, int):
            continue
        model.minimize(goal)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise BrokenSolverError(f"the roster ended with {solver.status_name(status)}")
        value = round(solver.objective_value)
        goals.append(
            RosterGoal(
                office=question.office,
                name=name,
                value=value,
                proven=status == cp_model.OPTIMAL,
            )
        )
        found = {key: solver.value(v) for key, v in board.z.items() if solver.value(v)}
        model.clear_hints()  # type: ignore[no-untyped-call] # ortools has no types here
        for key, v in board.z.items():
            model.add_hint(v, found.get(key, 0))
        model.add(goal <= value)
    return WeekCounts(found, goals)


class _Board:
    """The unknowns of one office and the sums that goals are made of."""

    def __init__(
        self,
        question: OfficeWeek,
        shifts: tuple[Shift, ...],
        rules: RosterRules,
        model: cp_model.CpModel,
    ) -> None:
        self.question, self.shifts, self.rules, self.model = question, shifts, rules, model
        self.options = [patterns_of(s, rules) for s in shifts]
        self.days = [manned_days(s) for s in shifts]
        self.slots = sorted(question.count, key=lambda s: (s[2], UNIT_ORDER[s[0]], s[1]))
        self.z = {
            (slot, p): model.new_int_var(
                0, question.count[slot], f"{slot[0]}|{slot[1]}|{slot[2]}|{p}"
            )
            for slot in self.slots
            for p in self.options[slot[2]]
        }
        for slot in self.slots:
            every = sum(self.z[slot, p] for p in self.options[slot[2]])
            model.add(every == question.count[slot])

    def on(self, t: int, d: int, unit: Unit | None = None, gender: Gender | None = None) -> Any:
        """Officers on duty in a shift on a day."""
        return sum(
            v
            for ((u, q, s), p), v in self.z.items()
            if s == t and d in p and unit in (None, u) and gender in (None, q)
        )

    def posted(self, t: int, unit: Unit | None = None, gender: Gender | None = None) -> int:
        return sum(
            n
            for (u, q, s), n in self.question.count.items()
            if s == t and unit in (None, u) and gender in (None, q)
        )

    def goals(self) -> Iterator[tuple[str, Any]]:
        yield (
            "counsellor",
            self._missing(1, unit=Unit.REFERRAL) if (self.question.counsellors_due) else 0,
        )
        yield "below_two", self._missing(TWO)
        yield "women", self._women()
        yield "crews", self._missing(self.question.patrol_officers, unit=Unit.PATROL)
        yield "even", self._uneven()
        yield "rotation", self._stuck()
        yield "days_off_apart", sum(v for (_, p), v in self.z.items() if days_off_apart(p))

    def _missing(self, due: int, *, unit: Unit | None = None) -> Any:
        """Officers missing to ``due`` on each day of each shift to which any are posted."""
        missing = []
        for t, days in enumerate(self.days):
            if self.posted(t, unit) and due:
                for d in days:
                    short = self.model.new_int_var(0, due, f"short|{unit}|{t}|{d}")
                    self.model.add(self.on(t, d, unit) + short >= due)
                    missing.append(short)
        return sum(missing)

    def _women(self) -> Any:
        lost = []
        for t, days in enumerate(self.days):
            women = self.posted(t, gender=Gender.WOMAN)
            for d in days if women else ():
                there = self.model.new_bool_var(f"women|{t}|{d}")
                on_duty = self.on(t, d, gender=Gender.WOMAN)
                self.model.add(on_duty >= min(women, TWO) * there)
                self.model.add(on_duty <= women * there)
                lost.append((1 + self.question.women_weight[t]) * (1 - there))
        return sum(lost)

    def _stuck(self) -> Any:
        """By posting and pair of shifts: those who end too late for the free starts of the other.

        Only pairs count in which the last day of one week and the first of the next are too
        close: an evening on Saturday and a morning on Sunday.
        """
        stuck = []
        for t, first in enumerate(self.shifts):
            for s, other in enumerate(self.shifts):
                rest = hours_between((LAST_DAY, first), (LAST_DAY + 1, other))
                if s == t or rest >= self.rules.rest_h - 1e-9:
                    continue
                for unit, gender in sorted({(u, q) for u, q, n in self.slots if n == t}):
                    if (unit, gender, s) not in self.question.count:
                        continue
                    late = [
                        v
                        for (w, p), v in self.z.items()
                        if w == (unit, gender, t) and LAST_DAY in p
                    ]
                    free = [
                        v
                        for (w, p), v in self.z.items()
                        if w == (unit, gender, s) and FIRST_DAY not in p
                    ]
                    most = self.question.count[unit, gender, t]
                    over = self.model.new_int_var(0, most, f"stuck|{unit}|{gender}|{t}|{s}")
                    self.model.add(over >= sum(late) - sum(free))
                    stuck.append(over)
        return sum(stuck)

    def _uneven(self) -> Any:
        """By unit and shift: ``|days x on duty - duties|`` over the days."""
        off = []
        for t, days in enumerate(self.days):
            duties = len(self.options[t][0])
            for unit in Unit:
                posted = self.posted(t, unit)
                for d in days if posted else ():
                    distance = self.model.new_int_var(0, 7 * posted, f"off|{unit}|{t}|{d}")
                    gap = len(days) * self.on(t, d, unit) - posted * duties
                    self.model.add(distance >= gap)
                    self.model.add(distance >= -gap)
                    off.append(distance)
        return sum(off)
