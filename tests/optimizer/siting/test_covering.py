import itertools

import numpy as np
import pytest

from optimizer.plan import Status
from optimizer.siting import Instance, covering, solve_backup, solve_covering, solve_pcenter
from optimizer.siting.backup_cuts import tighten
from optimizer.siting.mip import Rows
from optimizer.siting.watch import Watch
from tests.optimizer.siting.checks import best_center, best_cover, choices, random_instance


@pytest.mark.parametrize("seed", range(25))
def test_covering_equals_brute_force(seed):
    instance = random_instance(seed, holes=0.1)
    result = solve_covering(instance, 8)
    assert (result.status, result.value) == (Status.PROVEN, best_cover(instance, 8))
    covered = {served.client for served in result.assignment}
    codes = dict(zip(instance.clients, instance.weight, strict=True))
    assert sum(codes[code] for code in covered) == result.value
    assert all(served.cost <= 8 for served in result.assignment)


@pytest.mark.parametrize("seed", range(10))
def test_covering_by_mip_equals_clauses(seed, monkeypatch):
    instance = random_instance(seed, clients=60, sites=40, p=5)
    by_clauses = solve_covering(instance, 4)
    monkeypatch.setattr(covering, "CLAUSES_UP_TO", 0)
    by_mip = solve_covering(instance, 4)
    assert by_clauses.is_proven
    assert by_mip.is_proven
    assert by_clauses.value == by_mip.value


def test_covering_with_real_weights():
    instance = random_instance(2)
    shifted = Instance(instance.cost, 2, weight=instance.weight + 0.25)
    result = solve_covering(shifted, 8)
    assert result.is_proven
    assert result.value == pytest.approx(best_cover(shifted, 8))


def test_who_no_site_covers_is_listed_apart():
    cost = np.array([[1.0, 5.0], [9.0, 9.0], [5.0, 1.0]])
    result = solve_covering(Instance(cost, 1), 2)
    assert result.out_of_reach == ("2",)
    assert len(result.unserved) == 1


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("cover_all", [False, True])
def test_backup_equals_brute_force(seed, cover_all):
    instance = random_instance(seed, holes=0.1)
    best = best_cover(instance, 15, times=2, all_once=cover_all)
    result = solve_backup(instance, 15, cover_all=cover_all)
    if best is None:
        assert result.status is Status.INFEASIBLE
    else:
        assert (result.status, result.value) == (Status.PROVEN, best)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("p", [3, 5])
def test_cuts_of_an_odd_number_of_sites_leave_every_choice_in_and_lower_the_bound(seed, p):
    rng = np.random.default_rng(seed)
    covers = rng.random((14, 9)) < 0.4
    covers = covers[covers.any(axis=1)]
    rows = backup_rows(covers, p)
    first = rows.relaxed().solve(10).bound
    plain = len(rows.row_lower)
    bound = tighten(rows, covers, p, np.inf, Watch(20))
    assert bound >= first - 1e-6
    assert len(rows.row_lower) > plain or bound == pytest.approx(first)
    best = 0
    for sites in itertools.combinations(range(9), p):
        backed = covers[:, sites].sum(axis=1) >= 2
        point = np.zeros(9 + len(covers))
        point[list(sites)] = 1
        point[9:] = backed
        best = max(best, int(backed.sum()))
        left = np.bincount(
            rows.row_of,
            weights=np.array(rows.value_of) * point[rows.column_of],
            minlength=len(rows.row_upper),
        )
        assert (left <= np.array(rows.row_upper) + 1e-9).all()
    assert -bound >= best - 1e-6


def backup_rows(covers, p):
    rows = Rows()
    for _ in range(covers.shape[1]):
        rows.column(integer=True)
    rows.row([(k, 1.0) for k in range(covers.shape[1])], p, p)
    for row in covers:
        u = rows.column(-1.0, integer=True)
        rows.row([(u, -2.0), *((int(k), 1.0) for k in np.flatnonzero(row))], 0.0)
    return rows


def test_three_sites_by_halves_back_up_nobody():
    """Three clients far apart with two sites each: three sites back up one and a half by halves."""
    covers = np.repeat(np.eye(3, dtype=bool), 2, axis=1)
    rows = backup_rows(covers, 3)
    assert rows.relaxed().solve(10).bound == pytest.approx(-1.5)
    assert tighten(rows, covers, 3, np.inf, Watch(20)) == pytest.approx(-1.0)


def test_one_site_is_no_backup_of_itself():
    cost = np.array([[1.0, 9.0], [9.0, 1.0]])
    result = solve_backup(Instance(cost, 2), 2)
    assert (result.status, result.value) == (Status.PROVEN, 0.0)


@pytest.mark.parametrize("seed", range(30))
def test_center_equals_brute_force(seed):
    instance = random_instance(seed, holes=0.15 * (seed % 3), whole=seed % 2 == 0)
    best = best_center(instance)
    result = solve_pcenter(instance)
    if np.isinf(best):
        assert result.status is Status.INFEASIBLE
    else:
        assert (result.status, result.value, result.bound) == (Status.PROVEN, best, best)
        assert len(result.open_sites) == instance.p


@pytest.mark.parametrize("solve", [solve_covering, solve_backup])
def test_cancelled_cover_is_not_proven(solve):
    rng = np.random.default_rng(3)
    instance = Instance(rng.random((150, 150)), 8, weight=rng.integers(1, 50, 150).astype(float))
    result = solve(instance, 0.05, cancelled=lambda: True)
    assert result.status is not Status.PROVEN
    assert result.value <= result.bound


def test_cancelled_center_says_how_far_it_came():
    rng = np.random.default_rng(3)
    result = solve_pcenter(Instance(rng.random((80, 80)), 5), cancelled=lambda: True)
    assert result.status is Status.FEASIBLE
    assert result.bound < result.value


def test_brute_force_itself_sees_every_choice():
    assert len(list(choices(random_instance(1)))) == 10  # of 7: one open, one banned, 2 of 5
