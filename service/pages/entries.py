"""Forms of the data page: an entry without any file becomes a version, and can be taken back."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from geo.checks import Fault, FaultsError
from geo.notes import Note, said
from geo.places import Standing
from optimizer.staff import Post, Unit
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, require, words_of
from service.errors import NotFoundError
from service.imports.entries import (
    ENTERED,
    add_entry,
    change_entry,
    entries_of,
    remove_entries,
    seen_version,
)
from service.imports.summary import Summary
from service.imports.values import plain
from service.locale.words import Words
from service.pages.advice import form_fault
from service.pages.area_choices import area_choices
from service.pages.data import KINDS
from service.pages.data_view import taken_back
from service.pages.entry_fields import FIELDS, TITLE, EntryField, usual_values
from service.pages.render import page
from service.store import ConflictError, Dataset, ImportRunningError, Kind
from service.store.errors import UnknownError

router = APIRouter(include_in_schema=False)
Editor = Annotated[Account, Depends(require(Right.EDIT_DATA))]
NEWEST = 12
"""Versions that a form shows below itself."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows: values as typed, faults by field, and what to tell above it."""

    typed: Mapping[str, Any]
    code: str = ""
    faults: Mapping[str, Sequence[Fault]] = field(default_factory=dict)
    notice: Note | None = None
    kept: Dataset | None = None
    unchanged: bool = False
    undone: str = ""


@dataclass(frozen=True, slots=True)
class PostGroup:
    """Posts that a form can't tell apart."""

    office: str
    unit: str
    gender: str
    count: int


def _kind(name: str) -> Kind:
    if name not in set(ENTERED):
        raise NotFoundError
    return Kind(name)


@router.get("/data/forms/{kind}")
def form(
    request: Request,
    house: HouseOf,
    account: Editor,
    kind: str,
    code: str = "",
    kept: int | None = None,
    undone: str = "",
) -> Response:
    """An empty form, or one entry of a register to be changed; below it what was entered."""
    known = _kind(kind)
    typed: Mapping[str, Any] = usual_values(known)
    if code:
        found = [row for row in _entries(house, known) if row["code"] == code]
        if not found:
            raise NotFoundError
        typed = {name: cell for name, cell in found[0].items() if cell is not None}
    shown = Shown(typed, code, undone=taken_back(house.store, undone))
    if kept is not None:
        shown = Shown(typed, code, kept=_version(house, known, kept), unchanged=not kept)
    return _page(request, house, account, known, shown)


@router.post("/data/forms/{kind}")
async def save(request: Request, house: HouseOf, account: Editor, kind: str) -> Response:
    """Keep the entry as a new version; a fault is told at its field, nothing typed is lost."""
    known = _kind(kind)
    sent = await request.form()
    return await run_in_threadpool(_saved, request, house, account, known, sent)


@router.post("/data/forms/{kind}/remove")
async def remove(request: Request, house: HouseOf, account: Editor, kind: str) -> Response:
    """Take an entry out of a register; of staff, so many posts of a group."""
    known = _kind(kind)
    sent = await request.form()
    return await run_in_threadpool(_removed, request, house, account, known, sent)


def _saved(
    request: Request, house: House, account: Account, kind: Kind, sent: FormData
) -> Response:
    typed = _typed(kind, sent)
    code = str(sent.get("code") or "")

    def act() -> Summary:
        seen = str(sent.get("seen") or "") or None
        values = _cells(house, kind, typed)
        if code and kind is not Kind.STAFF:
            return change_entry(house.store, kind, code, values, actor=account.name, seen=seen)
        return add_entry(house.store, kind, values, actor=account.name, seen=seen)

    return _told(request, house, account, kind, act, Shown(typed, code))


def _removed(
    request: Request, house: House, account: Account, kind: Kind, sent: FormData
) -> Response:
    def act() -> Summary:
        seen = str(sent.get("seen") or "") or None
        codes = [str(sent.get("code") or "")]
        if kind is Kind.STAFF:
            codes = _posts_to_go(house, sent)
        return remove_entries(house.store, kind, codes, actor=account.name, seen=seen)

    if not kind.is_register:
        raise NotFoundError
    return _told(request, house, account, kind, act, Shown(usual_values(kind)))


def _told(
    request: Request,
    house: House,
    account: Account,
    kind: Kind,
    act: Any,
    shown: Shown,
) -> Response:
    """Do it and lead to what was kept; else the form again, with what hinders it."""
    try:
        summary: Summary = act()
    except FaultsError as error:
        faults = _by_field(kind, error.faults)
        return _page(request, house, account, kind, _with(shown, faults=faults), status=422)
    except UnknownError:
        notice = Note(said("The entry is not there any more: somebody took it out."))
        return _page(request, house, account, kind, _with(shown, notice=notice), status=409)
    except ImportRunningError:
        notice = Note(said("Somebody is importing data of this kind just now. Try again soon."))
        return _page(request, house, account, kind, _with(shown, notice=notice), status=409)
    except ConflictError:
        notice = _who_was_faster(house)
        return _page(request, house, account, kind, _with(shown, notice=notice), status=409)
    target = f"/data/forms/{kind.value}?kept={summary.dataset or 0}"
    return RedirectResponse(target, status_code=303)


def _with(shown: Shown, **changes: Any) -> Shown:
    values = {name: getattr(shown, name) for name in Shown.__dataclass_fields__}
    return Shown(**{**values, **changes})


