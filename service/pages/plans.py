"""Plans: the list, a plan's answer with its map and tables, downloads, and two side by side."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.places import Level
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, WordsOf, require
from service.details.shelf import DOWNLOAD_WAIT_S
from service.details.tables import details_tables
from service.errors import NotFoundError
from service.exports.content import Content, Format
from service.exports.departures import copy_serial, note_export
from service.exports.plan_files import plan_content
from service.exports.plan_workbook import plan_xlsx
from service.locale.goal_words import goal_figure
from service.locale.source_words import source_rows
from service.locale.words import Words
from service.maps.document import map_document
from service.maps.localise import inlined
from service.pages.answer import five_sentences
from service.pages.atlas import Atlas
from service.pages.baselines import AGAINST, TODAY
from service.pages.lacks import lacks_of
from service.pages.letters import letter_state
from service.pages.plan_contents import plan_contents
from service.pages.planmap import COLOURINGS, Colouring, has_shapes, plan_sheet, swatches
from service.pages.planview import (
    PlanView,
    compare,
    district_name,
    margins,
)
from service.pages.render import STATIC, page, static_url
from service.pages.side_by_side import district_rows, office_rows, same_ground
from service.pages.standings_note import standings_note
from service.reports.assumed import assumed
from service.security import MAP_POLICY
from service.store import StoredPlan
from service.store.errors import UnknownError

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_PLANS))]
Exporter = Annotated[Account, Depends(require(Right.EXPORT))]
SIDES = ("a", "b", "c", "d")


def _stored(house: House, plan_id: str) -> StoredPlan:
    try:
        return house.store.plans.get(plan_id)
    except UnknownError:
        raise NotFoundError from None


def district_names(atlas: Atlas, words: Words) -> dict[str, str]:
    """Districts by code in the reader's language."""
    if Level.DISTRICT not in atlas.levels():
        return {}
    units = atlas.units(Level.DISTRICT)
    names = zip(units.index, units["name_ar"], units["name_en"], strict=True)
    return {str(code): words.name({"name_ar": ar, "name_en": en}) for code, ar, en in names}


def _view(stored: StoredPlan, atlas: Atlas, words: Words) -> PlanView:
    return PlanView(stored.problem, stored.plan, words, district_names(atlas, words))


def _colouring(text: str) -> Colouring:
    return next((one for one in COLOURINGS if one == text), "women")


@router.get("/plans")
def plan_list(request: Request, house: HouseOf, account: Reader) -> Response:
    plans = house.store.plans.list(limit=100)
    decided = house.store.decisions.newest(head.id for head in plans)
    return page(request, "plans.html", account, plans=plans, decided=decided)


@router.get("/plans/{plan_id}")
def plan_page(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Reader,
    plan_id: str,
    colour: str = "",
) -> Response:
    """The answer in five sentences first, then map, tables, proof and sources."""
    return plan_answer(request, house, words, account, plan_id, colour=colour)


def plan_answer(
    request: Request,
    house: House,
    words: Words,
    account: Account,
    plan_id: str,
    *,
    colour: str = "",
    status: int = 200,
    decision_faults: Mapping[str, str] | None = None,
    decision_typed: Mapping[str, str] | None = None,
) -> Response:
    """The plan's page; with what was wrong where its decision form was answered."""
    stored = _stored(house, plan_id)
    atlas = house.atlases.open(account)
    view = _view(stored, atlas, words)
    held = {
        name: PlanView(view.problem, plan, words, view.district_names)
        for name, plan in house.baselines.of(view.problem).items()
    }
    colouring = _colouring(colour)
    named = [(words.say(called), held[name]) for name, called in AGAINST.items() if name in held]
    letter = letter_state(house, plan_id, stored.problem)
    has_map = has_shapes(view, atlas)
    return page(
        request,
        "plan.html",
        account,
        status=status,
        head=stored.head,
        decisions=house.store.decisions.of(plan_id),
        decision_faults=decision_faults or {},
        decision_typed=decision_typed or {"decision": "", "reason": ""},
        view=view,
        today=held[TODAY],
        sentences=five_sentences(view, held[TODAY]),
        compared=compare([view, *(one for _, one in named)]),
        compared_names=[name for name, _ in named],
        margins=margins(view, named),
        standings=standings_note(view),
        sources=source_rows(words, view.problem.sources),
        goal_figure=goal_figure,
        lacks=lacks_of(view),
        assumed=assumed(words, view.problem),
        contents=plan_contents(
            view, letter=letter is not None and account.may(Right.EXPORT), has_map=has_map
        ),
        district_name=district_name,
        colouring=colouring,
        colourings=COLOURINGS,
        swatches=swatches(view, colouring),
        has_map=has_map,
        letter=letter,
    )


