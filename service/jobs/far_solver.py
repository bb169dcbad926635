"""Explorations of the command line on a scheduler elsewhere, where one is named."""

import secrets
from collections.abc import Callable
from typing import Self

from service.jobs.elsewhere import Elsewhere
from service.jobs.gate import Gate
from service.jobs.hands import Hands
from service.jobs.messages import Said
from service.jobs.pace import Pace
from service.jobs.points import Points, Whose
from service.jobs.runner import PERFORM
from service.jobs.solvers import solvers_of
from service.settings import Settings
from service.store.errors import StoreError

MOST_SIDE_BY_SIDE = 64


class NoSchedulerError(StoreError):
    """The scheduler of MIZAN_SCHEDULER does not answer, or has no workers; see mizan doctor."""


class FarSolver:
    """``solved`` gives points to the cluster of ``settings``; None where solves stay here.

    ``workers`` is how many points to ask for at once; None where solves stay here. Entering raises
    ``NoSchedulerError``: who named a scheduler waits for it, or asks without.
    """

    def __init__(
        self, settings: Settings, limit_s: float, workers: int | None, stopped: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._limit_s = limit_s
        self._stopped = stopped
        self.workers = workers
        self.solved: Elsewhere | None = None
        self._solvers = solvers_of(settings) if settings.has_far_scheduler else None
        self._points: Points | None = None

    def __enter__(self) -> Self:
        if self._solvers is None:
            return self
        if not self._solvers.is_ready():
            self._solvers.close()
            raise NoSchedulerError(str(NoSchedulerError.__doc__))
        solvers, memory_mb = self._solvers, float(self._settings.solve_memory_mb)
        self.workers = min(MOST_SIDE_BY_SIDE, self.workers or solvers.capacity)
        points = self._points = Points(
            Hands(solvers, PERFORM, memory_mb),
            Gate(lambda: solvers.capacity),
            Pace(memory_mb=memory_mb),
            self._settings.job_attempts,
            Whose("cli", f"cli-{secrets.token_hex(4)}"),
            self._limit_s,
            self.workers,
        )

        def ask(said: Said) -> None:
            assert said.point is not None
            points.ask(said.point, elsewhere.hear)

        elsewhere = self.solved = Elsewhere(ask, self._stopped)
        return self

    def __exit__(self, *_error: object) -> None:
        if self.solved is not None:
            self.solved.give_up()
        if self._points is not None:
            self._points.close()
        if self._solvers is not None:
            self._solvers.close()
