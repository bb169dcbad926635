"""Two maps beside one another: periods, layers or plans, and what differs between them.

Periods and plans share one scale, and differ by their figures. Two layers have no unit in
common: they differ by the places that they give an area.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import geopandas as gpd
import pandas as pd

from geo.layers import LayerCode
from geo.notes import said
from service.locale import map_words
from service.locale.words import NO_FIGURE, Words
from service.maps.classes import diverging
from service.maps.palette import CHANGE
from service.maps.sheet import NO_DATA_CLASS, PROTECTED_CLASS
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice, categories_of, layers_at, read_choice
from service.pages.chosen_layer import layer_of
from service.pages.figures import Reading, Row, cell, read_layer, told_values
from service.pages.kinds import SHARES, MapLayer, PlanLayer, layer_named, places_of
from service.pages.map_board import layer_title
from service.pages.newest_plan import NewestPlan
from service.pages.scales import Swatch
from service.pages.through_time import TIMELESS
from service.store import PlanHead

_OF_PLANS = (PlanLayer.WOMEN_SERVED, PlanLayer.SERVED, PlanLayer.WOMEN_DEMAND)
_MARKS = ("▼▼", "▼", "", "▲", "▲▲")


class By(StrEnum):
    """What the two maps differ in."""

    PERIOD = "period"
    LAYER = "layer"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: ``key`` names it in the address, ``title`` on the map."""

    key: str
    title: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """An area on both sides. ``value`` is ``None`` where a side has no figure.

    ``clear`` says that the two 90 % intervals do not touch; ``None``: there are none.
    """

    code: str
    name: str
    first: str
    second: str
    value: float | None
    text: str
    step: int
    mark: str
    clear: bool | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides over the same areas, with the difference: the second less the first."""

    by: By
    choice: MapChoice
    units: gpd.GeoDataFrame
    first: Side
    second: Side
    unit: str
    swatches: tuple[Swatch, ...]
    rows: tuple[DifferenceRow, ...]

    @property
    def colours(self) -> tuple[str, ...]:
        """Of the classes of the difference, from the most that fell to the most that rose."""
        return tuple(swatch.colour for swatch in reversed(self.swatches))

    @property
    def one_scale(self) -> bool:
        """Whether a colour means the same on both sides."""
        return self.first.reading.swatches == self.second.reading.swatches


@dataclass(frozen=True, slots=True)
class Offered:
    """What the two sides can be chosen from: key and words."""

    sides: tuple[tuple[str, str], ...]
    layers: tuple[MapLayer, ...]
    by: tuple[By, ...]


PlanOf = Callable[[str], NewestPlan]
TitleOf = Callable[[PlanHead], str]


def read_by(params: Mapping[str, str], plans: int) -> By:
    """How the address compares; plans only where there are two of them."""
    by = next((one for one in By if one.value == params.get("by")), By.PERIOD)
    return By.PERIOD if by is By.PLAN and plans < 2 else by  # noqa: PLR2004 (two sides)


def choose(params: Mapping[str, str], atlas: Atlas, by: By, plan: NewestPlan | None) -> MapChoice:
    """The choice that both sides share, with a layer that can be compared in this way."""
    has_plan = plan is not None
    choice = read_choice(params, atlas, plan=has_plan)
    allowed = comparable(atlas, choice, by, plan=has_plan)
    if choice.layer in allowed or not allowed:
        return choice
    return read_choice({**params, "layer": allowed[0].value}, atlas, plan=has_plan)


def comparable(atlas: Atlas, choice: MapChoice, by: By, *, plan: bool) -> tuple[MapLayer, ...]:
    """Layers of the level that can be compared in this way."""
    every = layers_at(atlas, choice.level, plan=plan)
    if by is By.PLAN:
        return tuple(one for one in _OF_PLANS if one in every)
    if by is By.LAYER:
        return every
    return tuple(one for one in every if not isinstance(one, PlanLayer) and one not in TIMELESS)


def offered(
    atlas: Atlas,
    choice: MapChoice,
    by: By,
    words: Words,
    plans: list[PlanHead],
    plan_title: TitleOf,
    *,
    plan: bool,
) -> Offered:
    """What can be chosen for the sides; empty ``sides`` where fewer than two are there."""
    layers = comparable(atlas, choice, by, plan=plan)
    if by is By.PERIOD:
        sides = tuple((str(one), words.period(one)) for one in choice.offered)
    elif by is By.LAYER:
        sides = tuple((one.value, words.say(map_words.TITLE[one])) for one in layers)
    else:
        sides = tuple(
            (one.id, f"{plan_title(one)} · {words.moment(one.created_at)}") for one in plans
        )
    ways = tuple(one for one in By if one is not By.PLAN or len(plans) > 1)
    return Offered(sides if len(sides) > 1 else (), layers, ways)


def compare(
    params: Mapping[str, str],
    atlas: Atlas,
    choice: MapChoice,
    by: By,
    words: Words,
    found: Offered,
    plan: NewestPlan | None,
    plan_of: PlanOf,
) -> Compared:
    """Both sides and what differs. ``found`` must offer two sides; raises ``KeyError``.

    The first side is the older period or plan unless the address says otherwise.
    """
    keys = [key for key, _ in found.sides]
    titles = dict(found.sides)
    usual = (keys[1], keys[0])
    if by is By.LAYER:
        own = choice.layer.value
        usual = (own, next(key for key in keys if key != own))
    first, second = (
        asked if (asked := params.get(name, "")) in titles else fallback
        for name, fallback in zip(("a", "b"), usual, strict=True)
    )
    units = atlas.units(choice.level, choice.governorate)
    choices = [_asked(params, atlas, choice, by, key) for key in (first, second)]
    owners = [plan_of(key) if by is By.PLAN else plan for key in (first, second)]
    layers = [
        layer_of(atlas, one, units, owner) for one, owner in zip(choices, owners, strict=True)
    ]
    both = [float(value) for layer in layers for value in told_values(layer, units)]
    readings = [
        read_layer(
            layer,
            units,
            words,
            layer_title(words, layer.code, layer.category),
            beside=() if by is By.LAYER else both,
        )
        for layer in layers
    ]
    sides = [
        Side(key, titles[key], reading)
        for key, reading in zip((first, second), readings, strict=True)
    ]
    rows, swatches = _differences(sides[0].reading, sides[1].reading, by, words)
    return Compared(
        by, choice, units, sides[0], sides[1], _unit(sides[1].reading, by, words), swatches, rows
    )


def _asked(
    params: Mapping[str, str], atlas: Atlas, choice: MapChoice, by: By, key: str
) -> MapChoice:
    if by is By.PERIOD:
        period = next(one for one in choice.offered if str(one) == key)
        return replace(choice, period=period)
    if by is By.PLAN:
        return choice
    layer = layer_named(key) or LayerCode.NEED
    told = {**params, "layer": key, "category": ""}
    if choice.category in categories_of(atlas, layer, choice.level):
        told["category"] = choice.category or ""
    return read_choice(told, atlas, plan=True)


def _unit(reading: Reading, by: By, words: Words) -> str:
    if by is By.LAYER:
        return words.say(said("places that the second map puts an area further up"))
    if reading.layer.code in SHARES:
        return words.say(said("percentage points"))
    return reading.unit


def _differences(
    first: Reading, second: Reading, by: By, words: Words
) -> tuple[tuple[DifferenceRow, ...], tuple[Swatch, ...]]:
    known = {row.code: row for row in first.rows}
    pairs = [(known[row.code], row) for row in second.rows if row.code in known]
    ranks = _places(first), _places(second)
    values = [_moved(ranks, b.code) if by is By.LAYER else _change(a, b, first) for a, b in pairs]
    told = [value for value in values if value is not None]
    classes = diverging(told, least=0.5 if by is By.LAYER else None)
    if by is By.LAYER:
        places = 0 if all(value.is_integer() for value in told) else 1
    else:
        places = 0 if first.layer.code in SHARES else places_of(first.layer.code)
    colours = CHANGE if classes.count > 1 else (CHANGE[len(CHANGE) // 2],)
    marks = _MARKS if classes.count > 1 else ("",)
    rows = []
    for (a, b), value in zip(pairs, values, strict=True):
        step = classes.step(value) if value is not None else min(_bare(a), _bare(b))
        rows.append(
            DifferenceRow(
                code=b.code,
                name=b.name,
                first=a.text,
                second=b.text,
                value=value,
                text=words.signed(value, places) if value is not None else NO_FIGURE,
                step=step,
                mark=marks[step] if step >= 0 else "",
                clear=None if value is None or by is By.LAYER else _is_clear(first, second, b.code),
            )
        )
    rows.sort(key=lambda row: (row.value is None, -(row.value or 0.0), row.name))
    swatches = tuple(
        Swatch(colour, _label(words, limits), mark)
        for colour, limits, mark in zip(colours, classes.limits(), marks, strict=True)
    )
    return tuple(rows), swatches[::-1]


def _bare(row: Row) -> int:
    """Why a side has no figure; protected outweighs missing."""
    return PROTECTED_CLASS if row.protected else NO_DATA_CLASS


def _change(a: Row, b: Row, reading: Reading) -> float | None:
    if a.value is None or b.value is None:
        return None
    change = b.value - a.value
    return 100 * change if reading.layer.code in SHARES else change


def _places(reading: Reading) -> pd.Series:
    """Place of each area with a figure; equal ones share the middle of theirs."""
    told = {row.code: row.value for row in reading.rows if row.value is not None}
    return pd.Series(told, dtype=float).rank(ascending=False, method="average")


def _moved(ranks: tuple[pd.Series, pd.Series], code: str) -> float | None:
    if code not in ranks[0].index or code not in ranks[1].index:
        return None
    return float(ranks[0][code] - ranks[1][code])


def _is_clear(first: Reading, second: Reading, code: str) -> bool | None:
    ends = [
        cell(reading.layer.values, code, name)
        for reading in (first, second)
        for name in ("low", "high")
    ]
    low_a, high_a, low_b, high_b = ends
    if low_a is None or high_a is None or low_b is None or high_b is None:
        return None
    return high_a < low_b or high_b < low_a


def _label(words: Words, limits: tuple[float, float]) -> str:
    low, high = (_plain(words, edge) for edge in limits)
    return low if low == high else f"{low} – {high}"


def _plain(words: Words, edge: float) -> str:
    places = next(n for n in range(5) if n == 4 or abs(round(edge, n) - edge) <= 1e-9 * abs(edge))  # noqa: PLR2004 (four decimals at most)
    return words.signed(edge, places)
