"""Plain downloads with stable links: a layer or a plan as a file for QGIS, a sheet, a letter."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from geo.layers import Clearance, LayerCode
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, WordsOf, require
from service.errors import NotFoundError
from service.exports.content import Format
from service.exports.departures import copy_serial, note_export
from service.exports.layer_files import layer_content
from service.exports.layer_table import one_layer_table
from service.pages.choice import read_choice
from service.pages.figures import shown_only

router = APIRouter(include_in_schema=False)
Exporter = Annotated[Account, Depends(require(Right.EXPORT))]
LAYER_FORMS = frozenset(Format) - {Format.PDF}


@router.get("/export/{name}.{ending}")
def export(
    request: Request, house: HouseOf, words: WordsOf, account: Exporter, name: str, ending: str
) -> Response:
    """``/export/need.geojson?level=district&period=...``, ``/export/plan.xlsx?plan=ID``."""
    if name == "plan" and ending in {"geojson", "xlsx", "json", "pdf"}:
        plan_id = request.query_params.get("plan", "")
        if not plan_id.isalnum():
            raise NotFoundError
        file = "report.pdf" if ending == "pdf" else f"plan.{ending}"
        return RedirectResponse(f"/plans/{plan_id}/{file}", status_code=307)
    if name not in set(LayerCode) or ending not in {form.value for form in LAYER_FORMS}:
        raise NotFoundError
    atlas = house.atlases.open(account)
    if not atlas.levels():
        raise NotFoundError
    choice = read_choice({**request.query_params, "layer": name}, atlas)
    try:
        layer = atlas.layer(LayerCode(name), choice.level, choice.category, choice.period)
    except KeyError:
        raise NotFoundError from None
    units = atlas.units(choice.level, choice.governorate)
    table = one_layer_table(shown_only(layer), units, serial=copy_serial())
    content = layer_content(table, Format(ending), words=words)
    note_export(
        house.store,
        account,
        f"layer {name}",
        content,
        asked={
            "level": choice.level.value,
            "category": choice.category or "",
            "governorate": choice.governorate or "",
            "period": str(choice.period),
        },
        exact=getattr(atlas, "clearance", Clearance.RELEASED) is Clearance.EXACT,
    )
    headers = {"Content-Disposition": f'attachment; filename="{content.filename}"'}
    return Response(content.body, media_type=content.media_type, headers=headers)
