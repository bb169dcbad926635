"""Clock, cancel and progress of one solve, in one place."""

import time
from collections.abc import Callable

from optimizer.siting.result import SitingProgress

Progress = Callable[[SitingProgress], None]
Cancelled = Callable[[], bool]


class Watch:
    """Asked often by the solvers: is there time left, does anybody still want the answer."""

    def __init__(
        self,
        time_limit_s: float,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> None:
        if not time_limit_s > 0:
            raise ValueError(f"time_limit_s must be above zero, got {time_limit_s}")
        self._start = time.monotonic()
        self._limit = time_limit_s
        self._progress = progress
        self._cancelled = cancelled

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        return max(0.0, self._limit - self.seconds)

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    @property
    def may_be_cancelled(self) -> bool:
        return self._cancelled is not None

    @property
    def over(self) -> bool:
        """No time left, or cancelled."""
        return self.left <= 0 or self.is_cancelled

    @property
    def why(self) -> str:
        """Why a solve ended without proof."""
        return "cancelled" if self.is_cancelled else "time limit"

    def say(self, phase: str, value: float | None = None, bound: float | None = None) -> None:
        if self._progress is not None:
            self._progress(
                SitingProgress(phase=phase, value=value, bound=bound, seconds=self.seconds)
            )
