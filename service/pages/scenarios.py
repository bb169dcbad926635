"""The director's page: ask for a plan in plain words, and find again what was asked.

One form, three acts: reckon what it would ask for, keep it under its title, look for the plan.
"""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from geo.incidents import CATEGORIES
from geo.notes import Note, said
from geo.places import Level, OfficeKind
from optimizer.problem import TierName
from optimizer.staff import Gender, Unit
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, require, words_of
from service.errors import NotFoundError
from service.jobs.model import MEANING, AllocateRequest, Kind
from service.jobs.requests import ask_allocation
from service.pages.atlas import Atlas
from service.pages.data_age import old_notice
from service.pages.estimates import Estimate
from service.pages.finer_choices import (
    assumption_groups,
    case_rows,
    count_changed,
    eps_field,
    need_parts,
    weight_field,
)
from service.pages.form_reading import Reading
from service.pages.jobs import JobView, view_of
from service.pages.render import page
from service.pages.scenario_form import (
    CHOOSABLE_TIERS,
    PLACES_FROM,
    Choices,
    arrival_rows,
    hire_field,
    read_scenario,
    typed_from,
)
from service.scenario import Scenario, presets
from service.store import SavedScenario
from service.store.errors import ConflictError, UnknownError

router = APIRouter(include_in_schema=False)
Asker = Annotated[Account, Depends(require(Right.ASK_SCENARIO))]
YEARS_AHEAD = 10
MOST_LATELY = 8
MOST_NAME = 64
SEVERAL = frozenset({"offices_open", "crossings_closed"})

_TITLE_DUE = said("Give a title: it is the name under which the scenario is found again.")
_TAKEN = said("Another scenario has this title, or somebody saved this one meanwhile.")


def finest(atlas: Atlas) -> Level | None:
    """The finest administrative level that is loaded: where demand arises."""
    levels = atlas.levels()
    for level in (Level.SUBDISTRICT, Level.DISTRICT):
        if level in levels:
            return level
    return None


def choices_of(atlas: Atlas) -> Choices:
    level = finest(atlas)
    units = [] if level is None else [str(code) for code in atlas.units(level).index]
    return Choices(
        areas=frozenset(units),
        candidates=frozenset(o.code for o in atlas.offices() if o.kind is OfficeKind.CANDIDATE),
        crossings=frozenset(crossing.code for crossing in atlas.crossings()),
        governorates=frozenset(one.code for one in atlas.governorates()),
        posts=Counter((post.unit, post.gender) for post in atlas.posts() if not post.locked),
    )


