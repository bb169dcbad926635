"""Layers as one table: a row for each area, a column for each figure, and what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.layers import Layer
from geo.places import Level
from service.exports.provenance import Provenance, latest, serial_of, worst_standing

CRS = "EPSG:4326"
_NAMES = ("name_ar", "name_en", "parent", "pcode")
_FIGURES = ("value", "low", "high", "raw", "count", "exposure")
_INTERVAL = ("value", "low", "high")


@dataclass(frozen=True, slots=True)
class LayerTable:
    """``frame`` is indexed by area code, EPSG:4326, with typed columns in a fixed order.

    ``layers`` says of each layer in it what its columns mean: code, unit, method, standing,
    period, sources, caveats, data version. ``given`` are these layers themselves.
    """

    name: str
    level: Level
    frame: gpd.GeoDataFrame
    layers: tuple[dict[str, Any], ...]
    given: tuple[Layer, ...]
    provenance: Provenance

    @property
    def columns(self) -> list[str]:
        """All columns but the geometry."""
        return [str(name) for name in self.frame.columns if name != "geometry"]


def one_layer_table(
    layer: Layer, units: gpd.GeoDataFrame, *, serial: str = "", weights: str = ""
) -> LayerTable:
    """One layer with all its figures: ``value``, and ``low``, ``high``, ``raw`` ... where given.

    Behind them stand the layer's own columns: the components of need, what a rank could be, how
    a hot spot was found. ``units`` are the areas of the layer's level: index ``code``, EPSG:4326.
    ``weights`` are those that a reader chose for the need: name and every row of the file say so.
    """
    kept = _checked(units)
    frame = _named(kept)
    values = layer.values.reindex(frame.index)
    own = [name for name in values.columns if name not in {*_FIGURES, *frame.columns}]
    for column in (*_FIGURES, *own):
        if column in values:
            frame[column] = _typed(values[column])
    frame["unit"] = layer.unit
    frame["period"] = _period(layer)
    frame["standing"] = layer.standing.value
    if weights:
        frame["weights"] = weights
    frame["geometry"] = kept.geometry
    name = layer.code.value if layer.category is None else f"{layer.code.value}-{layer.category}"
    if weights:
        name += "-own-weights"
    return _table(name, layer.level, frame, (layer,), serial)


def wide_table(layers: Sequence[Layer], units: gpd.GeoDataFrame, *, serial: str = "") -> LayerTable:
    """Several layers of one level side by side: ``need``, ``need_low``, ``need_high``, ...

    Raises ``ValueError`` for layers of different levels.
    """
    levels = {layer.level for layer in layers}
    if len(levels) != 1:
        raise ValueError(f"layers of one level are needed, not of {sorted(levels)}")
    kept = _checked(units)
    frame = _named(kept)
    for layer in layers:
        values = layer.values.reindex(frame.index)
        stem = layer.code.value if layer.category is None else f"{layer.code}_{layer.category}"
        for column in _INTERVAL:
            if column in values:
                name = stem if column == "value" else f"{stem}_{column}"
                frame[name] = values[column].astype("float64")
    frame["standing"] = worst_standing(_sources(layers)).value
    frame["geometry"] = kept.geometry
    return _table("layers", layers[0].level, frame, tuple(layers), serial)


def through_time_table(
    layers: Sequence[Layer], units: gpd.GeoDataFrame, *, serial: str = ""
) -> LayerTable:
    """One layer through periods, the oldest first: ``2024-03``, ``2024-03_low``, ``2024-03_high``.

    A quarter is ``2024-Q1``, a year ``2024``. Raises ``ValueError`` for layers of different kinds.
    """
    if len({(layer.code, layer.category, layer.level) for layer in layers}) != 1:
        raise ValueError("one layer in several periods is needed")
    kept = _checked(units)
    frame = _named(kept)
    figures: dict[str, pd.Series] = {}
    for layer in layers:
        values = layer.values.reindex(frame.index)
        for column in _INTERVAL:
            if column in values:
                stem = _window(layer)
                name = stem if column == "value" else f"{stem}_{column}"
                figures[name] = values[column].astype("float64")
    frame = frame.join(pd.DataFrame(figures, index=frame.index))
    frame["unit"] = layers[0].unit
    frame["standing"] = layers[0].standing.value
    frame["geometry"] = kept.geometry
    first = layers[0]
    name = first.code.value if first.category is None else f"{first.code.value}-{first.category}"
    return _table(f"{name}-through-time", first.level, frame, tuple(layers), serial)


def _window(layer: Layer) -> str:
    """A calendar window as people write it; days where it is none."""
    period = layer.period
    if period is None:
        return ""
    months = round(period.years * 12)
    if months == 1:
        return f"{period.start:%Y-%m}"
    if months == 3:  # noqa: PLR2004 - a quarter
        return f"{period.start.year}-Q{(period.start.month + 2) // 3}"
    return str(period.start.year) if months == 12 else str(period)  # noqa: PLR2004 - a year


def _typed(values: pd.Series) -> pd.Series:
    """Numbers as such, days and lists as text; no data stays none."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    text = [", ".join(map(str, v)) if isinstance(v, tuple | list) else v for v in values]
    plain = pd.Series(text, index=values.index, dtype=object)
    return plain.where(plain.notna(), None)


