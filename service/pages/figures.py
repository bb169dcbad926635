"""A layer as people read it: rows with rank and class, legend, unit and sources in words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.layers import Layer, LayerCode
from service.locale import map_words
from service.locale.parts import say_note
from service.locale.source_words import source_name
from service.locale.words import Words
from service.maps.sheet import NO_DATA_CLASS, PROTECTED_CLASS, AreaFigure
from service.pages.kinds import PlanFigures, figure
from service.pages.scales import Scale, Swatch, scale_of

__all__ = ["Reading", "Row", "Swatch", "read_layer", "say_note", "shown_only", "source_lines"]
AnyLayer = Layer | PlanFigures
_SAME = 1e-9


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
    mark: str = ""

    @property
    def protected(self) -> bool:
        return self.step == PROTECTED_CLASS


@dataclass(frozen=True, slots=True)
class Reading:
    """A layer at one level in one language, ready for page, map and table alike."""

    layer: AnyLayer
    title: str
    unit: str
    rows: tuple[Row, ...]
    scale: Scale
    method: str
    caveats: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    missing: int
    protected: int
    alike: bool = False  # every area has the same figure: there is no order, and so no rank

    @property
    def swatches(self) -> tuple[Swatch, ...]:
        return self.scale.swatches

    @property
    def colours(self) -> tuple[str, ...]:
        return self.scale.colours

    def row(self, code: str | None) -> Row | None:
        return next((row for row in self.rows if row.code == code), None)

    def figures(self) -> dict[str, AreaFigure]:
        """What the map shows: the same classes and texts as the table."""
        return {
            row.code: AreaFigure(row.step, ((self.title, row.text),), mark=row.mark)
            for row in self.rows
        }


def known(value: object) -> float | None:
    """A finite number, or ``None``."""
    if value is None or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def cell(values: pd.DataFrame, code: str, column: str) -> float | None:
    """The figure of an area in a column that may be missing."""
    if column not in values.columns or code not in values.index:
        return None
    return known(float(values[column].to_numpy(dtype=float)[values.index.get_loc(code)]))


def area_names(units: gpd.GeoDataFrame, words: Words) -> dict[str, str]:
    """Name of each unit in the reader's language; its code where it has none."""
    return {
        str(code): words.name({"name_ar": ar, "name_en": en}) or str(code)
        for code, ar, en in zip(units.index, units["name_ar"], units["name_en"], strict=True)
    }


