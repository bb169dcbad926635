"""Uploads for programs: the same waiting room, preview and commit, as JSON, with an app token.

``POST /api/uploads/{kind}`` takes a file in and answers with its preview; nothing is changed before
``POST /api/uploads/{id}/keep``. ``docs/imports.md`` describes it.
"""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from geo.checks import Fault, FaultsError
from geo.layers import Clearance
from geo.notes import Note, said
from geo.privacy import K_SEVERE
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, RowNumber, WordsOf
from service.deps import refuse as refuse_right
from service.imports.options import Options
from service.imports.staging import MOST_WAITING, FullRoomError, Preview, Staged
from service.imports.summary import Summary
from service.imports.table import refuse
from service.imports.undoing import undo as take_back
from service.locale.parts import say_note
from service.locale.words import Words
from service.ogc.access import OgcRoute, caller
from service.pages.upload_outlook import outlook
from service.pages.upload_view import is_exact
from service.pages.uploads import kind_named, may_move_borders, parts_of
from service.pages.waiting_room import own_upload, staging_of
from service.store import Kind
from service.store.errors import ConflictError

router = APIRouter(include_in_schema=False, prefix="/api", route_class=OgcRoute)
Editor = Annotated[Account, Depends(caller(Right.EDIT_DATA))]
FAULTS_TOLD = 1_000
PROBLEM = "application/problem+json"
_MOST_OPTIONS = 100_000


@router.post("/uploads/{kind}")
def upload(
    house: HouseOf,
    words: WordsOf,
    account: Editor,
    kind: str,
    file: UploadFile,
    options: Annotated[str, Form(max_length=_MOST_OPTIONS)] = "{}",
) -> Response:
    """Take a file in and say what keeping it would do: 201, or 422 with every fault.

    429 while too many files of the account wait for a decision.

    ``options`` is JSON of ``service.imports.options.Options``. A file that is refused is let go.
    """
    known, staging = kind_named(kind), staging_of(house)
    staging.sweep()
    try:
        staged = staging.put(
            house.store,
            known,
            file.filename or "",
            parts_of(file),
            owner=account.name,
            options=_options(options),
        )
    except FullRoomError as error:
        return _refused(words, error.faults, HTTPStatus.TOO_MANY_REQUESTS)
    except FaultsError as error:
        return _refused(words, error.faults)
    try:
        seen = staging.preview(house.store, staged.id)
    except FaultsError as error:
        staging.discard(staged.id)
        return _refused(words, error.faults)
    headers = {"Location": f"/api/uploads/{staged.id}"}
    return JSONResponse(_told(house, words, account, seen), HTTPStatus.CREATED, headers)


@router.get("/uploads")
def waiting(house: HouseOf, account: Editor) -> Response:
    """What the caller has brought and not decided about, the newest first.

    ``rows`` is null of a file that could not be read as a table.
    """
    found = [
        {
            "id": one.staged.id,
            "kind": one.staged.kind.value,
            "name": one.staged.name,
            "at": one.at.isoformat(timespec="seconds"),
            "rows": one.rows,
            "links": _links(one.staged.id),
        }
        for one in staging_of(house).waiting(account.name)
    ]
    return JSONResponse({"most": MOST_WAITING, "uploads": found})


@router.get("/uploads/{upload_id}")
def preview(house: HouseOf, words: WordsOf, account: Editor, upload_id: str) -> Response:
    """The preview again, against the data as they are now; a commit is held to it."""
    own_upload(house, account, upload_id)
    try:
        seen = staging_of(house).preview(house.store, upload_id)
    except FaultsError as error:
        return _refused(words, error.faults)
    return JSONResponse(_told(house, words, account, seen))


