"""Is it alive, is it ready: for whoever runs the machine; says nothing about the data."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from service.deps import HouseOf
from service.store.errors import StoreError

router = APIRouter(include_in_schema=False)


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
