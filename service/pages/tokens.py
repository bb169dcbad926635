"""The own app tokens: make one (shown once), list, revoke. QGIS and other programs sign in so."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from geo.notes import said
from service.auth.accounts import Account, new_token, token_hash
from service.auth.roles import Right
from service.deps import House, HouseOf, RowNumber, require
from service.errors import NotFoundError
from service.pages.render import page
from service.store.accounts import AppToken

router = APIRouter(include_in_schema=False)
Holder = Annotated[Account, Depends(require(Right.HOLD_TOKENS))]
MOST_TOKENS = 10
DAYS = (30, 90, 365)


@router.get("/account/tokens")
def token_list(request: Request, house: HouseOf, account: Holder) -> Response:
    return _page(request, house, account)


@router.post("/account/tokens")
def make_token(
    request: Request,
    house: HouseOf,
    account: Holder,
    label: Annotated[str, Form(max_length=80)] = "",
    days: Annotated[int, Form()] = 90,
) -> Response:
    """The answer is the only place where the token ever stands."""
    label = label.strip()
    store, now = house.store, house.clock()
    if not label:
        return _page(request, house, account, fault=said("Say which program it is for."))
    if days not in DAYS:
        raise NotFoundError
    secret = new_token()
    with store.write():
        if len(_holding(house, account)) >= MOST_TOKENS:
            return _page(
                request, house, account, fault=said("You hold ten tokens: revoke one first.")
            )
        ends = now + timedelta(days=days)
        made = store.accounts.add_token(account.name, label, token_hash(secret), ends, at=now)
        store.audit.append(
            "token_made",
            actor=account.name,
            subject=f"token {made.id}",
            details={"until": ends.isoformat()},
        )
    return _page(request, house, account, secret=secret)


@router.post("/account/tokens/{token_id}/revoke")
def revoke_token(house: HouseOf, account: Holder, token_id: RowNumber) -> Response:
    """An own one; another's is as unknown as none."""
    store = house.store
    with store.write():
        if token_id not in {one.id for one in store.accounts.tokens(account.name)}:
            raise NotFoundError
        store.accounts.revoke_token(token_id)
        store.audit.append("token_revoked", actor=account.name, subject=f"token {token_id}")
    return RedirectResponse("/account/tokens", status_code=303)


def _holding(house: House, account: Account) -> list[AppToken]:
    now = house.clock()
    return [
        one
        for one in house.store.accounts.tokens(account.name)
        if one.revoked_at is None and (one.expires_at is None or now < one.expires_at)
    ]


def _page(
    request: Request, house: House, account: Account, *, fault: str = "", secret: str = ""
) -> Response:
    held = {one.id for one in _holding(house, account)}
    root = house.settings.public_url or str(request.base_url).rstrip("/")
    return page(
        request,
        "tokens.html",
        account,
        status=422 if fault else 200,
        tokens=list(reversed(house.store.accounts.tokens(account.name))),
        held=held,
        fault=fault,
        secret=secret,
        days=DAYS,
        address=f"{root}/ogc",
    )
