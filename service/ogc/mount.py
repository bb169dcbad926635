"""How the API enters the service."""

from fastapi import FastAPI

from service.ogc import features, processes
from service.ogc.shelf import Shelf
from service.pages.atlas import Atlases
from service.store import Store


def mount(app: FastAPI, atlases: Atlases, store: Store) -> None:
    """Answer ``/ogc`` and all below it; features are made when they are first asked for."""
    app.state.ogc = Shelf(atlases, store)
    app.include_router(features.router)
    app.include_router(processes.router)
