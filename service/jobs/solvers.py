"""Where an installation solves, by its settings."""

from service.jobs.cluster import ClusterSolvers
from service.jobs.clusters import FarCluster, OwnCluster
from service.jobs.hands import BesideSolvers, Solvers
from service.settings import Settings


def solvers_of(settings: Settings) -> Solvers:
    """Not opened yet: a cluster starts with the first job."""
    beside = BesideSolvers(settings.solve_workers)
    if settings.scheduler == "beside":
        return beside
    workers = settings.solve_workers
    if settings.has_far_scheduler:
        return ClusterSolvers(FarCluster(settings), capacity=workers)
    own = OwnCluster(workers, settings.solve_memory_mb)
    return ClusterSolvers(own, capacity=workers, beside=beside)
