"""A file comes in: it waits, is previewed with every fault and remedy, and is kept or let go."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from geo.places import Level, Standing
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, require
from service.errors import NotFoundError
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.staging import Staging
from service.imports.undoing import undo as take_back
from service.pages.data import KINDS
from service.pages.render import page
from service.store import Kind
from service.store.errors import ConflictError

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, Depends(require(Right.EDIT_DATA))]
MAY_EDIT = Depends(require(Right.EDIT_DATA))
_PART = 1 << 20
FAULTS_SHOWN = 100


def staging_of(house: House) -> Staging:
    """The waiting room, with the caps of the settings."""
    settings = house.settings
    limits = Limits(
        file_mb=settings.upload_limit_mb,
        memory_mb=settings.import_memory_mb,
        seconds=settings.import_time_s,
    )
    return Staging(settings.home, limits)


def _parts(file: UploadFile) -> Iterator[bytes]:
    while part := file.file.read(_PART):
        yield part


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise NotFoundError from None


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
        _kind(kind),
        file.filename or "",
        _parts(file),
        owner=account.name,
        options=options,
    )
    return RedirectResponse(f"/data/uploads/{staged.id}", status_code=303)


@router.get("/data/uploads/{upload_id}")
def preview(request: Request, house: HouseOf, account: Editor, upload_id: str) -> Response:
    """Counts that add up, what was understood, what is wrong and what to do about it."""
    seen = staging_of(house).preview(house.store, upload_id)
    atlas = house.atlases.open(account)
    names: dict[str, dict[str, str]] = {}
    for level in (Level.SUBDISTRICT, Level.DISTRICT):
        if level in atlas.levels():
            units = atlas.units(level)
            names |= {
                str(code): {"name_ar": ar, "name_en": en}
                for code, ar, en in zip(
                    units.index, units["name_ar"], units["name_en"], strict=True
                )
            }
    return page(
        request,
        "upload.html",
        account,
        seen=seen,
        kind_name=KINDS[seen.staged.kind][0],
        faults=seen.summary.faults[:FAULTS_SHOWN],
        names=names,
    )


@router.post("/data/uploads/{upload_id}/keep")
def keep(house: HouseOf, account: Editor, upload_id: str) -> Response:
    """Keep it as a new version; told if the data changed since the preview."""
    summary = staging_of(house).commit(house.store, upload_id, actor=account.name)
    return RedirectResponse(f"/data?kept={summary.kind.value}", status_code=303)


@router.post("/data/uploads/{upload_id}/discard", dependencies=[MAY_EDIT])
def discard(house: HouseOf, upload_id: str) -> Response:
    staging_of(house).discard(upload_id)
    return RedirectResponse("/data", status_code=303)


@router.post("/data/versions/{sequence}/undo")
def undo(house: HouseOf, account: Editor, sequence: int) -> Response:
    """Take a version back; what was there before holds again, and both stay on record.

    The demo's are no one's to take back from a page: nothing on a page would bring them again.
    """
    if house.store.datasets.get(sequence).demo:
        raise ConflictError("the demo's rows go when own ones come, and are not taken back")
    take_back(house.store, sequence, actor=account.name)
    return RedirectResponse("/data", status_code=303)
