"""A layer as people read it: rows with rank and class, legend, unit and sources in words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.layers import Layer, LayerCode
from geo.notes import Note
from service.locale import terms
from service.locale.words import Words
from service.maps.classes import Classes, classes_of
from service.maps.palette import ramp
from service.maps.sheet import NO_DATA_CLASS, PROTECTED_CLASS, AreaFigure

PLACES: dict[LayerCode, int] = {
    LayerCode.NEED: 1,
    LayerCode.INCIDENT_RATE: 1,
    LayerCode.INCIDENT_DENSITY: 2,
    LayerCode.INFLUX: 1,
    LayerCode.GROWTH: 2,
    LayerCode.RESIDENTS: 0,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One area with its figure; ``value`` is ``None`` without data, ``rank`` 1 is the most."""

    code: str
    name: str
    value: float | None
    text: str
    interval: str
    rank: int | None
    step: int
    share: float | None

    @property
    def protected(self) -> bool:
        return self.step == PROTECTED_CLASS


@dataclass(frozen=True, slots=True)
class Swatch:
    """One entry of the legend."""

    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A layer at one level in one language, ready for page, map and table alike."""

    layer: Layer
    title: str
    unit: str
    rows: tuple[Row, ...]
    swatches: tuple[Swatch, ...]
    colours: tuple[str, ...]
    method: str
    caveats: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    missing: int
    protected: int

    def figures(self) -> dict[str, AreaFigure]:
        """What the map shows: the same classes and texts as the table."""
        return {row.code: AreaFigure(row.step, ((self.title, row.text),)) for row in self.rows}


def say_note(words: Words, text: str) -> str:
    """A sentence of geo or optimizer in the reader's language; plain text is looked up as it is."""
    if isinstance(text, Note):
        mean = terms.MEAN.get(str(text.params.get("mean")))
        known = {"mean": words.say(mean)} if mean else {}
        return words.say(text.key, **{**text.params, **known})
    return words.say(text) if text else ""


def _known(value: object) -> float | None:
    if value is None or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _figure_text(words: Words, value: float | None, places: int, *, protected: bool) -> str:
    if protected:
        return words.say("protected")
    return words.say("no data") if value is None else words.number(value, places)


def _interval(words: Words, low: float | None, high: float | None, places: int) -> str:
    if low is None or high is None:
        return ""
    return f"{words.number(low, places)} – {words.number(high, places)}"


def read_layer(
    layer: Layer, units: gpd.GeoDataFrame, words: Words, title: str | None = None
) -> Reading:
    """Read ``layer`` for the areas of ``units``, most first; an area without a row has no data."""
    values = layer.values.reindex(units.index)  # noqa: PD011 (a field of Layer)
    hidden = _hidden(values)
    places = PLACES.get(layer.code, 1)
    shown = values["value"].mask(pd.Series(hidden))
    classes = classes_of(shown.to_list(), layer.code)
    colours = classes.spread(ramp(layer.code))
    ranks = shown.rank(ascending=False, method="min")
    top = shown.max()
    rows = []
    names = dict(
        zip(units.index, zip(units["name_ar"], units["name_en"], strict=True), strict=True)
    )
    for code in units.index:
        protected = bool(hidden[code])
        value = None if protected else _known(values.loc[code, "value"])
        step = PROTECTED_CLASS if protected else NO_DATA_CLASS
        rows.append(
            Row(
                code=str(code),
                name=words.name({"name_ar": names[code][0], "name_en": names[code][1]})
                or str(code),
                value=value,
                text=_figure_text(words, value, places, protected=protected),
                interval=""
                if value is None
                else _interval(
                    words, _cell(values, code, "low"), _cell(values, code, "high"), places
                ),
                rank=None if value is None else int(ranks[code]),
                step=step if value is None else classes.step(value),
                share=None if value is None or not top or top <= 0 else max(0.0, value / top),
            )
        )
    rows.sort(key=lambda row: (row.value is None, -(row.value or 0.0), row.name))
    return Reading(
        layer=layer,
        title=title or words.say(terms.LAYER[layer.code]),
        unit=say_note(words, layer.unit),
        rows=tuple(rows),
        swatches=_swatches(words, classes, colours, places),
        colours=colours,
        method=say_note(words, layer.method),
        caveats=tuple(say_note(words, caveat) for caveat in layer.caveats),
        sources=tuple(source_lines(words, layer)),
        missing=sum(row.value is None and not row.protected for row in rows),
        protected=sum(row.protected for row in rows),
    )


def shown_only(layer: Layer) -> Layer:
    """The layer without the figures that pages call protected, for files that leave."""
    values = layer.values.copy()  # noqa: PD011 (a field of Layer)
    hidden = pd.Series(_hidden(values), index=values.index, dtype=bool)
    for column in ("value", "low", "high", "raw", "count"):
        if column in values.columns:
            values[column] = values[column].astype(float).mask(hidden)
    return replace(layer, values=values)


def source_lines(words: Words, layer: Layer) -> Sequence[tuple[str, str]]:
    """Name and date of each source, each once."""
    lines = [
        (say_note(words, source.name), words.date(source.as_of) if source.as_of else "")
        for source in layer.sources
    ]
    return list(dict.fromkeys(lines))


def _cell(values: pd.DataFrame, code: str, column: str) -> float | None:
    return _known(values.loc[code, column]) if column in values.columns else None


def _hidden(values: pd.DataFrame) -> Mapping[object, bool]:
    """Areas whose released count lies in the lowest band: too few cases to show a figure."""
    if "count_low" not in values.columns:
        return dict.fromkeys(values.index, False)
    return {code: bool(low <= 0) for code, low in values["count_low"].items()}


def _swatches(
    words: Words, classes: Classes, colours: tuple[str, ...], places: int
) -> tuple[Swatch, ...]:
    limits = [words.number(edge, places if edge % 1 else 0) for edge in classes.edges]
    return tuple(
        Swatch(colour, f"{low} – {high}")
        for colour, low, high in zip(colours, limits, limits[1:], strict=False)
    )
