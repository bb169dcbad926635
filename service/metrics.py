"""Figures about the service for whoever runs it, in Prometheus' words; none about cases or persons.

Labels are closed lists: method, the route's own pattern, class of status. No address, no id, no
name, no figure of a layer gets into one.
"""

import time
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.store.retention import Kept

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meter:
    """Counts and times requests of one service.

    ``jobs`` tells how many there are by state, ``place`` where they are solved now, ``retention``
    how it was kept last.
    """

    def __init__(
        self,
        jobs: Callable[[], Mapping[str, int]],
        place: Callable[[], str] = lambda: "none",
        retention: Callable[[], Kept | None] = lambda: None,
    ) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "mizan_requests",
            "Answers given.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "mizan_request_seconds",
            "Time from a request to the end of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._open = Gauge("mizan_requests_open", "Being answered now.", registry=self.registry)
        self._ready = Counter(
            "mizan_ready_answers", "Answers that were at hand.", ["status"], registry=self.registry
        )
        self._given = {code: self._ready.labels(f"{code}") for code in (200, 304)}
        self.registry.register(_Jobs(jobs))
        self.registry.register(_Solvers(place))
        self.registry.register(_Retention(retention))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self.registry)

    def ready(self, status: int) -> None:
        """An answer was at hand."""
        self._given[status].inc()

    def watching(self, app: ASGIApp) -> ASGIApp:
        """``app`` with its requests counted and timed."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            status = 500

            async def seeing(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            begun = time.perf_counter()
            self._open.inc()
            try:
                await app(scope, receive, seeing)
            finally:
                self._open.dec()
                route = _pattern(scope)
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._requests.labels(method, route, f"{status // 100}xx").inc()
                self._seconds.labels(route).observe(time.perf_counter() - begun)

        return watched


class _Jobs(Collector):
    def __init__(self, jobs: Callable[[], Mapping[str, int]]) -> None:
        self._jobs = jobs

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = GaugeMetricFamily("mizan_jobs", "Jobs in the store by state.", labels=["state"])
        for state, count in sorted(self._jobs().items()):
            found.add_metric([state], count)
        yield found

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Asked when registering: the store is not asked then."""
        yield GaugeMetricFamily("mizan_jobs", "Jobs in the store by state.", labels=["state"])


class _Solvers(Collector):
    """1 for the place where jobs are solved now; ``beside`` may mean that no cluster starts."""

    def __init__(self, place: Callable[[], str]) -> None:
        self._place = place

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = GaugeMetricFamily("mizan_solvers", "Where jobs are solved now.", labels=["place"])
        now = self._place()
        for place in _PLACES:
            found.add_metric([place], float(place == now))
        yield found


class _Retention(Collector):
    """When retention was last kept, and whether that left the database clean."""

    def __init__(self, kept: Callable[[], Kept | None]) -> None:
        self._kept = kept

    def collect(self) -> Iterator[GaugeMetricFamily]:
        kept = self._kept()
        done, clean = self.describe()
        if kept is not None:
            done.add_metric([], kept.done_at.timestamp() if kept.done_at else 0.0)
            clean.add_metric([], float(kept.clean and not kept.refused))
        yield from (done, clean)

    def describe(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        """Asked when registering: the store is not asked then."""
        return (
            GaugeMetricFamily(
                "mizan_retention_kept_timestamp_seconds", "When old rows were last removed."
            ),
            GaugeMetricFamily("mizan_retention_is_kept", "Old rows are removed, no byte is left."),
        )


_PLACES = ("cluster", "beside", "none")


def _pattern(scope: Scope) -> str:
    """The route's pattern, such as ``/plans/{plan_id}``; one word for all that has none."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "none"
