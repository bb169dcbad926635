"""The planner's page from a board: map, legend, table, card and weights, in one answer."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from geo.layers import LayerCode
from geo.need import DEFAULT_COMPONENTS
from geo.notes import said
from geo.rates import Window
from service.auth.accounts import Account
from service.auth.roles import Right
from service.base_map import town_points
from service.deps import House
from service.exports.content import Format
from service.locale import map_words, terms
from service.locale.parts import say_note
from service.locale.words import Words
from service.maps.document import figures_message
from service.pages.atlas import tells_exact
from service.pages.basemap import is_missing
from service.pages.card import card_of
from service.pages.choice import (
    PLAN_LEVELS,
    MapChoice,
    categories_of,
    layers_at,
    own_weights,
    windows_of,
)
from service.pages.data_age import old_notice
from service.pages.figures import Reading, Row
from service.pages.kinds import PlanLayer
from service.pages.map_board import Board, board_of, category_name
from service.pages.map_sheet import only_figures, rank_intervals
from service.pages.render import page
from service.pages.search import find
from service.pages.unmade import unmade
from service.store.weight_sets import WeightSet

_MOST_ROWS = 400
"""Rows of the table on the page; planning cells are thousands, and the workbook has them all."""
_FILES = (
    (Format.XLSX, said("Workbook")),
    (Format.CSV, said("Table as plain text")),
    (Format.GEOJSON, said("Map for other programs")),
    (Format.GPKG, said("Map for QGIS")),
    (Format.PARQUET, said("Table for analysts")),
)


def map_answer(
    request: Request,
    house: House,
    words: Words,
    account: Account,
    params: Mapping[str, str],
    *,
    status: int = 200,
    fault: str = "",
) -> Response:
    """The page for ``params``; ``fault`` is what was wrong with weights that were to be saved."""
    board = board_of(house, words, account, params)
    if board is None:
        return page(request, "map_empty.html", account)
    choice, reading, atlas = board.choice, board.reading, board.atlas
    exact = tells_exact(atlas)
    row = reading.row(choice.area)
    categories = categories_of(atlas, choice.layer, choice.level)
    windows = windows_of(atlas, choice.layer, choice.level, choice.category)
    question = params.get("q", "")[:80]
    towns = town_points(house.settings.data_dir) if question else {}
    is_need = choice.layer == LayerCode.NEED
    every = sorted_rows(reading, choice.sort)
    return page(
        request,
        "map.html",
        account,
        status=status,
        atlas=atlas,
        choice=choice,
        layers=layers_at(atlas, choice.level, plan=board.plan is not None),
        awaits_plan=board.plan is None
        and choice.level in PLAN_LEVELS
        and account.may(Right.SEE_PLANS),
        map_words=map_words,
        categories=[(code or "", category_name(words, code)) for code in categories],
        windows=windows,
        withheld=_withheld(board, windows),
        unmade=unmade(board, account),
        reading=reading,
        rows=every[:_MOST_ROWS],
        more=len(every) > _MOST_ROWS,
        places=rank_intervals(words, reading),
        ranked=sum(one.rank is not None for one in reading.rows),
        row=row,
        card=None
        if row is None
        else card_of(
            atlas, choice, words, reading, row.code, time=board.whole_time(), plan=board.plan
        ),
        plan=board.plan if isinstance(choice.layer, PlanLayer) else None,
        figures=_message(board, exact=exact),
        exact=exact,
        weights=_sliders(choice, words) if is_need else [],
        weight_sets=_sets(house.store.weight_sets.list(account.name), choice) if is_need else [],
        set_name=params.get("set_name", "")[:60],  # typed but not saved: it is not lost
        weights_fault=words.say(fault) if fault else "",
        files=_files(choice),
        no_basemap=is_missing(house.settings, house.basemap),
        old=old_notice(atlas, words, house.clock().date()),
        q=question,
        found=find(question, atlas, choice, words, towns) if question else None,
    )


def _withheld(board: Board, windows: tuple[Window, ...]) -> str:
    """Why shorter windows are not offered here; empty where they are."""
    choice = board.choice
    if not windows or isinstance(choice.layer, PlanLayer) or Window.MONTH in windows:
        return ""
    layer = LayerCode(choice.layer)
    why = board.atlas.withheld(choice.level, Window.MONTH, layer, choice.category)
    return "" if why is None else say_note(board.words, why)


def _message(board: Board, *, exact: bool) -> dict[str, Any]:
    """What a map that is drawn already is told; of thousands of areas nothing: it is drawn anew.

    Sending them in the page and in the map would double what is carried.
    """
    shown = {} if len(board.reading.rows) > _MOST_ROWS else board.figures()
    return figures_message(only_figures(board.reading, shown, board.words, exact=exact))


def sorted_rows(reading: Reading, sort: str) -> list[Row]:
    """Rows in the order of the address: rank, name or value, with ``-`` the other way round."""
    rows = list(reading.rows)
    key = sort.removeprefix("-")
    if key == "name":
        rows.sort(key=lambda row: row.name, reverse=sort.startswith("-"))
    elif key:
        known = [row for row in rows if row.value is not None]
        # Most first is place 1 first: the two columns run against each other.
        if sort in {"-rank", "value"}:
            known.reverse()
        rows = [*known, *(row for row in rows if row.value is None)]
    return rows


def _sliders(choice: MapChoice, words: Words) -> list[dict[str, Any]]:
    """One slider for each component of the need."""
    own = dict(choice.weights)
    return [
        {
            "name": f"w_{one.code}",
            "title": words.say(terms.COMPONENT.get(one.code, one.code)),
            "usual": round(one.weight * 100),
            "value": round(own.get(one.code, one.weight * 100)),
        }
        for one in DEFAULT_COMPONENTS
    ]


def _sets(kept: list[WeightSet], choice: MapChoice) -> list[dict[str, Any]]:
    """The reader's own sets, each with the weights of its link."""
    found = []
    for one in kept:
        weights = own_weights(
            tuple(
                (part.code, float(one.weights.get(part.code, part.weight * 100)))
                for part in DEFAULT_COMPONENTS
            )
        )
        chosen = weights == choice.weights
        found.append({"id": one.id, "name": one.name, "weights": weights, "chosen": chosen})
    return found


def _files(choice: MapChoice) -> list[tuple[str, str, str]]:
    """Address, name (a message id) and ending of each file; a plan has files of its own."""
    if isinstance(choice.layer, PlanLayer):
        return []
    return [
        (f"/export/{choice.layer.value}.{form.value}?{choice.query()}", name, form.value)
        for form, name in _FILES
    ]
