"""What the linear relaxation proves before a mixed-integer solver is asked.

GLOP solves the same model without whole numbers again and again, each time from where it stopped.
Three uses: the best hours for postings already chosen (``polish``), a bound of a goal (``bound``),
and the least and greatest value that each whole unknown can take in any plan worth looking at
(``tighten``): the goals kept so far and the value in hand for the next often leave one. Limits so
found hold for all later goals, as those only add rows.

Nothing rests on the word of the solver: a bound is the Lagrangian bound of its dual values, added
up here (``dual_bound``), and that is a bound whatever those values are.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt

from optimizer.dual_bound import Floats, Rows
from optimizer.glop import Glop
from optimizer.variables import Expr, Var

Values = dict[Var, float]

ROUNDING = 1e-5  # how far above a whole number a proven limit may lie and still be that number
HALF = 0.5
LP_TIME_S = 20.0


@dataclass(frozen=True)
class Limits:
    """The values that a whole unknown can still take."""

    least: float
    most: float

    def reaching(self, value: float | None) -> tuple[float, float]:
        """The two, this value among them: a plan may break a row by its solver's tolerance."""
        if value is None:
            return self.least, self.most
        return min(self.least, round(value)), max(self.most, round(value))


class Relaxation:
    """The model as it stands when this is made, its whole unknowns made continuous."""

    def __init__(self, model: Any) -> None:
        proto = model.export_model(remove_names=True)
        self._clone = mathopt.Model.from_model_proto(proto)
        self._own = {v: self._clone.get_variable(v.id) for v in model.variables()}
        self.whole: list[Var] = [v for v in self._own if v.integer]
        for v in self.whole:
            self._own[v].integer = False
        self._rows = Rows(proto)
        self._lp = Glop(self._clone, LP_TIME_S)
        self._by_id = {v.id: v for v in self._own}
        self._last = max(self._by_id, default=-1) + 1

    def polish(self, goal: Expr, values: Values, *, maximise: bool) -> Values | None:
        """The best continuous unknowns beside these whole ones; None if the solver sees none."""
        chosen = {v: float(round(values[v])) for v in self.whole}
        kept = {v: (self._own[v].lower_bound, self._own[v].upper_bound) for v in self.whole}
        for v, value in chosen.items():
            self._own[v].lower_bound = self._own[v].upper_bound = value
        self._aim(goal, maximise=maximise)
        answer = self._lp.solve()
        for v, (low, high) in kept.items():
            self._own[v].lower_bound, self._own[v].upper_bound = low, high
        if answer is None:
            return None
        found = dict.fromkeys(self._own, 0.0)
        for number, value in zip(answer.ids.tolist(), answer.values.tolist(), strict=True):
            found[self._by_id[number]] = value
        return found | chosen

    def bound(self, goal: Expr, *, maximise: bool) -> float | None:
        """A value that no plan can beat; None if the relaxation was not solved."""
        found = self._extreme(goal, maximise=maximise)
        return None if found is None else found[0]

    def cut_off(self, goal: Expr, value: float, *, maximise: bool) -> None:
        """From here on look only at plans that are not worse than this."""
        flat = mathopt.as_flat_linear_expression(self._translated(goal))
        self._clone.add_linear_constraint(flat >= value if maximise else flat <= value)
        terms = {own.id: factor for own, factor in flat.terms.items()}
        if maximise:
            self._rows.append(terms, value - flat.offset, math.inf)
        else:
            self._rows.append(terms, -math.inf, value - flat.offset)

    def tighten(
        self, which: Iterable[Var], known: Values, stop: Callable[[], bool]
    ) -> dict[Var, Limits]:
        """New limits of these whole unknowns, those found until somebody says ``stop``.

        Solutions met on the way are witnesses: where one of them takes a limit, that stays. One
        that comes near is none: officers that no solution does without, be it a tenth of one, are
        at least one.
        """
        least = np.zeros(self._last)
        least[[v.id for v in self.whole]] = [known[v] for v in self.whole]
        most = least.copy()
        found: dict[Var, Limits] = {}
        for v in which:
            own = self._own[v]
            for upwards in (False, True):
                seen = most[v.id] if upwards else least[v.id]
                limit = own.upper_bound if upwards else own.lower_bound
                if own.upper_bound - own.lower_bound < HALF or abs(seen - limit) <= ROUNDING:
                    continue
                if stop():
                    return found
                answer = self._extreme(v, maximise=upwards)
                if answer is None:
                    continue
                reach, values = answer
                np.minimum(least, values, out=least)
                np.maximum(most, values, out=most)
                # The plan in hand may break a row by the solver's tolerance: it stays possible.
                if upwards and (most_whole := _most(reach, known[v])) < own.upper_bound:
                    own.upper_bound = most_whole
                elif not upwards and (least_whole := _least(reach, known[v])) > own.lower_bound:
                    own.lower_bound = least_whole
                else:
                    continue
                self._rows.limit(own.id, own.lower_bound, own.upper_bound)
                found[v] = Limits(own.lower_bound, own.upper_bound)
        return found

    def _extreme(self, goal: Expr, *, maximise: bool) -> tuple[float, Floats] | None:
        """Proven bound, and the solution by id (its whole unknowns need not be whole)."""
        flat = self._aim(goal, maximise=maximise)
        answer = self._lp.solve()
        if answer is None:
            return None
        sign = -1.0 if maximise else 1.0
        costs = {own.id: sign * factor for own, factor in flat.terms.items()}
        low = self._rows.dual_bound(costs, answer.rows, answer.duals)
        if math.isinf(low):
            return None
        values = np.zeros(self._last)
        values[answer.ids] = answer.values
        return sign * low + flat.offset, values

    def _aim(self, goal: Expr, *, maximise: bool) -> Any:
        """Always minimise, so that dual values have one sign convention."""
        flat = mathopt.as_flat_linear_expression(self._translated(goal))
        self._clone.minimize(-1.0 * flat if maximise else flat)
        return flat

    def _translated(self, goal: Expr) -> Any:
        flat = mathopt.as_flat_linear_expression(goal)
        return mathopt.LinearExpression(
            mathopt.fast_sum([c * self._own[v] for v, c in flat.terms.items()]) + flat.offset
        )


def _most(reach: float, known: float) -> float:
    """The greatest whole number within a proven limit; never below the value in hand."""
    return float(max(math.floor(reach + ROUNDING), round(known)))


def _least(reach: float, known: float) -> float:
    """The smallest whole number within a proven limit; never above the value in hand."""
    return float(min(math.ceil(reach - ROUNDING), round(known)))
