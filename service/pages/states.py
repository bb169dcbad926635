"""A past state of the data: which versions were read, and its layers as they were."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.auth.accounts import Account
from service.auth.roles import Right
from service.base_map import town_points
from service.deps import MOST_NUMBER, House, HouseOf, WordsOf, require
from service.errors import NotFoundError
from service.exports.content import Format
from service.locale import map_words
from service.locale.words import Words
from service.maps.document import map_document
from service.pages.atlas import Atlas, tells_exact
from service.pages.basemap import frame_policy, tiles_of
from service.pages.choice import MapChoice, layers_at, read_choice
from service.pages.chosen_layer import layer_of
from service.pages.data import KINDS
from service.pages.data_view import ACTION, cards, state_lines
from service.pages.figures import Reading, read_layer
from service.pages.kinds import PlanLayer
from service.pages.map_sheet import sheet_of
from service.pages.render import page, static_url
from service.store import State

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_DATA))]
PAGE_OF_STATES = 50
FORMS = (Format.GEOJSON, Format.GPKG, Format.CSV, Format.XLSX)


@router.get("/data/states")
def states(
    request: Request,
    house: HouseOf,
    account: Reader,
    q: str = "",
    before: Annotated[int | None, Query(ge=0, le=MOST_NUMBER)] = None,
) -> Response:
    """All states, newest first; ``q`` is a data version or a day, and leads to its state."""
    if q.strip():
        state = house.store.states.find(q.strip())
        return RedirectResponse(f"/data/states/{state.version}", status_code=303)
    listed = house.store.states.list(PAGE_OF_STATES, before)
    return page(
        request,
        "states.html",
        account,
        states=state_lines(listed),
        actions=ACTION,
        now=house.store.data_version(),
        older=listed[-1].sequence if len(listed) == PAGE_OF_STATES else None,
    )


@router.get("/data/states/{version}")
def state_page(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, version: str
) -> Response:
    """The versions of a state, and a layer of it with its map, table and files."""
    state = house.store.states.find(version)
    atlas = house.atlases.at(account, state.version)
    # The atlas tells how far incidents reach without telling the day of the newest case.
    told = {one.sequence: one for one in atlas.datasets()}
    datasets = [told.get(d.sequence, d) for d in house.store.datasets.of(state.datasets)]
    choice = reading = None
    if atlas.levels():
        choice = read_choice(request.query_params, atlas)
        reading = _reading(atlas, choice, words)
    plans = [head for head in house.store.plans.list() if head.data_version == state.version]
    return page(
        request,
        "state.html",
        account,
        state=state,
        now=house.store.data_version(),
        actions=ACTION,
        cards=[
            card
            for card in cards(KINDS, datasets, words, account, house.clearances.of(account))
            if card.lines
        ],
        plans=plans if account.may(Right.SEE_PLANS) else [],
        atlas=atlas,
        exact=tells_exact(atlas),
        choice=choice,
        reading=reading,
        layers=_layers(atlas, choice) if choice else (),
        map_words=map_words,
        forms=FORMS,
    )


@router.get("/data/states/{version}/map")
def state_map(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, version: str
) -> Response:
    """The map of a past state, in a sandbox of its own."""
    state: State = house.store.states.find(version)
    atlas = house.atlases.at(account, state.version)
    if not atlas.levels():
        raise NotFoundError
    choice = read_choice(request.query_params, atlas)
    tiles = tiles_of(house.settings, house.basemap)
    reading = _reading(atlas, choice, words)
    if reading is None:
        raise NotFoundError
    document = _drawn(house, atlas, choice, words, reading)
    headers = {"Content-Security-Policy": frame_policy(tiles), "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(document, headers=headers)


def _layers(atlas: Atlas, choice: MapChoice) -> list[str]:
    """Layers of places; a plan belongs to no past state of the map."""
    listed = layers_at(atlas, choice.level, plan=False)
    return [one.value for one in listed if not isinstance(one, PlanLayer)]


def _reading(atlas: Atlas, choice: MapChoice, words: Words) -> Reading | None:
    """The chosen layer in words; ``None`` where that state has nothing to make it of."""
    units = atlas.units(choice.level, choice.governorate)
    try:
        layer = layer_of(atlas, choice, units)
    except KeyError:
        return None
    return read_layer(layer, units, words, words.say(map_words.TITLE[choice.layer]))


def _drawn(house: House, atlas: Atlas, choice: MapChoice, words: Words, reading: Reading) -> str:
    sheet = sheet_of(
        atlas,
        choice,
        words,
        reading,
        reading.figures(),
        towns=town_points(house.settings.data_dir),
        tiles=tiles_of(house.settings, house.basemap),
    )
    return map_document(sheet, static_url)