def _who_was_faster(house: House) -> Note:
    newest = next(iter(house.store.states.list(1)), None)
    return Note(
        said(
            "Nothing was saved: {name} changed the data at {time}, after you opened this form. "
            "Look at it below, then save again if it still makes sense."
        ),
        name=newest.actor if newest else "-",
        time=newest.at.strftime("%H:%M") if newest else "-",
    )


def _page(
    request: Request, house: House, account: Account, kind: Kind, shown: Shown, status: int = 200
) -> Response:
    versions = house.store.datasets.list(kind, active=True)
    atlas, words = house.atlases.open(account), words_of(request)
    return page(
        request,
        "entries.html",
        account,
        status=status,
        kind=kind,
        kind_name=KINDS[kind][0],
        title=TITLE[kind],
        fields=FIELDS[kind],
        shown=shown,
        faults=_in_words(words, kind, shown.faults),
        seen=seen_version(house.store, kind),
        areas=area_choices(atlas),
        offices=house.store.offices(),
        entries=_entries(house, kind),
        groups=_groups(house.store.posts()) if kind is Kind.STAFF else (),
        versions=list(reversed(versions))[:NEWEST],
        demo=any(one.demo for one in versions),
        other_units=tuple(Unit),
    )


def _entries(house: House, kind: Kind) -> list[dict[str, str | None]]:
    return entries_of(house.store, kind) if kind.is_register and kind is not Kind.STAFF else []


def _version(house: House, kind: Kind, sequence: int) -> Dataset | None:
    active = house.store.datasets.list(kind, active=True)
    return next((one for one in active if one.sequence == sequence), None)


def _typed(kind: Kind, sent: FormData) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for one in FIELDS[kind]:
        if one.input == "units":
            typed[one.name] = [str(cell) for cell in sent.getlist(one.name)]
        elif one.input == "flag":
            typed[one.name] = "yes" if sent.get(one.name) else "no"
        else:
            typed[one.name] = str(sent.get(one.name) or "").strip()
    return typed


def _cells(house: House, kind: Kind, typed: Mapping[str, Any]) -> dict[str, str]:
    """Cells as a file would hold them; choices that are none of the form's are refused there."""
    cells = {one.name: _cell(one, typed[one.name]) for one in FIELDS[kind]}
    faults = [fault for one in FIELDS[kind] for fault in _out_of_limits(one, cells[one.name])]
    if faults:
        raise FaultsError(faults)
    return _placed(house, cells) if {"lon", "area"} <= set(cells) else cells


def _cell(one: EntryField, typed: Any) -> str:
    if one.input == "units":
        return ", ".join(typed)
    return plain(typed) if one.input in {"number", "day"} else str(typed)


def _out_of_limits(one: EntryField, cell: str) -> list[Fault]:
    """Limits of the form that files don't have: a number that can't be meant."""
    if one.input != "number" or not cell:
        return []
    try:
        value = float(cell)
    except ValueError:
        return []  # told by the checks that files have too
    if math.isinf(value):
        value = math.nan  # within no limits
    low = one.low if one.low is not None else value
    high = one.high if one.high is not None else value
    if low <= value <= high and (not one.whole or value == int(value)):
        return []
    key = said("Give a whole number from {low} to {high}.")
    if not one.whole:
        key = said("Give a number from {low} to {high}.")
    ends = {"low": f"{low:g}", "high": f"{one.high:g}" if one.high is not None else "…"}
    return [Fault(key, "", ends, one.name)]


def _placed(house: House, cells: dict[str, str]) -> dict[str, str]:
    """Without a coordinate the seat of the area stands in, marked as estimated."""
    if cells["lon"] or cells["lat"] or not cells["area"]:
        return cells
    units = house.store.units()
    if cells["area"] not in units.index:
        return cells
    unit = units.loc[[cells["area"]]].iloc[-1]
    return cells | {
        "lon": repr(float(unit["seat_lon"])),
        "lat": repr(float(unit["seat_lat"])),
        "standing": Standing.ESTIMATED.value,
    }


def _by_field(kind: Kind, faults: Sequence[Fault]) -> dict[str, list[Fault]]:
    """Faults by the field they are told at; those of no field stand above the form."""
    names = {one.name for one in FIELDS[kind]}
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.column if fault.column in names else "", []).append(fault)
    return found


def _in_words(
    words: Words, kind: Kind, faults: Mapping[str, Sequence[Fault]]
) -> dict[str, list[str]]:
    labels = {one.name: one.label for one in FIELDS[kind]}
    return {
        name: [form_fault(words, fault, labels.get(name, "")) for fault in found]
        for name, found in faults.items()
    }


def _groups(posts: Sequence[Post]) -> list[PostGroup]:
    counts = Counter((post.office, post.unit.value, post.gender.value) for post in posts)
    return [PostGroup(*key, count) for key, count in sorted(counts.items())]


def _posts_to_go(house: House, sent: FormData) -> list[str]:
    """The last posts of a group, those first that no plan is held to."""
    wanted = [str(sent.get(name) or "") for name in ("office", "unit", "gender")]
    group = [
        post
        for post in house.store.posts()
        if [post.office, post.unit.value, post.gender.value] == wanted
    ]
    text = plain(str(sent.get("count") or ""))
    count = int(text[:9]) if text.isdecimal() else 0
    if not 1 <= count <= len(group):
        key = said("Give a whole number from {low} to {high}.")
        raise FaultsError([Fault(key, "", {"low": 1, "high": len(group)}, "")])
    free = [post.code for post in reversed(group) if not post.locked]
    held = [post.code for post in reversed(group) if post.locked]
    return [*free, *held][:count]