@router.get("/plans/{plan_id}/map")
def plan_map(
    house: HouseOf,
    words: WordsOf,
    account: Reader,
    plan_id: str,
    colour: str = "",
) -> Response:
    """The plan's map as a document of its own."""
    atlas = house.atlases.open(account)
    sheet = plan_sheet(_view(_stored(house, plan_id), atlas, words), atlas, _colouring(colour))
    if sheet is None:
        raise NotFoundError
    headers = {"Content-Security-Policy": MAP_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(map_document(sheet, static_url), headers=headers)


def _download(house: House, account: Account, plan_id: str, content: Content) -> Response:
    """Who took which file away is written down before it leaves."""
    note_export(house.store, account, plan_id, content, asked={}, exact=False)
    headers = {"Content-Disposition": f'attachment; filename="{content.filename}"'}
    return Response(content.body, media_type=content.media_type, headers=headers)


@router.get("/plans/{plan_id}/plan.geojson")
def download_geojson(house: HouseOf, words: WordsOf, account: Exporter, plan_id: str) -> Response:
    return _with_shapes(house, words, account, plan_id, Format.GEOJSON)


@router.get("/plans/{plan_id}/plan.gpkg")
def download_geopackage(
    house: HouseOf, words: WordsOf, account: Exporter, plan_id: str
) -> Response:
    """Areas and offices as two layers, with the plan's metadata."""
    return _with_shapes(house, words, account, plan_id, Format.GPKG)


@router.get("/plans/{plan_id}/plan.csv")
def download_table(house: HouseOf, words: WordsOf, account: Exporter, plan_id: str) -> Response:
    """One row for each area."""
    return _with_shapes(house, words, account, plan_id, Format.CSV)


def _with_shapes(
    house: House, words: Words, account: Account, plan_id: str, form: Format
) -> Response:
    stored = _stored(house, plan_id)
    atlas = house.atlases.open(account)
    shapes: dict[str, BaseGeometry] = {}
    for level in atlas.levels():
        units = atlas.units(level)
        shapes |= {str(code): shape for code, shape in units.geometry.items()}
    content = plan_content(
        stored.problem,
        stored.plan,
        form,
        areas=shapes,
        offices=_office_points(atlas),
        words=words,
        serial=copy_serial(),
    )
    return _download(house, account, plan_id, content)


@router.get("/plans/{plan_id}/plan.xlsx")
def download_workbook(house: HouseOf, words: WordsOf, account: Exporter, plan_id: str) -> Response:
    """With the plan's details; those that are not there in time are named in it."""
    stored = _stored(house, plan_id)
    making = house.details.of(stored.problem, stored.plan, wait_s=DOWNLOAD_WAIT_S)
    more = details_tables(stored.problem, making.so_far, words)
    serial = copy_serial()
    content = plan_xlsx(stored.problem, stored.plan, words=words, serial=serial, more=more)
    return _download(house, account, plan_id, content)


@router.get("/plans/{plan_id}/plan.json")
def download_plan(house: HouseOf, account: Exporter, plan_id: str) -> Response:
    return _json(house, account, plan_id, _texts(house, plan_id)[1], "plan.json")


@router.get("/plans/{plan_id}/problem.json")
def download_problem(house: HouseOf, account: Exporter, plan_id: str) -> Response:
    """Solvable again anywhere."""
    return _json(house, account, plan_id, _texts(house, plan_id)[0], "problem.json")


@router.get("/plans/{plan_id}/map.html")
def download_map(
    house: HouseOf, words: WordsOf, account: Exporter, plan_id: str, colour: str = ""
) -> Response:
    """The map as one file that opens from a disk, without a server."""
    atlas = house.atlases.open(account)
    sheet = plan_sheet(_view(_stored(house, plan_id), atlas, words), atlas, _colouring(colour))
    if sheet is None:
        raise NotFoundError
    body = inlined(map_document(sheet, static_url), STATIC, static_url)
    content = Content(body.encode(), "text/html; charset=utf-8", "map.html", copy_serial(), 0)
    answer = _download(house, account, plan_id, content)
    answer.headers["Content-Security-Policy"] = MAP_POLICY
    return answer


def _texts(house: House, plan_id: str) -> tuple[str, str]:
    try:
        return house.store.plans.texts(plan_id)
    except UnknownError:
        raise NotFoundError from None


def _json(house: House, account: Account, plan_id: str, text: str, name: str) -> Response:
    """The document's own bytes, so without a serial in it; the log holds their hash."""
    content = Content(text.encode(), "application/json", name, copy_serial(), 0)
    return _download(house, account, plan_id, content)


def _office_points(atlas: Atlas) -> dict[str, Point]:
    return {office.code: Point(office.lon, office.lat) for office in atlas.offices()}


@router.get("/compare")
def compare_page(request: Request, house: HouseOf, words: WordsOf, account: Reader) -> Response:
    """Up to four plans side by side: ``?a=ID&b=ID``, or ``?p=ID&p=ID`` as the list sends them."""
    asked = [request.query_params.get(name, "") for name in SIDES]
    asked += request.query_params.getlist("p")
    wanted = list(dict.fromkeys(plan_id for plan_id in asked if plan_id))
    stored = [_stored(house, plan_id) for plan_id in wanted[: len(SIDES)]]
    atlas = house.atlases.open(account)
    views = [_view(one, atlas, words) for one in stored]
    chosen = dict(zip_longest(SIDES, (one.head.id for one in stored), fillvalue=""))
    return page(
        request,
        "compare.html",
        account,
        plans=house.store.plans.list(limit=100),
        chosen=chosen,
        too_many=len(wanted) > len(SIDES),
        heads=[one.head for one in stored],
        views=views,
        compared=compare(views) if views else [],
        offices=office_rows(views) if views else [],
        districts=district_rows(views) if views else [],
        same_ground=same_ground(views),
        sentences=[five_sentences(view) for view in views],
    )
