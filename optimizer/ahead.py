"""Goals that one solve settles together: what is proven of the later one bounds the earlier ones.

* **Fairness.** The k largest shares add up to at least k/K of what the K largest do, so a bound of
  the K largest bounds them all. Where scarce hours leave the worst areas alike, which is common,
  their values meet these bounds, and the last of the sums is the only one that is solved.
* **A whole-valued goal, then hours.** ``w first + second`` with ``w`` above all that ``second`` can
  vary: no plan that is worse in the first by one is better in the sum. From a bound B of the sum,
  ``first >= (B - most of second) / w``, and ``second >= B - w first`` among plans kept by then.

Nothing is lost when the bounds don't meet: each goal is then solved by itself, as ever.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer.model import AllocationModel
from optimizer.problem import TierName
from optimizer.relaxation import Relaxation
from optimizer.tiers import FAIRNESS, Goal, Values, evaluate, goals
from optimizer.variables import Expr

HOURS_ONLY = (TierName.UNMET, TierName.ROAD)  # who goes where leaves them as they are
ALIKE = 1e-6  # of the scale: sums this near are those of shares that are all alike
MARGIN = 1.01

Key = tuple[TierName, int]


def key(goal: Goal) -> Key:
    """What a goal is called among bounds."""
    return goal.tier, goal.k


@dataclass(frozen=True)
class Joint:
    """One objective to be minimised for several goals.

    ``scale`` as a goal's. ``bounds(proven, values)`` are bounds of goals, given what no plan's
    objective can be below, and a solution whose first goal is kept or bettered.
    """

    expr: Expr
    scale: float
    bounds: Callable[[float, Values], dict[Key, float]]
    complete: Callable[[Values], Values] = dict


@dataclass(frozen=True)
class Sequel:
    """What comes after a goal: the rest of its tier; the next tier, if this one gives none back.

    ``is_last``: nothing comes after it.
    """

    model: AllocationModel
    rest: Sequence[Goal] = ()
    then: TierName | None = None
    is_last: bool = False

    def joint(self, goal: Goal, known: Values, linear: Relaxation) -> Joint | None:
        """The goals worth asking together with this one, if there are any."""
        if goal.tier in FAIRNESS and self.rest:
            return self._largest(goal, known, linear)
        if goal.integral and self.then in HOURS_ONLY:
            return self._whole_first(goal, next(goals(self.model, self.then)), linear)
        return None

    def _largest(self, goal: Goal, known: Values, linear: Relaxation) -> Joint | None:
        last = self.rest[-1]
        if goal.k == 1:  # are the worst areas alike where officers can be parted?
            one = linear.bound(goal.expr, maximise=False)
            all_of_them = linear.bound(last.expr, maximise=False)
        else:  # are they in the plan in hand?
            one = evaluate(goal.expr, known)
            all_of_them = evaluate(last.expr, last.complete(known))
        if one is None or all_of_them is None:
            return None
        if all_of_them * goal.k / last.k < one - ALIKE * goal.scale:
            return None

        def bounds(proven: float, _: Values) -> dict[Key, float]:
            return {key(g): proven * g.k / last.k for g in (goal, *self.rest)}

        return Joint(last.expr, last.scale, bounds, last.complete)

    @staticmethod
    def _whole_first(first: Goal, second: Goal, linear: Relaxation) -> Joint | None:
        most = linear.bound(second.expr, maximise=True)
        least = linear.bound(second.expr, maximise=False)
        if most is None or least is None:
            return None
        weight = MARGIN * (most - least) + ALIKE * second.scale

        def bounds(proven: float, values: Values) -> dict[Key, float]:
            reached = round(evaluate(first.expr, values))
            return {
                key(first): (proven - most) / weight,
                key(second): proven - weight * reached,
            }

        return Joint(weight * first.expr + second.expr, second.scale, bounds)
