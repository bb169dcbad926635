"""The plain capacitated p-median on CP-SAT: whole costs, demands and capacities only.

Quicker than HiGHS on tight packings (by trial), as the target is a hard row for it.
"""

import numpy as np
from ortools.sat.python import cp_model

from optimizer.siting import clauses
from optimizer.siting.capacitated_model import Pairs
from optimizer.siting.capacities import Capacities
from optimizer.siting.instance import Floats, Instance
from optimizer.siting.mip import Answer
from optimizer.siting.watch import Watch


def suits_clauses(limits: Capacities, step: float) -> bool:
    """Whether integers lose nothing."""
    return bool(limits.plain and step and (limits.demand == np.floor(limits.demand)).all())


def by_clauses(
    cost: Floats,
    limits: Capacities,
    instance: Instance,
    pairs: Pairs,
    *,
    lower: float,
    target: float,
    start: Floats | None,
    workers: int,
    watch: Watch,
    effort: float | None = None,
) -> tuple[Answer, Floats | None]:
    """Best solution from ``lower`` to ``target``: the answer, and the shares if there are any.

    ``start`` (shares) is a hint. With more than one worker the plan among equals may vary.
    """
    usable = pairs.usable & (limits.demand[:, None] <= limits.capacity[None, :])
    model = cp_model.CpModel()
    opens = clauses.open_variables(
        model, cost.shape[1], instance.p, (*instance.existing, *pairs.opened)
    )
    for j in (*instance.forbidden, *pairs.closed):
        model.add(opens[j] == 0)
    serves = {(i, j): model.new_bool_var("") for i, j in np.argwhere(usable).tolist()}
    for i in range(len(cost)):
        mine = [serves[i, j] for j in np.flatnonzero(usable[i]).tolist()]
        if not mine:
            return Answer(None, target, infeasible=True, optimal=False), None
        model.add_exactly_one(mine)
    for j in range(cost.shape[1]):
        clients = np.flatnonzero(usable[:, j]).tolist()
        load = [int(limits.demand[i]) * serves[i, j] for i in clients]
        room = int(np.floor(limits.capacity[j]))
        model.add(cp_model.LinearExpr.sum(load) <= room * opens[j])
        for i in clients:
            model.add_implication(serves[i, j], opens[j])
    total = cp_model.LinearExpr.weighted_sum(
        list(serves.values()), [int(cost[i, j]) for i, j in serves]
    )
    model.add(total >= int(np.ceil(lower - 1e-6)))
    if np.isfinite(target):
        model.add(total <= int(np.floor(target + 1e-6)))
    model.maximize(-total)
    if start is not None:
        for (i, j), variable in serves.items():
            model.add_hint(variable, bool(start[i, j]))
    answer = clauses.run(model, opens, watch, -lower, workers=workers, effort=effort, extra=serves)
    if answer.sites is None:
        return Answer(None, -answer.bound, infeasible=answer.infeasible, optimal=False), None
    shares = np.zeros(cost.shape)
    for i, j in answer.chosen:
        shares[i, j] = 1.0
    value = float((cost[shares > 0]).sum())
    optimal = -answer.bound >= value - 0.5
    return Answer(None, -answer.bound, infeasible=False, optimal=optimal), shares
