"""Erlang's delay model: mean waits, and the calls that a number of crews can carry.

Calls arrive at random (Poisson) and are served by ``crews`` equal crews with exponential
service times, as in RAND's Patrol Car Allocation Model (Chaiken & Dormont 1978).
Rates are calls an hour, times are minutes.
"""

from functools import lru_cache


def erlang_c(crews: int, offered: float) -> float:
    """Chance that a call has to wait (Erlang 1917).

    ``offered`` is the load in crews (rate x service time). 1.0 when the queue never ends.
    """
    if crews < 1 or offered < 0:
        raise ValueError(
            f"a queue needs at least one crew and no negative load: {crews}, {offered}"
        )
    if offered >= crews:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion: no factorials, no overflow
    for n in range(1, crews + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - (offered / crews) * (1 - blocked))


def mean_wait_min(crews: int, calls_per_hour: float, case_min: float) -> float | None:
    """Mean wait of a call in minutes; None when the crews can't keep up."""
    offered = calls_per_hour * case_min / 60
    if crews < 1 or offered >= crews:
        return 0.0 if calls_per_hour == 0 else None
    return erlang_c(crews, offered) * case_min / (crews - offered)


@lru_cache(maxsize=1024)
def largest_call_rate(crews: int, case_min: float, wait_min: float) -> float:
    """Most calls an hour that ``crews`` crews carry with a mean wait of ``wait_min`` or less.

    Found by bisection from below, so that the standard holds at the returned rate.
    """
    if crews < 1:
        return 0.0
    low, high = 0.0, crews * 60 / case_min
    for _ in range(80):
        middle = (low + high) / 2
        wait = mean_wait_min(crews, middle, case_min)
        if wait is not None and wait <= wait_min:
            low = middle
        else:
            high = middle
    return low
