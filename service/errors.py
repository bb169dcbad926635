"""One table from error to HTTP status, and answers that give nothing away.

Pages are answered in the reader's language, programs in JSON. No answer repeats what was sent,
and no text of an exception reaches a client: a fault of ours gets a number that stands in the
log beside its cause.
"""

import errno
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from geo.checks import FaultsError
from geo.notes import Note, said
from service.imports.staging import FullRoomError
from service.scenario import why_of
from service.security import add_headers
from service.store.errors import (
    BusyStoreError,
    FullDiskError,
    ImportRunningError,
    PurgedError,
    UnknownError,
)
from service.store.errors import ConflictError as StoreConflictError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

log = structlog.get_logger("service.errors")


class ServiceError(Exception):
    """An answer that isn't the one asked for; subclasses stand in ``TABLE``."""


class NotSignedInError(ServiceError):
    """Nobody is signed in, or the session has ended."""


class PasswordDueError(ServiceError):
    """A one-time password must be replaced first."""


class NotAllowedError(ServiceError):
    """The role of the account has no such right."""


class CrossSiteError(ServiceError):
    """A state change that didn't come from our own pages."""


class NotFoundError(ServiceError):
    """No such thing, or none that this reader may know of."""


class NotOfferedError(ServiceError):
    """``where`` asks for what can't be had; ``offered`` is what may be asked for there."""

    def __init__(self, where: str, offered: Sequence[str]) -> None:
        super().__init__(where)
        self.where = where
        self.offered = tuple(offered)


class ConflictError(ServiceError):
    """Somebody else changed it first, or is at it."""


class UnavailableError(ServiceError):
    """The store can't answer just now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headline and what to do next; both are message ids of the catalogue."""

    status: int
    title: str
    advice: str


NOT_FOUND = Answer(
    404,
    said("This page does not exist"),
    said("It may have been moved, or the address is not complete."),
)
UNREAD = Answer(
    400, said("This request can't be read"), said("Look at what is sent, and send it again.")
)
CONFLICT = Answer(
    409,
    said("Somebody else was faster"),
    said("Look at what changed, then repeat what you did if it still makes sense."),
)
FULL = Answer(
    507,
    said("The disk is full"),
    said("Nothing was changed. Ask who runs this machine to make room, then try again."),
)
BROKEN = Answer(
    500,
    said("Something is wrong on our side"),
    said("It was noted under the number below. Try again; if it stays, report that number."),
)
UNAVAILABLE = Answer(
    503, said("The data can't be reached just now"), said("Try again in a few seconds.")
)

TABLE: dict[type[Exception], Answer] = {
    NotSignedInError: Answer(
        401, said("Please sign in"), said("Your session has ended or you have not signed in yet.")
    ),
    PasswordDueError: Answer(
        403, said("Choose your own password first"), said("The one you have was for one use only.")
    ),
    NotAllowedError: Answer(
        403,
        said("Your account may not do this"),
        said("Ask whoever manages accounts if your work needs it."),
    ),
    CrossSiteError: Answer(
        403,
        said("This request did not come from a page of Mizan"),
        said("Open the page again and repeat what you did."),
    ),
    NotFoundError: NOT_FOUND,
    NotOfferedError: UNREAD,
    ConflictError: CONFLICT,
    FaultsError: Answer(
        422, said("This can't be accepted as it is"), said("Correct what is listed and try again.")
    ),
    FullRoomError: Answer(
        429, said("Too many files wait"), said("Decide about what is listed, then try again.")
    ),
    RequestValidationError: Answer(
        422, said("This can't be accepted as it is"), said("Correct what is listed and try again.")
    ),
    StoreConflictError: CONFLICT,
    ImportRunningError: Answer(
        409,
        said("Somebody is importing data of this kind just now"),
        said("Wait until it is done, look at what it brings, then try again."),
    ),
    UnknownError: NOT_FOUND,
    PurgedError: Answer(
        410,
        said("This state of the data can't be shown any more"),
        said("Rows of it were removed for good since, as the retention of data asks."),
    ),
    BusyStoreError: UNAVAILABLE,
    FullDiskError: FULL,
    UnavailableError: UNAVAILABLE,
    OperationalError: UNAVAILABLE,
}

BY_STATUS: dict[int, Answer] = {
    400: UNREAD,
    404: NOT_FOUND,
    405: Answer(405, said("This address does not work that way"), said("Go back to the map.")),
    413: Answer(
        413,
        said("This is too large"),
        said("Send a smaller file: the form says how large one may be. Or ask for a higher limit."),
    ),
}

