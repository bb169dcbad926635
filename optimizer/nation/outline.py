"""What a governorate can at best reach with so many lots, from linear programs: an outline.

The first goals, which are quick (legality, women's access), are proven as always and kept. For
every goal after them one linear program over the plans that are as good in those gives a figure
that no plan beats, about a hundred times sooner than the proof. Its plan is legal and no more
than that: so there is one for every number of lots long before the time is up. What the time
given does not suffice for has the bound that no plan at all can beat.
"""

import time
from collections.abc import Mapping

from optimizer.audit_facts import Facts
from optimizer.audit_tiers import figures
from optimizer.instance import Instance
from optimizer.lexicographic import LOCK_SLACK, PROOF_TOLERANCE
from optimizer.milp import Milp
from optimizer.model import AllocationModel, build
from optimizer.plan import Outcome, Plan, Status, TierPart, TierResult
from optimizer.problem import Problem, TierName, TierRule
from optimizer.relaxation import Relaxation
from optimizer.rules import RULES
from optimizer.solve import solve
from optimizer.start import of_plan, values
from optimizer.tiers import Goal, evaluate, goals

FIRST = (TierName.LEGALITY, TierName.WOMEN_ACCESS)
SLACK = PROOF_TOLERANCE + LOCK_SLACK  # of a kept goal's scale: all that a solve may fall behind
WHOLE = 1e-6  # how far above a whole number a whole-valued goal's bound may lie and still be it

Figures = tuple[float, ...]


def outlined(problem: Problem, milp: Milp, time_limit_s: float) -> Outcome:
    """A legal plan whose bounds are those of linear programs; infeasible and unknown as ever.

    The reason ``time_ran_out`` says that some of these bounds are only the best there could be.
    """
    until = time.monotonic() + time_limit_s
    first = _first(problem.tiers)
    quick = solve(problem.model_copy(update={"tiers": first}), time_limit_s=time_limit_s, milp=milp)
    if quick.plan is None:
        return quick
    plan = quick.plan.model_copy(update={"problem_digest": problem.digest})
    tiers = _tiers(problem, plan, {t.name: t for t in quick.plan.tiers}, until)
    in_time = quick.status is Status.PROVEN and time.monotonic() < until
    return Outcome(
        status=Status.FEASIBLE,
        plan=plan.model_copy(update={"status": Status.FEASIBLE, "tiers": tiers}),
        reason=quick.reason or ("" if in_time else "time_ran_out"),
    )


def _first(tiers: tuple[TierRule, ...]) -> tuple[TierRule, ...]:
    """The quick goals that stand before all others."""
    n = next((n for n, t in enumerate(tiers) if t.name not in FIRST), len(tiers))
    return tiers[:n]


def _tiers(
    problem: Problem, plan: Plan, proven: Mapping[TierName, TierResult], until: float
) -> tuple[TierResult, ...]:
    """Every goal at this plan, with the bounds of those proven and of linear programs."""
    instance = Instance(problem)
    model = build(instance, RULES)
    reached = figures(Facts(problem, plan))
    start = values(model, of_plan(instance, plan))
    found = []
    for rule in problem.tiers:
        if rule.name in proven:
            found.append(proven[rule.name])
            if start is not None:
                for goal in goals(model, rule.name):
                    _keep(model, goal, evaluate(goal.expr, goal.complete(start)), rule.eps)
        elif at := reached[rule.name]:  # else fairness where nobody could be served: no goal
            found.append(_result(rule.name, at, _bounds(model, rule.name, at, until)))
    return tuple(found)


def _keep(model: AllocationModel, goal: Goal, value: float, eps: float) -> None:
    """Later bounds are about plans that are no worse in this goal than it may become."""
    give = max(SLACK * goal.scale, 0.5 * goal.integral) + abs(value) * eps
    if goal.maximise:
        model.require(goal.expr >= value - give, f"keep|{goal.tier}|{goal.k}")
    else:
        model.require(goal.expr <= value + give, f"keep|{goal.tier}|{goal.k}")


def _bounds(model: AllocationModel, tier: TierName, reached: Figures, until: float) -> Figures:
    """No plan beats these.

    The plan in hand is one of those that the linear program is about: where its figure is beyond
    the bound, only arithmetic put it there, and the figure itself is the bound.
    """
    if tier is TierName.TIE_BREAK:
        return (0.0,)
    found = []
    for goal, value in zip(goals(model, tier), reached, strict=False):
        bound = None
        if time.monotonic() < until:
            bound = Relaxation(model.solver).bound(goal.expr, maximise=goal.maximise)
        if bound is None:
            bound = goal.best
        told = bound * goal.unit
        if goal.integral:
            told = float(-int(-(bound - WHOLE) // 1))
        found.append(max(told, value) if goal.maximise else min(max(told, 0.0), value))
    return tuple(found)


def _result(name: TierName, reached: Figures, bounds: Figures) -> TierResult:
    parts = tuple(
        TierPart(k=k, value=value, bound=bound, proven=False)
        for k, (value, bound) in enumerate(zip(reached, bounds, strict=False), start=1)
    )
    return TierResult(
        name=name,
        value=parts[0].value,
        bound=parts[0].bound,
        gap=max(abs(p.value - p.bound) for p in parts),
        seconds=0.0,
        proven=False,
        words="not_reached",
        parts=parts if len(parts) > 1 else (),
    )
