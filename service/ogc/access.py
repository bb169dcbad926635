"""Who asks: a signed-in browser, or a program with an app token over HTTP Basic (QGIS, GDAL)."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from service.auth.accounts import Account, token_hash
from service.auth.clearance import as_program
from service.auth.roles import Right
from service.deps import SAFE_METHODS, House, house, refuse, refuse_cross_site, who
from service.errors import NotAllowedError, NotSignedInError, wants_page
from service.ogc.errors import PROBLEM, OgcError, too_many_tries
from service.ogc.wire import dumps

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Mizan", charset="UTF-8"'}
_USED_AGAIN = timedelta(minutes=5)
"""How exactly the last use of a token is noted: not with a write for every request."""
_JUMP = timedelta(minutes=5)


class OgcRoute(APIRoute):
    """A route whose errors are problem documents, and whose 401 asks programs for a token."""

    def get_route_handler(self) -> Any:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except OgcError as error:
                return error.response()
            except NotSignedInError:
                if wants_page(request):
                    raise
                body = {"type": "about:blank", "title": "please sign in", "status": 401}
                return Response(dumps(body), 401, headers=_CHALLENGE, media_type=PROBLEM)

        return handle


def caller(right: Right) -> Any:
    """The dependency of a route that asks for ``right``; yields the account that has it."""

    def guard(
        request: Request,
        known: Annotated[House, Depends(house)],
        browser: Annotated[Account | None, Depends(who)],
    ) -> Account:
        program = _by_token(request, known)
        account = program or browser
        if account is None:
            raise NotSignedInError
        if request.method not in SAFE_METHODS:
            _refuse_forgery(request, by_token=program is not None)
        if account.must_change:
            raise NotAllowedError
        if not account.may(right):
            refuse(request, account, right)
        return account

    guard.right = right  # type: ignore[attr-defined]  # the walk over all routes reads it
    return guard


def _refuse_forgery(request: Request, *, by_token: bool) -> None:
    """A browser sends the site it comes from; a program with a token sends none."""
    if by_token and not {"origin", "sec-fetch-site"}.intersection(request.headers.keys()):
        return
    refuse_cross_site(request)


def _by_token(request: Request, known: House) -> Account | None:
    """The account of the app token that came as Basic password; None without a valid one.

    Wrong ones are counted by address: after too many, more of them are refused for a while. A right
    one is never braked: a whole office comes from one address, and a token has too many bits to be
    guessed; looking one up costs a hash.
    """
    kind, _, rest = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    address = request.client.host if request.client else ""
    account = _holder(known, name.strip().casefold(), secret)
    if account is None:
        if not known.token_brake.take(address):
            raise too_many_tries()
        known.journal.token_refused(address, _existing(known, name))
        return None
    return as_program(account)


def _holder(known: House, name: str, secret: str) -> Account | None:
    token = known.store.accounts.token(token_hash(secret))
    now = known.clock()
    if token is None or token.revoked_at is not None or token.account != name:
        return None
    # A clock that jumped back shuts out what seems to come from the future, as it does sessions.
    if now < token.created_at - _JUMP or (token.expires_at is not None and token.expires_at <= now):
        return None
    if token.used_at is None or abs(now - token.used_at) > _USED_AGAIN:
        known.store.accounts.use_token(token.id, now)
    account = known.store.accounts.account(token.account)
    return None if account is None or account.disabled else account


def _existing(known: House, name: str) -> str | None:
    """The name for the log, where it is one: else people may have typed a secret there."""
    found = known.store.accounts.account(name.strip())
    return None if found is None else found.name
