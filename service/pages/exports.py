"""Plain downloads with stable links: a layer or a plan as a file for QGIS, a sheet, a letter."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from geo.layers import Clearance
from service.auth.accounts import Account
from service.auth.clearance import as_program
from service.auth.releases import take_export
from service.auth.roles import Right, Thing, fields_seen
from service.deps import House, HouseOf, WordsOf, require
from service.errors import NotAllowedError, NotFoundError
from service.exports.content import Content, Format
from service.exports.departures import copy_serial, note_export
from service.exports.layer_files import layer_content
from service.exports.layer_table import one_layer_table
from service.head import ASKED_AS_HEAD
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice
from service.pages.chosen_layer import placed_layer
from service.pages.figures import shown_only
from service.pages.map_paper import map_file
from service.pages.released_files import asked_of, read_layer_choice, read_subject

router = APIRouter(include_in_schema=False)
Exporter = Annotated[Account, Depends(require(Right.EXPORT))]
_MOST_DIGITS = 9  # of the number of a release: more fit into no database


@router.get("/export/{name}.{ending}")
def export(
    request: Request, house: HouseOf, words: WordsOf, account: Exporter, name: str, ending: str
) -> Response:
    """``/export/need.geojson?level=district&period=...``, ``/export/plan.xlsx?plan=ID``.

    ``need.pdf`` is the layer's map on one page; need under weights of the reader's own
    (``w_growth=80``) says them in every row. Figures are released ones, whoever asks;
    ``release=N`` fetches what two people let out, ``as_of=VERSION`` (or a day) the layer of a past
    state of the data.
    """
    if name == "plan" and ending in {"geojson", "gpkg", "csv", "xlsx", "json", "pdf"}:
        plan_id = request.query_params.get("plan", "")
        if not plan_id.isalnum():
            raise NotFoundError
        file = "report.pdf" if ending == "pdf" else f"plan.{ending}"
        return RedirectResponse(f"/plans/{plan_id}/{file}", status_code=307)
    if "release" in request.query_params:
        return _download(_released(request, house, words, account, name, ending))
    if ending == Format.PDF.value:
        day = house.clock().date()
        return _download(map_file(request, house, words, account, name, day))
    atlas, version = _atlas(house, as_program(account), request.query_params.get("as_of", ""))
    _, choice = read_layer_choice(name, ending, request.query_params, atlas)
    content = _content(account, atlas, choice, Format(ending), words)
    asked = asked_of(choice) | ({"as_of": version} if version else {})
    note_export(house.store, account, f"layer {name}", content, asked=asked, exact=False)
    return _download(content)


def _atlas(house: House, account: Account, as_of: str) -> tuple[Atlas, str]:
    """The newest state, or the one of a version or day with its name. Raises ``UnknownError``."""
    if not as_of:
        return house.atlases.open(account), ""
    version = house.store.states.find(as_of).version
    return house.atlases.at(account, version), version


def _content(
    account: Account, atlas: Atlas, choice: MapChoice, form: Format, words: Words
) -> Content:
    """The file, with the columns that the matrix lets the role see: a new one needs its entry."""
    units = atlas.units(choice.level, choice.governorate)
    try:
        layer = placed_layer(atlas, choice, units)
    except KeyError:
        raise NotFoundError from None
    seen = fields_seen(account.role, Thing.LAYER, office=account.office)
    values = layer.values[[name for name in layer.values.columns if name in seen]]
    told = shown_only(replace(layer, values=values))
    table = one_layer_table(told, units, serial=copy_serial(), weights=choice.shares())
    return layer_content(table, form, words=words)


def _released(
    request: Request, house: House, words: Words, account: Account, name: str, ending: str
) -> Content:
    """The file of exact figures that somebody else released to ``account``, once."""
    number = request.query_params["release"]
    if not number.isdecimal() or len(number) > _MOST_DIGITS:
        raise NotFoundError
    if house.clearances.of(account) is not Clearance.EXACT:
        raise NotAllowedError
    atlas = house.atlases.open(account)
    params = {**request.query_params, "name": name, "ending": ending}
    _, choice = read_layer_choice(name, ending, params, atlas)
    return take_export(
        house.store,
        account,
        int(number),
        read_subject(params, atlas),
        lambda _grant: _content(account, atlas, choice, Format(ending), words),
        house.clock(),
        spends=ASKED_AS_HEAD not in request.scope,
    )


def _download(content: Content) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{content.filename}"',
        "Cache-Control": "no-store",
    }
    return Response(content.body, media_type=content.media_type, headers=headers)
