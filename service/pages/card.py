"""The card of an area: its figure in every layer, what its need is made of, and the trend."""

from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.layers import Layer, LayerCode
from geo.need import TOP, NeedComponent
from service.locale import terms
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice, categories_of, layers_at, windows_of
from service.pages.chosen_layer import components, layer_of
from service.pages.figures import Fact, Reading, cell, fact_of
from service.pages.kinds import figure, places_of
from service.pages.need_doubts import doubts_of
from service.pages.newest_plan import NewestPlan
from service.pages.through_time import ThroughTime


@dataclass(frozen=True, slots=True)
class Part:
    """One component of the need: the raw figure, its score 0-10 and its weight."""

    name: str
    raw: str
    unit: str
    score: str
    weight: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The chosen layer over the periods, oldest first."""

    values: tuple[float | None, ...]
    label: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Who arrived in the period: families as the source counts them, persons as reckoned."""

    families: str
    persons: str
    clans: str


@dataclass(frozen=True, slots=True)
class Card:
    """``facts`` are (title, figure, unit); ``ranks`` says how sure the place is.

    ``lead`` is the office that leads in the plan that the map speaks of, ``plan`` its id.
    ``doubts`` say what the index of need hangs on.
    """

    facts: tuple[tuple[str, str, str], ...]
    parts: tuple[Part, ...]
    ranks: str
    trend: Trend | None
    arrivals: Arrivals | None
    lead: str
    plan: str
    approved: bool
    doubts: tuple[str, ...] = ()


def card_of(
    atlas: Atlas,
    choice: MapChoice,
    words: Words,
    reading: Reading,
    code: str,
    *,
    time: ThroughTime,
    plan: NewestPlan | None = None,
) -> Card:
    """The card of ``code``; a layer that can't be made is left out."""
    every = atlas.units(choice.level, choice.governorate)
    facts = _facts(atlas, choice, words, reading, every, code, plan)
    need = facts.get(LayerCode.NEED)
    return Card(
        facts=tuple((one.title, one.text, one.unit) for one in facts.values()),
        parts=()
        if need is None or not isinstance(need.layer, Layer)
        else _parts(choice, need.layer, words, facts, code),
        ranks=_ranks(reading, words, code),
        trend=_trend(choice, words, reading, code, time),
        arrivals=_arrivals(facts, words, code),
        lead=plan.lead_office(code, words) if plan is not None else "",
        plan=plan.head.id if plan is not None else "",
        approved=plan is not None and plan.approved,
        doubts=()
        if choice.layer is not LayerCode.NEED or not isinstance(reading.layer, Layer)
        else doubts_of(atlas, choice, reading.layer, code, words),
    )


def _facts(
    atlas: Atlas,
    choice: MapChoice,
    words: Words,
    reading: Reading,
    every: gpd.GeoDataFrame,
    code: str,
    plan: NewestPlan | None,
) -> dict[str, Fact]:
    """The area in every layer of its level, in the order of the page."""
    found: dict[str, Fact] = {}
    for layer in layers_at(atlas, choice.level, plan=plan is not None):
        category = categories_of(atlas, layer, choice.level)[0]
        windows = windows_of(atlas, layer, choice.level, category)
        if windows and choice.window not in windows:
            continue
        asked = replace(choice, layer=layer, category=category)
        try:
            # The chosen one is there already: under a moving weight it is the costly one.
            is_chosen = (layer, category) == (choice.layer, choice.category)
            built = reading.layer if is_chosen else layer_of(atlas, asked, every, plan)
        except KeyError:
            continue
        found[layer] = fact_of(built, code, words)
    return found


def _arrivals(facts: dict[str, Fact], words: Words, code: str) -> Arrivals | None:
    influx = facts.get(LayerCode.INFLUX)
    if influx is None:
        return None
    values = influx.layer.values
    families, persons, clans = (cell(values, code, name) for name in ("families", "count", "clans"))
    if families is None or persons is None:
        return None
    return Arrivals(
        words.count("{n} family", "{n} families", families),
        words.count("about {n} person", "about {n} persons", persons) if persons else "",
        words.count("{n} whole clan", "{n} whole clans", clans) if clans else "",
    )


def _parts(
    choice: MapChoice, layer: Layer, words: Words, facts: dict[str, Fact], code: str
) -> tuple[Part, ...]:
    values = layer.values
    used = [one for one in components(choice) if f"score_{one.code}" in values.columns]
    whole = sum(one.weight for one in used)
    return tuple(_part(one, values, words, facts, code, whole) for one in used)


def _part(
    component: NeedComponent,
    values: pd.DataFrame,
    words: Words,
    facts: dict[str, Fact],
    code: str,
    whole: float,
) -> Part:
    score = cell(values, code, f"score_{component.code}")
    raw = cell(values, code, f"figure_{component.code}")
    source = facts.get(component.layer)
    return Part(
        name=words.say(terms.COMPONENT.get(component.code, component.code)),
        raw=words.number(raw, places_of(component.layer)),
        unit="" if source is None else source.unit,
        score=words.number(score, 1),
        weight=words.percent(component.weight / whole),
        share=None if score is None else score / TOP,
    )


def _ranks(reading: Reading, words: Words, code: str) -> str:
    values = reading.layer.values
    low, high = (cell(values, code, name) for name in ("rank_low", "rank_high"))
    if low is None or high is None:
        return ""
    if low == high:
        return words.say("Under other weights and within the error of figures it stays there.")
    return words.say(
        "Under other weights, and within the error of the figures, {low} to {high} (90%).",
        low=words.number(low),
        high=words.number(high),
    )


def _trend(
    choice: MapChoice, words: Words, reading: Reading, code: str, time: ThroughTime
) -> Trend | None:
    """``None`` where one period only is there, or the area is protected in this layer."""
    row = reading.row(code)
    values = time.of(code)
    if row is None or row.value is None or sum(value is not None for value in values) < 2:  # noqa: PLR2004 (one point is no trend)
        return None
    periods = list(time.figures)
    said = words.joined(
        (
            f"{words.period(period)}: {figure(words, choice.layer, value)}"
            for period, value in zip(periods, values, strict=True)
        ),
        ";",
    )
    return Trend(
        values,
        f"{reading.title}, {row.name}: {said}",
        words.period(periods[0]),
        words.period(periods[-1]),
    )
