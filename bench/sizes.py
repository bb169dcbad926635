"""Time against size: ``python -m bench.sizes --plot docs/benchmarks-sizes.svg`` (SYNTHETIC).

From a few areas to a country. Processor seconds of this process and its children: on an idle
machine with two cores a country takes about half of them by the clock, one governorate all. The
yardstick of ``bench.optimizer`` is timed before and after, since a busy machine is a slow one.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.instances import governorate, nation
from bench.optimizer import silence, yardstick
from optimizer.milp import here
from optimizer.nation import (
    Nation,
    NationPlan,
    audit_nation,
    plan_nation,
    plan_of_lots,
    proportional_lots,
    relative_gap,
    value_points,
)
from optimizer.plan import Status, TierResult
from optimizer.problem import Problem, TierName
from optimizer.solve import solve
from service.locale.words import Words
from service.reports.charts.lines import Series, line_picture

MIB = 1024
WORKERS = 2
POINT_S = 300.0  # by the clock, for one governorate and number of lots: a busy machine is slow
COUNTRY_S = 300.0  # by the clock, for all of it
SIZES = (
    (6, 2, 1, 30, 4, 3),
    (18, 3, 3, 90, 7, 5),
    (36, 5, 4, 250, 20, 14),
    (60, 8, 4, 500, 40, 30),
)


@dataclass(frozen=True)
class Measured:
    """One size: what it took and how near the bounds are."""

    name: str
    areas: int
    cpu_s: float
    wall_s: float
    memory_mib: float
    proven: int
    goals: int
    worst_gap: float


def spent_s() -> float:
    """Processor seconds of this process and of children that ended."""
    mine, theirs = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def memory_mib(children: int) -> float:
    """Peak of this process, and of so many children as large as the largest was."""
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (mine + children * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / MIB


def measure(
    name: str, areas: int, ask: Callable[[], tuple[TierResult, ...]], children: int = 0
) -> Measured:
    """One run; prints its row."""
    began, spent = time.monotonic(), spent_s()
    with silence():
        tiers = ask()
    found = Measured(
        name=name,
        areas=areas,
        cpu_s=spent_s() - spent,
        wall_s=time.monotonic() - began,
        memory_mib=memory_mib(children),
        proven=sum(t.proven for t in tiers),
        goals=len(tiers),
        worst_gap=relative_gap(tiers),
    )
    print(
        f"| {name} | {found.cpu_s:.1f} | {found.wall_s:.1f} | {found.proven} of {found.goals} | "
        f"{found.worst_gap:.3%} | {found.memory_mib:.0f} MiB |",
        flush=True,
    )
    return found


def one(problem: Problem) -> tuple[TierResult, ...]:
    """The goals of a governorate."""
    plan = solve(problem, milp=here, time_limit_s=300).plan
    assert plan is not None
    return plan.tiers


def country(asked: Nation, kept: dict[str, str], limit_s: float) -> NationPlan:
    """The country's plan, audited; points are kept for the comparison."""
    plan = plan_nation(
        asked, workers=WORKERS, kept=kept, time_limit_s=POINT_S, limit_s=limit_s or None
    )
    assert plan.status in (Status.PROVEN, Status.FEASIBLE), plan.reason
    assert not audit_nation(asked, plan)
    return plan


def tell_points(asked: Nation, plan: NationPlan, kept: dict[str, str]) -> None:
    """Print how many points were proven, and every goal with its bound."""
    every = len(asked.governorates) * (min(asked.pool.most_lots, asked.pool.lots) + 1)
    solved = sum(not json.loads(one)["outline"] for one in kept.values())
    print(f"\n{solved} of {every} points solved, {len(kept) - solved} outlined")
    for t in plan.tiers:
        figures = [f"{p.value:.6g} / {p.bound:.6g}" for p in (t.parts or (t,))]
        print(f"{t.name}: {', '.join(figures)}")


def against_a_spreadsheet(asked: Nation, best: NationPlan, kept: dict[str, str]) -> None:
    """Print the country's goals beside those of lots in proportion to need and people, and none."""
    none = {g.code: 0 for g in asked.governorates}
    theirs = proportional_lots(asked)
    with silence():
        points = value_points(
            asked, [none, theirs], workers=WORKERS, kept=kept, time_limit_s=POINT_S
        )
    nobody, share = (plan_of_lots(asked, points, lots) for lots in (none, theirs))
    print("\n| goal | nobody hired | proportional | proven |\n|---|---|---|---|")
    for a, b, c in zip(nobody.tiers, share.tiers, best.tiers, strict=True):
        scale = ".1%" if a.name in (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL) else ",.0f"
        print(f"| {a.name} | {a.value:{scale}} | {b.value:{scale}} | {c.value:{scale}} |")


def plot(rows: Sequence[Measured], target: Path) -> None:
    """Processor seconds against areas, as a picture."""
    words = Words("en")
    picture = line_picture(
        words,
        [Series("processor seconds", tuple((float(r.areas), r.cpu_s) for r in rows))],
        title="Processor seconds to prove a plan, by number of areas",
        x_title="areas",
        x_shown=lambda x: f"{x:.0f}",
        x_whole=True,
    )
    target.write_text(picture + "\n")


def main() -> None:
    """Measure, print Markdown, draw."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--plot", type=Path, help="write the picture here (SVG)")
    options.add_argument("--without-country", action="store_true")
    options.add_argument(
        "--limit-s", type=float, default=COUNTRY_S, help="for the country, by the clock; 0: none"
    )
    options.add_argument(
        "--compare", action="store_true", help="also a spreadsheet's sharing, and nobody hired"
    )
    chosen = options.parse_args()
    print(f"yardstick: {yardstick(here):.3f} s\n")
    print("| size | processor s | clock s | goals proven | largest gap | peak memory |")
    print("|---|---|---|---|---|---|")
    rows = []
    for areas, offices, candidates, staff, women, vehicles in SIZES:
        problem = governorate(
            areas=areas,
            offices=offices,
            candidates=candidates,
            staff=staff,
            women=women,
            vehicles=vehicles,
        )
        name = f"{areas} areas, {offices}+{candidates} offices, {staff} staff"
        rows.append(measure(name, areas, partial(one, problem)))
    if not chosen.without_country:
        asked, kept, plans = nation(), {}, []
        pool = asked.pool
        name = (
            f"country: 18 governorates, 294 areas, 141 offices, 9,000 staff, "
            f"{pool.lots} lots of {pool.lot} women"
        )

        def ask() -> tuple[TierResult, ...]:
            plans.append(country(asked, kept, chosen.limit_s))
            return plans[-1].tiers

        rows.append(measure(name, 294, ask, WORKERS))
        tell_points(asked, plans[-1], kept)
        print(f"\nyardstick again: {yardstick(here):.3f} s")
        if chosen.compare:
            against_a_spreadsheet(asked, plans[-1], kept)
    if chosen.plot is not None:
        plot(rows, chosen.plot)


if __name__ == "__main__":
    main()
