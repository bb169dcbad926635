"""Access to exact figures: who is cleared, who broke the glass, exports that two people release."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from geo.layers import Clearance, LayerCode
from geo.notes import said
from geo.places import Level
from geo.privacy import INCIDENT_LAYERS
from geo.rates import Window
from service.auth.accounts import Account
from service.auth.care import give_clearance
from service.auth.glass import break_glass, close_glass
from service.auth.releases import NotClearedError, ask_export, decide_export, may_release
from service.auth.roles import Right, may
from service.auth.settling import UnsettledError, settles_at
from service.deps import House, HouseOf, RowNumber, require, words_of
from service.errors import NotFoundError
from service.locale import map_words
from service.pages.released_files import (
    LAYER_FORMS,
    category_words,
    file_address,
    read_subject,
    subject_words,
)
from service.pages.render import page
from service.store.errors import ConflictError
from service.store.grants import GrantKind

router = APIRouter(include_in_schema=False)
Seer = Annotated[Account, Depends(require(Right.SEE_ACCESS))]
Breaker = Annotated[Account, Depends(require(Right.BREAK_GLASS))]
Exporter = Annotated[Account, Depends(require(Right.EXPORT))]
Second = Annotated[Account, Depends(require(Right.RELEASE_EXPORT))]
Giver = Annotated[Account, Depends(require(Right.GIVE_CLEARANCE))]

_WHY = said("Say why, in a sentence: everybody who may see this page reads it.")
_BROKEN = said("You have this access already.")
_TOO_NEW = said(
    "Somebody made, changed, reset or enabled this account within the last 24 hours: it can't "
    "break the glass yet. When a life hangs on it, ask a director for a clearance, or whoever "
    "runs the machine."
)
_TOO_NEW_TO_GIVE = said(
    "Somebody made, changed, reset or enabled this account within the last 24 hours: it can't give "
    "clearances yet."
)
_NOT_CLEARED = said(
    "Only who holds a clearance releases a file of exact figures; a broken glass is not enough."
)


@router.get("/access")
def access_page(request: Request, house: HouseOf, account: Seer) -> Response:
    return _page(request, house, account)


@router.post("/access/glass")
def take_glass(
    request: Request,
    house: HouseOf,
    account: Breaker,
    reason: Annotated[str, Form(max_length=1000)] = "",
    hours: Annotated[int, Form(ge=1)] = 1,
) -> Response:
    """Exact figures at once, for some hours, seen by all who may see this page."""
    if hours > house.settings.glass_hours:
        raise NotFoundError
    typed = {"reason": reason, "hours": str(hours)}
    try:
        break_glass(house.store, account, reason, hours, house.clock())
    except ValueError:
        return _page(request, house, account, faults={"reason": _WHY}, typed=typed)
    except UnsettledError:
        return _page(request, house, account, status=403)
    except ConflictError:
        return _page(request, house, account, status=409, faults={"reason": _BROKEN}, typed=typed)
    return _back("#glass")


@router.post("/access/glass/{grant_id}/close")
def end_glass(house: HouseOf, account: Breaker, grant_id: RowNumber) -> Response:
    close_glass(house.store, account, grant_id, house.clock())
    return _back("#glass")


@router.get("/access/export")
def ask_form(request: Request, house: HouseOf, account: Exporter) -> Response:
    """The file that is meant, in the words of its ``/export`` link, and a form for its purpose."""
    return _ask_page(request, house, account, dict(request.query_params))


async def _fields(request: Request) -> dict[str, str]:
    form = await request.form()
    return {key: value[:1000] for key, value in form.items() if isinstance(value, str)}


@router.post("/access/export")
def ask(
    request: Request,
    house: HouseOf,
    account: Exporter,
    sent: Annotated[dict[str, str], Depends(_fields)],
) -> Response:
    """Ask for a file of exact figures, with its purpose; somebody else decides."""
    purpose = sent.pop("purpose", "")
    subject = read_subject(sent, house.atlases.open(account))
    if house.clearances.of(account) is not Clearance.EXACT:
        return _ask_page(request, house, account, sent, status=403)
    try:
        ask_export(house.store, account, purpose, subject, house.clock())
    except ValueError:
        fault = said("Say what it is for, in a sentence: the one who releases it reads it.")
        return _ask_page(request, house, account, sent, status=422, fault=fault, purpose=purpose)
    return _back("#exports")


@router.post("/access/export/{grant_id}/decide")
def decide(
    request: Request,
    house: HouseOf,
    account: Second,
    grant_id: RowNumber,
    decision: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    if decision not in {"release", "reject"}:
        raise NotFoundError
    approved, now = decision == "release", house.clock()
    try:
        decide_export(house.store, account, grant_id, approved=approved, now=now)
    except NotClearedError:
        return _page(request, house, account, status=403)
    return _back("#exports")


@router.post("/access/clearance")
def clear(
    request: Request,
    house: HouseOf,
    account: Giver,
    name: Annotated[str, Form(max_length=80)] = "",
    cleared: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Give (``yes``) or take a clearance."""
    try:
        give_clearance(house.store, account, name, cleared=cleared == "yes", now=house.clock())
    except UnsettledError:
        return _page(request, house, account, status=403)
    return _back("#clearance")


