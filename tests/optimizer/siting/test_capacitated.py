import numpy as np
import pytest

from optimizer.plan import Status
from optimizer.siting import Capacities, Instance, SitingFaultsError, solve_capacitated
from optimizer.siting.capacitated_bound import _fractional
from optimizer.siting.knapsacks import Knapsacks
from optimizer.siting.packing import pack
from optimizer.siting.parts import improve_parts
from optimizer.siting.watch import Watch
from tests.optimizer.siting.checks import best_capacitated, random_instance


def limits_for(instance, seed, slack):
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 9, len(instance.cost)).astype(float)
    room = np.ceil(slack * demand.sum() / instance.p)
    return Capacities(demand, np.full(instance.cost.shape[1], room))


def judge(instance, limits, result):
    load = dict.fromkeys(result.open_sites, 0.0)
    total, shares = 0.0, dict.fromkeys(instance.clients, 0.0)
    for served in result.assignment:
        i, j = instance.clients.index(served.client), instance.sites.index(served.site)
        load[served.site] += limits.demand[i] * served.share
        shares[served.client] += served.share
        total += instance.cost[i, j] * instance.weight[i] * served.share
    for site, used in load.items():
        assert used <= limits.capacity[instance.sites.index(site)] + 1e-6
    assert all(share == pytest.approx(1.0) for share in shares.values())
    return total


@pytest.mark.parametrize("seed", range(25))
def test_equals_brute_force(seed):
    instance = random_instance(seed, clients=7, sites=6, p=2, holes=0.1 * (seed % 2))
    limits = limits_for(instance, seed, 1.0 + 0.2 * (seed % 4))
    best = best_capacitated(instance, limits)
    result = solve_capacitated(instance, limits)
    if np.isinf(best):
        assert result.status is Status.INFEASIBLE
        return
    assert (result.status, result.value) == (Status.PROVEN, best)
    assert judge(instance, limits, result) == pytest.approx(best)
    assert len(result.open_sites) == instance.p


@pytest.mark.parametrize("seed", range(3))
def test_parts_better_a_bad_packing_within_the_capacities(seed):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 100, (30, 2))
    cost = np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))
    demand = rng.integers(1, 20, 30).astype(float)
    limits = Capacities(demand, np.full(30, np.ceil(1.4 * demand.sum() / 6)))
    instance = Instance(cost, 6, existing=(3,))
    sites = np.array([3, *(j for j in range(29, 20, -1))])[:6]
    start = pack(cost, sites, limits)
    rows = np.arange(30)

    def better():
        return improve_parts(
            cost, limits, instance, start, step=1.0, watch=Watch(60), stop=lambda: False
        )

    to = better()
    assert cost[rows, to].sum() < 0.9 * cost[rows, start].sum()
    assert (np.bincount(to, weights=demand, minlength=30) <= limits.capacity).all()
    assert 3 in to
    assert len(np.unique(to)) <= 6
    assert better().tolist() == to.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_lagrangian_and_plain_model_agree(seed):
    """A least load of nearly nothing takes the other way: HiGHS alone, nothing fixed."""
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 100, (16, 2))
    cost = np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))
    demand = rng.integers(1, 20, 16).astype(float)
    capacity = np.full(16, np.ceil(1.15 * demand.sum() / 3))
    instance = Instance(cost, 3)
    first = solve_capacitated(instance, Capacities(demand, capacity))
    least = np.full(16, 1e-6)
    second = solve_capacitated(instance, Capacities(demand, capacity, least=least))
    assert first.is_proven
    assert second.is_proven
    assert first.value == second.value


