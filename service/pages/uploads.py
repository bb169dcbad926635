"""A file comes in: it waits, is previewed with every fault and remedy, and is kept or let go."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from geo.checks import FaultsError
from geo.incidents import CATEGORIES
from geo.layers import Clearance
from geo.places import Level, Standing
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, RowNumber, WordsOf, refuse, require, words_of
from service.errors import NotFoundError
from service.imports.dates import Order
from service.imports.entries import ENTERED
from service.imports.options import Options
from service.imports.run import fields_of
from service.imports.staging import Preview, Staged
from service.imports.templates import template_csv
from service.imports.undoing import undo as take_back
from service.locale.field_words import FIELD
from service.maps.document import map_document
from service.pages.advice import ON_PAGES, field_named, problem_of, remedy_of
from service.pages.area_choices import area_choices
from service.pages.basemap import frame_policy, tiles_of
from service.pages.data import KINDS
from service.pages.entry_fields import DAY_HINT
from service.pages.file_shape import Shape, shape_of
from service.pages.render import page, static_url
from service.pages.upload_options import LEVELS, asks_dates, read_options, spellings, unread_days
from service.pages.upload_view import UploadView, sheet_of, view_of
from service.pages.waiting_room import own_upload, staging_of
from service.store import Kind
from service.store.errors import ConflictError

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, Depends(require(Right.EDIT_DATA))]
_PART = 1 << 20
FAULTS_SHOWN = 100


def parts_of(file: UploadFile) -> Iterator[bytes]:
    """The file as it came, part by part."""
    while part := file.file.read(_PART):
        yield part


def kind_named(name: str) -> Kind:
    """Raises ``NotFoundError``."""
    try:
        return Kind(name)
    except ValueError:
        raise NotFoundError from None


def may_move_borders(house: House, account: Account, kind: Kind) -> bool:
    """Whether ``account`` may keep units now: once real incidents are there, only who is cleared.

    Counts are released by area. Whoever could move a border at will would see on which side of it
    a case lies, and by halving again and again where.
    """
    if kind is not Kind.BOUNDARIES or house.clearances.of(account) is Clearance.EXACT:
        return True
    return all(one.demo for one in house.store.datasets.list(Kind.INCIDENTS))


@router.post("/data/{kind}/upload")
def upload(
    house: HouseOf,
    account: Editor,
    kind: str,
    file: UploadFile,
    source: Annotated[str, Form(max_length=80)] = "",
    standing: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take the file in; nothing is changed before its preview was seen."""
    staging = staging_of(house)
    staging.sweep()
    options = Options(
        source=source, standing=Standing(standing) if standing in set(Standing) else None
    )
    staged = staging.put(
        house.store,
        kind_named(kind),
        file.filename or "",
        parts_of(file),
        owner=account.name,
        options=options,
    )
    return RedirectResponse(f"/data/uploads/{staged.id}", status_code=303)


@router.get("/data/{kind}/template.csv", dependencies=[Depends(require(Right.EDIT_DATA))])
def template(words: WordsOf, kind: str) -> Response:
    """An empty file of the kind with headers in the reader's language, to be filled in."""
    asked = kind_named(kind)
    if asked is Kind.BOUNDARIES:  # a table holds no shapes
        raise NotFoundError
    headers = {"Content-Disposition": f'attachment; filename="{asked.value}-{words.lang}.csv"'}
    return Response(template_csv(asked, words.lang), media_type="text/csv", headers=headers)


@router.get("/data/uploads/{upload_id}")
def preview(request: Request, house: HouseOf, account: Editor, upload_id: str) -> Response:
    """Counts that add up, what was understood, what is wrong and what to do about it, a map.

    A file that is refused as a whole can still be told about: which column holds what.
    """
    return _previewed(request, house, account, upload_id, {})


def _previewed(
    request: Request, house: House, account: Account, upload_id: str, unread: Mapping[str, str]
) -> Response:
    """The preview's page; ``unread`` are days of its form that are none, as they were typed."""
    staged = own_upload(house, account, upload_id)
    told: dict[str, Any]
    try:
        seen = staging_of(house).preview(house.store, upload_id)
    except FaultsError as error:
        told = {"view": None, "faults": error.faults, "unknown": {}}
    else:
        staged = seen.staged
        told = {
            "view": _view(request, house, account, seen),
            "faults": seen.summary.faults,
            "unknown": seen.what.unknown,
        }
    status = 422 if unread or told["view"] is None else 200
    return _page(request, house, account, staged, told | {"unread": unread}, status)


def _view(request: Request, house: House, account: Account, seen: Preview) -> UploadView:
    atlas = house.atlases.open(account)
    return view_of(seen, atlas, words_of(request), house.clearances.of(account))


