"""Where programs read what they may ask for besides the OGC API."""

from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.auth.accounts import Account
from service.auth.roles import Right
from service.ogc.access import OgcRoute, caller
from service.ogc.links import base
from service.ogc.wire import OPENAPI, Bytes, answer, dumps
from service.pages.api_description import document

router = APIRouter(include_in_schema=False, route_class=OgcRoute)
Reader = Annotated[Account, Depends(caller(Right.SEE_MAP))]


@router.get("/api")
def describe(request: Request, _account: Reader) -> Response:
    """The description of uploads, downloads and the machine's figures."""
    root = base(request).removesuffix("/ogc")
    return answer(request, Bytes.of(dumps(document(root, version("mizan"))), OPENAPI))
