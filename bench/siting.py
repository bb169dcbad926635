"""Siting against PySAL spopt on the same matrices, and a large instance in time and memory.

    python -m bench.siting ../shared/data/siting            ours; spopt too where it is installed
    python -m bench.siting FOLDER --spopt-limit 60          seconds that spopt may take a solve
    python -m bench.siting FOLDER --only 1 2 --part published           part of it, as it takes long
    python -m bench.siting --part capacitated               SYNTHETIC, needs no folder

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
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.instances import capacitated_median
from optimizer.siting import (
    Instance,
    SitingResult,
    solve_capacitated,
    solve_covering,
    solve_pmedian,
)
from optimizer.siting.files import read_siting_file

RUNS = 5
QUICK_S = 10.0
CPU_LIMIT_S = 60.0
NO_END = "no end"
PARTS = ("published", "covering", "large", "capacitated")
# Nodes, open sites, share of the capacity that is asked for, seed.
CAPACITATED = (
    *((50, 5, 0.90, seed) for seed in (1, 2, 3)),
    *((100, 10, 0.85, seed) for seed in (1, 2, 3)),
    *((100, 10, 0.93, seed) for seed in (1, 2, 3)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--spopt-limit", type=float, default=60.0)
    parser.add_argument("--only", type=int, nargs="*", default=range(1, 16))
    parser.add_argument("--part", choices=PARTS, nargs="*", default=PARTS)
    asked = parser.parse_args()
    if asked.folder is None and {"published", "covering"} & set(asked.part):
        parser.error("published instances need their folder")
    if "published" in asked.part:
        solvers = ["highs", "cbc"] if importlib.util.find_spec("spopt") else []
        if not solvers:
            print("spopt is not installed: install requirements/bench.txt to compare")
        published(asked.folder, list(asked.only), solvers, asked.spopt_limit)
    if "covering" in asked.part:
        covering(asked.folder)
    alone = multiprocessing.get_context("spawn")
    if "large" in asked.part:
        for p in (10, 30, 100):
            with alone.Pool(1) as child:
                print(child.apply(large, (p,)), flush=True)
    if "capacitated" in asked.part:
        for case in CAPACITATED:
            with alone.Pool(1) as child:
                print(child.apply(capacitated, case), flush=True)


def published(folder: Path, numbers: list[int], solvers: list[str], limit_s: float) -> None:
    """OR-Library's pmed: status, value, median seconds; how many times longer spopt takes.

    Runs alternate, so that a busy machine is busy for all; the second figure is CPU time.
    """
    all_ours = []
    for number in numbers:
        path = folder / f"pmed{number}.txt"
        instance = read_siting_file(path).problems[0].instance
        ours: list[Taken] = []
        theirs: dict[str, list[Taken]] = {name: [] for name in solvers}
        while len(ours) < RUNS:
            ours.append(taken(lambda x=instance: solve_pmedian(x)))
            for name, runs in theirs.items():
                if not runs or runs[-1].wall_s < QUICK_S:
                    runs.append(spopt(instance, name, limit_s))
        all_ours.append(middle(ours).wall_s)
        print(_line(path.stem, ours, theirs), flush=True)
    print(f"median {statistics.median(all_ours):.3f} s, worst {max(all_ours):.3f} s", flush=True)


def _line(name: str, ours: "list[Taken]", theirs: "dict[str, list[Taken]]") -> str:
    mine = middle(ours)
    line = f"{name:7} {mine.answer} {mine.wall_s:7.3f} s (cpu {mine.cpu_s:.3f})"
    for solver, runs in theirs.items():
        other = middle(runs)
        ended = all(run.answer != NO_END for run in runs)
        more = "" if ended else ">"
        line += (
            f" | spopt {solver} {other.answer} {other.wall_s:.2f} s (cpu {other.cpu_s:.2f}), "
            f"{more}{other.wall_s / mine.wall_s:.0f} x (cpu {more}{other.cpu_s / mine.cpu_s:.0f} x)"
        )
    return line


@dataclass(frozen=True, slots=True)
class Taken:
    """One run: what it answered, wall clock and CPU seconds (child processes included)."""

    answer: str
    wall_s: float
    cpu_s: float


def middle(runs: list[Taken]) -> Taken:
    return Taken(
        runs[0].answer,
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
    )


def taken(run: Callable[[], SitingResult]) -> Taken:
    start, cpu = time.perf_counter(), cpu_seconds()
    result = run()
    value = "nothing" if result.value is None else f"{result.value:.0f}"
    wall = time.perf_counter() - start
    return Taken(f"{result.status.value} {value}", wall, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def spopt(instance: Instance, name: str, limit_s: float) -> Taken:
    """One run of spopt, building included; it calls a time-limited answer optimal too."""
    import pulp  # noqa: PLC0415 - only where it is installed
    from spopt.locate import PMedian  # noqa: PLC0415

    start, cpu = time.perf_counter(), cpu_seconds()
    solver = (
        pulp.HiGHS(msg=False, timeLimit=limit_s)
        if name == "highs"
        else pulp.PULP_CBC_CMD(msg=False, timeLimit=limit_s)
    )
    answer = NO_END
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = PMedian.from_cost_matrix(instance.cost, instance.weight, p_facilities=instance.p)
        try:
            model.solve(solver)
            answer = f"{model.problem.objective.value():.0f}"
        except RuntimeError:
            pass  # its word for 'no solution in time'
    wall = time.perf_counter() - start
    return Taken(answer if wall < limit_s else NO_END, wall, cpu_seconds() - cpu)


def covering(folder: Path) -> None:
    """Sao Jose dos Campos, 324 nodes, 800 m."""
    nodes, demand = folder / "SJC324.txt", folder / "demand-SJC324.dat"
    for p in range(1, 6):
        instance = read_siting_file(nodes, demand=demand, p=p).problems[0].instance
        runs = [taken(lambda x=instance: solve_covering(x, 800.0)) for _ in range(RUNS)]
        found = middle(runs)
        print(f"SJC324 p={p} {found.answer} {found.wall_s:.3f} s", flush=True)


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


def capacitated(nodes: int, p: int, packed: float, seed: int) -> str:
    """SYNTHETIC, like OR-Library's pmedcap; a minute of this process's own time at most."""
    cost, limits = capacitated_median(nodes, p, packed, seed)
    start = cpu_seconds()
    result = solve_capacitated(
        Instance(cost, p),
        limits,
        time_limit_s=3600.0,
        cancelled=lambda: cpu_seconds() - start > CPU_LIMIT_S,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return (
        f"{nodes} nodes, p={p}, packed to {100 * packed:.0f} %, seed {seed}: "
        f"{result.status.value}, value {result.value:.0f}, bound {result.bound:.0f}, "
        f"gap {100 * result.gap:.2f} %, {result.seconds:.1f} s "
        f"(cpu {cpu_seconds() - start:.1f}), peak {peak:.0f} MB"
    )


def _gap(moment: object) -> float | None:
    value, bound = getattr(moment, "value", None), getattr(moment, "bound", None)
    return None if not value or bound is None else (value - bound) / value


if __name__ == "__main__":
    sys.exit(main())