def test_wheelers_patrol_areas():
    """References: calls A 4, B 1, C 2, D 3 on a line, two areas, load within 20 %: cost 3."""
    place = np.arange(4.0)
    cost = np.abs(place[:, None] - place[None, :])
    calls = np.array([4.0, 1.0, 2.0, 3.0])
    limits = Capacities(
        calls,
        np.full(4, 6.0),
        least=np.full(4, 4.0),
        neighbours=((1,), (0, 2), (1, 3), (2,)),
        home=(0, 1, 2, 3),
    )
    names = ("A", "B", "C", "D")
    result = solve_capacitated(Instance(cost, 2, weight=calls, clients=names, sites=names), limits)
    assert (result.status, result.value) == (Status.PROVEN, 3.0)
    areas = {}
    for served in result.assignment:
        areas.setdefault(served.site, set()).add(served.client)
    assert sorted(map(sorted, areas.values())) == [["A", "B"], ["C", "D"]]


def test_areas_hang_together_where_cheaper_ones_would_not():
    """0 and 2 belong together by cost, but 1 lies between them and is full elsewhere."""
    cost = np.array([[0.0, 9.0], [5.0, 1.0], [6.0, 9.0], [9.0, 0.0]])
    ask = np.ones(4)
    chain = ((1,), (0, 2), (1, 3), (2,))
    free = solve_capacitated(Instance(cost, 2), Capacities(ask, np.full(2, 2.0)))
    tied = solve_capacitated(
        Instance(cost, 2), Capacities(ask, np.full(2, 3.0), neighbours=chain, home=(0, 3))
    )
    assert free.value == 7.0
    assert tied.is_proven
    assert tied.value == 11.0  # 2 joins 0 only together with 1: 0 + 5 + 6 + 0


def test_split_and_opening_costs_like_a_warehouse_problem():
    cost = np.array([[10.0, 30.0], [30.0, 10.0]])
    limits = Capacities(
        demand=np.array([10.0, 10.0]),
        capacity=np.array([15.0, 20.0]),
        opening_cost=np.array([5.0, 1.0]),
        split=True,
        free_count=True,
    )
    both = solve_capacitated(Instance(cost, 2), limits)
    assert both.is_proven
    assert both.value == pytest.approx(26.0)
    lone = solve_capacitated(
        Instance(cost, 2),
        Capacities(
            limits.demand,
            limits.capacity,
            opening_cost=np.array([5.0, 90.0]),
            split=True,
            free_count=True,
        ),
    )
    assert lone.value == pytest.approx(5.0 + 90.0 + 20.0)  # site 1 alone can't carry all


def test_too_little_room_is_infeasible():
    result = solve_capacitated(
        Instance(np.ones((3, 3)), 1), Capacities(np.ones(3), np.full(3, 2.0))
    )
    assert result.status is Status.INFEASIBLE


def test_knapsacks_against_each_other_and_by_hand():
    reduced = np.array([[-6.0], [-5.0], [-4.0], [3.0]])
    limits = Capacities(np.array([3.0, 2.0, 2.0, 1.0]), np.array([4.0]))
    knapsacks = Knapsacks.fitting(np.ones((4, 1), dtype=bool), limits.demand, limits.capacity)
    exact, taken = knapsacks.cheapest(reduced)
    loose, _ = _fractional(reduced, limits)
    assert exact[0] == -9.0
    assert taken[:, 0].tolist() == [0.0, 1.0, 1.0, 0.0]
    assert loose[0] <= exact[0]


def test_faults_come_together():
    with pytest.raises(SitingFaultsError) as caught:
        solve_capacitated(
            Instance(np.ones((3, 2)), 1), Capacities(np.ones(2), np.array([1.0, np.nan]))
        )
    assert len(caught.value.faults) == 2


def test_out_of_time_is_never_called_optimal():
    rng = np.random.default_rng(4)
    points = rng.integers(0, 1000, (120, 2))
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    demand = rng.integers(1, 20, 120).astype(float)
    limits = Capacities(demand, np.full(120, np.ceil(demand.sum() / 12 * 1.05)))
    result = solve_capacitated(Instance(cost, 12), limits, time_limit_s=1.0)
    assert result.status in (Status.FEASIBLE, Status.UNKNOWN)
    assert result.seconds < 10
