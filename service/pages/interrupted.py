"""A form that came when its session had ended: what was typed goes through the sign-in and back.

Nothing of it is stored: the page to sign in carries it, and so does the page after, where it is
sent once more by a click. Passwords and files are not carried.
"""

from collections.abc import Mapping
from http.client import UNAUTHORIZED
from typing import Annotated

import orjson
from fastapi import Form, Request
from fastapi.responses import Response

from service.auth.accounts import Account
from service.errors import wants_page
from service.pages.render import page

MOST_BYTES = 64 * 1024
MOST_FIELDS = 500
_TYPED = "application/x-www-form-urlencoded"
_SECRET = frozenset({"password", "old", "new", "again"})

Carried = tuple[tuple[str, str], ...]
CarriedForm = Annotated[str, Form(max_length=8 * MOST_BYTES)]


async def sign_in_again(request: Request) -> Response | None:
    """The page to sign in that keeps what was sent; None where nothing of it can be kept."""
    length = request.headers.get("content-length", "")
    told = request.headers.get("content-type", "").partition(";")[0].strip()
    is_small = length.isdecimal() and int(length) <= MOST_BYTES
    is_form = request.method == "POST" and told == _TYPED
    if not (wants_page(request) and is_form and is_small) or "hx-request" in request.headers:
        return None
    form = await request.form(max_fields=MOST_FIELDS)
    fields = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    if not fields or _SECRET.intersection(form):
        return None
    return page(
        request,
        "login.html",
        None,
        status=UNAUTHORIZED,
        next="/",
        name="",
        refusal="",
        kept={"to": request.url.path, "typed": orjson.dumps(fields).decode()},
    )


def read_carried(typed: str) -> Carried:
    """Fields as ``sign_in_again`` wrote them; none where it did not."""
    try:
        found = orjson.loads(typed)
        fields = tuple((name, value) for name, value in found)
    except (ValueError, TypeError):
        return ()
    is_text = all(isinstance(part, str) for field in fields for part in field)
    return fields if is_text and len(fields) <= MOST_FIELDS else ()


def carried_page(request: Request, account: Account, to: str, fields: Carried) -> Response:
    """What was typed, to be sent now or left: nothing was done with it so far."""
    return page(request, "interrupted.html", account, to=to, fields=fields)


def kept_of(to: str, typed: str) -> Mapping[str, str] | None:
    """What the page to sign in goes on carrying after a wrong password."""
    return {"to": to, "typed": typed} if read_carried(typed) else None
