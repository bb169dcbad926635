"""Time of proven plans: ``python -m bench.optimizer`` (SYNTHETIC governorates, medians of 5).

The yardstick is the same machine's time for one HiGHS solve of a fixed model (least unmet), so
that figures of different machines and busy hours can be compared as ratios.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.instances import governorate
from optimizer.baseline import careful_hand, proportional, today
from optimizer.compare import compare
from optimizer.instance import Instance
from optimizer.milp import Milp, Request, here
from optimizer.model import build
from optimizer.problem import HireLot, Problem, TierName
from optimizer.rules import RULES
from optimizer.solve import solve
from optimizer.staff import Gender, Unit
from optimizer.tiers import goals

RUNS = 5
WOMAN = HireLot(gender=Gender.WOMAN, skills=tuple(Unit), count=1)


def seconds(what: Callable[[], object], runs: int) -> float:
    """Median processor seconds of a call: the solver runs on one thread, in this process.

    On an idle machine that is the wall clock; on a shared one it is the figure that lasts.
    """
    took = []
    with silence():
        for _ in range(runs):
            began = time.process_time()
            what()
            took.append(time.process_time() - began)
    return statistics.median(took)


@contextmanager
def silence() -> Iterator[None]:
    """HiGHS prints to standard output as it likes."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def yardstick(milp: Milp) -> float:
    """One solve of the first goal of a fixed problem, without the rest of the climb."""
    instance = Instance(governorate(seed=1))
    model = build(instance, RULES)
    goal = next(goals(model, TierName.UNMET))
    model.solver.minimize(goal.expr)
    return seconds(lambda: milp(Request(model.solver, 60.0, 1e-3)), RUNS)


def measure(name: str, problem: Problem, milp: Milp, unit: float, runs: int) -> None:
    """Print one row: seconds, ratio to the yardstick, tiers proven."""
    outcomes = []
    took = seconds(lambda: outcomes.append(solve(problem, milp=milp, time_limit_s=300)), runs)
    plan = outcomes[-1].plan
    proven = sum(t.proven for t in plan.tiers) if plan else 0
    print(f"| {name} | {took:.2f} | {took / unit:.1f} | {proven} of {len(problem.tiers)} |")


def against_others(problem: Problem, milp: Milp) -> None:
    """Print the plan beside today's postings, a spreadsheet's and the greedy hand's."""
    best = solve(problem, milp=milp).plan
    assert best is not None
    plans = [
        ("today", today(problem, milp=milp)),
        ("proportional to need", proportional(problem, milp=milp)),
        ("greedy", careful_hand(problem)),
    ]
    print(
        "\n| plan | breaches | worst area: women's unmet | unmet | worst district: unmet "
        "| women served | served | moves |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, plan in [*plans, ("proven", best)]:
        if plan is None:
            continue
        c = compare(problem, best, plan)
        i = c.after
        district = max(d.unmet_share for d in i.districts)
        print(
            f"| {name} | {c.after_breaches} | {i.worst_women_share:.1%} | {i.worst_share:.1%} | "
            f"{district:.1%} | {i.women_served_share:.1%} | {i.served_share:.1%} | {i.moves} |"
        )


def main() -> None:
    """Measure and print Markdown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS)
    options.add_argument("--large", action="store_true", help="also 60 areas, 8 offices, 500 staff")
    chosen = options.parse_args()
    unit = yardstick(here)
    print(f"yardstick: {unit:.3f} s\n")
    print("| instance | processor seconds | ratio | tiers proven |\n|---|---|---|---|")
    for seed in (1, 2, 3, 4, 5):
        name = f"18 areas, 3+3 offices, 90 staff, seed {seed}"
        measure(name, governorate(seed=seed), here, unit, chosen.runs)
    more = governorate(seed=1, hires=(WOMAN,))
    measure("the first with one more woman", more, here, unit, chosen.runs)
    if chosen.large:
        large = governorate(areas=60, offices=8, candidates=4, staff=500, women=40, vehicles=30)
        measure("60 areas, 8+4 offices, 500 staff", large, here, unit, 1)
    against_others(governorate(seed=1), here)


if __name__ == "__main__":
    main()
