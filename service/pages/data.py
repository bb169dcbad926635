"""What is loaded, from where, how good; and what Mizan is, for everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from geo.notes import said
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, require, who
from service.pages.render import page
from service.store.datasets import Kind

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_DATA))]

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.BOUNDARIES: (
        said("Boundaries"),
        said("Districts and sub-districts with P-codes. Everything else hangs on them."),
    ),
    Kind.POPULATION: (
        said("Population"),
        said("Residents by area and date; rates and growth need them."),
    ),
    Kind.INCIDENTS: (
        said("Incidents"),
        said("Dated cases with category and place; never shown as points."),
    ),
    Kind.ARRIVALS: (
        said("Arrivals"),
        said("Dated arrivals of displaced families, whole clans marked."),
    ),
    Kind.OFFICES: (said("Offices"), said("Offices, candidate sites and their vehicles.")),
    Kind.STAFF: (said("Staff posts"), said("Posts by number, office, unit and gender; no names.")),
    Kind.FORUMS: (said("Forums"), said("Community policing forums and their meetings.")),
    Kind.REQUESTS: (said("Requests"), said("Awareness sessions that somebody asked for.")),
    Kind.CROSSINGS: (said("Crossings"), said("Bridges and ferries, open or closed.")),
    Kind.TRAVEL: (said("Travel times"), said("Minutes from office to area, if measured.")),
}
"""Kinds in the order in which a new office loads them: name and what it is for."""


@router.get("/data")
def data_page(request: Request, house: HouseOf, account: Reader, kept: str = "") -> Response:
    """Each kind with its newest versions, counts that add up, source, date and standing."""
    files = house.store.datasets.list(active=True)
    by_kind = {kind: [one for one in files if one.kind is kind] for kind in KINDS}
    return page(
        request,
        "data.html",
        account,
        kinds=KINDS,
        by_kind=by_kind,
        version=house.store.data_version(),
        kept=kept if kept in KINDS else "",
    )


@router.get("/about")
def about(request: Request, account: Annotated[Account | None, Depends(who)]) -> Response:
    """Sources, method and standing, in words; the first page somebody without account may read."""
    return page(request, "about.html", account)
