"""Shift starts at least cost: how many begin a shift in each period so that all needs are met.

``min sum_t cost[t] x[t]`` with ``sum of x over the shifts that cover period t >= need[t]``, whole
numbers, a day that goes round (Dantzig 1954; Edie's toll booths). Of plans that cost the same, the
one with the fewest staff, then the one that starts earliest, so that equal needs get equal starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from ortools.sat.python import cp_model

from optimizer.cp_sat import one_worker

LIMIT = 30.0  # CP-SAT's deterministic time for one goal


class CoverError(RuntimeError):
    """The needs could not be covered within the time limit."""


@dataclass(frozen=True)
class Cover:
    """``starts[t]`` begin at period t; ``on_duty[t]`` are there; proven cheapest."""

    starts: tuple[int, ...]
    on_duty: tuple[int, ...]
    cost: float


def cheapest_starts(
    needs: Sequence[int], costs: Sequence[float], periods_per_shift: int, *, seed: int = 1
) -> Cover:
    """Starts by period for whole ``needs``; ``costs`` are those of one shift that starts there."""
    count = len(needs)
    if count != len(costs) or not 1 <= periods_per_shift <= count:
        raise ValueError(f"{count} needs, {len(costs)} costs, shifts of {periods_per_shift}")
    if any(n < 0 for n in needs) or any(c < 0 for c in costs):
        raise ValueError("needs and costs are not negative")
    whole = _whole(costs)
    model = cp_model.CpModel()
    most = max(needs, default=0)
    x = [model.new_int_var(0, most, f"start|{t}") for t in range(count)]
    for t in range(count):
        there = [x[(t - back) % count] for back in range(periods_per_shift)]
        model.add(sum(there) >= needs[t])
    early = sum(t * v for t, v in enumerate(x))
    solver = one_worker(effort=LIMIT, seed=seed)
    for goal in (sum(c * v for c, v in zip(whole, x, strict=True)), sum(x), early):
        model.minimize(goal)
        if solver.solve(model) != cp_model.OPTIMAL:
            raise CoverError(f"not covered: {solver.status_name()}")
        model.add(goal <= round(solver.objective_value))
    starts = tuple(solver.value(v) for v in x)
    return Cover(
        starts,
        tuple(
            sum(starts[(t - back) % count] for back in range(periods_per_shift))
            for t in range(count)
        ),
        sum(float(c) * n for c, n in zip(costs, starts, strict=True)),
    )


def _whole(costs: Sequence[float]) -> list[int]:
    """Costs as whole numbers in proportion, to a thousandth of the unit."""
    parts = [Fraction(str(c)).limit_denominator(1000) for c in costs]
    scale = lcm(*(part.denominator for part in parts))
    return [int(part * scale) for part in parts]
