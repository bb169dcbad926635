"""One evaluator for every plan: given who is posted where, the best hours that follow.

PCAM's descriptive mode: today's postings, a spreadsheet's, a planner's hand-made plan and the
solver's are all measured the same way. Postings are taken as they are, rules of posting or not;
the hours are found under the rules of flow, tier by tier, and the auditor says what is broken.
"""

import time
from collections.abc import Iterable

from optimizer.audit_facts import Facts
from optimizer.audit_tiers import figures, recompute_tiers
from optimizer.extract import Allocation, allocation, plan_of
from optimizer.instance import Cell, Instance
from optimizer.lexicographic import Ladder
from optimizer.milp import Milp, engine
from optimizer.model import AllocationModel, build
from optimizer.plan import Plan, Posting, Status, TierResult
from optimizer.problem import Problem, TierName
from optimizer.rules import FLOW_RULES
from optimizer.shifts import with_shifts
from optimizer.staff import Gender

FLOW_TIERS = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL, TierName.UNMET, TierName.ROAD)


def evaluate(
    problem: Problem,
    postings: Iterable[Posting],
    *,
    open_offices: Iterable[str] = (),
    new_vehicles: dict[str, int] | None = None,
    method: str = "edited",
    milp: Milp | None = None,
    time_limit_s: float = 60.0,
) -> Plan:
    """The plan that these postings make, with shifts, shortfalls and tiers (none called proven).

    Offices of today count as open, and any office that somebody is posted to. Tiers carry
    values; their bounds are those of the hours given these postings.
    """
    began = time.monotonic()
    instance = Instance(problem)
    posted = tuple(postings)
    count = {(Cell(p.office, p.unit), p.gender): p.count for p in posted}
    opened = {o.code for o in problem.offices if not o.is_candidate or o.forced_open}
    opened |= {p.office for p in posted} | set(open_offices)
    model = build(instance, FLOW_RULES)
    _fix(model, count, new_vehicles or {})
    with engine(milp) as answer:
        ladder = Ladder(model, answer, time_limit_s)
        ladder.climb(t for t in problem.tiers if t.name in FLOW_TIERS)
    assert ladder.values is not None
    found = allocation(model, ladder.values)
    decided = Allocation(
        frozenset(opened), {k: n for k, n in count.items() if n}, found.hours, new_vehicles or {}
    )
    plan = plan_of(instance, decided, method=method, status=Status.FEASIBLE)
    plan = plan.model_copy(update={"tiers": _tiers(problem, plan, ladder)})
    plan = with_shifts(problem, plan)
    return plan.model_copy(update={"seconds": time.monotonic() - began})


def _fix(
    model: AllocationModel, count: dict[tuple[Cell, Gender], int], vehicles: dict[str, int]
) -> None:
    for key, variable in model.v.postings.count.items():
        variable.lower_bound = variable.upper_bound = count.get(key, 0)
    for office, variable in model.v.patrols.vehicles.items():
        variable.lower_bound = variable.upper_bound = vehicles.get(office, 0)


def _tiers(problem: Problem, plan: Plan, ladder: Ladder) -> tuple[TierResult, ...]:
    """Solved ones for the hours; the others follow from the postings and are computed."""
    facts = Facts(problem, plan)
    found = figures(facts)
    solved = {t.name: t for t in ladder.results(found)}
    return tuple(
        solved.get(t.name)
        or TierResult(name=t.name, value=t.value, bound=t.value, gap=0.0, seconds=0.0, proven=False)
        for t in recompute_tiers(facts)
    )
