"""Keep the weights of the need under a name, take them again, forget them."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from geo.notes import said
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, RowNumber, WordsOf, require
from service.pages.choice import read_choice, typed_weights
from service.pages.map_answer import map_answer
from service.pages.map_board import plan_for
from service.store.errors import ConflictError

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Account, Depends(require(Right.SEE_MAP))]

_NAME_DUE = said("Give the weights a name.")
_ZERO = said("At least one weight must be above 0.")
_TOO_MANY = said("Forty sets are kept already: delete one that you no longer need.")


async def form_of(request: Request) -> Mapping[str, str]:
    """The form's fields as text; files are left out."""
    form = await request.form(max_files=0, max_fields=60)
    return {name: value for name, value in form.items() if not isinstance(value, UploadFile)}


Form = Annotated[Mapping[str, str], Depends(form_of)]


@router.post("/weights")
def save(request: Request, house: HouseOf, words: WordsOf, account: Viewer, form: Form) -> Response:
    """Keep the weights of the form under ``set_name``; a set of that name is replaced."""
    name = form.get("set_name", "").strip()
    weights = dict(typed_weights(form))
    fault = "" if name else _NAME_DUE
    if not any(weights.values()):
        fault = _ZERO
    status = 422
    if not fault:
        try:
            house.store.weight_sets.save(account.name, name, weights)
        except ConflictError:
            fault, status = _TOO_MANY, 409
    if fault:
        return map_answer(request, house, words, account, form, status=status, fault=fault)
    return _back(house, account, form)


@router.post("/weights/{set_id}/delete")
def delete(house: HouseOf, account: Viewer, form: Form, set_id: RowNumber) -> Response:
    """Forget a set of one's own."""
    house.store.weight_sets.remove(account.name, set_id)
    return _back(house, account, form)


def _back(house: House, account: Account, form: Mapping[str, str]) -> Response:
    atlas = house.atlases.open(account)
    if not atlas.levels():
        return RedirectResponse("/", status_code=303)
    choice = read_choice(form, atlas, plan=plan_for(house, account) is not None)
    return RedirectResponse(f"/?{choice.query(area=form.get('area'))}#weights", status_code=303)
