"""The attacker on the demo's own release: years of sub-districts and months of districts at once.

OR-Tools looks for the least and the most that every told figure, and every single count behind
it, can be, given all figures that are told. Nothing comes out narrower than its band. Quarters,
districts' years, totals and rates are sums of these figures and add no equation.
"""

from math import ceil, floor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ortools.linear_solver import pywraplp

from geo.closed_list import MONTHS, PLAIN, months_told
from geo.incidents import SEVERE
from geo.privacy import K_OTHER, K_SEVERE

FILE = Path(__file__).parents[2] / "data" / "demo" / "incidents.csv"


@pytest.fixture(scope="module")
def counts():
    """Counts by district, year, category, sub-district and month."""
    rows = pd.read_csv(FILE, usecols=["date", "category", "area"], parse_dates=["date"])
    rows = rows.dropna(subset=["area"]).assign(
        district=lambda t: t["area"].str[:8],
        year=lambda t: t["date"].dt.year,
        month=lambda t: t["date"].dt.month - 1,
    )
    found = {}
    for (district, year, category), part in rows.groupby(["district", "year", "category"]):
        homes = sorted(rows.loc[rows["district"] == district, "area"].unique())
        table = np.zeros((len(homes), MONTHS), dtype=int)
        np.add.at(table, (part["area"].map(homes.index), part["month"]), 1)
        found[district, year, category] = table
    return found


def low(numbers, k):
    return np.asarray(numbers) // k * k


def narrowest(table, k, *, months: bool):
    """Fewest whole numbers that any told figure or single count may still be."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    x = [[solver.NumVar(0, solver.infinity(), "") for _ in row] for row in table]
    told = [list(row) for row in x]
    if months:
        told += [list(column) for column in zip(*x, strict=True)]
    sums = [*table.sum(axis=1), *(table.sum(axis=0) if months else ())]
    for cells, count in zip(told, sums, strict=True):
        least = int(low(count, k))
        solver.Add(solver.Sum(cells) >= least)
        solver.Add(solver.Sum(cells) <= least + k - 1)
    widths = []
    for cells in [*told, [x[0][0]], [x[-1][-1]]]:
        ends = []
        for aim in (solver.Minimize, solver.Maximize):
            aim(solver.Sum(cells))
            assert solver.Solve() == pywraplp.Solver.OPTIMAL
            ends.append(solver.Objective().Value())
        widths.append(floor(ends[1] + 1e-6) - ceil(ends[0] - 1e-6) + 1)
    return min(widths)


def test_nothing_that_is_told_of_the_demo_narrows_anything(counts):
    told = 0
    for (district, year, category), table in counts.items():
        if category in SEVERE:
            assert narrowest(table, K_SEVERE, months=False) >= K_SEVERE, (district, year, category)
            continue
        assert category in PLAIN
        shown = months_told(low(table.sum(axis=1), K_OTHER), low(table.sum(axis=0), K_OTHER))
        told += shown
        assert narrowest(table, K_OTHER, months=shown) >= K_OTHER, (district, year, category)
    assert told > 10  # months are released somewhere: the test looked at something


def test_the_attacker_finds_what_must_not_be_told():
    """48 cases of one sub-district, 4 in each month: the year and the months give one away."""
    table = np.full((1, MONTHS), 4)
    assert narrowest(table, K_OTHER, months=True) < K_OTHER
