"""Plans nearly as good and clearly different: what a director may choose for other reasons."""

import math
from collections.abc import Callable

from optimizer.audit import audit
from optimizer.extract import allocation, plan_of
from optimizer.instance import Instance
from optimizer.milp import BrokenSolverError, Milp, Request, ask, engine
from optimizer.model import AllocationModel, build, total
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.rules import RULES
from optimizer.shifts import with_shifts
from optimizer.staff import Gender, Unit
from optimizer.tiers import Goal, goals
from optimizer.variables import Var

DIFFERENT = 4
WITHIN = 0.01
ARITHMETIC = 1e-5  # of a goal's scale
NEAR = 1e-3  # of a goal's scale: all plans asked for are nearly as good, the best is not sought

Find = Callable[[tuple[Plan, ...]], Plan | None]
"""From the plans before (the first is the proven one) to the next; None when there is none."""


def alternatives(
    problem: Problem,
    plan: Plan,
    *,
    most: int = 3,
    within: float = WITHIN,
    different: int = DIFFERENT,
    more_moves: int = 0,
    time_limit_s: float = 60.0,
    milp: Milp | None = None,
    find: Find | None = None,
) -> tuple[Plan, ...]:
    """Up to ``most`` legal plans, each nearly as good as ``plan`` and unlike all before it.

    Nearly as good: every goal but the tie-break is within the share ``within`` of the plan's
    (moves in whole numbers, and ``more_moves`` beyond that; never beyond the problem's own cap).
    Unlike: at least ``different`` officers stand elsewhere, and at least ``different`` postings
    (office, unit, gender) have another count. Of such plans one with about the least unmet is
    taken. Ends early when there is none left. Proven best of nothing: status feasible. ``find``
    answers instead of the solver (answers that were kept, say).
    """
    before: tuple[Plan, ...] = (plan,)
    with engine(milp) as solver:

        def search(others: tuple[Plan, ...]) -> Plan | None:
            return next_alternative(
                problem,
                others,
                within=within,
                different=different,
                more_moves=more_moves,
                time_limit_s=time_limit_s,
                milp=solver,
            )

        for _ in range(most):
            found = (find or search)(before)
            if found is None:
                break
            before = (*before, found)
    return before[1:]


def next_alternative(
    problem: Problem,
    before: tuple[Plan, ...],
    *,
    within: float = WITHIN,
    different: int = DIFFERENT,
    more_moves: int = 0,
    time_limit_s: float = 60.0,
    milp: Milp | None = None,
) -> Plan | None:
    """One more plan, nearly as good as the first of ``before`` and unlike all of them."""
    model = build(Instance(problem), RULES)
    for other in before:
        _stay_away(model, _counts(other), different)
    _keep(model, before[0], within, more_moves)
    with engine(milp) as solver:
        return _solve(model, solver, time_limit_s)


Counts = dict[tuple[str, Unit, Gender], int]


def _counts(plan: Plan) -> Counts:
    return {(p.office, p.unit, p.gender): p.count for p in plan.postings}


def officers_apart(one: Plan, two: Plan) -> int:
    """Officers whom some posting of ``two`` has beyond those of ``one``."""
    before, after = _counts(one), _counts(two)
    return sum(max(0, n - before.get(key, 0)) for key, n in after.items())


def postings_apart(one: Plan, two: Plan) -> int:
    """Postings (office, unit, gender) whose counts differ."""
    before, after = _counts(one), _counts(two)
    return sum(before.get(key, 0) != after.get(key, 0) for key in before.keys() | after.keys())


def _stay_away(model: AllocationModel, other: Counts, different: int) -> None:
    """Binaries say which postings gain and which lose; enough officers gain, enough differ.

    ``up <= count - old + M (1 - rises)``, ``up <= M rises``, ``rises`` only if ``count > old``,
    ``falls`` only if ``count < old``; ``sum up >= n``, ``sum rises + falls >= n``.
    """
    gained: list[Var] = []
    changed: list[Var] = []
    solver = model.solver
    for (cell, q), count in model.v.postings.count.items():
        old = other.get((cell.office, cell.unit, q), 0)
        most = int(count.upper_bound)
        if most > old:
            up = solver.add_variable(lb=0, ub=most - old)
            rises = solver.add_binary_variable()
            model.require(up <= count - old + old * (1 - rises), "apart|gain")
            model.require(up <= (most - old) * rises, "apart|none")
            model.require(count >= (old + 1) * rises, "apart|rise")
            gained.append(up)
            changed.append(rises)
        if old:
            falls = solver.add_binary_variable()
            model.require(count <= most - (most - old + 1) * falls, "apart|fall")
            changed.append(falls)
    model.require(total(gained) >= different, "apart|officers")
    model.require(total(changed) >= different, "apart|postings")


def _keep(model: AllocationModel, plan: Plan, within: float, more_moves: int) -> None:
    """Rows that hold the plan's goals within a share."""
    reached = {t.name: [p.value for p in t.parts] or [t.value] for t in plan.tiers}
    for rule in model.instance.problem.tiers:
        if rule.name is TierName.TIE_BREAK:
            continue
        for goal, value in zip(goals(model, rule.name), reached.get(rule.name, []), strict=False):
            least, most = _range(goal, value, within, more_moves)
            if goal.maximise:
                model.require(goal.expr >= least / goal.unit, f"keep|{rule.name}")
            else:
                model.require(goal.expr <= most / goal.unit, f"keep|{rule.name}")


def _range(goal: Goal, value: float, within: float, more_moves: int) -> tuple[float, float]:
    """The least and the most that a goal may come to."""
    slack = abs(value) * within
    if goal.tier is TierName.MOVES:
        return 0.0, math.floor(value + slack + ARITHMETIC) + more_moves
    slack = max(slack * (1 - ARITHMETIC), ARITHMETIC * goal.scale * goal.unit)
    return value - slack, value + slack


def _solve(model: AllocationModel, milp: Milp, time_limit_s: float) -> Plan | None:
    """A plan within the rows that were kept; within the same share the least unmet."""
    problem = model.instance.problem
    (goal,) = goals(model, TierName.UNMET)
    model.solver.minimize(goal.expr)
    gap = NEAR * goal.scale
    answer = ask(milp, Request(model.solver, time_limit_s, gap, seed=problem.seed))
    if not answer.values:
        return None
    decided = allocation(model, answer.values)
    plan = plan_of(model.instance, decided, method="alternative", status=Status.FEASIBLE)
    plan = with_shifts(problem, plan)
    report = audit(problem, plan)
    if not report.passed:
        raise BrokenSolverError(f"the auditor refuses an alternative: {report.breaches[0].rule}")
    return plan