@router.post("/uploads/{upload_id}/keep")
def keep(
    request: Request, house: HouseOf, words: WordsOf, account: Editor, upload_id: str
) -> Response:
    """Keep it as a new version; 409 if the data changed since its preview."""
    staged = own_upload(house, account, upload_id)
    if not may_move_borders(house, account, staged.kind):
        refuse_right(request, account, Right.HOLD_CLEARANCE)
    try:
        summary = staging_of(house).commit(house.store, upload_id, actor=account.name)
    except FaultsError as error:
        return _refused(words, error.faults)
    version = f"{summary.kind.value}-{summary.dataset}" if summary.dataset else None
    clearance = house.clearances.of(account)
    return JSONResponse(
        {
            "version": version,
            "data_version": house.store.data_version(),
            "counts": _counts(staged.kind, summary, clearance),
        }
    )


@router.delete("/uploads/{upload_id}")
def discard(house: HouseOf, account: Editor, upload_id: str) -> Response:
    """Let the file go."""
    own_upload(house, account, upload_id)
    staging_of(house).discard(upload_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/versions/{sequence}/undo")
def undo(house: HouseOf, account: Editor, sequence: RowNumber) -> Response:
    """Take a version back; both stay on record."""
    if house.store.datasets.get(sequence).demo:
        raise ConflictError("the demo's rows go when own ones come, and are not taken back")
    found = take_back(house.store, sequence, actor=account.name)
    return JSONResponse({"undone": found.id, "data_version": house.store.data_version()})


def _options(text: str) -> Options:
    try:
        return Options.model_validate_json(text)
    except ValidationError as error:
        names = sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]})
        raise refuse(
            said("The options can't be read: {names}."),
            said("Give JSON with the options of an import; see docs/imports.md."),
            names=", ".join(names)[:200] or "JSON",
        ) from error


def _refused(
    words: Words, faults: Sequence[Fault], status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
) -> Response:
    body = {
        "title": words.say(said("This can't be accepted as it is")),
        "status": status.value,
        "faults": [_fault(words, fault) for fault in faults[:FAULTS_TOLD]],
    }
    return JSONResponse(body, status, media_type=PROBLEM)


def _fault(words: Words, fault: Fault) -> dict[str, Any]:
    say = partial(say_note, words)
    return {
        "row": fault.row,
        "column": fault.column,
        "problem": say(fault.problem),
        "remedy": say(fault.advice) if fault.remedy else "",
    }


def _counts(kind: Kind, summary: Summary, clearance: Clearance) -> dict[str, int]:
    """Counts that add up to ``read``; of incidents new rows together with known ones."""
    if is_exact(kind, clearance):
        parts = {"kept": summary.kept, "already": summary.already}
    else:
        parts = {"good": summary.kept + summary.already}
    return {"read": summary.read, **parts, "rejected": summary.rejected}


def _told(house: House, words: Words, account: Account, seen: Preview) -> dict[str, Any]:
    staged, summary = seen.staged, seen.summary
    clearance = house.clearances.of(account)
    exact = is_exact(staged.kind, clearance)
    return {
        "id": staged.id,
        "kind": staged.kind.value,
        "name": staged.name,
        "sha256": staged.sha256,
        "counts": _counts(staged.kind, summary, clearance),
        "columns": dict(summary.columns),
        "dropped": [one.header for one in summary.dropped if one.personal],
        "notes": [_note(words, note) for note in summary.notes],
        "faults": [_fault(words, fault) for fault in summary.faults[:FAULTS_TOLD]],
        "faults_in_all": len(summary.faults),
        "areas": _areas(staged, seen, clearance),
        "outlook": outlook(seen, house.atlases.open(account), words, exact=exact),
        "links": _links(staged.id),
    }


def _links(upload_id: str) -> dict[str, str]:
    address = f"/api/uploads/{upload_id}"
    return {"self": address, "keep": f"{address}/keep"}


def _note(words: Words, note: Note) -> str:
    return say_note(words, note)


def _areas(staged: Staged, seen: Preview, clearance: Clearance) -> list[dict[str, Any]]:
    """Rows by area, as bands where the caller is not cleared; never a point of a case."""
    exact = is_exact(staged.kind, clearance)
    found = []
    for code, count in sorted(seen.by_area.items()):
        low = count if exact else count // K_SEVERE * K_SEVERE
        high = count if exact else low + K_SEVERE - 1
        found.append({"area": code, "rows_from": low, "rows_to": high})
    return found
