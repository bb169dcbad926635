"""What one goal costs another: frontiers, and why an office is not in the plan."""

from typing import Any

from geo.places import Code, Document
from optimizer.explore import Variant, solve_all
from optimizer.explore_worth import Gain, forced_open, gains
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName


class FrontierPoint(Document):
    """The goals at one setting. ``dominated`` points are no better than another in both goals."""

    setting: float
    status: Status
    x: float
    y: float
    dominated: bool = False


class WhyNot(Document):
    """What each goal loses (negative gain) or wins when an office is opened all the same.

    ``instead_of`` are candidates that the plan opens and that then stay closed: no more offices
    open than before, but where the plan opens none at all. ``opened``: the plan opens it by itself.
    """

    office: Code
    status: Status
    gains: tuple[Gain, ...] = ()
    instead_of: tuple[Code, ...] = ()
    opened: bool = False


def moves_frontier(
    problem: Problem, *, most: int, step: int = 1, y: TierName = TierName.UNMET, **options: Any
) -> tuple[FrontierPoint, ...]:
    """A goal against moves: ``max_moves`` = 0, step, .. most."""
    caps = list(range(0, most + 1, step))
    variants = (
        Variant(
            name=str(cap),
            problem=problem.model_copy(
                update={"policies": problem.policies.model_copy(update={"max_moves": cap})}
            ),
        )
        for cap in caps
    )
    return _frontier(variants, TierName.MOVES, y, options)


def fairness_frontier(
    problem: Problem,
    *,
    eps: tuple[float, ...] = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8),
    fair: TierName = TierName.FAIRNESS_ALL,
    y: TierName = TierName.UNMET,
    **options: Any,
) -> tuple[FrontierPoint, ...]:
    """Fairness against efficiency: how much the total gains when the worst may be worse."""
    variants = (
        Variant(
            name=str(share),
            problem=problem.model_copy(
                update={
                    "tiers": tuple(
                        t.model_copy(update={"eps": share}) if t.name is fair else t
                        for t in problem.tiers
                    )
                }
            ),
        )
        for share in eps
    )
    return _frontier(variants, fair, y, options)


def _frontier(
    variants: Any, x: TierName, y: TierName, options: dict[str, Any]
) -> tuple[FrontierPoint, ...]:
    points = []
    for answer in solve_all(variants, **options):
        one, two = answer.value(x), answer.value(y)
        if one is not None and two is not None:
            points.append((float(answer.name), answer.status, one, two))
    return tuple(
        FrontierPoint(
            setting=setting,
            status=status,
            x=one,
            y=two,
            dominated=any(a <= one and b <= two and (a < one or b < two) for _, _, a, b in points),
        )
        for setting, status, one, two in points
    )


def why_not(problem: Problem, base: Plan, office: str, **options: Any) -> WhyNot:
    """Open the candidate in place of another; what each goal loses against the proven ``base``.

    ``unknown`` where the solver failed or was stopped.
    """
    variant = Variant(name=office, problem=in_place(problem, base, office))
    answers = solve_all((variant,), **options)
    if not answers:
        return WhyNot(office=office, status=Status.UNKNOWN)
    opened = set(answers[0].plan.open_offices) if answers[0].plan is not None else set()
    candidates = {o.code for o in problem.offices if o.is_candidate}
    return WhyNot(
        office=office,
        status=answers[0].status,
        gains=gains({t.name: t.value for t in base.tiers}, answers[0]),
        instead_of=tuple(sorted(candidates & set(base.open_offices) - opened)),
    )


def in_place(problem: Problem, base: Plan, office: str) -> Problem:
    """The problem with a candidate forced open, and one free opening fewer than ``base`` uses."""
    free = {o.code for o in problem.offices if o.is_candidate and not o.forced_open}
    used = len(free & set(base.open_offices))
    policies = problem.policies.model_copy(update={"max_opened": max(used - 1, 0)})
    return forced_open(problem.model_copy(update={"policies": policies}), office)
