"""Accounts, for whoever looks after them: make, change, reset, disable. No data stands here."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from geo.notes import said
from service.auth.accounts import Account
from service.auth.care import (
    NoNameError,
    able_account,
    change_account,
    make_account,
    reset_account,
)
from service.auth.roles import Right, Role
from service.deps import House, HouseOf, require, words_of
from service.errors import NotFoundError
from service.pages.render import page
from service.store.errors import ConflictError, UnknownError

router = APIRouter(include_in_schema=False)
Manager = Annotated[Account, Depends(require(Right.MANAGE_ACCOUNTS))]
RoleOf = Annotated[str, Form(max_length=20)]
OfficeOf = Annotated[str, Form(max_length=64)]


@router.get("/accounts")
def account_list(request: Request, house: HouseOf, account: Manager) -> Response:
    return _page(request, house, account)


@router.post("/accounts")
def add(
    request: Request,
    house: HouseOf,
    account: Manager,
    name: Annotated[str, Form(max_length=80)] = "",
    role: RoleOf = "",
    office: OfficeOf = "",
) -> Response:
    """A new account; its one-time password stands in this answer only."""
    try:
        password = make_account(house.store, account, name, _role(role), office or None)
    except NoNameError:
        fault = said("A name has 2 to 32 of a-z, 0-9, dot, _ and -; cli and mizan are taken.")
    except ConflictError:
        fault = said("There is an account of this name already.")
    except UnknownError:
        fault = said("There is no such office.")
    else:
        return _page(request, house, account, name=name.strip().casefold(), password=password)
    typed = {"name": name, "role": role, "office": office}
    return _page(request, house, account, fault=fault, typed=typed)


@router.post("/accounts/{name}/change")
def change(
    house: HouseOf, account: Manager, name: str, role: RoleOf = "", office: OfficeOf = ""
) -> Response:
    change_account(house.store, account, name, _role(role), office or None)
    return _back()


@router.post("/accounts/{name}/reset")
def reset(request: Request, house: HouseOf, account: Manager, name: str) -> Response:
    """The new one-time password stands in this answer only."""
    password = reset_account(house.store, account, name)
    return _page(request, house, account, name=name.casefold(), password=password)


@router.post("/accounts/{name}/disable")
def disable(house: HouseOf, account: Manager, name: str) -> Response:
    able_account(house.store, account, name, disabled=True)
    return _back()


@router.post("/accounts/{name}/enable")
def enable(house: HouseOf, account: Manager, name: str) -> Response:
    able_account(house.store, account, name, disabled=False)
    return _back()


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise NotFoundError from None


def _back() -> Response:
    return RedirectResponse("/accounts", status_code=303)


def _page(
    request: Request,
    house: House,
    account: Account,
    *,
    fault: str = "",
    typed: Mapping[str, str] | None = None,
    name: str = "",
    password: str = "",
) -> Response:
    now = house.clock()
    everybody = house.store.accounts.accounts()
    return page(
        request,
        "accounts.html",
        account,
        status=422 if fault else 200,
        accounts=everybody,
        resting={one.name for one in everybody if one.is_resting(now)},
        roles=list(Role),
        offices={
            one.code: words_of(request).name(one) or one.code
            for one in sorted(house.store.offices(), key=lambda one: one.code)
        },
        fault=fault,
        typed=typed or {"name": "", "role": "", "office": ""},
        name=name,
        password=password,
    )