def _checked(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The newest version of each unit. Raises ``ValueError`` for another CRS."""
    if units.crs is None or units.crs.to_epsg() != 4326:  # noqa: PLR2004 (the EPSG code of WGS84)
        raise ValueError(f"units in {CRS} are needed, not in {units.crs}")
    return units[~units.index.duplicated(keep="last")]


def _named(units: gpd.GeoDataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(index=units.index.astype(str).rename("code"))
    for name in _NAMES:
        given = units[name] if name in units else pd.Series(index=units.index, dtype=object)
        frame[name] = given.astype(object).where(given.notna(), None).to_numpy()
    if "area_km2" in units:
        frame["area_km2"] = units["area_km2"].astype("float64").to_numpy()
    return frame


def _table(
    name: str, level: Level, frame: pd.DataFrame, layers: tuple[Layer, ...], serial: str
) -> LayerTable:
    whole = gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS).sort_index(kind="stable")
    sources = _sources(layers)
    periods = sorted({_period(layer) for layer in layers} - {""})
    units_of = sorted({layer.unit for layer in layers})
    content = whole.drop(columns="geometry").to_csv(float_format="%.10g")
    version = layers[0].data_version
    provenance = Provenance(
        title=f"{name}, {level.value}",
        standing=worst_standing(sources) if sources else layers[0].standing,
        sources=sources,
        as_of=latest(sources),
        unit=units_of[0] if len(units_of) == 1 else "see layers",
        period=", ".join(periods),
        method=layers[0].method if len(layers) == 1 else "see layers",
        caveats=tuple(dict.fromkeys(str(note) for layer in layers for note in layer.caveats)),
        data_version=version,
        serial=serial or serial_of(name, level.value, version, content),
    )
    told = tuple(_meaning(layer) for layer in layers)
    return LayerTable(name, level, whole, told, layers, provenance)


def _meaning(layer: Layer) -> dict[str, Any]:
    return {
        "code": layer.code.value,
        "category": layer.category,
        "level": layer.level.value,
        "unit": layer.unit,
        "period": _period(layer),
        "method": str(layer.method),
        "standing": layer.standing.value,
        "sources": [source.model_dump(mode="json") for source in layer.sources],
        "caveats": [str(note) for note in layer.caveats],
        "data_version": layer.data_version,
        "clearance": layer.clearance.value,
    }


def _sources(layers: Sequence[Layer]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(source for layer in layers for source in layer.sources))


def _period(layer: Layer) -> str:
    return "" if layer.period is None else str(layer.period)
