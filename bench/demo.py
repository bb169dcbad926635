"""Time of the Basra demo's plans, by the clock: ``python -m bench.demo`` on an idle machine.

A solve is what ``optimizer.solve.solve`` does when nothing else is handed to it: its solver's
process is started and ended within the time measured. The demo is loaded anew into a folder of
its own. Yardstick: as in ``bench.optimizer``.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from bench.optimizer import RUNS, yardstick
from optimizer.explore_worth import hired
from optimizer.milp import here
from optimizer.problem import Problem
from optimizer.solve import solve
from optimizer.staff import Gender
from service.assemble import assemble
from service.demo.load import load_demo
from service.scenario import Scenario
from service.settings import Settings
from service.store import open_store

WOMEN = (0, 1, 2, 3)


def demo() -> Problem:
    """Today's question of the demo."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        with open_store(settings) as store:
            load_demo(store, settings.data_dir)
            return assemble(store, Scenario())


def measure(problem: Problem, runs: int) -> tuple[float, float, int]:
    """Median seconds by the clock and of all processors, and goals proven."""
    clock, processors, proven = [], [], 0
    for _ in range(runs):
        before, began = os.times(), time.perf_counter()
        plan = solve(problem, time_limit_s=300).plan
        clock.append(time.perf_counter() - began)
        processors.append(sum(os.times()[:4]) - sum(before[:4]))
        proven = sum(t.proven for t in plan.tiers) if plan else 0
    return statistics.median(clock), statistics.median(processors), proven


def main() -> None:
    """Measure and print Markdown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS)
    chosen = options.parse_args()
    unit, today = yardstick(here), demo()
    print(f"yardstick: {unit:.3f} s\n")
    print(
        "| instance | clock s | processor s | in yardsticks | tiers proven |\n|---|---|---|---|---|"
    )
    for women in WOMEN:
        problem = hired(today, Gender.WOMAN, women) if women else today
        clock, processors, proven = measure(problem, chosen.runs)
        print(
            f"| Basra demo, {women} more women | {clock:.2f} | {processors:.2f} "
            f"| {processors / unit:.1f} | {proven} of {len(problem.tiers)} |"
        )


if __name__ == "__main__":
    main()
