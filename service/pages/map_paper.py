"""The map for paper and for who reads without JavaScript: a drawing, a print view, a PDF."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.auth.accounts import Account
from service.auth.clearance import as_program
from service.auth.roles import Right
from service.deps import House, HouseOf, WordsOf, require
from service.errors import NotFoundError
from service.exports.content import Content
from service.exports.departures import copy_serial, note_export
from service.locale import map_words
from service.locale.words import Words
from service.pages.atlas import tells_exact
from service.pages.kinds import PlanLayer
from service.pages.map_answer import sorted_rows
from service.pages.map_board import board_of
from service.pages.map_sheet import rank_intervals
from service.pages.released_files import asked_of
from service.pages.render import page
from service.pages.unoffered import refuse_unoffered
from service.reports.layer_map import layer_pdf, layer_svg, place, title

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Account, Depends(require(Right.SEE_MAP))]
_MOST_AREAS, _MOST_CELLS = 400, 60
"""Rows on paper: every area of a country, but of thousands of cells those of the first places."""
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@router.get("/map.svg")
def map_drawing(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """The chosen layer as a drawing."""
    board = board_of(house, words, account, request.query_params)
    if board is None or board.units.empty:
        raise NotFoundError
    headers = {"Content-Security-Policy": SVG_POLICY}
    return Response(layer_svg(board), media_type="image/svg+xml", headers=headers)


@router.get("/map/print")
def map_print(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """Map, legend and table below one another, with their sources, to be printed."""
    board = board_of(house, words, account, request.query_params)
    if board is None:
        return page(request, "map_empty.html", account)
    reading, choice = board.reading, board.choice
    every = sorted_rows(reading, choice.sort)
    rows = every if len(every) <= _MOST_AREAS else every[:_MOST_CELLS]
    return page(
        request,
        "map_print.html",
        account,
        choice=choice,
        exact=tells_exact(board.atlas),
        reading=reading,
        title=title(board),
        place=place(board),
        map_words=map_words,
        rows=rows,
        more=len(rows) < len(every),
        day=house.clock().date(),
        places=rank_intervals(words, reading),
        plan=board.plan if isinstance(choice.layer, PlanLayer) else None,
        row=reading.row(choice.area),
    )


def map_file(
    request: Request, house: House, words: Words, account: Account, name: str, day: date
) -> Content:
    """The PDF of a layer, of released figures whoever asks; the audit log knows of it first.

    Raises ``NotFoundError`` where there is no map, ``NotOfferedError`` where it can't be had so.
    """
    reader = as_program(account)
    board = board_of(house, words, reader, {**request.query_params, "layer": name})
    if board is None or board.units.empty:
        raise NotFoundError
    plan = board.plan is not None
    refuse_unoffered(request.query_params, name, board.choice, board.atlas, plan=plan)
    content = layer_pdf(board, day=day, serial=copy_serial())
    asked = asked_of(board.choice)
    note_export(house.store, account, f"map {name}", content, asked=asked, exact=False)
    return content
