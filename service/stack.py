"""What stands before every route, from the outside in: each layer is plain ASGI, and cheap.

Ready answers; figures; headers on every answer, also on those that the framework gives; HEAD as
GET; the deadline; then FastAPI with its own limits and error pages.
"""

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from service.deadline import Deadline
from service.head import HeadAsGet
from service.metrics import Meter
from service.ready import ReadyAnswers
from service.security import SecurityHeaders
from service.settings import Settings
from service.store import Store
from service.store.counts import jobs_by_state
from service.store.retention import last_kept

TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Service(FastAPI):
    """FastAPI inside of ``around``; answers to its own errors pass through it as well."""

    def __init__(self, *, around: Callable[[ASGIApp], ASGIApp], **told: Any) -> None:
        super().__init__(**told)
        self._around = around

    def build_middleware_stack(self) -> ASGIApp:
        """Called once, at the first request."""
        return self._around(self._told_too_large(super().build_middleware_stack()))

    def _told_too_large(self, app: ASGIApp) -> ASGIApp:
        """``app``, whose own words for a body over the limit give way to our page or problem.

        The framework writes its line of English over every answer of ours to such a body.
        """

        async def telling(scope: Scope, receive: Receive, send: Send) -> None:
            told = False

            async def seeing(message: Any) -> None:
                nonlocal told
                start = message["type"] == "http.response.start"
                if start and message["status"] == TOO_LARGE and _is_plain(message["headers"]):
                    told = True
                    handle: Any = self.exception_handlers[HTTPException]
                    answer = await run_in_threadpool(
                        handle, Request(scope), HTTPException(TOO_LARGE)
                    )
                    await answer(scope, receive, send)
                elif not told:
                    await send(message)

            await app(scope, receive, seeing)

        return telling


def _is_plain(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/plain")
        for name, value in headers
    )


def make_meter(store: Store, place: Callable[[], str]) -> Meter:
    """Figures of this service; ``place`` says where jobs are solved now."""
    return Meter(partial(jobs_by_state, store.transactions), place, partial(last_kept, store))


def around(settings: Settings, store: Store, meter: Meter) -> Callable[[ASGIApp], ASGIApp]:
    """All layers, for ``Service``."""

    def wrapped(app: ASGIApp) -> ASGIApp:
        inner = Deadline(
            _told_once(app),
            seconds=settings.request_deadline_s,
            upload_s=settings.import_time_s,
        )
        counted = meter.watching(SecurityHeaders(HeadAsGet(inner)))
        return ReadyAnswers(counted, store.changes.marker, given=meter.ready)

    return wrapped


def _told_once(app: ASGIApp) -> ASGIApp:
    """``app``, whose faults end here once they are answered and logged.

    Starlette raises them again for the server, which would log the values in their messages.
    """

    async def quiet(scope: Scope, receive: Receive, send: Send) -> None:
        answered = False

        async def seeing(message: Any) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await app(scope, receive, seeing)
        except Exception:
            if not answered:
                raise

    return quiet
