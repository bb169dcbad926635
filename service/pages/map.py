"""The planner's page: one choropleth, its legend, its table, and the card of an area."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from geo.incidents import CATEGORIES
from geo.layers import SEVERE_GROUP, LayerCode
from geo.need import DEFAULT_COMPONENTS
from geo.rates import Window
from service.auth.accounts import Account
from service.auth.roles import Right, may
from service.base_map import town_points
from service.deps import House, HouseOf, WordsOf, require
from service.locale import map_words, terms
from service.locale.words import Words
from service.maps.document import figures_message, map_document
from service.pages.atlas import Atlas
from service.pages.basemap import frame_policy, tiles_of
from service.pages.card import card_of
from service.pages.choice import (
    MapChoice,
    categories_of,
    layers_at,
    read_choice,
    windows_of,
)
from service.pages.chosen_layer import layer_of
from service.pages.figures import Reading, Row, read_layer
from service.pages.kinds import PlanLayer
from service.pages.map_sheet import only_figures, sheet_of, tips
from service.pages.newest_plan import NewestPlan
from service.pages.render import page, static_url
from service.pages.search import find
from service.pages.through_time import ThroughTime, through_time

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Account, Depends(require(Right.SEE_MAP))]
_NONE = ThroughTime({})


@dataclass(frozen=True)
class Board:
    """What a request of the map is answered from: the data, the choice and its reading."""

    atlas: Atlas
    choice: MapChoice
    words: Words
    plan: NewestPlan | None
    units: gpd.GeoDataFrame
    time: ThroughTime
    reading: Reading


def plan_for(house: House, account: Account) -> NewestPlan | None:
    """The plan that the map speaks of, to who may see plans."""
    return house.shelf.newest(house.store) if may(account.role, Right.SEE_PLANS) else None


def layer_title(words: Words, choice: MapChoice) -> str:
    """Name of the layer with its category."""
    title = words.say(map_words.TITLE[choice.layer])
    if choice.category == SEVERE_GROUP:
        return f"{title}: {words.say('Severe categories together')}"
    if choice.category:
        return f"{title}: {words.name(CATEGORIES[choice.category])}"
    return title


def board_of(
    house: House, words: Words, account: Account, params: Mapping[str, str]
) -> Board | None:
    """The board of ``params``; ``None`` before anything is loaded."""
    atlas = house.atlases.open(account)
    if not atlas.levels():
        return None
    plan = plan_for(house, account)
    choice = read_choice(params, atlas, plan=plan is not None)
    return make_board(atlas, choice, words, plan)


def make_board(atlas: Atlas, choice: MapChoice, words: Words, plan: NewestPlan | None) -> Board:
    """The chosen layer, released and in words, on a scale that its other periods share."""
    units = atlas.units(choice.level, choice.governorate)
    # A moving weight is answered at once: its need has a scale of its own and no past.
    time = _NONE if choice.weights else through_time(atlas, choice, units)
    reading = read_layer(
        layer_of(atlas, choice, units, plan),
        units,
        words,
        layer_title(words, choice),
        beside=time.everything(),
    )
    return Board(atlas, choice, words, plan, units, time, reading)


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
        _figures(board),
        plan=board.plan,
        towns=town_points(house.settings.data_dir),
        tiles=tiles,
    )
    headers = {
        "Content-Security-Policy": frame_policy(tiles),
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HTMLResponse(map_document(sheet, static_url), headers=headers)


def _figures(board: Board) -> Any:
    return tips(
        board.atlas, board.choice, board.words, board.reading, time=board.time, plan=board.plan
    )


@router.get("/")
def map_page(
    request: Request, house: HouseOf, words: WordsOf, account: Viewer, q: str = ""
) -> Response:
    """Map, legend, table and card; works as plain links and forms without JavaScript."""
    board = board_of(house, words, account, request.query_params)
    if board is None:
        return page(request, "map_empty.html", account)
    choice, reading, atlas = board.choice, board.reading, board.atlas
    row = reading.row(choice.area)
    sheet = only_figures(reading, _figures(board), words)
    categories = categories_of(atlas, choice.layer, choice.level)
    windows = windows_of(atlas, choice.layer, choice.level, choice.category)
    towns = town_points(house.settings.data_dir) if q else {}
    return page(
        request,
        "map.html",
        account,
        atlas=atlas,
        choice=choice,
        layers=layers_at(atlas, choice.level, plan=board.plan is not None),
        map_words=map_words,
        categories=[_category(words, code) for code in categories],
        windows=windows,
        withheld=_withheld(board, windows),
        reading=reading,
        rows=sorted_rows(reading, choice.sort),
        row=row,
        card=None
        if row is None
        else card_of(atlas, choice, words, reading, row.code, time=_time(board), plan=board.plan),
        plan=board.plan if isinstance(choice.layer, PlanLayer) else None,
        figures=figures_message(sheet),
        weights=_sliders(choice, words),
        weight_sets=house.store.weight_sets.list(account.name)
        if choice.layer == LayerCode.NEED
        else [],
        q=q[:80],
        found=find(q, atlas, choice, words, towns) if q else None,
    )


def _time(board: Board) -> ThroughTime:
    """Also under the reader's own weights, where a card is open."""
    if board.choice.weights:
        return through_time(board.atlas, board.choice, board.units)
    return board.time


def _category(words: Words, code: str | None) -> tuple[str, str]:
    if code is None:
        return ("", words.say("All categories"))
    if code == SEVERE_GROUP:
        return (code, words.say("Severe categories together"))
    return (code, words.name(CATEGORIES[code]))


def _withheld(board: Board, windows: tuple[Window, ...]) -> str:
    """Why shorter windows are not offered here; empty where they are."""
    choice = board.choice
    if not windows or isinstance(choice.layer, PlanLayer) or Window.MONTH in windows:
        return ""
    layer = LayerCode(choice.layer)
    why = board.atlas.withheld(choice.level, Window.MONTH, layer, choice.category)
    return "" if why is None else board.words.say(why.key, **why.params)


def sorted_rows(reading: Reading, sort: str) -> list[Row]:
    """Rows in the order of the address: rank, name or value, with ``-`` the other way round."""
    rows = list(reading.rows)
    key = sort.removeprefix("-")
    if key == "name":
        rows.sort(key=lambda row: row.name, reverse=sort.startswith("-"))
    elif key:
        known = [row for row in rows if row.value is not None]
        # Most first is place 1 first: the two columns run against each other.
        if sort in {"-rank", "value"}:
            known.reverse()
        rows = [*known, *(row for row in rows if row.value is None)]
    return rows


def _sliders(choice: MapChoice, words: Words) -> list[dict[str, Any]]:
    """One slider for each component of the need."""
    own = dict(choice.weights)
    return [
        {
            "name": f"w_{one.code}",
            "title": words.say(terms.COMPONENT.get(one.code, one.code)),
            "usual": round(one.weight * 100),
            "value": round(own.get(one.code, one.weight * 100)),
        }
        for one in DEFAULT_COMPONENTS
    ]
