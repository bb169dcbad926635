"""How dask.distributed is to behave: nothing shown, nothing kept, nothing tried again by itself."""

import logging

from service.logs import Lines

QUIET: dict[str, object] = {
    # The store counts attempts: a solve whose worker died comes back to its runner at once.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.work-stealing": False,
    # Nannies start their workers anew. The cluster would give a worker up that died twice within
    # this time, while it starts; one that stays empty is started anew by us.
    "distributed.deploy.lost-worker-timeout": "1h",
    # Lines of solves pass as events; the newest few are enough for who listens.
    "distributed.admin.low-level-log-length": 64,
    "distributed.scheduler.events-cleanup-delay": "1m",
    # Workers hold no data, and their children have limits of their own.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    # Idle costs next to nothing, and no page tells what is being solved.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.diagnostics.nvml": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.comm.timeouts.connect": "5s",
    # Workers are processes of their own, which set their lines up when they start.
    "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "critical",
}


def quieten(level: int = logging.CRITICAL) -> None:
    """Set dask up in this process; its lines from ``level`` on are lines of JSON."""
    import dask  # noqa: PLC0415 (a second and 40 MB that only clusters need)

    dask.config.set(QUIET)
    import distributed  # noqa: F401, PLC0415 (it sets its loggers up when it is imported)

    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    for name in ("distributed", "tornado"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(("distributed.", "tornado.")):
            inner = logging.getLogger(name)
            inner.handlers, inner.propagate = [], True
            inner.setLevel(logging.NOTSET)
