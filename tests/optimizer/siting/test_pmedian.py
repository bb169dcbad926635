import numpy as np
import pytest

from optimizer.plan import Status
from optimizer.siting import Instance, SitingFaultsError, pmedian, solve_pmedian
from optimizer.siting.result import judge
from tests.optimizer.siting.checks import (
    best_median,
    judge_median,
    random_instance,
    textbook_median,
)


@pytest.mark.parametrize("seed", range(40))
def test_equals_brute_force(seed):
    instance = random_instance(seed, holes=0.15 * (seed % 3), whole=seed % 2 == 0)
    best = best_median(instance)
    result = solve_pmedian(instance)
    if np.isinf(best):
        assert result.status is Status.INFEASIBLE
        assert not result.open_sites
        return
    assert result.status is Status.PROVEN
    assert result.value == pytest.approx(best, rel=1e-9)
    assert result.bound == pytest.approx(best, rel=2e-6)
    assert result.bound <= result.value
    assert judge_median(instance, result) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_equals_the_textbook_model(seed):
    rng = np.random.default_rng(seed)
    points = rng.random((40, 2)) * 100
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    weight = rng.integers(1, 20, 40).astype(float)
    result = solve_pmedian(Instance(cost, 5, weight=weight))
    assert result.is_proven
    assert result.value == pytest.approx(textbook_median(cost, weight, 5), rel=1e-6)


def stars(p, size, seed):
    """Towns far from one another, each best served from its middle: the optimum is known."""
    rng = np.random.default_rng(seed)
    spokes = rng.integers(1, 10, (p, size)).astype(float)
    n = p * (size + 1)
    cost = np.full((n, n), 10_000.0)
    for town, lengths in enumerate(spokes):
        first = town * (size + 1)
        to_middle = np.concatenate([[0.0], lengths])
        block = to_middle[:, None] + to_middle[None, :]
        np.fill_diagonal(block, 0.0)
        cost[first : first + size + 1, first : first + size + 1] = block
    middles = tuple(str(town * (size + 1) + 1) for town in range(p))
    return cost, middles, float(spokes.sum())


@pytest.mark.parametrize(("p", "size"), [(3, 20), (12, 15), (40, 6)])
def test_finds_the_known_optimum(p, size):
    cost, middles, optimum = stars(p, size, seed=p)
    result = solve_pmedian(Instance(cost, p))
    assert (result.status, result.value, result.bound) == (Status.PROVEN, optimum, optimum)
    assert result.open_sites == middles


def test_order_of_clients_and_sites_changes_nothing():
    instance = random_instance(5, clients=30, sites=20, p=4, fixed=False)
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(30), rng.permutation(20)
    turned = Instance(instance.cost[np.ix_(rows, columns)], 4, weight=instance.weight[rows])
    assert solve_pmedian(turned).value == solve_pmedian(instance).value


def test_same_input_same_answer():
    instance = random_instance(8, clients=60, sites=40, p=6)
    first, second = (solve_pmedian(instance).model_dump(exclude={"seconds"}) for _ in range(2))
    assert first == second


def test_existing_sites_stay_open_and_forbidden_ones_closed():
    cost = np.array([[0.0, 5.0, 9.0], [5.0, 0.0, 9.0], [6.0, 6.0, 1.0]])
    result = solve_pmedian(Instance(cost, 2, existing=(2,), forbidden=(0,)))
    assert result.open_sites == ("2", "3")
    assert result.value == 5.0 + 0.0 + 1.0


def test_who_cannot_be_reached_is_listed_and_not_counted():
    cost = np.array([[1.0, 2.0], [np.nan, np.nan], [4.0, 3.0]])
    result = solve_pmedian(Instance(cost, 1, clients=("a", "b", "c")))
    assert result.out_of_reach == ("b",)
    assert result.value == 5.0
    assert [served.client for served in result.assignment] == ["a", "c"]


def test_serving_everybody_may_be_impossible():
    cost = np.array([[1.0, np.nan], [np.nan, 1.0]])
    result = solve_pmedian(Instance(cost, 1))
    assert result.status is Status.INFEASIBLE
    assert result.value is None


