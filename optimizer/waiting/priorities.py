"""Waits by priority: a free crew takes the most urgent call; nobody is called off a case.

Nonpreemptive head-of-the-line priorities in M/M/c with equal case times (Cobham 1954):
``W_k = W_0 / ((1 - s_{k-1}) (1 - s_k))`` with ``s_k`` the load of the classes up to ``k`` a crew
and ``W_0 = C(c, a) / (c mu)`` the wait for any crew to come free. Where all classes together are
more than the crews can do, the urgent ones still have a wait: every crew is always busy then
(``C = 1``), and only the classes from the overload on have none.
"""

from collections.abc import Sequence

from optimizer.waiting.erlang import erlang_c


def priority_waits_min(
    crews: int, calls_per_hour: Sequence[float], case_min: float
) -> tuple[float | None, ...]:
    """Mean wait of each class in minutes, the most urgent class first.

    None for a class whose queue never ends. Without crews nobody is served: None for all, but
    for calls that never come the wait is 0. Raises ``ValueError`` for negative rates.
    """
    if crews < 0 or case_min <= 0 or any(rate < 0 for rate in calls_per_hour):
        raise ValueError(f"no such queue: {crews} crews, {calls_per_hour} calls, {case_min} min")
    if crews == 0:
        return tuple(0.0 if sum(calls_per_hour) == 0 else None for _ in calls_per_hour)
    first = erlang_c(crews, sum(calls_per_hour) * case_min / 60) * case_min / crews
    waits: list[float | None] = []
    before = 0.0
    for rate in calls_per_hour:
        upto = before + rate * case_min / 60 / crews
        waits.append(first / ((1 - before) * (1 - upto)) if upto < 1 else None)
        before = upto
    return tuple(waits)
