"""What is loaded, from where, how good; and what Mizan is, for everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from geo.layers import Clearance
from geo.notes import said
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, WordsOf, require, who
from service.locale import terms
from service.pages.data_age import old_notice
from service.pages.data_view import ACTION, COUNTED, SHOWN, cards, state_lines, taken_back
from service.pages.entry_fields import BUTTON
from service.pages.render import page
from service.pages.waiting_room import staging_of
from service.store.datasets import Kind

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_DATA))]

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.BOUNDARIES: (
        terms.KIND[Kind.BOUNDARIES],
        said("Districts and sub-districts with P-codes. Everything else hangs on them."),
    ),
    Kind.POPULATION: (
        terms.KIND[Kind.POPULATION],
        said("Residents by area and date; rates and growth need them."),
    ),
    Kind.INCIDENTS: (
        terms.KIND[Kind.INCIDENTS],
        said("Dated cases with category and place; never shown as points."),
    ),
    Kind.ARRIVALS: (
        terms.KIND[Kind.ARRIVALS],
        said("Dated arrivals of displaced families, whole clans marked."),
    ),
    Kind.OFFICES: (terms.KIND[Kind.OFFICES], said("Offices, candidate sites and their vehicles.")),
    Kind.STAFF: (
        terms.KIND[Kind.STAFF],
        said("Posts by number, office, unit and gender; no names."),
    ),
    Kind.FORUMS: (terms.KIND[Kind.FORUMS], said("Community policing forums and their meetings.")),
    Kind.REQUESTS: (terms.KIND[Kind.REQUESTS], said("Awareness sessions that somebody asked for.")),
    Kind.CROSSINGS: (terms.KIND[Kind.CROSSINGS], said("Bridges and ferries, open or closed.")),
    Kind.TRAVEL: (terms.KIND[Kind.TRAVEL], said("Minutes from office to area, if measured.")),
}
"""Kinds in the order in which a new office loads them: name and what it is for."""


@router.get("/data")
def data_page(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Reader,
    kept: str = "",
    undone: str = "",
) -> Response:
    """Each kind with its newest versions, counts that add up, source, date, standing, quality."""
    clearance = house.clearances.of(account)
    # Not the book's list: a state that comes back by content finds the book of before, with the
    # numbers of before. The book only tells how far incidents reach, without the newest case's day.
    datasets = house.store.datasets.list(active=True)
    told = house.atlases.released() if clearance is Clearance.RELEASED else None
    reach = {one.kind: one.as_of for one in told.datasets()} if told is not None else {}
    atlas = house.atlases.open(account) if clearance is Clearance.EXACT else None
    return page(
        request,
        "data.html",
        account,
        cards=cards(
            KINDS,
            datasets,
            words,
            account,
            clearance,
            atlas,
            reach=reach.get(Kind.INCIDENTS),
            may_edit=account.may(Right.EDIT_DATA),
        ),
        shown=SHOWN,
        counted=COUNTED,
        kinds=KINDS,
        buttons=BUTTON,
        version=house.store.data_version(),
        states=state_lines(house.store.states.list(12))[:6],
        actions=ACTION,
        waiting=staging_of(house).waiting(account.name) if account.may(Right.EDIT_DATA) else (),
        kept=kept if kept in KINDS else "",
        undone=taken_back(house.store, undone),
        most_mb=house.settings.upload_limit_mb,
        old=old_notice(house.atlases.open(account), words, house.clock().date()),
    )


@router.get("/about")
def about(request: Request, account: Annotated[Account | None, Depends(who)]) -> Response:
    """Sources, method and standing, in words; the first page somebody without account may read."""
    return page(request, "about.html", account)