def _page(
    request: Request,
    house: House,
    account: Account,
    staged: Staged,
    told: Mapping[str, Any],
    status: int = 200,
) -> Response:
    faults = told["faults"]
    columns = staging_of(house).headers(staged.id)
    return page(
        request,
        "upload.html",
        account,
        status=status,
        staged=staged,
        options=staged.options,
        kind_name=KINDS[staged.kind][0],
        view=told["view"],
        may_keep=may_move_borders(house, account, staged.kind),
        faults=faults[:FAULTS_SHOWN],
        all_faults=len(faults),
        problem=partial(problem_of, words_of(request)),
        remedy=partial(remedy_of, words_of(request)),
        field_words=FIELD,
        field_named=partial(field_named, words_of(request)),
        shape=None if told["view"] else _shape(house, staged),
        fields=fields_of(staged.kind),
        columns=columns,
        tellable=bool(columns or staged.options.sheet)
        or any(one.remedy in ON_PAGES for one in faults),
        spellings=spellings(faults),
        unknown=dict(sorted(told["unknown"].items(), key=lambda one: -one[1])[:FAULTS_SHOWN]),
        categories=tuple(CATEGORIES.values()),
        areas=area_choices(house.atlases.open(account)),
        districts=_districts(house.atlases.open(account)),
        orders=tuple(Order),
        levels=LEVELS,
        asks_dates=asks_dates(staged.kind),
        unread=told["unread"],
        day_hint=DAY_HINT,
    )


def _shape(house: House, staged: Staged) -> Shape | None:
    """What the kind expects, for a file that is refused; boundaries need shapes, not columns."""
    if staged.kind is Kind.BOUNDARIES:
        return None
    return shape_of(staged.kind, staging_of(house).headers(staged.id), staged.options)


def _districts(atlas: Any) -> list[tuple[str, Mapping[str, str]]]:
    if Level.DISTRICT not in atlas.levels():
        return []
    rows = atlas.units(Level.DISTRICT).sort_index()
    return [(str(code), dict(row)) for code, row in rows[["name_ar", "name_en"]].iterrows()]


@router.get("/data/uploads/{upload_id}/map")
def preview_map(request: Request, house: HouseOf, account: Editor, upload_id: str) -> Response:
    """The preview's map, in a sandbox of its own: counts by area, never the place of a case."""
    own_upload(house, account, upload_id)
    seen = staging_of(house).look(house.store, upload_id)
    tiles = tiles_of(house.settings, house.basemap)
    sheet = sheet_of(_view(request, house, account, seen), house.atlases.open(account), tiles)
    headers = {"Content-Security-Policy": frame_policy(tiles), "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(map_document(sheet, static_url), headers=headers)


@router.post("/data/uploads/{upload_id}/options")
async def tell(request: Request, house: HouseOf, account: Editor, upload_id: str) -> Response:
    """Which column holds what, what a spelling means, how dates are written; then look again.

    What else was said is kept where a day is none: the page asks for that one again.
    """
    sent = await request.form()

    def act() -> Response:
        staged = own_upload(house, account, upload_id)
        staging_of(house).tell(upload_id, read_options(staged.options, sent))
        if unread := unread_days(sent):
            return _previewed(request, house, account, upload_id, unread)
        return RedirectResponse(f"/data/uploads/{upload_id}", status_code=303)

    return await run_in_threadpool(act)


@router.post("/data/uploads/{upload_id}/keep")
def keep(request: Request, house: HouseOf, account: Editor, upload_id: str) -> Response:
    """Keep it as a new version; told if the data changed since the preview."""
    staged = own_upload(house, account, upload_id)
    if not may_move_borders(house, account, staged.kind):
        refuse(request, account, Right.HOLD_CLEARANCE)
    summary = staging_of(house).commit(house.store, upload_id, actor=account.name)
    return RedirectResponse(f"/data?kept={summary.kind.value}", status_code=303)


@router.post("/data/uploads/{upload_id}/discard")
def discard(house: HouseOf, account: Editor, upload_id: str) -> Response:
    own_upload(house, account, upload_id)
    staging_of(house).discard(upload_id)
    return RedirectResponse("/data", status_code=303)


@router.post("/data/versions/{sequence}/undo")
def undo(
    house: HouseOf,
    account: Editor,
    sequence: RowNumber,
    back: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Take a version back; what was there before holds again, and both stay on record.

    The demo's are no one's to take back from a page: nothing on a page would bring them again.
    """
    if house.store.datasets.get(sequence).demo:
        raise ConflictError("the demo's rows go when own ones come, and are not taken back")
    take_back(house.store, sequence, actor=account.name)
    forms = {f"/data/forms/{kind.value}" for kind in ENTERED}
    target = back if back in forms else "/data"
    return RedirectResponse(f"{target}?undone={sequence}", status_code=303)
