"""Where sites should open: p-median, covering, backup covering, p-center, with capacities.

Every solver takes an ``Instance`` (any cost matrix, ``nan`` = unreachable), hands a preview to
``progress`` at once, and ends with a ``SitingResult`` that says what is proven.
"""

from optimizer.siting.backup import solve_backup
from optimizer.siting.capacitated import Capacities, solve_capacitated
from optimizer.siting.covering import solve_covering
from optimizer.siting.instance import Instance, SitingFaultsError
from optimizer.siting.pcenter import solve_pcenter
from optimizer.siting.pmedian import solve_pmedian
from optimizer.siting.result import Served, SitingProgress, SitingResult

__all__ = [
    "Capacities",
    "Instance",
    "Served",
    "SitingFaultsError",
    "SitingProgress",
    "SitingResult",
    "solve_backup",
    "solve_capacitated",
    "solve_covering",
    "solve_pcenter",
    "solve_pmedian",
]