FaultLine = Mapping[str, str | Sequence[str]]
"""Where, which problem, which remedy, and what is offered there instead where that can be told."""
ErrorPage = Callable[[Request, Answer, list[FaultLine], str], Response]
KeptForm = Callable[[Request], Awaitable[Response | None]]


def answer_to(error: Exception) -> Answer:
    """The table's answer; a full disk and HTTP errors are read from inside the error."""
    if isinstance(error, HTTPException):
        return BY_STATUS.get(error.status_code, Answer(error.status_code, NOT_FOUND.title, ""))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return FULL
    found = (TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    return next(found, BROKEN)


def _faults(error: Exception) -> list[FaultLine]:
    """What is wrong, field by field, without the values that were sent."""
    if isinstance(error, NotOfferedError):
        told = {"problem": said("This is not offered."), "remedy": said("Ask for one of these:")}
        return [{"where": error.where, **told, "offered": error.offered}]
    if isinstance(error, FaultsError):
        return [
            {"where": fault.column, "problem": fault.problem, "remedy": fault.advice}
            for fault in error.faults
        ]
    if isinstance(error, RequestValidationError):
        return [
            {
                "where": ".".join(str(part) for part in fault["loc"] if isinstance(part, str)),
                "problem": _in_words(cast("ErrorDetails", fault)),
                "remedy": "",
            }
            for fault in error.errors()
        ]
    return []


def _in_words(fault: "ErrorDetails") -> str:
    """What the value must be; the mere code where we have no words, for others might repeat it."""
    why = why_of(fault)
    return why if isinstance(why, Note) else str(fault["type"])


def wants_page(request: Request) -> bool:
    """Whether a person is reading: browsers ask for HTML."""
    return "text/html" in request.headers.get("accept", "")


def _redirect(request: Request, error: Exception) -> Response | None:
    if not wants_page(request):
        return None
    target = None
    if isinstance(error, NotSignedInError):
        target = f"/login?next={quote(page_asked(request), safe='/')}"
        if lang := request.query_params.get("lang", ""):
            target += f"&lang={quote(lang, safe='')}"
    elif isinstance(error, PasswordDueError):
        target = "/account"
    if target is None:
        return None
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


def page_asked(request: Request) -> str:
    """The page that was asked for; of a form the page that it stands on, where that is told."""
    asked = str(request.url) if request.method == "GET" else request.headers.get("referer", "")
    parts = urlsplit(asked)
    if parts.netloc != request.headers.get("host"):
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _methods(request: Request, routes: Iterable[Any]) -> set[str]:
    """Methods of every route at the request's path; the framework names those of the first."""
    found: set[str] = set()
    for route in routes:
        if hasattr(route, "original_router"):  # FastAPI keeps included routers as such
            found |= _methods(request, route.original_router.routes)
        elif getattr(route, "methods", None) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods
    # HEAD is answered wherever GET is (``service.head``).
    return found | ({"HEAD"} if "GET" in found else set())


def install(app: FastAPI, page: ErrorPage, keep: KeptForm) -> None:
    """Answer every error of the table, HTTP errors and faults of ours.

    ``keep`` answers a form whose session has ended, where it can keep what was typed.
    """

    def handle(request: Request, error: Exception) -> Response:
        redirect = _redirect(request, error)
        if redirect is not None:
            return redirect
        answer = answer_to(error)
        number = ""
        if answer is BROKEN:
            number = secrets.token_hex(4)
            log.error("broken", action="answer", number=number, exc_info=error)
        faults = _faults(error)
        if wants_page(request):
            response = page(request, answer, faults, number)
        else:
            body: dict[str, Any] = {"title": answer.title, "status": answer.status}
            if number:
                body["number"] = number
            if faults:
                body["faults"] = faults
            response = JSONResponse(body, answer.status, media_type="application/problem+json")
        if answer.status == UNAVAILABLE.status:
            response.headers["Retry-After"] = "5"
        if answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(sorted(_methods(request, request.app.routes)))
        # Starlette answers what nobody caught outside of all middleware.
        add_headers(response.headers)
        return response

    for kind in (*TABLE, HTTPException, OSError, Exception):
        app.add_exception_handler(kind, handle)
    app.add_exception_handler(ClientDisconnect, _gone)

    async def signed_out(request: Request, error: Exception) -> Response:
        return await keep(request) or handle(request, error)

    app.add_exception_handler(NotSignedInError, signed_out)


def _gone(_request: Request, _error: Exception) -> Response:
    """Whoever asked went away before all was said: nobody reads this, and nothing is broken."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)
