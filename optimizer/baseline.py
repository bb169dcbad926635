"""What a proposal is measured against: today's postings, a spreadsheet's, a careful hand's."""

from collections import defaultdict

from optimizer.evaluate import evaluate
from optimizer.extract import plan_of
from optimizer.greedy import greedy
from optimizer.instance import GENDERS, UNIT_ORDER, Instance
from optimizer.milp import Milp
from optimizer.plan import Plan, Posting, Status
from optimizer.problem import Problem
from optimizer.shifts import with_shifts
from optimizer.staff import Gender, Unit


def today(problem: Problem, *, milp: Milp | None = None) -> Plan:
    """Today's staff where it stands, new officers not yet posted, hours at their best."""
    counts: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
    for group in problem.staff:
        counts[group.office, group.unit, group.gender] += group.count
    return evaluate(problem, _postings(counts), method="today", milp=milp)


def proportional(problem: Problem, *, milp: Milp | None = None) -> Plan:
    """What a spreadsheet does: staff of each unit in proportion to need x residents.

    Each area counts for its nearest office (today's and forced ones), whole numbers by largest
    remainders; new officers join the first of their units. It may break rules: the auditor says
    which.
    """
    weight = _office_weights(problem)
    totals: dict[tuple[Unit, Gender], int] = defaultdict(int)
    for group in problem.staff:
        totals[group.unit, group.gender] += group.count
    for lot in problem.hires:
        totals[min(lot.skills, key=UNIT_ORDER.__getitem__), lot.gender] += lot.count
    counts: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
    for (unit, gender), total in totals.items():
        for office, n in largest_remainders(weight, total).items():
            counts[office, unit, gender] += n
    return evaluate(problem, _postings(counts), method="proportional", milp=milp)


def careful_hand(problem: Problem, *, improving_moves: int = 5) -> Plan | None:
    """The greedy plan with a few improving moves; None where it finds no legal one."""
    instance = Instance(problem)
    decided = greedy(instance, improving_moves=improving_moves)
    if decided is None:
        return None
    plan = plan_of(instance, decided, method="greedy", status=Status.FEASIBLE)
    return with_shifts(problem, plan)


def _office_weights(problem: Problem) -> dict[str, float]:
    offices = sorted(o.code for o in problem.offices if not o.is_candidate or o.forced_open)
    minutes = {(t.area, t.office): t.travel_min for t in problem.travel}
    weight = dict.fromkeys(offices, 0.0)
    for area in problem.areas:
        near = [(minutes[area.code, o], o) for o in offices if (area.code, o) in minutes]
        if near:
            weight[min(near)[1]] += area.need * area.residents
    if not any(weight.values()):
        weight = dict.fromkeys(offices, 1.0)
    return weight


def largest_remainders(weight: dict[str, float], total: int) -> dict[str, int]:
    """Whole shares of ``total`` in proportion to the weights (Hamilton's method)."""
    everything = sum(weight.values())
    exact = {key: total * w / everything for key, w in weight.items()}
    shares = {key: int(x) for key, x in exact.items()}
    by_remainder = sorted(exact, key=lambda k: (shares[k] - exact[k], k))
    for key in by_remainder[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def _postings(counts: dict[tuple[str, Unit, Gender], int]) -> tuple[Posting, ...]:
    keys = sorted(counts, key=lambda k: (k[0], UNIT_ORDER[k[1]], GENDERS.index(k[2])))
    return tuple(
        Posting(office=o, unit=u, gender=q, count=counts[o, u, q])
        for o, u, q in keys
        if counts[o, u, q]
    )
