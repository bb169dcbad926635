"""Which crew is how busy: the hypercube queueing model (Larson 1974; Larson & Odoni 5.4-5.5).

Calls of an atom (a place) go to the first free crew of its dispatch order; when none is free
they queue, first come first served. Case times are exponential and equal for all crews.

``exact`` solves the balance equations of all ``2^n`` states (busy or free, each crew). Totals by
number of busy crews are those of M/M/n, so sweeps over the levels, each scaled to its known
total, converge in some dozens of rounds; the residual is checked. ``approximate`` is Larson's
procedure (1975): crews are independent but for the correction ``Q(n, rho, j)``, workloads are
iterated to their fixed point and scaled to their known sum.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

MOST_EXACT = 12  # crews: 4,096 states
ROUNDS = 5_000
SETTLED = 1e-13
BALANCED = 1e-9


class NotSettledError(RuntimeError):
    """The iteration did not converge; no figure is given."""


@dataclass(frozen=True)
class Atom:
    """A place that calls: calls an hour, and all crews (0, 1, ...) in the order of dispatch."""

    calls_per_hour: float
    order: tuple[int, ...]


@dataclass(frozen=True)
class Hypercube:
    """What the model says of each crew and each atom.

    ``workload[n]``: share of time that crew n is busy. ``dispatch[a][n]``: share of the calls of
    atom a that crew n takes at once; the rest, ``all_busy``, waits for any crew.
    """

    workload: tuple[float, ...]
    dispatch: tuple[tuple[float, ...], ...]
    all_busy: float
    mean_wait_min: float
    exact: bool


def hypercube(atoms: Sequence[Atom], crews: int, case_min: float) -> Hypercube:
    """Exact up to a dozen crews, else the approximation; ``exact`` says which."""
    if crews <= MOST_EXACT:
        return exact(atoms, crews, case_min)
    return approximate(atoms, crews, case_min)


def exact(atoms: Sequence[Atom], crews: int, case_min: float) -> Hypercube:
    """Workloads from all states. Raises ``ValueError`` for overload or a broken order."""
    load = _load(atoms, crews, case_min)
    states = np.arange(1 << crews)
    busy = (states[:, None] >> np.arange(crews)) & 1
    level = busy.sum(axis=1)
    first = [_first_free(atom, busy) for atom in atoms]
    p = _balance([a.calls_per_hour * case_min / 60 for a in atoms], first, busy, load)
    rho, everybody = load / crews, p[-1]
    p = p / (p.sum() - everybody + everybody / (1 - rho))
    waiting = float(p[-1] / (1 - rho))  # chance that all are busy, with any queue
    some = level < crews
    workload = busy[some].T @ p[some] + waiting
    shares = []
    for free in first:
        taken = np.bincount(free[some], weights=p[some], minlength=crews)
        shares.append(tuple(float(x) for x in taken))
    wait = waiting * case_min / (crews - load)
    return Hypercube(tuple(float(x) for x in workload), tuple(shares), waiting, wait, exact=True)


def _first_free(atom: Atom, busy: Any) -> Any:
    """By state: the crew that a call of this atom gets; 0 where none is free (not used)."""
    found = np.zeros(len(busy), dtype=np.int64)
    for crew in reversed(atom.order):
        found = np.where(busy[:, crew] == 0, crew, found)
    return found


def _balance(rates: list[float], first: list[Any], busy: Any, load: float) -> Any:
    """Weights of the states without a queue, up to one factor; rates in calls a case time."""
    crews, count = busy.shape[1], len(busy)
    states = np.arange(count)
    level = busy.sum(axis=1)
    some = level < crews
    rows = [states[some] | (1 << free[some]) for free in first]
    columns = [states[some]] * len(first)
    values = [np.full(int(some.sum()), rate) for rate in rates]
    for crew in range(crews):
        idle = states[busy[:, crew] == 0]
        rows.append(idle)
        columns.append(idle | (1 << crew))
        values.append(np.ones(len(idle)))
    inflow = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(count, count),
    )
    outflow = level + np.where(some, load, 0.0)
    totals = [load**k / math.factorial(k) for k in range(crews + 1)]
    members = [np.flatnonzero(level == k) for k in range(crews + 1)]
    parts = [inflow[m] for m in members]
    p = np.array([totals[k] / math.comb(crews, k) for k in level])
    for _ in range(ROUNDS if load > 0 else 0):
        before = p.copy()
        for k, m in enumerate(members):
            fresh = (parts[k] @ p) / np.where(outflow[m] > 0, outflow[m], 1.0)
            p[m] = fresh * totals[k] / fresh.sum()
        if np.abs(p - before).max() <= SETTLED * p.max():
            break
    if np.abs(inflow @ p - outflow * p).max() > BALANCED * p.max():
        raise NotSettledError("the balance of the hypercube's states was not reached")
    return p


def approximate(atoms: Sequence[Atom], crews: int, case_min: float) -> Hypercube:
    """Workloads by Larson's approximation, for any number of crews."""
    load = _load(atoms, crews, case_min)
    rho = load / crews
    idle, all_busy = _empty_and_full(crews, load)
    correct = [_correction(crews, rho, j, idle) for j in range(crews)]
    workload = np.full(crews, rho)
    for _ in range(ROUNDS):
        asked = np.zeros(crews)
        for atom in atoms:
            reached = atom.calls_per_hour * case_min / 60
            for j, crew in enumerate(atom.order):
                asked[crew] += reached * correct[j]
                reached *= workload[crew]
        fresh = (asked + rho * all_busy) / (1 + asked)
        if load > 0:
            fresh *= load / fresh.sum()
        done = np.abs(fresh - workload).max() <= SETTLED
        workload = fresh
        if done:
            break
    else:
        raise NotSettledError("the workloads of the approximation did not settle")
    shares = tuple(_shares(atom, workload, correct, all_busy) for atom in atoms)
    wait = all_busy * case_min / (crews - load)
    return Hypercube(tuple(float(x) for x in workload), shares, all_busy, wait, exact=False)