@dataclass
class Sent:
    """What the form holds on its way through a request."""

    reading: Reading
    estimate: Estimate | None = None
    revision: int = 0
    notice: Note | None = None
    chosen: str = ""
    """The preset or, with ``saved:`` before it, the saved scenario that filled the form."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))


@router.get("/scenarios")
def scenarios(
    request: Request,
    house: HouseOf,
    account: Asker,
    preset: str = "",
    saved: str = "",
    job: str = "",
) -> Response:
    """Presets, saved scenarios, what was asked lately, and the form filled with the chosen one.

    ``job`` is one that was asked: its scenario comes back to be changed.
    """
    if job:
        asked = _asked(house, job)
        sent = Sent(Reading(typed_from(asked)), chosen=asked.name)
        sent.estimate = _held(house, asked)
        return _page(request, house, account, sent)
    if saved:
        found = house.store.scenarios.find(saved)
        if found is None:
            raise NotFoundError
        scenario = Scenario.model_validate_json(found.document)
        reading = Reading(typed_from(scenario))
        sent = Sent(reading, revision=found.revision, chosen=f"saved:{saved}")
        sent.estimate = _held(house, scenario)
        return _page(request, house, account, sent)
    known = presets()
    scenario = known.get(preset) or known["today"]
    sent = Sent(Reading(typed_from(scenario)), chosen=scenario.name)
    sent.estimate = _held(house, scenario)
    return _page(request, house, account, sent)


@router.post("/scenarios")
async def ask(request: Request, house: HouseOf, account: Asker) -> Response:
    """Read the form; a fault is told at its field, else the act that was asked for is done."""
    plain = _plain(await request.form(max_files=0, max_fields=1000))
    act = {"estimate": _estimate, "save": _save}.get(str(plain.get("act", "")), _ask)
    return await run_in_threadpool(act, request, house, account, plain)


@router.post("/scenarios/estimate")
async def estimate_part(request: Request, house: HouseOf, account: Asker) -> Response:
    """The part of the page that follows what is typed."""
    plain = _plain(await request.form(max_files=0, max_fields=1000))
    return await run_in_threadpool(_estimate_part, request, house, account, plain)


@router.post("/scenarios/forget")
def forget(
    house: HouseOf, _account: Asker, name: Annotated[str, Form(max_length=MOST_NAME)]
) -> Response:
    """Take a saved scenario off the list; plans that were made of it stay."""
    house.store.scenarios.remove(name)
    return RedirectResponse("/scenarios", status_code=303)


def _plain(sent: FormData) -> dict[str, Any]:
    typed = {name: sent.getlist(name) for name in sent}
    return {
        name: [str(v) for v in values] if name in SEVERAL else str(values[0])
        for name, values in typed.items()
    }


def _read(house: House, account: Account, plain: dict[str, Any]) -> tuple[Sent, Scenario | None]:
    sent = Sent(Reading(plain), chosen=str(plain.get("chosen", ""))[:80])
    sent.revision = sent.reading.whole("revision", 0, 10**6) or 0
    scenario = read_scenario(sent.reading, choices_of(house.atlases.open(account)))
    return sent, scenario


def _reckoned(house: House, scenario: Scenario | None) -> Estimate | None:
    book = house.atlases.released()
    return None if scenario is None or book is None else house.estimates.of(book, scenario)


def _asked(house: House, job_id: str) -> Scenario:
    try:
        found = view_of(house.store.jobs.get(job_id), house.clock()).scenario
    except (UnknownError, ValidationError):
        found = None
    if found is None:
        raise NotFoundError
    return found


def _held(house: House, scenario: Scenario) -> Estimate | None:
    """What is at hand: a page waits for nothing that can come after it."""
    book = house.atlases.released()
    return None if book is None else house.estimates.held(book, scenario)


def _estimate_part(
    request: Request, house: House, account: Account, plain: dict[str, Any]
) -> Response:
    sent, scenario = _read(house, account, plain)
    return page(
        request,
        "parts/estimate.html",
        account,
        estimate=_reckoned(house, scenario),
        faults=sent.reading.faults,
    )


def _estimate(request: Request, house: House, account: Account, plain: dict[str, Any]) -> Response:
    sent, scenario = _read(house, account, plain)
    sent.estimate = _reckoned(house, scenario)
    return _page(request, house, account, sent, status=422 if sent.reading.faults else 200)


def _save(request: Request, house: House, account: Account, plain: dict[str, Any]) -> Response:
    """Keep the scenario under its title; two who edit the same one are told."""
    sent, scenario = _read(house, account, plain)
    field_name = "title_ar" if words_of(request).is_arabic else "title_en"
    name = sent.reading.text(field_name)[:MOST_NAME]
    if not name:
        sent.reading.faults[field_name] = Note(_TITLE_DUE)
    if scenario is None or sent.reading.faults:
        return _page(request, house, account, sent, status=422)
    own = scenario.model_copy(update={"name": "own", "title_ar": name, "title_en": name})
    known = sent.chosen == f"saved:{name}"
    try:
        house.store.scenarios.save(
            name,
            own.model_dump_json(),
            owner=account.name,
            revision=sent.revision if known else None,
        )
    except ConflictError:
        sent.reading.faults[field_name] = Note(_TAKEN)
        return _page(request, house, account, sent, status=409)
    found = house.store.scenarios.find(name)
    sent.revision, sent.chosen = (found.revision if found else 0), f"saved:{name}"
    sent.notice = Note(said("Saved. It is in the list of saved scenarios."))
    return _page(request, house, account, sent)


def _ask(request: Request, house: House, account: Account, plain: dict[str, Any]) -> Response:
    sent, scenario = _read(house, account, plain)
    if scenario is not None:
        reckoned = _reckoned(house, scenario)
        if reckoned is not None and reckoned.faults:
            sent.estimate, scenario = reckoned, None
    if scenario is None:
        return _page(request, house, account, sent, status=422)
    job = ask_allocation(
        house.store,
        AllocateRequest(scenario=scenario, time_limit_s=house.settings.solve_time_limit_s),
        owner=account.name,
        # With a beginning of its own: what a form sends is never a key of our own work.
        idempotency_key=f"form:{key}" if (key := sent.reading.text("key")[:60]) else None,
    )
    house.wake()
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def _areas(atlas: Atlas, level: Level | None) -> list[tuple[str, dict[str, str]]]:
    if level is None:
        return []
    units = atlas.units(level)
    names = zip(units.index, units["name_ar"], units["name_en"], strict=True)
    return [(str(code), {"name_ar": ar, "name_en": en}) for code, ar, en in names]


def _form_context(request: Request, atlas: Atlas, typed: Mapping[str, Any]) -> dict[str, Any]:
    words = words_of(request)
    choices = choices_of(atlas)
    return {
        "typed": typed,
        "area_list": _areas(atlas, finest(atlas)),
        "governorates": atlas.governorates(),
        "candidates": [o for o in atlas.offices() if o.kind is OfficeKind.CANDIDATE],
        "crossings": atlas.crossings(),
        "units": tuple(Unit),
        "genders": tuple(Gender),
        "hire_field": hire_field,
        "posts": choices.posts,
        "places_from": PLACES_FROM,
        "tiers": CHOOSABLE_TIERS,
        "tier_name": TierName,
        "arrival_rows": range(arrival_rows(typed)),
        "eps_field": eps_field,
        "weight_field": weight_field,
        "need_parts": need_parts(),
        "groups": assumption_groups(words),
        "cases": case_rows(words),
        "categories": CATEGORIES,
        "changed": count_changed(typed),
    }


def _asked_lately(house: House) -> list[JobView]:
    found = [job for job in house.store.jobs.list(limit=60) if job.process == Kind.ALLOCATE]
    return [view_of(job, house.clock()) for job in found[:MOST_LATELY]]


def _page(
    request: Request, house: House, account: Account, sent: Sent, status: int = 200
) -> Response:
    atlas = house.atlases.open(account)
    today = house.clock().date()
    kept: list[SavedScenario] = house.store.scenarios.list()
    return page(
        request,
        "scenarios.html",
        account,
        status=status,
        presets=presets(),
        saved=kept,
        chosen=sent.chosen,
        revision=sent.revision,
        notice=sent.notice,
        faults=sent.reading.faults,
        estimate=sent.estimate,
        jobs=_asked_lately(house),
        meaning=MEANING,
        key=sent.reading.text("key") or sent.key,
        old=old_notice(atlas, words_of(request), today),
        ready=bool(atlas.offices()) and bool(atlas.posts()) and bool(atlas.levels()),
        years=range(today.year, today.year + YEARS_AHEAD + 1),
        **_form_context(request, atlas, sent.reading.typed),
    )
