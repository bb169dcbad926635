"""The planner's page: one choropleth, its legend, its table, and the card of an area."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from service.auth.accounts import Account
from service.auth.roles import Right
from service.base_map import town_points
from service.deps import HouseOf, WordsOf, require
from service.maps.document import map_document
from service.pages.basemap import frame_policy, tiles_of
from service.pages.choice import read_choice
from service.pages.map_answer import map_answer
from service.pages.map_board import board_of, plan_for
from service.pages.map_sheet import sheet_of
from service.pages.render import page, static_url
from service.pages.search import find

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Account, Depends(require(Right.SEE_MAP))]


@router.get("/")
def map_page(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """Map, legend, table and card; works as plain links and forms without JavaScript."""
    return map_answer(request, house, words, account, request.query_params)


@router.get("/map")
def map_frame(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """The map's own document, in a sandbox of its own."""
    board = board_of(house, words, account, request.query_params)
    if board is None:
        return page(request, "map_empty.html", account)
    tiles = tiles_of(house.settings, house.basemap)
    sheet = sheet_of(
        board.atlas,
        board.choice,
        words,
        board.reading,
        board.figures(),
        plan=board.plan,
        towns=town_points(house.settings.data_dir),
        tiles=tiles,
    )
    headers = {
        "Content-Security-Policy": frame_policy(tiles),
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HTMLResponse(map_document(sheet, static_url), headers=headers)


@router.get("/map/find")
def map_find(
    request: Request, house: HouseOf, words: WordsOf, account: Viewer, q: str = ""
) -> Response:
    """The places that a question finds, as the part of the page that lists them."""
    atlas = house.atlases.open(account)
    if not atlas.levels():
        return page(request, "parts/found.html", account, found=None)
    plan = plan_for(house, account)
    choice = read_choice(request.query_params, atlas, plan=plan is not None)
    towns = town_points(house.settings.data_dir)
    found = find(q, atlas, choice, words, towns) if q.strip() else None
    return page(request, "parts/found.html", account, found=found)
