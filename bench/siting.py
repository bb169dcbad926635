"""Siting against PySAL spopt on the same matrices, and a large instance in time and memory.

    python bench/siting.py ../shared/data/siting            ours; spopt too where it is installed
    python bench/siting.py FOLDER --spopt-limit 60          seconds that spopt may take a solve

Medians of five runs; spopt is run five times where one run takes under ten seconds, else once.
spopt (with pulp, CBC, HiGHS) comes from requirements/bench.txt; the product does without it.
"""

import argparse
import importlib.util
import multiprocessing
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from optimizer.siting import Instance, SitingResult, solve_covering, solve_pmedian
from optimizer.siting.files import read_siting_file

RUNS = 5
QUICK_S = 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spopt-limit", type=float, default=60.0)
    parser.add_argument("--only", type=int, nargs="*", default=range(1, 16))
    asked = parser.parse_args()
    solvers = ["highs", "cbc"] if importlib.util.find_spec("spopt") else []
    if not solvers:
        print("spopt is not installed: install requirements/bench.txt to compare")
    published(asked.folder, list(asked.only), solvers, asked.spopt_limit)
    covering(asked.folder)
    for p in (10, 30, 100):
        with multiprocessing.get_context("spawn").Pool(1) as child:
            print(child.apply(large, (p,)), flush=True)


def published(folder: Path, numbers: list[int], solvers: list[str], limit_s: float) -> None:
    """OR-Library's pmed: status, value, median seconds; how many times longer spopt takes."""
    ours = []
    for number in numbers:
        path = folder / f"pmed{number}.txt"
        instance = read_siting_file(path).problems[0].instance
        result, seconds = median(lambda x=instance: solve_pmedian(x), RUNS)
        ours.append(seconds)
        line = f"{path.stem:7} {result.status.value} {result.value:6.0f} {seconds:7.3f} s"
        for name in solvers:
            value, taken = spopt_median(instance, name, limit_s)
            found = "no end" if value is None else f"{value:.0f}"
            more = ">" if value is None else " "
            line += f" | spopt {name} {found:>7} {taken:7.2f} s, {more}{taken / seconds:6.0f} x"
        print(line, flush=True)
    print(f"median {statistics.median(ours):.3f} s, worst {max(ours):.3f} s")


def median(run: Callable[[], SitingResult], runs: int) -> tuple[SitingResult, float]:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def spopt_median(instance: Instance, name: str, limit_s: float) -> tuple[float | None, float]:
    """Its value (None: it did not end) and its median seconds, building included."""
    import pulp  # noqa: PLC0415 - only where it is installed
    from spopt.locate import PMedian  # noqa: PLC0415

    seconds: list[float] = []
    while len(seconds) < RUNS:
        start = time.perf_counter()
        solver = (
            pulp.HiGHS(msg=False, timeLimit=limit_s)
            if name == "highs"
            else pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = PMedian.from_cost_matrix(
                instance.cost, instance.weight, p_facilities=instance.p
            )
            try:
                model.solve(solver)
            except RuntimeError:  # spopt's own word for 'no solution in time'
                return None, time.perf_counter() - start
        seconds.append(time.perf_counter() - start)
        # It calls a time-limited answer optimal too: the clock must tell.
        if seconds[-1] >= limit_s:
            return None, seconds[-1]
        if seconds[-1] > QUICK_S:
            break
    return float(model.problem.objective.value()), statistics.median(seconds)


def covering(folder: Path) -> None:
    """Sao Jose dos Campos, 324 nodes, 800 m."""
    nodes, demand = folder / "SJC324.txt", folder / "demand-SJC324.dat"
    for p in range(1, 6):
        instance = read_siting_file(nodes, demand=demand, p=p).problems[0].instance
        result, seconds = median(lambda x=instance: solve_covering(x, 800.0), RUNS)
        print(f"SJC324 p={p} {result.status.value} {result.value:.0f} {seconds:.3f} s", flush=True)


def large(p: int) -> str:
    """SYNTHETIC: 3,000 clients, 300 sites, uniform in a square, weights 1..999; 10 seconds."""
    rng = np.random.default_rng(1)
    clients, sites = rng.random((3000, 2)) * 100, rng.random((300, 2)) * 100
    cost = np.hypot(*(clients[:, None] - sites[None]).transpose(2, 0, 1))
    weight = rng.integers(1, 1000, 3000).astype(float)
    instance = Instance(cost, p, weight=weight)
    marks: dict[str, float] = {}

    def note(moment: object) -> None:
        gap = _gap(moment)
        if gap is not None and gap < 0.01:
            marks.setdefault("1 %", moment.seconds)

    result = solve_pmedian(instance, time_limit_s=10.0, progress=note)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    within = f"under 1 % after {marks['1 %']:.2f} s" if marks else "never under 1 %"
    return (
        f"3000 x 300, p={p}: {result.status.value}, gap {100 * result.gap:.3f} % "
        f"after {result.seconds:.1f} s, {within}, peak {peak:.0f} MB"
    )


def _gap(moment: object) -> float | None:
    value, bound = getattr(moment, "value", None), getattr(moment, "bound", None)
    return None if not value or bound is None else (value - bound) / value


if __name__ == "__main__":
    sys.exit(main())
