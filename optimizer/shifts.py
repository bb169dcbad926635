"""Second stage: each office splits its postings over the shifts, exactly and by itself.

Unknowns ``x[u,t,q]``: officers of a posting who work shift ``t``; they add up to the posting. One
goal after the other (CP-SAT, one worker):

1. the referral centre: shifts without a counsellor;
2. shifts with fewer than two officers, counted by the officers that are missing;
3. women's cases a week that fall into shifts without women: women work in pairs, so a shift has
   none or two at least;
4. distance of the split from the demand's shares, by unit.

Lacks are named: office, shift, and the women's cases a week concerned. Cases belong to the lead
office of their area.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from optimizer.cp_sat import one_worker
from optimizer.instance import GENDERS, UNIT_ORDER
from optimizer.milp import BrokenSolverError
from optimizer.plan import Plan, ShiftPosting, Shortfall, ShortfallKind
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit

PER_MILLE = 1_000
FEWEST_ON_DUTY = 2
LIMIT = 30.0  # CP-SAT's deterministic time for one goal: the same answer on a busy machine

Slot = tuple[Unit, Gender]


@dataclass(frozen=True)
class OfficeShifts:
    """What one office has to split: ``posted`` by unit and gender, demand's shares by unit."""

    office: str
    posted: dict[Slot, int]
    shares: dict[Unit, tuple[float, ...]]
    women_cases: tuple[float, ...]
    referral_centre: bool


def with_shifts(problem: Problem, plan: Plan) -> Plan:
    """The plan with its shifts and their lacks; unchanged when the problem has no shifts."""
    if not problem.shifts:
        return plan
    cases = women_cases(problem, plan)
    centres = {o.code for o in problem.offices if o.referral_centre}
    shifts: list[ShiftPosting] = []
    lacks: list[Shortfall] = []
    for office in plan.open_offices:
        posted = {(p.unit, p.gender): p.count for p in plan.postings if p.office == office}
        question = OfficeShifts(
            office,
            posted,
            {unit: demand_shares(problem, plan, office, unit) for unit, _ in posted},
            cases.get(office, (0.0,) * len(problem.shifts)),
            office in centres,
        )
        split = split_office(question, seed=problem.seed)
        shifts += _postings(problem, question, split)
        lacks += _lacks(problem, question, split)
    kept = [s for s in plan.shortfalls if s.kind not in _SHIFT_KINDS]
    return plan.model_copy(
        update={"shifts": tuple(shifts), "shortfalls": (*kept, *lacks)},
    )


_SHIFT_KINDS = (ShortfallKind.SHIFT_WITHOUT_WOMEN, ShortfallKind.SHIFT_BELOW_TWO)


def even_shares(problem: Problem) -> tuple[float, ...]:
    """Shares by the hours in which shifts are manned, where demand says nothing."""
    hours = [s.hours * s.days_week for s in problem.shifts]
    return tuple(h / sum(hours) for h in hours)


def demand_shares(problem: Problem, plan: Plan, office: str, unit: Unit) -> tuple[float, ...]:
    """How the hours that the office gives with this unit spread over the shifts."""
    given = {f.area: f.hours_week for f in plan.flows if f.office == office and f.unit is unit}
    asked: dict[str, float] = defaultdict(float)
    for d in problem.demand:
        if d.unit is unit:
            asked[d.area] += d.hours_week
    even = even_shares(problem)
    sums = [0.0] * len(problem.shifts)
    for d in problem.demand:
        if d.unit is unit and asked[d.area] > 0:
            weight = given.get(d.area, 0.0) * d.hours_week / asked[d.area]
            for t, share in enumerate(d.shift_shares or even):
                sums[t] += weight * share
    every = sum(sums)
    return tuple(x / every for x in sums) if every > 0 else even


def women_cases(problem: Problem, plan: Plan) -> dict[str, tuple[float, ...]]:
    """Women's cases a week by lead office and shift, served or not."""
    lead = {entry.area: entry.office for entry in plan.leads}
    even = even_shares(problem)
    cases: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(problem.shifts))
    for d in problem.demand:
        if d.area in lead:
            for t, share in enumerate(d.shift_shares or even):
                cases[lead[d.area]][t] += share * d.women_cases_week
    return {office: tuple(by_shift) for office, by_shift in cases.items()}


def split_office(question: OfficeShifts, *, seed: int = 1) -> dict[tuple[Slot, int], int]:
    """Officers by (unit, gender) and shift number; zero counts are left out."""
    model = cp_model.CpModel()
    times = range(len(question.women_cases))
    slots = sorted(question.posted, key=lambda s: (UNIT_ORDER[s[0]], GENDERS.index(s[1])))
    x = {
        (slot, t): model.new_int_var(0, question.posted[slot], f"{slot[0]}|{slot[1]}|{t}")
        for slot in slots
        for t in times
    }
    for slot in slots:
        model.add(sum(x[slot, t] for t in times) == question.posted[slot])
    for goal in (
        _without_counsellor(model, question, x),
        _below_two(model, question, x),
        _without_women(model, question, x),
        _off_shares(model, question, x),
    ):
        if goal is not None:
            model.minimize(goal)
            model.add(goal <= round(_solve(model, seed).objective_value))
    solver = _solve(model, seed)
    return {key: solver.value(v) for key, v in x.items() if solver.value(v)}


