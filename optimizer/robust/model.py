"""Several futures in one model: postings are decided once, hours in each future by themselves.

Two-stage stochastic programming with recourse (Birge & Louveaux 2011, ch. 2). First stage: offices
opened, postings, who moves, new vehicles, crews. Second stage, for each future ``k`` with its own
demand and ways: flows, unmet hours, women's access. Serving nobody is always possible, so every
posting has a recourse in every future.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.math_opt.python import mathopt

from optimizer import variables
from optimizer.instance import Instance
from optimizer.model import AllocationModel, total
from optimizer.problem import Problem, TierName
from optimizer.robust.futures import Future, mean_of
from optimizer.rules import FLOW_RULES, POSTING_RULES, women
from optimizer.tiers import goals
from optimizer.variables import Expr, Flows, Presence, Variables


@dataclass(frozen=True)
class Shared:
    """One model: ``first`` holds the rules of posting, ``then`` one recourse for each future."""

    first: AllocationModel
    then: tuple[AllocationModel, ...]


def build_shared(problem: Problem, futures: Sequence[Future]) -> Shared:
    """The rules of posting once, the rules of flow for each future, on shared postings."""
    instance = Instance(problem)
    solver = mathopt.Model(name="robust")
    first = AllocationModel(instance, solver, variables.create(instance, solver))
    for rule in POSTING_RULES:
        rule.apply(first)
    return Shared(first, tuple(_recourse(first, future.problem) for future in futures))


def _recourse(first: AllocationModel, problem: Problem) -> AllocationModel:
    instance, solver, v = Instance(problem), first.solver, first.v
    access = {a: solver.add_variable(lb=0, ub=1, name=f"access|{a}") for a in instance.areas}
    own = Variables(
        opened=v.opened,
        postings=v.postings,
        rostering=v.rostering,
        flows=Flows(),
        presence=Presence(at_office=v.presence.at_office, access=access),
        patrols=v.patrols,
    )
    then = AllocationModel(instance, solver, own)
    for rule in FLOW_RULES:
        rule.apply(then)
    women.access(then)
    return then


@dataclass(frozen=True)
class Cost:
    """A goal in one future, to be made small, in the goal's unit; ``scale`` is its worst."""

    expr: Expr
    scale: float


def cost_of(model: AllocationModel, goal: TierName) -> Cost:
    """The goal of a recourse; women's access counts those without it."""
    found = next(iter(goals(model, goal)), None)
    if found is None:
        return Cost(0.0, 1.0)
    if found.maximise:
        return Cost(found.best * found.unit - found.unit * found.expr, found.scale * found.unit)
    return Cost(found.unit * found.expr, found.scale * found.unit)


def expected(costs: Sequence[Cost], share: Sequence[float]) -> Cost:
    """Mean cost over the futures."""
    return Cost(
        total(w * c.expr for w, c in zip(share, costs, strict=True)),
        mean_of(share, [c.scale for c in costs]),
    )
