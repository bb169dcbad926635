"""Which governorate gets how many lots: one goal of the country after the other, exactly.

``b[g,h]`` = 1 if governorate g gets h lots: ``sum_h b[g,h] = 1``, ``sum h b <= lots``. Goals are
linear in b (fairness: one row for each way to split its k areas over governorates, see
``optimizer.nation.totals``), so CP-SAT proves each, keeps it and goes on. One worker, whole
numbers: the same curves give the same sharing.
"""

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from optimizer.cp_sat import one_worker
from optimizer.lexicographic import PROOF_TOLERANCE
from optimizer.milp import BrokenSolverError, Cancelled
from optimizer.nation.curve import Totals
from optimizer.nation.totals import FAIR, parts_of, splits
from optimizer.problem import TierName

Choice = tuple[str, int]
"""A governorate and its lots."""
Curve = Mapping[Choice, Totals]
"""A goal's figures at every choice that can be made."""

SHARE_GRAINS = 1_000_000  # of an unmet share
HOUR_GRAINS = 100  # of an hour, a minute, a person
EFFORT = 60.0  # CP-SAT's deterministic time for one figure
POLL_S = 0.1

ROOM = PROOF_TOLERANCE  # of a goal's scale: governorates' goals are not known more finely


@dataclass(frozen=True)
class Shared:
    """Lots by governorate, and what each goal was kept at for those after it, in grains."""

    lots: dict[str, int]
    kept: dict[TierName, tuple[int, ...]]


def grains(tier: TierName, value: float) -> int:
    """A figure in whole grains, to the nearest: the one place where the curves are rounded."""
    return round(value * (SHARE_GRAINS if tier in FAIR else HOUR_GRAINS))


def units(tier: TierName, whole: float) -> float:
    """Grains as a figure again."""
    return whole / (SHARE_GRAINS if tier in FAIR else HOUR_GRAINS)


def best_sharing(
    tiers: Sequence[TierName],
    curves: Mapping[TierName, Curve],
    scales: Mapping[TierName, float],
    lots: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Shared | None:
    """The best sharing, goal by goal; None if there is none. Ties: fewest lots, by code.

    ``scales``: what each goal is about at its worst (``scale_of``). Raises ``Cancelled``.
    """
    model = _Choices(tuple(curves[tiers[0]]), lots, cancelled)
    kept: dict[TierName, list[int]] = defaultdict(list)
    for tier in tiers:
        sign = -1 if tier is TierName.WOMEN_ACCESS else 1
        for expr in model.figures(tier, curves[tier]):
            reached = model.best(sign * expr)
            if reached is None:
                return None
            kept[tier].append(reached[0] + _room(tier, scales[tier]))
            model.keep(sign * expr <= kept[tier][-1])
    model.best(model.in_order)
    return Shared(model.chosen, {tier: tuple(found) for tier, found in kept.items()})


def bounds_as_good(
    tiers: Sequence[TierName],
    shared: Shared,
    bounds: Mapping[TierName, Curve],
    lots: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[TierName, Totals]:
    """What no sharing can beat that keeps the goals before as the chosen one had to.

    ``bounds`` are those of the governorates' plans, so that the answer holds even where these are
    not proven. Raises ``Cancelled``.
    """
    model = _Choices(tuple(bounds[tiers[0]]), lots, cancelled)
    found: dict[TierName, list[float]] = defaultdict(list)
    for tier in tiers:
        sign = -1 if tier is TierName.WOMEN_ACCESS else 1
        for expr, kept in zip(model.figures(tier, bounds[tier]), shared.kept[tier], strict=True):
            reached = model.best(sign * expr)
            if reached is None:
                raise BrokenSolverError(f"{tier}: no sharing is as good as the one that is known")
            found[tier].append(units(tier, sign * reached[1]))
            model.keep(sign * expr <= kept)
    return {tier: tuple(figures) for tier, figures in found.items()}


def _room(tier: TierName, scale: float) -> int:
    """What later goals may lose: a difference that only arithmetic made decides nothing."""
    if tier is TierName.MOVES:
        return 0
    return math.ceil(ROOM * scale * (SHARE_GRAINS if tier in FAIR else HOUR_GRAINS))


class _Choices:
    """The model and its last solution."""

    def __init__(self, choices: Sequence[Choice], lots: int, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        self._model = cp_model.CpModel()
        self._take = {c: self._model.new_bool_var(f"{c[0]}|{c[1]}") for c in choices}
        self._solver = one_worker(effort=EFFORT)
        self.governorates = sorted({code for code, _ in choices})
        self.chosen: dict[str, int] = {}
        for code in self.governorates:
            self._model.add_exactly_one(v for (g, _), v in self._take.items() if g == code)
        self._model.add(sum(h * v for (_, h), v in self._take.items()) <= lots)

    @property
    def in_order(self) -> Any:
        """Fewest lots; among equals the first governorates by code get more."""
        place = {code: n for n, code in enumerate(self.governorates)}
        many = len(place) * (1 + max(h for _, h in self._take)) + 1
        return sum((many + place[g]) * h * v for (g, h), v in self._take.items())

    def figures(self, tier: TierName, curve: Curve) -> list[Any]:
        """The goal's figures in grains, as expressions that are to be made small or great."""
        if tier not in FAIR:
            return [sum(grains(tier, t[0]) * self._take[c] for c, t in curve.items())]
        most: dict[str, int] = defaultdict(int)
        longest: dict[str, Totals] = {}
        choices: dict[str, list[Choice]] = defaultdict(list)
        for (code, lots), t in curve.items():
            choices[code].append((code, lots))
            if len(t) > most[code]:
                most[code], longest[code] = len(t), t
        worst = {
            (code, j): sum(
                grains(tier, curve[c][min(j, len(curve[c])) - 1]) * self._take[c]
                for c in choices[code]
            )
            for code, of in most.items()
            for j in range(1, of + 1)
        }
        found = []
        for k in range(1, parts_of(tier, longest) + 1):
            total = self._model.new_int_var(0, k * SHARE_GRAINS + len(most), f"{tier}|{k}")
            for split in splits(k, most):
                self._model.add(total >= sum(worst[one] for one in split))
            found.append(total)
        return found

    def best(self, expr: Any) -> tuple[int, int] | None:
        """Least value and its bound, in grains; None if nothing can be chosen."""
        self._model.minimize(expr)
        status = self._status()
        if status == cp_model.INFEASIBLE:
            return None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise BrokenSolverError(f"the sharing ended with {self._solver.status_name(status)}")
        self.chosen = {g: h for (g, h), v in self._take.items() if self._solver.boolean_value(v)}
        return round(self._solver.objective_value), math.ceil(
            self._solver.best_objective_bound - 1e-6
        )

    def _status(self) -> Any:
        """Solve beside this thread, which hears Ctrl-C and whoever else asks to stop."""
        found: list[Any] = []
        beside = threading.Thread(
            target=lambda: found.append(self._solver.solve(self._model)), daemon=True
        )
        beside.start()
        while beside.is_alive():
            beside.join(POLL_S)
            if self._cancelled():
                self._solver.stop_search()
        if self._cancelled():
            raise Cancelled
        if not found:
            raise BrokenSolverError("the sharing ended without an answer")
        return found[0]

    def keep(self, row: Any) -> None:
        self._model.add(row)