def _solve(model: cp_model.CpModel, seed: int) -> cp_model.CpSolver:
    solver = one_worker(effort=LIMIT, seed=seed)
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        raise BrokenSolverError(f"the shift split ended with {solver.status_name(status)}")
    return solver


def _on(x: dict[tuple[Slot, int], Any], t: int, *, gender: Gender | None = None) -> Any:
    return sum(v for ((_, q), s), v in x.items() if s == t and (gender is None or q is gender))


def _without_counsellor(
    model: cp_model.CpModel, question: OfficeShifts, x: dict[tuple[Slot, int], Any]
) -> Any:
    if not question.referral_centre or not any(u is Unit.REFERRAL for u, _ in question.posted):
        return None
    missing = []
    for t in range(len(question.women_cases)):
        empty = model.new_bool_var(f"no counsellor|{t}")
        there = sum(v for ((u, _), s), v in x.items() if s == t and u is Unit.REFERRAL)
        model.add(there >= 1 - empty)
        missing.append(empty)
    return sum(missing)


def _below_two(
    model: cp_model.CpModel, question: OfficeShifts, x: dict[tuple[Slot, int], Any]
) -> Any:
    missing = []
    for t in range(len(question.women_cases)):
        short = model.new_int_var(0, FEWEST_ON_DUTY, f"below two|{t}")
        model.add(_on(x, t) + short >= FEWEST_ON_DUTY)
        missing.append(short)
    return sum(missing)


def _without_women(
    model: cp_model.CpModel, question: OfficeShifts, x: dict[tuple[Slot, int], Any]
) -> Any:
    """Cases in thousandths; a shift without women costs one more, so that it is rare anyway."""
    women = sum(n for (_, q), n in question.posted.items() if q is Gender.WOMAN)
    lost = []
    for t, cases in enumerate(question.women_cases):
        there = model.new_bool_var(f"women|{t}")
        on_duty = _on(x, t, gender=Gender.WOMAN)
        fewest = FEWEST_ON_DUTY if women >= FEWEST_ON_DUTY else 1
        model.add(on_duty >= fewest * there)
        model.add(on_duty <= women * there)
        lost.append((1 + round_cases(cases)) * (1 - there))
    return sum(lost)


def round_cases(cases_week: float) -> int:
    """Cases a week in thousandths, to the nearest: the solver counts whole numbers."""
    return round(cases_week * PER_MILLE)


def _off_shares(
    model: cp_model.CpModel, question: OfficeShifts, x: dict[tuple[Slot, int], Any]
) -> Any:
    off = []
    for unit in sorted({u for u, _ in question.posted}, key=UNIT_ORDER.__getitem__):
        posted = sum(n for (u, _), n in question.posted.items() if u is unit)
        for t, share in enumerate(question.shares[unit]):
            here = sum(v for ((u, _), s), v in x.items() if u is unit and s == t)
            distance = model.new_int_var(0, posted * PER_MILLE, f"off|{unit}|{t}")
            due = round(share * posted * PER_MILLE)
            model.add(distance >= PER_MILLE * here - due)
            model.add(distance >= due - PER_MILLE * here)
            off.append(distance)
    return sum(off)


def _postings(
    problem: Problem, question: OfficeShifts, split: dict[tuple[Slot, int], int]
) -> list[ShiftPosting]:
    keys = sorted(split, key=lambda k: (UNIT_ORDER[k[0][0]], k[1], GENDERS.index(k[0][1])))
    return [
        ShiftPosting(
            office=question.office,
            unit=unit,
            shift=problem.shifts[t].code,
            gender=gender,
            count=split[(unit, gender), t],
        )
        for (unit, gender), t in keys
    ]


def _lacks(
    problem: Problem, question: OfficeShifts, split: dict[tuple[Slot, int], int]
) -> list[Shortfall]:
    found = []
    for t, shift in enumerate(problem.shifts):
        on = sum(n for (_, s), n in split.items() if s == t)
        women = sum(n for ((_, q), s), n in split.items() if s == t and q is Gender.WOMAN)
        if women == 0:
            found.append(
                Shortfall(
                    kind=ShortfallKind.SHIFT_WITHOUT_WOMEN,
                    amount=round(question.women_cases[t], 6),
                    measure="cases_week",
                    office=question.office,
                    shift=shift.code,
                )
            )
        if on < FEWEST_ON_DUTY:
            found.append(
                Shortfall(
                    kind=ShortfallKind.SHIFT_BELOW_TWO,
                    amount=FEWEST_ON_DUTY - on,
                    measure="officers",
                    office=question.office,
                    shift=shift.code,
                )
            )
    return found
