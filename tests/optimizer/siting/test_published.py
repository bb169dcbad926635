"""Published instances of the shared folder, and spopt's own data; skipped where they are absent."""

import importlib.util
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.plan import Status
from optimizer.siting import Instance, solve_backup, solve_covering, solve_pmedian
from optimizer.siting.files import read_siting_file

SHARED = Path(os.environ.get("MIZAN_SHARED", "../shared")) / "data" / "siting"
# OR-Library, file pmedopt.
PMED = (5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729)
SJC_800_M = (5461, 8790, 11604, 12106, 12152)

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="published instances are not here: set MIZAN_SHARED"
)
needs_spopt = pytest.mark.skipif(
    importlib.util.find_spec("spopt") is None,
    reason="spopt is not installed: requirements/bench.txt has it",
)


@needs_shared
@pytest.mark.parametrize(("number", "optimum"), list(enumerate(PMED, start=1)))
def test_or_library_is_proven(number, optimum):
    instance = read_siting_file(SHARED / f"pmed{number}.txt").problems[0].instance
    result = solve_pmedian(instance)
    assert result.is_proven
    assert (result.value, result.bound) == (optimum, optimum)


@needs_shared
@pytest.mark.parametrize(("p", "optimum"), list(enumerate(SJC_800_M, start=1)))
def test_sao_jose_dos_campos(p, optimum):
    found = read_siting_file(SHARED / "SJC324.txt", demand=SHARED / "demand-SJC324.dat", p=p)
    result = solve_covering(found.problems[0].instance, 800.0)
    assert result.is_proven
    assert (result.value, result.bound) == (optimum, optimum)


@needs_shared
def test_sao_jose_dos_campos_backed_up_by_three_sites():
    """5579 is what all 5.6 million choices of three sites give; half sites would give 7125."""
    found = read_siting_file(SHARED / "SJC324.txt", demand=SHARED / "demand-SJC324.dat", p=3)
    result = solve_backup(found.problems[0].instance, 800.0, time_limit_s=300)
    assert result.is_proven
    assert (result.value, result.bound) == (5579, 5579)


def san_francisco(weight_by_people):
    """spopt's 205 tracts and 16 stores: metres by network, people of each tract."""
    import csv

    spec = importlib.util.find_spec("spopt")
    folder = Path(spec.origin).parent / "tests" / "test_locate" / "data"
    path = folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    tracts = sorted({row["DestinationName"] for row in rows})
    stores = sorted({row["name"] for row in rows})
    cost = np.full((len(tracts), len(stores)), np.nan)
    people = np.zeros(len(tracts))
    for row in rows:
        i, j = tracts.index(row["DestinationName"]), stores.index(row["name"])
        cost[i, j] = float(row["distance"])
        people[i] = float(row["demand"])
    weight = people if weight_by_people else np.ones(len(tracts))
    return Instance(cost, 4, weight=weight, clients=tuple(tracts), sites=tuple(stores))


@needs_spopt
def test_spopts_p_median():
    instance = san_francisco(weight_by_people=True)
    result = solve_pmedian(instance)
    assert result.is_proven
    assert result.value / instance.weight.sum() == pytest.approx(2982.1268579890657)


@needs_spopt
def test_spopts_covering_counts_tracts_and_people():
    instance = san_francisco(weight_by_people=True)
    result = solve_covering(instance, 5000.0)
    assert result.is_proven
    assert round(100 * result.value / instance.weight.sum(), 3) == 91.638
    assert round(100 * len(result.assignment) / 205, 3) == 89.756


@needs_spopt
def test_spopts_true_backup():
    """With the fewest sites that cover every tract; spopt itself prints 81.46 here."""
    tracts = san_francisco(weight_by_people=False)
    results = (solve_backup(replace(tracts, p=p), 5000.0, cover_all=True) for p in range(1, 17))
    first = next(result for result in results if result.status is not Status.INFEASIBLE)
    assert first.is_proven
    assert first.p == 8
    assert round(100 * first.value / 205, 2) == 70.73
