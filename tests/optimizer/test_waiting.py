"""Queues against published figures, against each other and against simulation."""

import random

import pytest

from optimizer.waiting import erlang_c, largest_call_rate, mean_wait_min, priority_waits_min
from optimizer.waiting.hypercube import Atom, approximate, exact, hypercube

LARSON = (
    Atom(0.50, (0, 1, 2)),
    Atom(0.25, (0, 2, 1)),
    Atom(0.35, (1, 0, 2)),
    Atom(0.40, (2, 0, 1)),
)


@pytest.mark.parametrize(
    ("crews", "load", "chance"),
    [
        (1, 2 / 3, 0.666667),
        (2, 2 / 3, 0.166667),
        (2, 1.5, 0.642857),
        (3, 1.5, 0.236842),
        (5, 4, 0.554113),
        (10, 8, 0.409180),
    ],
)
def test_chance_to_wait_is_erlangs(crews, load, chance):
    assert erlang_c(crews, load) == pytest.approx(chance, abs=5e-7)


@pytest.mark.parametrize(
    ("crews", "rate"),
    list(enumerate((0.143, 0.756, 1.525, 2.358, 3.226, 4.116, 5.023, 5.941), start=1)),
)
def test_largest_call_rate_by_crews(crews, rate):
    found = largest_call_rate(crews, 60, 10)
    assert found == pytest.approx(rate, abs=5e-4)
    assert mean_wait_min(crews, found, 60) <= 10
    assert mean_wait_min(crews, found * 1.001, 60) > 10


@pytest.mark.parametrize(
    ("crews", "waits"),
    [(1, (0.23810, 0.32468, 0.90909)), (2, (0.02874, 0.03316, 0.04808))],
)
def test_waits_by_priority_are_cobhams(crews, waits):
    found = priority_waits_min(crews, (0.2 * 60, 0.6 * 60, 1.2 * 60), 1 / 3)  # minutes as hours
    assert found == pytest.approx(waits, abs=5e-6)
    mean = (0.2 * found[0] + 0.6 * found[1] + 1.2 * found[2]) / 2
    assert mean == pytest.approx(mean_wait_min(crews, 120, 1 / 3), rel=1e-12)


def test_urgent_calls_still_have_a_wait_where_all_together_are_too_many():
    urgent, rest = priority_waits_min(2, (1.0, 5.0), 60)
    assert urgent == pytest.approx(60 / 2 / (1 - 0.5))
    assert rest is None


@pytest.mark.parametrize(
    ("crews", "rates", "waits"),
    [(0, (1.0, 0.0), (None, None)), (0, (0.0, 0.0), (0.0, 0.0)), (3, (0.0, 0.0), (0.0, 0.0))],
)
def test_queues_without_crews_or_calls(crews, rates, waits):
    assert priority_waits_min(crews, rates, 60) == waits


@pytest.mark.parametrize(("crews", "rates", "case"), [(-1, (1,), 60), (1, (-1,), 60), (1, (1,), 0)])
def test_impossible_queues_are_refused(crews, rates, case):
    with pytest.raises(ValueError, match="no such queue"):
        priority_waits_min(crews, rates, case)


def test_hypercube_gives_larsons_workloads():
    found = exact(LARSON, 3, 60)
    assert found.workload == pytest.approx((0.5574, 0.4734, 0.4693), abs=5e-5)
    assert found.all_busy == pytest.approx(erlang_c(3, 1.5), rel=1e-9)


def test_approximation_gives_larsons_workloads():
    """The book stops after three rounds with Q to three digits: the fixed point is 1e-4 away."""
    found = approximate(LARSON, 3, 60)
    assert found.workload == pytest.approx((0.5627, 0.4716, 0.4657), abs=1.5e-4)
    assert not found.exact


def _random_atoms(crews, load, seed):
    rng = random.Random(seed)
    orders = [tuple(rng.sample(range(crews), crews)) for _ in range(9)]
    weights = [rng.random() for _ in orders]
    return tuple(Atom(load * w / sum(weights), o) for w, o in zip(weights, orders, strict=True))


@pytest.mark.parametrize(("crews", "load"), [(1, 0.7), (4, 3.9), (7, 1.0), (12, 9.0)])
def test_all_states_keep_what_is_known_of_the_whole(crews, load):
    atoms = _random_atoms(crews, load, crews)
    found = hypercube(atoms, crews, 60)
    assert found.exact
    assert sum(found.workload) == pytest.approx(load, rel=1e-9)
    assert found.all_busy == pytest.approx(erlang_c(crews, load), rel=1e-9)
    assert found.mean_wait_min == pytest.approx(mean_wait_min(crews, load, 60), rel=1e-9)
    for shares in found.dispatch:
        assert sum(shares) + found.all_busy == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_approximation_is_near_the_exact_workloads(seed):
    atoms = _random_atoms(8, 5.0, seed)
    true, near = exact(atoms, 8, 60), approximate(atoms, 8, 60)
    assert near.workload == pytest.approx(true.workload, abs=0.02)
    assert near.all_busy == pytest.approx(true.all_busy, rel=1e-9)


def test_more_than_a_dozen_crews_are_approximated():
    found = hypercube(_random_atoms(30, 20.0, 1), 30, 60)
    assert not found.exact
    assert sum(found.workload) == pytest.approx(20)
    assert found.all_busy == pytest.approx(erlang_c(30, 20.0), rel=1e-9)


def test_hypercube_agrees_with_a_simulated_queue():
    rng = random.Random(7)
    free_at, busy, now = [0.0] * 3, [0.0] * 3, 0.0
    calls = 60_000
    for _ in range(calls):
        now += rng.expovariate(1.5)
        order = rng.choices(LARSON, [a.calls_per_hour for a in LARSON])[0].order
        crew = next((n for n in order if free_at[n] <= now), None)
        start = now
        if crew is None:  # first come, first served: whoever is free first takes it
            crew = min(range(3), key=free_at.__getitem__)
            start = free_at[crew]
        case = rng.expovariate(1.0)
        free_at[crew] = start + case
        busy[crew] += case
    assert [b / now for b in busy] == pytest.approx(exact(LARSON, 3, 60).workload, abs=0.012)


@pytest.mark.parametrize(
    ("atoms", "crews"),
    [
        ((Atom(3.0, (0, 1, 2)),), 3),
        ((Atom(1.0, (0, 1)),), 3),
        ((Atom(1.0, (0, 1, 1)),), 3),
        ((Atom(-1.0, (0,)),), 1),
        ((), 0),
    ],
)
def test_a_broken_hypercube_is_refused(atoms, crews):
    for solve in (exact, approximate):
        with pytest.raises(ValueError, match=r"crews|order|negative"):
            solve(atoms, crews, 60)


def test_no_calls_means_no_work():
    found = exact((Atom(0.0, (0, 1)),), 2, 60)
    assert found.workload == (0.0, 0.0)
    assert found.mean_wait_min == 0.0