def read_layer(
    layer: AnyLayer,
    units: gpd.GeoDataFrame,
    words: Words,
    title: str | None = None,
    *,
    beside: Iterable[float] = (),
) -> Reading:
    """Read ``layer`` for the areas of ``units``, most first; an area without a row has no data.

    ``beside`` are figures of other periods whose scale this one shares.
    """
    values = layer.values.reindex(units.index)
    hidden = hidden_areas(values)
    scale = scale_of(layer.code, values, hidden, words, beside=beside)
    shown = values["value"].astype(float).mask(pd.Series(hidden, dtype=bool))
    ranks = shown.rank(ascending=False, method="min")
    top = shown.max()
    alike = _are_alike(shown)
    lows, highs = (
        values[name].astype(float).to_dict() if name in values.columns else {}
        for name in ("low", "high")
    )
    figures, places = shown.to_dict(), ranks.to_dict()
    rows = []
    for code, name in area_names(units, words).items():
        value = known(figures[code])
        step = scale.steps.get(code, NO_DATA_CLASS)
        rows.append(
            Row(
                code=code,
                name=name,
                value=value,
                text=_text(words, layer, scale, value, step),
                interval=""
                if value is None
                else _interval(words, layer.code, lows.get(code), highs.get(code)),
                rank=None if value is None or alike else int(places[code]),
                step=step,
                share=_share(layer.code, value, top),
                mark=scale.mark(step),
            )
        )
    rows.sort(key=lambda row: (row.value is None, -(row.value or 0.0), row.name))
    return Reading(
        layer=layer,
        title=title or words.say(map_words.TITLE[layer.code]),
        unit=say_note(words, layer.unit),
        rows=tuple(rows),
        scale=scale,
        method=say_note(words, layer.method),
        caveats=tuple(say_note(words, caveat) for caveat in layer.caveats),
        sources=tuple(source_lines(words, layer)),
        missing=sum(row.value is None and not row.protected for row in rows),
        protected=sum(row.protected for row in rows),
        alike=alike,
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One area in a layer: what a card says of it."""

    layer: AnyLayer
    title: str
    text: str
    unit: str


def fact_of(layer: AnyLayer, code: str, words: Words) -> Fact:
    """The figure of one area as ``read_layer`` says it, without reading the others."""
    values = layer.values.reindex([code])
    is_hidden = hidden_areas(values)[code]
    value = None if is_hidden else known(float(values["value"].iloc[0]))
    step, scale = PROTECTED_CLASS if is_hidden else NO_DATA_CLASS, None
    if layer.code == LayerCode.HOTSPOTS and not is_hidden:
        scale = scale_of(layer.code, values, {code: False}, words)
        step = scale.steps[code]
    text = _text(words, layer, scale, value, step)
    return Fact(layer, words.say(map_words.TITLE[layer.code]), text, say_note(words, layer.unit))


def _are_alike(shown: pd.Series) -> bool:
    """Whether several areas are known and all carry one figure, as an inherited one does."""
    known_ones = shown.dropna()
    return len(known_ones) > 1 and bool(known_ones.max() - known_ones.min() <= _SAME)


def told_values(layer: AnyLayer, units: gpd.GeoDataFrame) -> pd.Series:
    """Figures of ``units`` by area code; NaN where there is none or it is protected."""
    values = layer.values.reindex(units.index)
    hidden = pd.Series(hidden_areas(values), dtype=bool)
    return values["value"].astype(float).mask(hidden)


def shown_only(layer: Layer) -> Layer:
    """The layer without the figures that pages call protected, for files that leave."""
    values = layer.values.copy()
    hidden = pd.Series(hidden_areas(values), index=values.index, dtype=bool)
    for column in ("value", "low", "high", "raw", "count"):
        if column in values.columns:
            values[column] = values[column].astype(float).mask(hidden)
    return replace(layer, values=values)


def source_lines(words: Words, layer: AnyLayer) -> Sequence[tuple[str, str]]:
    """Name and date of each source, each once."""
    lines = [
        (source_name(words, source.name), words.date(source.as_of) if source.as_of else "")
        for source in layer.sources
    ]
    return list(dict.fromkeys(lines))


def hidden_areas(values: pd.DataFrame) -> Mapping[object, bool]:
    """Areas whose released count lies in the lowest band: too few cases to show a figure."""
    if "count_low" not in values.columns:
        return dict.fromkeys(values.index, False)
    return {code: bool(low <= 0) for code, low in values["count_low"].items()}


def _text(
    words: Words, layer: AnyLayer, scale: Scale | None, value: float | None, step: int
) -> str:
    if step == PROTECTED_CLASS:
        return words.say("protected")
    if value is None:
        return words.say("no data")
    said = figure(words, layer.code, value)
    if scale is not None and layer.code == LayerCode.HOTSPOTS and step >= 0:
        # The kind is the answer; the score only says how far it stands out.
        return f"{scale.swatches[step].label.split(':')[0]} ({said})"
    return said


def _share(layer: str, value: float | None, top: float) -> float | None:
    """Length of a figure's bar; scores and changes have none."""
    if value is None or not top or top <= 0 or layer in {LayerCode.HOTSPOTS, LayerCode.TREND}:
        return None
    return max(0.0, value / top)


def _interval(words: Words, layer: str, low: object, high: object) -> str:
    ends = known(low), known(high)
    if ends[0] is None or ends[1] is None:
        return ""
    said = [figure(words, layer, end) for end in ends]
    return "" if said[0] == said[1] else " – ".join(said)
