"""The director's page: ask for a plan in plain words, and find again what was asked."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from geo.places import Level, OfficeKind
from optimizer.problem import TierName
from optimizer.staff import Gender, Unit
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, require
from service.jobs.model import MEANING, AllocateRequest
from service.jobs.requests import ask_allocation
from service.pages.atlas import Atlas
from service.pages.jobs import view_of
from service.pages.render import page
from service.pages.scenario_form import (
    ARRIVAL_ROWS,
    CHOOSABLE_TIERS,
    Choices,
    Reading,
    hire_field,
    read_scenario,
    typed_from,
)
from service.scenario import Scenario, presets

router = APIRouter(include_in_schema=False)
Asker = Annotated[Account, Depends(require(Right.ASK_SCENARIO))]
YEARS_AHEAD = 10


def finest(atlas: Atlas) -> Level | None:
    """The finest level that is loaded: where demand arises."""
    levels = atlas.levels()
    if Level.SUBDISTRICT in levels:
        return Level.SUBDISTRICT
    return levels[0] if levels else None


def choices_of(atlas: Atlas) -> Choices:
    level = finest(atlas)
    units = [] if level is None else [str(code) for code in atlas.units(level).index]
    return Choices(
        areas=frozenset(units),
        candidates=frozenset(o.code for o in atlas.offices() if o.kind is OfficeKind.CANDIDATE),
        crossings=frozenset(crossing.code for crossing in atlas.crossings()),
    )


def _areas(atlas: Atlas, level: Level | None) -> list[tuple[str, dict[str, str]]]:
    if level is None:
        return []
    units = atlas.units(level)
    names = zip(units.index, units["name_ar"], units["name_en"], strict=True)
    return [(str(code), {"name_ar": ar, "name_en": en}) for code, ar, en in names]


def _form_context(atlas: Atlas, typed: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    level = finest(atlas)
    return {
        "typed": typed,
        "faults": reading.faults,
        "area_list": _areas(atlas, level),
        "candidates": [o for o in atlas.offices() if o.kind is OfficeKind.CANDIDATE],
        "crossings": atlas.crossings(),
        "units": tuple(Unit),
        "genders": tuple(Gender),
        "hire_field": hire_field,
        "tiers": CHOOSABLE_TIERS,
        "tier_name": TierName,
        "arrival_rows": range(ARRIVAL_ROWS),
    }


@router.get("/scenarios")
def scenarios(request: Request, house: HouseOf, account: Asker, preset: str = "") -> Response:
    """Presets, what was asked lately, and the form filled with the chosen preset."""
    known = presets()
    chosen = known.get(preset) or known["today"]
    reading = Reading(typed_from(chosen))
    return _page(request, house, account, reading, chosen)


def _page(
    request: Request,
    house: House,
    account: Account,
    reading: Reading,
    chosen: Scenario,
    status: int = 200,
) -> Response:
    atlas = house.atlases.open(account)
    return page(
        request,
        "scenarios.html",
        account,
        status=status,
        presets=presets(),
        chosen=chosen,
        jobs=[view_of(job, house.clock()) for job in house.store.jobs.list(limit=8)],
        meaning=MEANING,
        key=secrets.token_urlsafe(12),
        ready=bool(atlas.offices()) and bool(atlas.posts()) and bool(atlas.levels()),
        year=house.clock().year,
        years=range(house.clock().year, house.clock().year + YEARS_AHEAD + 1),
        **_form_context(atlas, reading.typed, reading),
    )


@router.post("/scenarios")
async def ask(request: Request, house: HouseOf, account: Asker) -> Response:
    """Read the form; a fault is told at its field, else a job is stored and shown."""
    sent = await request.form(max_files=0, max_fields=200)
    typed = {name: sent.getlist(name) for name in sent}
    plain = {
        name: [str(v) for v in values]
        if name in {"offices_open", "crossings_closed"}
        else str(values[0])
        for name, values in typed.items()
    }
    return await run_in_threadpool(_ask, request, house, account, plain)


def _ask(request: Request, house: House, account: Account, plain: dict[str, Any]) -> Response:
    reading = Reading(plain)
    scenario = read_scenario(reading, choices_of(house.atlases.open(account)))
    if scenario is None:
        known = presets()
        chosen = known.get(reading.text("name"), known["today"])
        return _page(request, house, account, reading, chosen, status=422)
    job = ask_allocation(
        house.store,
        AllocateRequest(scenario=scenario, time_limit_s=house.settings.solve_time_limit_s),
        owner=account.name,
        idempotency_key=reading.text("key")[:60] or None,
    )
    house.wake()
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)
