"""Bundles and the capacitated p-median by them, against every set tried one by one."""

from itertools import chain, combinations

import numpy as np
import pytest

from optimizer.siting import Capacities, Instance, by_bundles, solve_capacitated
from optimizer.siting.knapsacks import Knapsacks
from optimizer.siting.master import Three, holds_two
from tests.optimizer.siting.checks import best_capacitated


def sets_of(clients):
    return chain.from_iterable(combinations(range(clients), size) for size in range(clients + 1))


def small(seed):
    rng = np.random.default_rng(seed)
    usable = rng.random((7, 3)) < 0.8
    load = rng.integers(1, 6, 7)
    reduced = np.where(usable, rng.normal(size=(7, 3)), np.inf)
    return Knapsacks(usable, load, rng.integers(5, 12, 3)), reduced


def by_hand(knapsacks, reduced):
    """Value of every set of clients that fits a site."""
    found = {}
    for j, room in enumerate(knapsacks.room):
        for chosen in map(list, sets_of(len(knapsacks.load))):
            if knapsacks.usable[chosen, j].all() and knapsacks.load[chosen].sum() <= room:
                found[j, tuple(chosen)] = float(reduced[chosen, j].sum())
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_cheapest_and_all_within_a_limit(seed):
    knapsacks, reduced = small(seed)
    every = by_hand(knapsacks, reduced)
    rho, taken = knapsacks.cheapest(reduced)
    for j in range(3):
        assert rho[j] == pytest.approx(min(v for (site, _), v in every.items() if site == j))
        assert every[j, tuple(np.flatnonzero(taken[:, j]))] == pytest.approx(rho[j])
    limit = rho + 1.0
    site, members, lowered = knapsacks.within(reduced, limit, most=10_000)
    assert lowered == 0
    listed = [(int(j), tuple(np.flatnonzero(row))) for j, row in zip(site, members, strict=True)]
    assert len(set(listed)) == len(listed)
    assert set(listed) == {key for key, value in every.items() if value <= limit[key[0]]}
    site, members, lowered = knapsacks.within(reduced, limit, most=8)
    few = {(int(j), tuple(np.flatnonzero(row))) for j, row in zip(site, members, strict=True)}
    assert lowered > 0
    assert {k for k, v in every.items() if v < limit[k[0]] - lowered - 1e-9} <= few


def test_levels_leave_every_bundle_in():
    rng = np.random.default_rng(3)
    demand, capacity = rng.random(9) * 4, np.array([7.3, 5.9])
    reduced = rng.normal(size=(9, 2))
    usable = np.ones((9, 2), dtype=bool)
    knapsacks = Knapsacks.fitting(usable, demand, capacity, most_cells=20 * 60)
    assert not knapsacks.exact
    rho, _ = knapsacks.cheapest(reduced)
    for j in range(2):
        fits = [list(s) for s in sets_of(9) if demand[list(s)].sum() <= capacity[j]]
        assert rho[j] <= min(reduced[s, j].sum() for s in fits) + 1e-9
    assert Knapsacks.fitting(usable, demand, capacity, most_cells=20 * 30) is None


def test_who_holds_two_of_three():
    members = np.array([[1, 1, 0, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 1, 1, 0]], dtype=bool)
    assert holds_two(members, (Three(0, 1, 2),))[:, 0].tolist() == [True, False, True, True]


def problem(seed, *, whole):
    rng = np.random.default_rng(seed)
    cost = rng.random((9, 6)) * 30
    demand = 1 + rng.random(9) * 5
    if whole:
        cost, demand = np.floor(cost), np.floor(demand)
    room = 1.15 * demand.sum() / 3
    instance = Instance(cost, 3, existing=(seed % 6,), forbidden=((seed + 1) % 6,))
    return instance, Capacities(demand, np.full(6, np.ceil(room) if whole else room))


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("listed", [200_000, 12])
@pytest.mark.parametrize("seed", range(4))
def test_equals_brute_force_also_with_bundles_from_afar(monkeypatch, seed, listed, whole):
    """With few bundles listed at once the proof goes step by step and by those from afar."""
    monkeypatch.setattr(by_bundles, "_LISTED", listed)
    instance, limits = problem(seed, whole=whole)
    best = best_capacitated(instance, limits)
    bounds = []
    result = solve_capacitated(instance, limits, progress=lambda m: bounds.append(m.bound or 0.0))
    assert max(bounds) <= best + 1e-6
    if np.isinf(best):
        assert result.value is None
        return
    assert result.is_proven
    assert result.value == pytest.approx(best)


def test_permuted_places_have_the_same_value():
    rng = np.random.default_rng(5)
    points = rng.integers(0, 100, (24, 2))
    demand = rng.integers(1, 20, 24).astype(float)
    values = set()
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(24)
        moved, asked = points[order], demand[order]
        cost = np.floor(np.hypot(*(moved[:, None] - moved[None]).transpose(2, 0, 1)))
        room = np.ceil(asked.sum() / 4 / 0.93)
        result = solve_capacitated(Instance(cost, 4), Capacities(asked, np.full(24, room)))
        assert result.is_proven
        values.add(result.value)
    assert len(values) == 1


def test_a_known_optimum_of_full_sites():
    """Eight far towns, each filled to the brim by its own 6 clients: nobody can go elsewhere."""
    rng = np.random.default_rng(2)
    cost = np.full((48, 48), 500.0)
    best = 0.0
    for town in range(8):
        own = slice(6 * town, 6 * town + 6)
        inside = rng.integers(5, 40, (6, 6)).astype(float)
        np.fill_diagonal(inside, 0.0)
        cost[own, own] = inside
        best += inside.sum(axis=0).min()
    demand = np.tile([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 8)
    order = rng.permutation(48)
    cost, demand = cost[np.ix_(order, order)], demand[order]
    result = solve_capacitated(Instance(cost, 8), Capacities(demand, np.full(48, 21.0)))
    assert (result.status.value, result.value, result.bound) == ("proven", best, best)
