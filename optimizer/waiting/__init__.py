"""Queues of calls: how long people wait for a patrol crew, and how busy each crew is.

``erlang`` gives mean waits and the largest call rate that crews carry, ``priorities`` the waits
of urgent and less urgent calls, ``hypercube`` each crew's workload, ``report`` a plan's waits
before and after. Rates are calls an hour, times are minutes.
"""

from optimizer.waiting.erlang import erlang_c, largest_call_rate, mean_wait_min
from optimizer.waiting.priorities import priority_waits_min

__all__ = ["erlang_c", "largest_call_rate", "mean_wait_min", "priority_waits_min"]
