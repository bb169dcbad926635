"""Layers as files for others: GeoJSON (RFC 7946), GeoPackage, CSV, GeoParquet, each with meaning.

Every export passes ``geo.privacy.release`` and carries source, date, unit, standing, method,
data version and caveats. GeoJSON is WGS84 with right-hand polygons, ids and a bounding box.
"""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow.parquet as pq
import shapely

from geo.boundaries import at_level
from geo.layers import Clearance, Layer
from geo.privacy import release

DIGITS = 6
"""Decimals of degrees: 0.11 m, finer than any boundary here."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAMES = ["name_ar", "name_en", "parent", "pcode"]


def metadata(layer: Layer, units: gpd.GeoDataFrame) -> dict[str, Any]:
    """What one must know to read the layer's figures; plain JSON values."""
    own = at_level(units, layer.level)
    return {
        "layer": layer.code.value,
        "level": layer.level.value,
        "category": layer.category,
        "unit": str(layer.unit),
        "period": None
        if layer.period is None
        else {"start": layer.period.start.isoformat(), "end": layer.period.end.isoformat()},
        "method": str(layer.method),
        "standing": layer.standing.value,
        "boundaries": sorted(own["standing"].unique()),
        "sources": [json.loads(s.model_dump_json()) for s in layer.sources],
        "caveats": [str(c) for c in layer.caveats],
        "clearance": layer.clearance.value,
        "data_version": layer.data_version,
    }


def table(layer: Layer, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """The layer's values with the names of the areas; index ``code``, in its order."""
    own = at_level(units, layer.level)
    names = pd.DataFrame(own[_NAMES])
    return names.join(layer.values, how="inner").sort_index()


def to_geojson(
    layer: Layer,
    units: gpd.GeoDataFrame,
    *,
    clearance: Clearance,
    extra: Mapping[str, Any] | None = None,
) -> bytes:
    """A FeatureCollection; ``extra`` joins the metadata (an export's serial, for instance)."""
    layer = release(layer, clearance)
    rows = table(layer, units)
    return collection(rows, units.geometry[rows.index], {**metadata(layer, units), **(extra or {})})


def collection(
    rows: pd.DataFrame, geometry: gpd.GeoSeries, about: Mapping[str, Any] | None = None
) -> bytes:
    """RFC 7946 bytes: one feature for each row, ``id`` the index, NaN as null.

    ``geometry`` is EPSG:4326, in the order of ``rows``. Coordinates are rounded to 6 decimals,
    the same on both sides of a shared border.
    """
    shapes = shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DIGITS))
    bodies = shapely.to_geojson(shapely.orient_polygons(shapes, exterior_cw=False))
    columns = {str(name): _plain(rows[name]) for name in rows.columns}
    features = [
        {
            "type": "Feature",
            "id": str(code),
            "properties": {name: values[i] for name, values in columns.items()},
            "geometry": orjson.Fragment(body) if body is not None else None,
        }
        for i, (code, body) in enumerate(zip(rows.index, bodies, strict=True))
    ]
    document: dict[str, Any] = {"type": "FeatureCollection"}
    if len(rows):
        document["bbox"] = [round(float(v), DIGITS) for v in shapely.total_bounds(shapes)]
    if about is not None:
        document["metadata"] = dict(about)
    document["features"] = features
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def _plain(values: pd.Series) -> list[Any]:
    """Values that JSON knows: numbers, text, true and false, days as text, null for no data."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    if pd.api.types.is_float_dtype(values):
        numbers = values.to_numpy(float)
        return [v if np.isfinite(v) else None for v in numbers.tolist()]
    return values.astype(object).where(values.notna(), None).tolist()


def to_csv(layer: Layer, units: gpd.GeoDataFrame, *, clearance: Clearance) -> bytes:
    """UTF-8 with BOM (Excel reads Arabic then); what the figures mean stands in every row."""
    layer = release(layer, clearance)
    about = metadata(layer, units)
    rows = table(layer, units)
    for key in ("layer", "level", "category", "unit", "method", "standing", "data_version"):
        rows[key] = about[key]
    period = about["period"] or {"start": None, "end": None}
    rows["period_start"], rows["period_end"] = period["start"], period["end"]
    rows["sources"] = "; ".join(_cited(s) for s in about["sources"])
    rows["caveats"] = "; ".join(about["caveats"])
    text = [c for c in rows.columns if not pd.api.types.is_numeric_dtype(rows[c])]
    rows[text] = rows[text].map(neutral)
    return rows.to_csv(lineterminator="\r\n").encode("utf-8-sig")


def _cited(source: Mapping[str, Any]) -> str:
    parts = [source["name"], source["as_of"], source["standing"], source["licence"]]
    return ", ".join(str(part) for part in parts if part)


def neutral(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is made plain; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def to_frame(layer: Layer, units: gpd.GeoDataFrame, *, clearance: Clearance) -> gpd.GeoDataFrame:
    """The layer as a GeoDataFrame (EPSG:4326) for GeoPackage and GeoParquet."""
    layer = release(layer, clearance)
    rows = table(layer, units)
    return gpd.GeoDataFrame(rows, geometry=units.geometry[rows.index], crs=4326)


def to_geopackage(
    layer: Layer, units: gpd.GeoDataFrame, path: Path, *, clearance: Clearance
) -> None:
    """Write one GeoPackage table; ``metadata`` (JSON) is in the table's metadata."""
    frame = to_frame(layer, units, clearance=clearance).reset_index()
    about = json.dumps(metadata(release(layer, clearance), units), ensure_ascii=False)
    frame.to_file(
        path,
        driver="GPKG",
        engine="pyogrio",
        layer=f"{layer.code.value}_{layer.level.value}",
        layer_metadata={"metadata": about},
        promote_to_multi=True,
    )


def to_geoparquet(layer: Layer, units: gpd.GeoDataFrame, *, clearance: Clearance) -> bytes:
    """GeoParquet bytes; the schema's key ``metadata`` holds the meaning as JSON."""
    raw = BytesIO()
    to_frame(layer, units, clearance=clearance).to_parquet(raw)
    raw.seek(0)
    arrow = pq.read_table(raw)
    about = json.dumps(metadata(release(layer, clearance), units), ensure_ascii=False)
    arrow = arrow.replace_schema_metadata({**arrow.schema.metadata, b"metadata": about.encode()})
    out = BytesIO()
    pq.write_table(arrow, out)
    return out.getvalue()
