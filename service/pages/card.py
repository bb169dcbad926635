"""The card of an area: its figure in every layer, what its need is made of, and the trend."""

import math
from dataclasses import dataclass, replace

import pandas as pd

from geo.layers import Layer, LayerCode
from geo.need import TOP, NeedComponent
from service.locale import terms
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.choice import LAYERS, MapChoice
from service.pages.chosen_layer import components, layer_of
from service.pages.figures import PLACES, Reading, read_layer

TREND_PERIODS = 6
"""Periods that a trend shows at most: older ones say little about today."""


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
class Card:
    """``facts`` are (title, figure, unit); ``ranks`` says how sure the place is."""

    facts: tuple[tuple[str, str, str], ...]
    parts: tuple[Part, ...]
    ranks: str
    trend: Trend | None


def card_of(atlas: Atlas, choice: MapChoice, words: Words, reading: Reading, code: str) -> Card:
    """The card of ``code``; a layer that can't be made is left out."""
    every = atlas.units(choice.level, choice.governorate)
    units = every.loc[[code]]
    facts = []
    readings: dict[LayerCode, Reading] = {}
    for layer in LAYERS:
        try:
            built = layer_of(atlas, replace(choice, layer=layer, category=None), every)
        except KeyError:
            continue
        readings[layer] = read_layer(built, units, words)
        row = readings[layer].rows[0]
        facts.append((readings[layer].title, row.text, readings[layer].unit))
    need = readings.get(LayerCode.NEED)
    return Card(
        facts=tuple(facts),
        parts=() if need is None else _parts(choice, need.layer, words, readings, code),
        ranks=_ranks(reading.layer, words, code),
        trend=_trend(atlas, choice, words, reading, code),
    )


def _number(values: pd.DataFrame, code: str, column: str) -> float | None:
    if column not in values.columns or code not in values.index:
        return None
    value = float(values[column].to_numpy(dtype=float)[values.index.get_loc(code)])
    return value if math.isfinite(value) else None


def _parts(
    choice: MapChoice, layer: Layer, words: Words, readings: dict[LayerCode, Reading], code: str
) -> tuple[Part, ...]:
    values = layer.values  # noqa: PD011 (a field of Layer)
    used = [one for one in components(choice) if f"score_{one.code}" in values.columns]
    whole = sum(one.weight for one in used)
    return tuple(_part(one, values, words, readings, code, whole) for one in used)


def _part(
    component: NeedComponent,
    values: pd.DataFrame,
    words: Words,
    readings: dict[LayerCode, Reading],
    code: str,
    whole: float,
) -> Part:
    score = _number(values, code, f"score_{component.code}")
    raw = _number(values, code, f"figure_{component.code}")
    source = readings.get(component.layer)
    return Part(
        name=words.say(terms.COMPONENT.get(component.code, component.code)),
        raw=words.number(raw, PLACES[component.layer]),
        unit="" if source is None else source.unit,
        score=words.number(score, 1),
        weight=words.percent(component.weight / whole),
        share=None if score is None else score / TOP,
    )


def _ranks(layer: Layer, words: Words, code: str) -> str:
    values = layer.values  # noqa: PD011 (a field of Layer)
    low, high = (_number(values, code, name) for name in ("rank_low", "rank_high"))
    if low is None or high is None:
        return ""
    if low == high:
        return words.say("Under other weights and within the error of figures it stays there.")
    return words.say(
        "Under other weights, and within the error of the figures, {low} to {high} (90 %).",
        low=words.number(low),
        high=words.number(high),
    )


def _trend(
    atlas: Atlas, choice: MapChoice, words: Words, reading: Reading, code: str
) -> Trend | None:
    """``None`` where one period only is there, or the area is protected in this layer."""
    periods = list(reversed(atlas.periods()[:TREND_PERIODS]))
    row = next(row for row in reading.rows if row.code == code)
    if len(periods) < 2 or row.value is None:  # noqa: PLR2004 (one point is no trend)
        return None
    units = atlas.units(choice.level, choice.governorate)
    values = []
    for period in periods:
        layer = layer_of(atlas, replace(choice, period=period), units)
        past = read_layer(layer, units.loc[[code]], words)
        values.append(past.rows[0].value)
    said = "; ".join(
        f"{words.period(period)}: {words.number(value, PLACES[choice.layer])}"
        for period, value in zip(periods, values, strict=True)
    )
    return Trend(tuple(values), said, words.period(periods[0]), words.period(periods[-1]))