def test_serving_everybody_is_found_where_the_preview_misses_it():
    """Greedy takes the site in the middle; only the two outer ones serve all four."""
    gap = np.nan
    cost = np.array(
        [[1, 9, gap], [1, 1, gap], [gap, 1, 1], [gap, 9, 1], [5, gap, gap], [gap, gap, 5]]
    )
    result = solve_pmedian(Instance(cost, 2))
    assert result.is_proven
    assert result.open_sites == ("1", "3")


@pytest.mark.parametrize("seed", range(10))
def test_an_area_may_stay_unserved_at_its_price(seed):
    instance = random_instance(seed, holes=0.5, fixed=False)
    result = solve_pmedian(instance, unserved_cost=25.0)
    assert result.is_proven
    assert result.value == best_median(instance, unserved_cost=25.0)
    listed = {served.client for served in result.assignment}
    assert not listed & set(result.unserved)


def test_out_of_time_is_never_called_optimal():
    rng = np.random.default_rng(1)
    result = solve_pmedian(Instance(rng.random((300, 300)), 12), time_limit_s=0.3)
    assert result.status is Status.FEASIBLE
    assert result.bound < result.value
    assert result.gap > 0
    assert result.reason == "not proven: time limit"
    assert result.seconds < 5


def test_cancel_keeps_the_best_found():
    rng = np.random.default_rng(1)
    seen = []
    result = solve_pmedian(
        Instance(rng.random((200, 200)), 12),
        progress=seen.append,
        cancelled=lambda: any(moment.phase == "bound" for moment in seen),
    )
    assert result.status is Status.FEASIBLE
    assert result.reason == "not proven: cancelled"
    assert len(result.open_sites) == 12
    assert "preview" in [moment.phase for moment in seen]


def test_preview_comes_first_and_bounds_never_cross_values():
    seen = []
    solve_pmedian(random_instance(3, clients=80, sites=60, p=6), progress=seen.append)
    assert seen[0].phase in {"better", "preview"}
    assert all(m.bound is None or m.bound <= m.value + 1e-6 for m in seen)


def test_faults_come_together():
    with pytest.raises(SitingFaultsError) as caught:
        Instance(
            np.array([[1.0, -2.0], [np.inf, 0.0]]),
            5,
            weight=np.array([1.0, np.nan]),
            sites=("a", "a"),
            existing=(0, 7),
            forbidden=(0,),
        )
    text = "\n".join(caught.value.faults)
    for word in ("infinity", "negative", "weights", "repeat", "out of range", "both", "p = 5"):
        assert word in text


def test_nobody_to_serve_is_a_proven_zero():
    result = solve_pmedian(Instance(np.ones((3, 3)), 2, weight=np.zeros(3)))
    assert (result.status, result.value, len(result.open_sites)) == (Status.PROVEN, 0.0, 2)


def test_whole_data_round_the_bound_up_but_never_past_the_value():
    assert judge(100.0, 97.2, step=1.0) == (Status.FEASIBLE, 98.0)
    assert judge(100.0, 91.0, step=5.0) == (Status.FEASIBLE, 95.0)
    assert judge(100.0, 99.2, step=1.0) == (Status.PROVEN, 100.0)
    assert judge(100.0, 99.0, step=1.0) == (Status.FEASIBLE, 99.0)
    assert judge(100.0, 99.99, step=0.0) == (Status.FEASIBLE, 99.99)


def test_a_model_whose_best_misses_the_target_proves_the_incumbent(monkeypatch):
    """Many sites, tight bound: HiGHS must settle it, on the first try and for both answers."""
    tries = []
    original = pmedian._by_mip

    def counted(*arguments):
        tries.append(original(*arguments))
        return tries[-1]

    monkeypatch.setattr(pmedian, "_by_mip", counted)
    monkeypatch.setattr(pmedian, "_PORTION_FEW", 0)
    monkeypatch.setattr(pmedian, "_PORTION_MANY", 0)
    for seed in range(12):
        instance = random_instance(seed, clients=40, sites=40, p=8, fixed=False)
        assert solve_pmedian(instance).is_proven
    assert tries
    assert all(settled for settled, _ in tries)