def _back(part: str) -> Response:
    return RedirectResponse(f"/access{part}", status_code=303)


def _page(
    request: Request,
    house: House,
    account: Account,
    *,
    status: int = 0,
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    now, store, words = house.clock(), house.store, words_of(request)
    waits = settles_at(store, account.name, now) is not None
    exports, atlas = store.grants.list(GrantKind.EXPORT, limit=50), house.atlases.open(account)
    return page(
        request,
        "access.html",
        account,
        status=status or (422 if faults else 200),
        now=now,
        cleared=house.clearances.of(account) is Clearance.EXACT,
        glass=store.grants.list(GrantKind.BREAK_GLASS, limit=50),
        exports=exports,
        too_new=_TOO_NEW if waits else "",
        too_new_to_give=_TOO_NEW_TO_GIVE if waits else "",
        not_cleared="" if may_release(account) else _NOT_CLEARED,
        wanted={one.id: subject_words(one.subject, words, atlas) for one in exports},
        links={one.id: file_address(one) for one in exports},
        people=[
            one
            for one in store.accounts.accounts()
            if may(one.role, Right.HOLD_CLEARANCE, office=one.office) and not one.disabled
        ],
        hours=house.settings.glass_hours,
        faults=faults or {},
        typed=typed or {"reason": "", "hours": "1"},
    )


def _ask_page(
    request: Request,
    house: House,
    account: Account,
    sent: Mapping[str, str],
    *,
    status: int = 200,
    fault: str = "",
    purpose: str = "",
) -> Response:
    atlas, words = house.atlases.open(account), words_of(request)
    if not atlas.levels():
        return page(request, "map_empty.html", account)
    subject = read_subject(sent, atlas)
    layer, level = LayerCode(subject["name"]), Level(subject["level"])
    category = subject["category"] or None
    return page(
        request,
        "access_export.html",
        account,
        status=status,
        subject=subject,
        wanted=subject_words(subject, words, atlas),
        layers=[one.value for one in atlas.layer_codes(level) if one in INCIDENT_LAYERS],
        levels=atlas.levels(),
        categories=[
            (one or "", category_words(one, words)) for one in atlas.categories_of(layer, level)
        ],
        window_words=map_words.WINDOW,
        windows=atlas.windows(level, layer, category),
        periods=atlas.periods(Window(subject["window"]), level, layer, category),
        forms=sorted(LAYER_FORMS),
        cleared=house.clearances.of(account) is Clearance.EXACT,
        fault=fault,
        purpose=purpose,
    )
