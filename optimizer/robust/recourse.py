"""What given postings reach in one future: hours at their best for one goal, audited."""

from pydantic import Field

from geo.places import Document
from optimizer.audit import audit
from optimizer.audit_facts import Facts
from optimizer.audit_tiers import figures
from optimizer.explore_stress import Settled
from optimizer.extract import Allocation, allocation, plan_of
from optimizer.instance import Cell, Instance
from optimizer.milp import BrokenSolverError, Milp, Request, ask
from optimizer.model import build
from optimizer.plan import Status
from optimizer.problem import Problem, TierName
from optimizer.rules import FLOW_RULES
from optimizer.tiers import goals

GAP = 1e-9  # of the goal's scale


class Recourse(Document):
    """A question: these postings in this future, for one goal."""

    problem: Problem
    stays: Settled
    goal: TierName


class Reached(Document):
    """``cost`` in the goal's unit (women residents without access), recomputed by the auditor."""

    cost: float
    broken: tuple[str, ...] = Field(default=(), description="rules that the auditor finds broken")


def reached(asked: Recourse, milp: Milp) -> Reached:
    """The least cost of a goal with these postings in this future."""
    instance = Instance(asked.problem)
    model = build(instance, FLOW_RULES)
    count = {(Cell(p.office, p.unit), p.gender): p.count for p in asked.stays.postings}
    for key, variable in model.v.postings.count.items():
        variable.lower_bound = variable.upper_bound = count.get(key, 0)
    for office, variable in model.v.patrols.vehicles.items():
        new = asked.stays.new_vehicles.get(office, 0)
        variable.lower_bound = variable.upper_bound = new
    hours = {}
    goal = None if asked.goal is TierName.WOMEN_ACCESS else next(goals(model, asked.goal), None)
    if goal is not None:
        model.solver.minimize(goal.expr)
        answer = ask(milp, Request(model.solver, 60.0, GAP * goal.scale, asked.problem.seed))
        if not answer.values:
            raise BrokenSolverError(f"hours of given postings ended with {answer.verdict}")
        hours = allocation(model, answer.values).hours
    decided = Allocation(
        frozenset(asked.stays.open_offices), count, hours, asked.stays.new_vehicles
    )
    plan = plan_of(instance, decided, method="robust", status=Status.FEASIBLE)
    report = audit(asked.problem, plan)
    found = figures(Facts(asked.problem, plan))[asked.goal]
    cost = found[0] if found else 0.0
    if asked.goal is TierName.WOMEN_ACCESS:
        cost = sum(a.women_residents for a in asked.problem.areas) - cost
    return Reached(cost=cost, broken=tuple(sorted({b.rule for b in report.breaches})))
