"""Independent answers to siting questions: brute force, and the textbook model on HiGHS."""

from itertools import combinations

import numpy as np
from ortools.math_opt.python import mathopt

from optimizer.siting import Capacities, Instance


def random_instance(seed, *, clients=9, sites=7, p=3, holes=0.0, whole=True, fixed=True):
    """A small random instance; ``holes`` is the share of unreachable pairs."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 40, (clients, sites)).astype(float)
    if not whole:
        cost += rng.random(cost.shape)
    cost[rng.random(cost.shape) < holes] = np.nan
    weight = rng.integers(0, 5, clients).astype(float)
    order = rng.permutation(sites)
    return Instance(
        cost,
        p,
        weight=weight,
        existing=tuple(order[:1]) if fixed else (),
        forbidden=tuple(order[1:2]) if fixed else (),
    )


def choices(instance):
    """Every legal set of open sites."""
    for sites in combinations(instance.allowed.tolist(), instance.p):
        if set(instance.existing) <= set(sites):
            yield list(sites)


def nearest(instance, sites):
    return np.where(np.isnan(instance.cost), np.inf, instance.cost)[:, sites].min(axis=1)


def counted(instance):
    return instance.reachable & (instance.weight > 0)


def best_median(instance, unserved_cost=np.inf):
    live = counted(instance)
    return min(
        float((np.minimum(nearest(instance, s), unserved_cost)[live] * instance.weight[live]).sum())
        for s in choices(instance)
    )


def best_center(instance):
    live = counted(instance)
    return min(float(nearest(instance, s)[live].max(initial=0.0)) for s in choices(instance))


def best_cover(instance, radius, times=1, *, all_once=False):
    with np.errstate(invalid="ignore"):
        covers = instance.cost <= radius
    coverable = covers[:, instance.allowed].any(axis=1) & (instance.weight > 0)
    values = [
        float(instance.weight[covers[:, s].sum(axis=1) >= times].sum())
        for s in choices(instance)
        if not all_once or covers[np.ix_(coverable, s)].any(axis=1).all()
    ]
    return max(values, default=None)


def best_capacitated(instance, limits: Capacities):
    """By trying every assignment; tiny instances only."""
    cost = np.where(np.isnan(instance.cost), np.inf, instance.cost * instance.weight[:, None])
    best = np.inf
    for sites in choices(instance):
        states = {tuple([0.0] * len(sites)): 0.0}
        for i in range(len(cost)):
            following = {}
            for load, value in states.items():
                for k, j in enumerate(sites):
                    new = load[k] + limits.demand[i]
                    if new > limits.capacity[j]:
                        continue
                    key = (*load[:k], new, *load[k + 1 :])
                    following[key] = min(following.get(key, np.inf), value + cost[i, j])
            states = following
        least = [limits.least[j] if limits.least.size else 0.0 for j in sites]
        for load, value in states.items():
            if all(a >= b for a, b in zip(load, least, strict=True)):
                best = min(best, value)
    return best


def textbook_median(cost, weight, p):
    """ReVelle & Swain's model with a variable for each pair."""
    model = mathopt.Model()
    clients, sites = cost.shape
    y = [model.add_binary_variable() for _ in range(sites)]
    x = [[model.add_variable(lb=0, ub=1) for _ in range(sites)] for _ in range(clients)]
    model.add_linear_constraint(sum(y) == p)
    for i in range(clients):
        model.add_linear_constraint(sum(x[i]) == 1)
        for j in range(sites):
            model.add_linear_constraint(x[i][j] <= y[j])
    model.minimize(
        sum(weight[i] * cost[i, j] * x[i][j] for i in range(clients) for j in range(sites))
    )
    params = mathopt.SolveParameters(relative_gap_tolerance=0.0, absolute_gap_tolerance=1e-7)
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=params)
    assert result.termination.reason is mathopt.TerminationReason.OPTIMAL
    return result.objective_value()


def judge_median(instance, result):
    """Recompute value and assignment of a p-median result from its open sites."""
    sites = [instance.sites.index(code) for code in result.open_sites]
    assert len(set(sites)) == instance.p
    assert set(instance.existing) <= set(sites)
    assert not set(instance.forbidden) & set(sites)
    near = nearest(instance, sites)
    at = {code: k for k, code in enumerate(instance.clients)}
    for served in result.assignment:
        i, j = at[served.client], instance.sites.index(served.site)
        assert j in sites
        assert served.cost == instance.cost[i, j] == near[i]
    live = counted(instance)
    return float((near[live] * instance.weight[live]).sum())
