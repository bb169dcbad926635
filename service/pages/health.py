"""Is it alive, is it ready, how much it does: for whoever runs the machine; nothing of the data."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf
from service.metrics import CONTENT_TYPE
from service.ogc.access import OgcRoute, caller
from service.store.errors import StoreError

router = APIRouter(include_in_schema=False, route_class=OgcRoute)
Operator = Annotated[Account, Depends(caller(Right.OPERATE))]


@router.get("/healthz")
def alive() -> JSONResponse:
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(house: HouseOf) -> JSONResponse:
    """503 while the store does not answer."""
    try:
        house.store.data_version()
    except (SQLAlchemyError, StoreError):
        return JSONResponse({"status": "unavailable"}, 503, headers={"Retry-After": "5"})
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
def figures(request: Request, _account: Operator) -> Response:
    """For Prometheus, with an app token of an administrator over HTTP Basic."""
    return Response(request.app.state.meter.text(), media_type=CONTENT_TYPE)
