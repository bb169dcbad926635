"""The page and the map of a comparison: two maps with a handle between them, or one difference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from geo.notes import said
from service.auth.accounts import Account
from service.auth.roles import Right
from service.base_map import town_points
from service.deps import House, HouseOf, WordsOf, require
from service.errors import NotFoundError
from service.locale import map_words
from service.locale.words import Words
from service.maps.document import map_document
from service.maps.sheet import AreaFigure, MapSheet, MapSide
from service.pages.atlas import Atlas, tells_exact
from service.pages.basemap import frame_policy, tiles_of
from service.pages.choice import MapChoice, categories_of, windows_of
from service.pages.compared import (
    By,
    Compared,
    Offered,
    choose,
    compare,
    offered,
    read_by,
)
from service.pages.map_board import category_name, plan_for
from service.pages.map_sheet import sheet_of
from service.pages.newest_plan import NewestPlan
from service.pages.render import page, plan_title, static_url

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Account, Depends(require(Right.SEE_MAP))]
Show = Literal["swipe", "difference"]


@dataclass(frozen=True, slots=True)
class Table:
    """What a request of the comparison is answered from; ``pair`` is missing where none is."""

    atlas: Atlas
    choice: MapChoice
    by: By
    show: Show
    found: Offered
    pair: Compared | None
    plan: NewestPlan | None

    def query(self, **changes: str) -> str:
        """The address of this comparison with changes; a layer of its own has own sides."""
        params = {"by": self.by.value, "show": self.show, **self.choice.params()}
        params.pop("sort", None)
        if self.by is By.PERIOD:
            params.pop("period", None)
        if self.pair is not None:
            params |= {"a": self.pair.first.key, "b": self.pair.second.key}
        if "by" in changes or ("level" in changes and self.by is By.LAYER):
            params.pop("a", None)
            params.pop("b", None)
        return urlencode({name: value for name, value in (params | changes).items() if value})


def table_of(
    house: House, words: Words, account: Account, params: Mapping[str, str]
) -> Table | None:
    """Both sides of ``params``; ``None`` before anything is loaded."""
    atlas = house.atlases.open(account)
    if not atlas.levels():
        return None
    plan = plan_for(house, account)
    plans = house.shelf.legal(house.store) if plan is not None else []
    by = read_by(params, len(plans))
    choice = choose(params, atlas, by, plan)
    found = offered(
        atlas,
        choice,
        by,
        words,
        plans,
        lambda head: plan_title(head, words),
        plan=plan is not None,
    )
    pair = None
    if found.sides:
        pair = compare(
            params,
            atlas,
            choice,
            by,
            words,
            found,
            plan,
            lambda key: house.shelf.of(house.store, key),
        )
    show: Show = "difference" if params.get("show") == "difference" else "swipe"
    return Table(atlas, choice, by, show, found, pair, plan)


@router.get("/map/compare")
def compare_page(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """Two periods, layers or plans: on one map, and as a table of what differs."""
    table = table_of(house, words, account, request.query_params)
    if table is None:
        return page(request, "map_empty.html", account)
    choice = table.choice
    categories = categories_of(table.atlas, choice.layer, choice.level)
    return page(
        request,
        "map_compare.html",
        account,
        table=table,
        pair=table.pair,
        choice=choice,
        atlas=table.atlas,
        exact=tells_exact(table.atlas),
        map_words=map_words,
        categories=[(code or "", category_name(words, code)) for code in categories],
        windows=windows_of(table.atlas, choice.layer, choice.level, choice.category)
        if table.by is By.PERIOD
        else (),
        summary=_summary(table.pair, words) if table.pair is not None else "",
    )


def _summary(pair: Compared, words: Words) -> str:
    """The comparison in one sentence: how many rose and fell, and where most."""
    known = [row for row in pair.rows if row.value is not None]
    risen = sum(row.mark.startswith("▲") for row in known)
    fallen = sum(row.mark.startswith("▼") for row in known)
    if not risen and not fallen:
        return words.say("No area differs by more than a little.")
    sentence = (
        said("Of {all} areas {risen} stand further up on the second map, {fallen} further down.")
        if pair.by is By.LAYER
        else said("Of {all} areas {risen} rise and {fallen} fall by more than a little.")
    )
    most = max(known, key=lambda row: abs(row.value or 0.0))
    counts = {"all": len(known), "risen": risen, "fallen": fallen}
    first = words.say(sentence, **{name: words.number(n) for name, n in counts.items()})
    change = f"\u2066{most.text}\u2069"  # a sign stands before its number
    return f"{first} {words.say('Most in {area}: {change}.', area=most.name, change=change)}"


@router.get("/map/compare/frame")
def compare_frame(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """The map's own document: both sides with a handle, or the difference."""
    table = table_of(house, words, account, request.query_params)
    if table is None or table.pair is None:
        raise NotFoundError
    tiles = tiles_of(house.settings, house.basemap)
    pair, second = table.pair, table.pair.second
    sheet = replace(
        sheet_of(
            table.atlas,
            table.choice,
            words,
            second.reading,
            {},
            towns=town_points(house.settings.data_dir),
            tiles=tiles,
        ),
        title=f"{pair.first.title} – {second.title}",
    )
    drawn = (
        _difference(sheet, pair, words)
        if table.show == "difference"
        else _swiped(sheet, pair, words)
    )
    headers = {"Content-Security-Policy": frame_policy(tiles), "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(map_document(drawn, static_url), headers=headers)


def _lines(pair: Compared, words: Words) -> dict[str, tuple[tuple[str, str], ...]]:
    """What an area says of itself: its figure on each side, and the difference."""
    return {
        row.code: (
            (pair.first.title, row.first),
            (pair.second.title, row.second),
            (words.say("Difference"), f"{row.mark} {row.text}".strip()),
        )
        for row in pair.rows
    }


def _difference(sheet: MapSheet, pair: Compared, words: Words) -> MapSheet:
    lines = _lines(pair, words)
    figures = {row.code: AreaFigure(row.step, lines[row.code], mark=row.mark) for row in pair.rows}
    return replace(sheet, colours=pair.colours, figures=figures)


def _swiped(sheet: MapSheet, pair: Compared, words: Words) -> MapSheet:
    """The first map lies at the reader's start, the second at the other end."""
    lines = _lines(pair, words)
    first, second = (
        {row.code: AreaFigure(row.step, lines.get(row.code, ())) for row in side.reading.rows}
        for side in (pair.first, pair.second)
    )
    return replace(
        sheet,
        colours=pair.first.reading.colours,
        figures=first,
        side=pair.first.title,
        other=MapSide(pair.second.title, pair.second.reading.colours, second),
    )