def _shares(atom: Atom, workload: Any, correct: list[float], all_busy: float) -> tuple[float, ...]:
    """Shares of an atom's calls by crew; scaled so that with those that wait they make 1."""
    found = np.zeros(len(workload))
    reached = 1.0
    for j, crew in enumerate(atom.order):
        found[crew] = correct[j] * reached * (1 - workload[crew])
        reached *= workload[crew]
    total = found.sum()
    return tuple(float(x) for x in found * ((1 - all_busy) / total if total else 0.0))


def _empty_and_full(crews: int, load: float) -> tuple[float, float]:
    """Chances that all crews are free, and that all are busy (Erlang C), in M/M/n."""
    terms = [1.0]
    for k in range(1, crews + 1):
        terms.append(terms[-1] * load / k)
    tail = terms[-1] / (1 - load / crews)
    every = sum(terms[:-1]) + tail
    return 1 / every, tail / every


def _correction(crews: int, rho: float, j: int, idle: float) -> float:
    """``Q(n, rho, j)``: chance of j busy crews and then a free one, over ``rho^j (1 - rho)``.

    ``sum_{k=j}^{n-1} (n-j-1)! (n-k)/(k-j)! n^k/n! rho^(k-j) P_0 / (1 - rho)``, by logarithms, so
    that many crews don't overflow.
    """
    total = 0.0
    for k in range(j, crews):
        size = (
            math.lgamma(crews - j)
            - math.lgamma(k - j + 1)
            + k * math.log(crews)
            - math.lgamma(crews + 1)
        )
        total += (crews - k) * math.exp(size) * (rho ** (k - j))
    return total * idle / (1 - rho)


def _load(atoms: Sequence[Atom], crews: int, case_min: float) -> float:
    if crews < 1 or case_min <= 0:
        raise ValueError(f"a hypercube needs crews and a case time: {crews}, {case_min}")
    for atom in atoms:
        if sorted(atom.order) != list(range(crews)):
            raise ValueError(f"an order names every crew once: {atom.order}")
        if atom.calls_per_hour < 0:
            raise ValueError(f"no negative calls: {atom.calls_per_hour}")
    load = sum(a.calls_per_hour for a in atoms) * case_min / 60
    if load >= crews:
        raise ValueError(f"{crews} crews can't carry a load of {load:.6g}")
    return load
