"""The composition root: settings in, a service out. Read it from top to bottom.

Every route either asks for a right (``service.deps.require``) or stands in ``PUBLIC``.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.middleware.gzip import GZipMiddleware

from geo.choices import assumed
from service import errors
from service.auth.brakes import Brake
from service.auth.clearance import Clearances
from service.auth.journal import StoreJournal
from service.auth.sign_in import Clock, Doorkeeper
from service.deps import House, who
from service.details.shelf import DetailsShelf
from service.layerbooks import LayerBooks
from service.logs import configure_logs
from service.ogc.mount import mount
from service.pages import access as access_pages
from service.pages import account as account_pages
from service.pages import accounts as accounts_pages
from service.pages import api as api_pages
from service.pages import audit as audit_pages
from service.pages import basemap as basemap_pages
from service.pages import data as data_pages
from service.pages import decisions as decision_pages
from service.pages import details as detail_pages
from service.pages import entries as entry_pages
from service.pages import explore as explore_pages
from service.pages import exports as export_pages
from service.pages import health, weight_sets
from service.pages import jobs as job_pages
from service.pages import letters as letter_pages
from service.pages import map as map_pages
from service.pages import map_compare as map_compare_pages
from service.pages import map_paper as map_paper_pages
from service.pages import plans as plan_pages
from service.pages import reports as report_pages
from service.pages import scenarios as scenario_pages
from service.pages import states as state_pages
from service.pages import tokens as token_pages
from service.pages import upload_api as upload_api_pages
from service.pages import uploads as upload_pages
from service.pages.atlas import Atlases, BookAtlases
from service.pages.baselines import Baselines
from service.pages.basemap import open_basemap
from service.pages.estimates import Estimates
from service.pages.interrupted import sign_in_again
from service.pages.newest_plan import PlanShelf
from service.pages.render import STATIC, StampedFiles, page
from service.settings import Settings
from service.stack import Service, around, make_meter
from service.store import Store, open_store

PUBLIC = frozenset({"/login", "/about", "/healthz", "/readyz", "/static", "/tiles/{z}/{x}/{y}"})
"""Routes that need no account: ``/about`` says what this is, ``/tiles`` is the ground of the map
(whose sandbox has no cookie), the rest opens the door."""


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    atlases: Atlases | None = None,
    wake: Callable[[], None] = lambda: None,
    place: Callable[[], str] = lambda: "none",
    clock: Clock = lambda: datetime.now(UTC),
) -> FastAPI:
    """Build the service. What is not given comes from ``settings``; ``wake`` calls the runner.

    ``place`` says where it solves, for the figures.
    """
    configure_logs(settings.log_level)
    store = store or open_store(settings)
    meter = make_meter(store, place)
    app = Service(
        around=around(settings, store, meter),
        title="Mizan",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
        max_body_size=int(settings.body_limit_mb * 1024 * 1024),
    )
    journal = StoreJournal(store)
    clearances = Clearances(store.grants.breaks_glass, clock)
    doorkeeper = Doorkeeper(
        book=store.accounts,
        session_hours=settings.session_hours,
        lockout_failures=settings.lockout_failures,
        lockout_minutes=settings.lockout_minutes,
        clock=clock,
        journal=journal,
        brake=Brake(settings.sign_in_failures_per_min),
    )
    app.state.house = House(
        settings=settings,
        doorkeeper=doorkeeper,
        journal=journal,
        clearances=clearances,
        token_brake=Brake(settings.sign_in_failures_per_min),
        store=store,
        atlases=atlases
        or BookAtlases(
            LayerBooks(
                store,
                settings.data_dir,
                choices=replace(
                    assumed(settings.reporting, settings.unregistered),
                    spatial=settings.spatial_rates,
                ),
            ),
            clearances.of,
            journal.exact_read,
        ),
        baselines=Baselines(),
        estimates=Estimates(),
        basemap=open_basemap(settings),
        shelf=PlanShelf(),
        details=DetailsShelf(
            settings.home / "details", settings.details_time_s, lambda: store.records().posts()
        ),
        clock=clock,
        wake=wake,
    )
    app.state.meter = meter
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    errors.install(app, _error_page, sign_in_again)
    app.mount("/static", StampedFiles(directory=STATIC), name="static")
    for router in (
        account_pages.router,
        token_pages.router,
        accounts_pages.router,
        access_pages.router,
        audit_pages.router,
        map_pages.router,
        map_compare_pages.router,
        map_paper_pages.router,
        weight_sets.router,
        basemap_pages.router,
        scenario_pages.router,
        job_pages.router,
        plan_pages.router,
        decision_pages.router,
        detail_pages.router,
        explore_pages.router,
        data_pages.router,
        upload_pages.router,
        entry_pages.router,
        state_pages.router,
        api_pages.router,
        upload_api_pages.router,
        export_pages.router,
        letter_pages.router,
        report_pages.router,
        health.router,
    ):
        app.include_router(router)
    mount(app, app.state.house.atlases, store)
    return app


def _error_page(
    request: Request, answer: errors.Answer, faults: list[errors.FaultLine], number: str
) -> Response:
    # An error in finding out who reads must not hide the error that is being answered.
    try:
        account = who(request)
    except Exception:  # noqa: BLE001 (see above)
        account = None
    return page(
        request,
        "error.html",
        account,
        status=answer.status,
        answer=answer,
        faults=faults,
        number=number,
    )
