"""On which days the chosen trips go: exact by CP-SAT.

``x[trip, week, day]`` whole; no more crews of a unit away on a day than may be, and one of them
in an area. Goals, one before the other: every trip gets a day (trips of several stops may stand
in one another's way, which their choice doesn't see); visits of an area even over the weeks; each
area on as few weekdays as possible, so that people know the day; few crews of an office away on
the same day.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ortools.sat.python import cp_model

from optimizer.cp_sat import one_worker
from optimizer.milp import BrokenSolverError
from optimizer.visits.choose import Choice
from optimizer.visits.document import VisitGoal
from optimizer.visits.facts import VisitFacts

LIMIT = 10.0  # CP-SAT's deterministic time for one goal
LAST_LIMIT = 1.0  # for the last: the proof that crews can't be spread better is not worth more

LAST = "away_together"
_FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)

Day = tuple[int, int]  # week and weekday, from 0


def days_of(
    facts: VisitFacts, chosen: Sequence[Choice], *, seed: int = 1
) -> tuple[list[list[Day]], list[VisitGoal]]:
    """The days of each choice, in its trips' order, and what each goal came to.

    A trip for which no day is left is in no list; ``trips_without_day`` counts them.
    """
    if not chosen:
        return [], []
    rules = facts.rules
    days = [(w, d) for w in range(rules.cycle_weeks) for d in range(len(rules.weekdays))]
    model = cp_model.CpModel()
    x = {
        (c, day): model.new_int_var(0, choice.trips, f"{c}|{day}")
        for c, choice in enumerate(chosen)
        for day in days
    }
    left = [model.new_int_var(0, choice.trips, f"left|{c}") for c, choice in enumerate(chosen)]
    for c, choice in enumerate(chosen):
        model.add(sum(x[c, day] for day in days) + left[c] == choice.trips)
    _crews(facts, chosen, model, x, days)
    _one_a_day(chosen, model, x, days)
    solver = one_worker(effort=LIMIT, seed=seed)
    goals = []
    # Each goal starts from a legal answer, at first from no day for anybody. Where the work allowed
    # ends before a better one is found, that answer stands.
    for day in x.values():
        model.add_hint(day, 0)
    for one, choice in zip(left, chosen, strict=True):
        model.add_hint(one, choice.trips)
    for name, goal in (
        ("trips_without_day", sum(left)),
        ("uneven_weeks", _uneven(chosen, model, x, days, rules.cycle_weeks)),
        ("weekdays_of_areas", _weekdays(chosen, model, x, days)),
        (LAST, _together(chosen, model, x, days)),
    ):
        model.minimize(goal)
        if name == LAST:
            solver.parameters.max_deterministic_time = LAST_LIMIT
        status = solver.solve(model)
        proven = status == cp_model.OPTIMAL
        bound = solver.best_objective_bound if status in _FOUND else 0.0
        if status == cp_model.UNKNOWN:
            solver.parameters.max_deterministic_time = LIMIT
            solver.parameters.fix_variables_to_their_hinted_value = True
            status = solver.solve(model)
            solver.parameters.fix_variables_to_their_hinted_value = False
        if status not in _FOUND:
            raise BrokenSolverError(f"the days of visits ended with {solver.status_name(status)}")
        value = round(solver.objective_value)
        goals.append(VisitGoal(name=name, value=value, bound=bound, proven=proven))
        model.add(goal <= value)
        model.clear_hints()  # type: ignore[no-untyped-call]  # without types in ortools
        for n, kept in enumerate(solver.response_proto.solution):
            model.add_hint(model.get_int_var_from_proto_index(n), kept)
    return [
        [day for day in days for _ in range(solver.value(x[c, day]))] for c in range(len(chosen))
    ], goals


def _crews(
    facts: VisitFacts,
    chosen: Sequence[Choice],
    model: cp_model.CpModel,
    x: dict[tuple[int, Day], Any],
    days: Sequence[Day],
) -> None:
    for day in days:
        for office, unit in sorted({(c.round.office, c.round.unit) for c in chosen}):
            mine = [
                n for n, c in enumerate(chosen) if (c.round.office, c.round.unit) == (office, unit)
            ]
            most = facts.crews_away(office, unit, women=False)
            model.add(sum(x[n, day] for n in mine) <= most)
            most_women = facts.crews_away(office, unit, women=True)
            model.add(sum(x[n, day] for n in mine if chosen[n].women) <= most_women)


def _one_a_day(
    chosen: Sequence[Choice],
    model: cp_model.CpModel,
    x: dict[tuple[int, Day], Any],
    days: Sequence[Day],
) -> None:
    for mine in _visits(chosen).values():
        for unit in sorted({chosen[n].round.unit for n in mine}):
            same = [n for n in mine if chosen[n].round.unit is unit]
            for day in days:
                model.add(sum(x[n, day] for n in same) <= 1)


def _visits(chosen: Sequence[Choice]) -> dict[str, list[int]]:
    """By area: the choices that stop there."""
    found: dict[str, list[int]] = defaultdict(list)
    for n, choice in enumerate(chosen):
        for area in choice.round.stops:
            found[area].append(n)
    return dict(sorted(found.items()))


def _uneven(
    chosen: Sequence[Choice],
    model: cp_model.CpModel,
    x: dict[tuple[int, Day], Any],
    days: Sequence[Day],
    weeks: int,
) -> Any:
    over = []
    for area, mine in _visits(chosen).items():
        total = sum(chosen[n].trips for n in mine)
        fair = -(-total // weeks)
        for week in range(weeks):
            extra = model.new_int_var(0, total, f"uneven|{area}|{week}")
            model.add(extra >= sum(x[n, d] for n in mine for d in days if d[0] == week) - fair)
            over.append(extra)
    return sum(over)


def _weekdays(
    chosen: Sequence[Choice],
    model: cp_model.CpModel,
    x: dict[tuple[int, Day], Any],
    days: Sequence[Day],
) -> Any:
    used = []
    for area, mine in _visits(chosen).items():
        total = sum(chosen[n].trips for n in mine)
        for weekday in sorted({d for _, d in days}):
            some = model.new_bool_var(f"weekday|{area}|{weekday}")
            there = sum(x[n, d] for n in mine for d in days if d[1] == weekday)
            model.add(there <= total * some)
            used.append(some)
    return sum(used)


def _together(
    chosen: Sequence[Choice],
    model: cp_model.CpModel,
    x: dict[tuple[int, Day], Any],
    days: Sequence[Day],
) -> Any:
    peaks = []
    for office in sorted({c.round.office for c in chosen}):
        mine = [n for n, c in enumerate(chosen) if c.round.office == office]
        peak = model.new_int_var(0, sum(chosen[n].trips for n in mine), f"peak|{office}")
        for day in days:
            model.add(sum(x[n, day] for n in mine) <= peak)
        peaks.append(peak)
    return sum(peaks)
