"""Plans nearly as good and clearly different: what a director may choose for other reasons."""

from dataclasses import replace

from optimizer.audit import audit
from optimizer.extract import allocation, plan_of
from optimizer.instance import Instance
from optimizer.lexicographic import Infeasible, Ladder, NothingFound
from optimizer.milp import Milp, engine
from optimizer.model import AllocationModel, build, total
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.rules import RULES
from optimizer.shifts import with_shifts
from optimizer.staff import Gender, Unit
from optimizer.tiers import goals
from optimizer.variables import Var

KEPT = (TierName.LEGALITY, TierName.WOMEN_ACCESS, TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)
DIFFERENT = 4


def alternatives(
    problem: Problem,
    plan: Plan,
    *,
    most: int = 3,
    within: float = 0.01,
    different: int = DIFFERENT,
    time_limit_s: float = 60.0,
    milp: Milp | None = None,
) -> tuple[Plan, ...]:
    """Up to ``most`` legal plans, each at least ``different`` officers away from all before.

    Legality, women's access and fairness of ``plan`` are kept within the share ``within``, and so
    is need-weighted unmet demand; among such plans the one with the least unmet is taken. Ends
    early when there is none left. Not proven best of anything but that: status feasible.
    """
    instance = Instance(problem)
    apart = [_counts(plan)]
    found: list[Plan] = []
    with engine(milp) as solver:
        for _ in range(most):
            model = build(instance, RULES)
            for other in apart:
                _stay_away(model, other, different)
            _keep(model, plan, within)
            try:
                next_plan = _solve(model, solver, time_limit_s)
            except (Infeasible, NothingFound):
                break
            found.append(next_plan)
            apart.append(_counts(next_plan))
    return tuple(found)


Counts = dict[tuple[str, Unit, Gender], int]


def _counts(plan: Plan) -> Counts:
    return {(p.office, p.unit, p.gender): p.count for p in plan.postings}


def officers_apart(one: Plan, two: Plan) -> int:
    """Officers whom some posting of ``two`` has beyond those of ``one``."""
    before, after = _counts(one), _counts(two)
    return sum(max(0, n - before.get(key, 0)) for key, n in after.items())


def _stay_away(model: AllocationModel, other: Counts, different: int) -> None:
    """``sum of what postings gain >= different``; a binary says whether a posting gains."""
    gained: list[Var] = []
    most = model.instance.problem.head_count()
    for (cell, q), count in model.v.postings.count.items():
        old = other.get((cell.office, cell.unit, q), 0)
        up = model.solver.add_variable(lb=0, ub=most)
        rises = model.solver.add_binary_variable()
        model.require(up <= count - old + most * (1 - rises), "apart|gain")
        model.require(up <= most * rises, "apart|none")
        gained.append(up)
    model.require(total(gained) >= different, "apart|enough")


def _keep(model: AllocationModel, plan: Plan, within: float) -> None:
    """Rows that hold the plan's goals within a share."""
    reached = {t.name: [p.value for p in t.parts] or [t.value] for t in plan.tiers}
    for name in (*KEPT, TierName.UNMET):
        for goal, value in zip(goals(model, name), reached.get(name, []), strict=False):
            slack = abs(value) * within + 1e-5 * goal.scale * goal.unit
            if goal.maximise:
                model.require(goal.expr >= (value - slack) / goal.unit, f"keep|{name}")
            else:
                model.require(goal.expr <= (value + slack) / goal.unit, f"keep|{name}")


def _solve(model: AllocationModel, milp: Milp, time_limit_s: float) -> Plan:
    problem = model.instance.problem
    ladder = Ladder(model, milp, time_limit_s)
    values = ladder.climb(t for t in problem.tiers if t.name is TierName.UNMET)
    decided = replace(allocation(model, values))
    plan = plan_of(model.instance, decided, method="alternative", status=Status.FEASIBLE)
    plan = with_shifts(problem, plan)
    report = audit(problem, plan)
    if not report.passed:
        raise NothingFound
    return plan
