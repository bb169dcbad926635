"""From a reading to the map's document: classes, tooltips, names, lines, signs."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd

from geo.layers import LayerCode
from geo.places import Level
from service.locale import terms
from service.locale.words import Words
from service.maps.geometry import (
    area_features,
    borders,
    label_points,
    outline,
    river_features,
    town_labels,
)
from service.maps.sheet import AreaFigure, MapSheet, MapTiles
from service.pages.atlas import Atlas, tells_exact
from service.pages.choice import MapChoice
from service.pages.figures import AnyLayer, Reading
from service.pages.map_points import map_points
from service.pages.newest_plan import NewestPlan
from service.pages.through_time import ThroughTime

_MANY = 400
"""More areas than this are drawn without names of their own: the names are those above them."""


def frame_words(words: Words) -> dict[str, str]:
    """What the map's own script says."""
    return {
        "digits": words.numerals("0123456789"),
        "comma": words.comma,
        "km": words.say("km"),
        "m": words.say("m"),
        "zoom_in": words.say("Zoom in"),
        "zoom_out": words.say("Zoom out"),
        "whole": words.say("The whole map"),
        "striking": words.say("Where cells stand out"),
        "no_tiles": words.say("the base map does not answer"),
        "swipe": words.say("Line between the two maps"),
        "swiped": words.say(
            "{a}: {share} of the width; the rest {b}", a="{a}", b="{b}", share="{share}"
        ),
    }


def credit(words: Words, layer: AnyLayer, *, exact: bool) -> str:
    """Written on the map itself, so that a screenshot carries it, also of ``exact`` figures."""
    parts = [words.say("Mizan"), words.say(terms.STANDING[layer.standing])]
    if exact:
        parts.append(words.say("EXACT FIGURES: do not pass on"))
    return " · ".join(parts)


def base_lines(atlas: Atlas, choice: MapChoice, units: gpd.GeoDataFrame) -> dict[str, Any]:
    """Rivers, the outer border, and the districts' borders over finer areas."""
    lines: list[Any] = []
    if not units.empty:
        if choice.level not in {Level.GOVERNORATE, Level.DISTRICT}:
            lines += borders(atlas.units(Level.DISTRICT, choice.governorate))
        lines.append(outline(_coarse(atlas, choice, units)))
    return {"type": "FeatureCollection", "features": [*river_features(atlas.rivers()), *lines]}


def _coarse(atlas: Atlas, choice: MapChoice, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The fewest units with the same outline."""
    if choice.level is not Level.CELL:
        return units
    return atlas.units(Level.SUBDISTRICT, choice.governorate)


def tips(
    atlas: Atlas,
    choice: MapChoice,
    words: Words,
    reading: Reading,
    *,
    time: ThroughTime,
    plan: NewestPlan | None = None,
) -> dict[str, AreaFigure]:
    """What an area says when it is pointed at: figure, place and its interval, arrivals, lead."""
    arrivals = _arrivals(atlas, choice)
    all_ranks = words.number(sum(row.rank is not None for row in reading.rows))
    places = rank_intervals(words, reading)
    found = {}
    for row in reading.rows:
        lines = [(reading.title, row.text)]
        if row.interval:
            lines.append((words.say("90% interval"), row.interval))
        if row.rank is not None:
            said = words.say("{rank} of {all}", rank=words.number(row.rank), all=all_ranks)
            lines.append((words.say("Place"), f"{said} {places.get(row.code, '')}".strip()))
        if row.code in arrivals:
            families = words.count("{n} family", "{n} families", arrivals[row.code])
            lines.append((words.say("Arrived"), families))
        lead = plan.lead_office(row.code, words) if plan is not None else ""
        if lead:
            lines.append((words.say("Lead office"), lead))
        trend = time.of(row.code)
        known = sum(value is not None for value in trend)
        found[row.code] = AreaFigure(
            row.step, tuple(lines), spark=trend if known > 1 else (), mark=row.mark
        )
    return found


def rank_intervals(words: Words, reading: Reading) -> dict[str, str]:
    """The places that other weights and the error of figures allow, in brackets; by area."""
    values = reading.layer.values
    if not {"rank_low", "rank_high"} <= set(values.columns):
        return {}
    limits = values[["rank_low", "rank_high"]].to_numpy(dtype=float)
    return {
        str(code): f"({words.number(low)} – {words.number(high)})"
        for code, (low, high) in zip(values.index, limits.tolist(), strict=True)
        if math.isfinite(low) and math.isfinite(high) and low != high
    }


def _arrivals(atlas: Atlas, choice: MapChoice) -> Mapping[str, float]:
    """Families that arrived in the period, by area; none where no influx can be had."""
    if choice.window not in atlas.windows(choice.level, LayerCode.INFLUX, None):
        return {}
    try:
        layer = atlas.layer(LayerCode.INFLUX, choice.level, None, choice.period)
    except KeyError:
        return {}
    values = layer.values
    if "families" not in values.columns:
        return {}
    known = values["families"].astype(float).dropna()
    return {str(code): float(families) for code, families in known.items()}


def sheet_of(
    atlas: Atlas,
    choice: MapChoice,
    words: Words,
    reading: Reading,
    figures: Mapping[str, AreaFigure],
    *,
    plan: NewestPlan | None = None,
    towns: Mapping[str, Any] | None = None,
    tiles: MapTiles | None = None,
) -> MapSheet:
    """Everything that the map document shows."""
    units = atlas.units(choice.level, choice.governorate)
    named = units if len(units) <= _MANY else _coarse(atlas, choice, units)
    places = label_points(named, words) if not named.empty else []
    period = f" {words.period(reading.layer.period)}" if reading.layer.period else ""
    return MapSheet(
        lang=words.lang,
        title=f"{reading.title}{period}",
        areas=area_features(units, words),
        colours=reading.colours,
        figures=figures,
        lines=base_lines(atlas, choice, units),
        places=places,
        towns=town_labels(towns or {}, words, known=[place[0] for place in places]),
        points=map_points(atlas, words, plan),
        credit=credit(words, reading.layer, exact=tells_exact(atlas)),
        words=frame_words(words),
        view=view_of(choice.view),
        tiles=tiles,
    )


def view_of(text: str) -> tuple[float, float, float] | None:
    """Latitude, longitude and zoom of a permalink; ``None``: all of the areas."""
    if not text:
        return None
    lat, lon, zoom = map(float, text.split(","))
    return (lat, lon, zoom)


def only_figures(
    reading: Reading, figures: Mapping[str, AreaFigure], words: Words, *, exact: bool
) -> MapSheet:
    """A sheet without its ground: what a page sends to a map that is drawn already."""
    return replace(
        MapSheet(words.lang, "", {}, reading.colours, figures),
        credit=credit(words, reading.layer, exact=exact),
    )
