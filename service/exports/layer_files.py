"""A table of layers as GeoJSON, GeoPackage, GeoParquet, CSV or XLSX, each saying its sources."""

import csv
import io
import math
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from geo.notes import said
from service.exports.cells import neutral
from service.exports.content import Content, Format
from service.exports.geojson import collection, feature, written
from service.exports.layer_table import LayerTable
from service.exports.sheets import Column, Show, Workbook
from service.locale.parts import say_note
from service.locale.source_words import source_name
from service.locale.terms import LAYER, STANDING
from service.locale.words import Words
from service.scratch import scratch

HEADS = {
    "code": said("Code"),
    "name_ar": said("Arabic name"),
    "name_en": said("English name"),
    "parent": said("Code of the area above"),
    "pcode": said("P-code"),
    "area_km2": said("Area, km²"),
    "value": said("Figure"),
    "low": said("Lower end, 90%"),
    "high": said("Upper end, 90%"),
    "raw": said("Figure before it was smoothed"),
    "rank": said("Rank"),
    "rank_low": said("Best rank that it can have"),
    "rank_high": said("Worst rank that it can have"),
    "unit": said("Unit of measure"),
    "period": said("Period"),
    "standing": said("Standing"),
}
"""What columns are called in a workbook, before their name in data; others have that name only."""


def layer_content(table: LayerTable, form: Format, *, words: Words) -> Content:
    """``table`` as a file of ``form``. ``words`` is the language of a workbook's titles.

    Raises ``ValueError`` for forms that are not for tables of layers.
    """
    if form is Format.GEOJSON:
        body = _geojson(table)
    elif form is Format.GPKG:
        body = _geopackage(table)
    elif form is Format.PARQUET:
        body = _geoparquet(table)
    elif form is Format.CSV:
        body = _csv(table)
    elif form is Format.XLSX:
        body = _workbook(table, words)
    else:
        raise ValueError(f"layers are not exported as {form}")
    return Content(
        body=body,
        media_type=form.media_type,
        filename=f"{table.name}-{table.level.value}.{form.value}",
        serial=table.provenance.serial,
        rows=len(table.frame),
    )


def _rows(table: LayerTable) -> list[dict[str, Any]]:
    """Plain values by column; no data is ``None``."""
    frame = table.frame[table.columns]
    return [
        {"code": str(code)} | {name: _plain(value) for name, value in row.items()}
        for code, row in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def _plain(value: object) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return round(value, 9) if isinstance(value, float) else value


def _metadata(table: LayerTable) -> dict[str, Any]:
    return table.provenance.members() | {
        "level": table.level.value,
        "layers": list(table.layers),
    }


def _geojson(table: LayerTable) -> bytes:
    shapes = table.frame.geometry
    features = [
        feature(row["code"], shape, row) for row, shape in zip(_rows(table), shapes, strict=True)
    ]
    return collection(features, _metadata(table))


def _geopackage(table: LayerTable) -> bytes:
    """One table, its metadata in the package as GDAL reads and QGIS shows it."""
    frame, told = _drawn(table), _told(table)
    with scratch() as folder:
        path = folder / "layers.gpkg"
        pyogrio.write_dataframe(
            frame.reset_index(),
            path,
            layer=f"{table.name}_{table.level.value}".replace("-", "_"),
            driver="GPKG",
            geometry_type="MultiPolygon",
            promote_to_multi=True,
            layer_metadata=told,
            dataset_metadata=told,
            layer_options={"IDENTIFIER": table.provenance.title, "DESCRIPTION": _one_line(table)},
        )
        return path.read_bytes()


def _drawn(table: LayerTable) -> gpd.GeoDataFrame:
    """The frame with its geometries as RFC 7946 wants them."""
    frame = table.frame.copy()
    frame["geometry"] = [written(shape) for shape in frame.geometry]
    return frame


def _told(table: LayerTable) -> dict[str, str]:
    """The metadata as pairs of text; what is not text is JSON."""
    return {
        key: value if isinstance(value, str) else orjson.dumps(value).decode()
        for key, value in _metadata(table).items()
    }


def _geoparquet(table: LayerTable) -> bytes:
    """GeoParquet 1.1 (WKB); the file's key-value metadata tell what the GeoPackage's do.

    The key ``mizan`` holds all of them as one JSON object, for readers that know one key only.
    """
    raw = io.BytesIO()
    _drawn(table).reset_index().to_parquet(
        raw, index=False, schema_version="1.1.0", write_covering_bbox=True
    )
    raw.seek(0)
    arrow = pq.read_table(raw)
    told = {key.encode(): value.encode() for key, value in _told(table).items()}
    told[b"source"] = "; ".join(source.name for source in table.provenance.sources).encode()
    told[b"mizan"] = orjson.dumps(_metadata(table))
    out = io.BytesIO()
    pq.write_table(arrow.replace_schema_metadata({**told, **arrow.schema.metadata}), out)
    return out.getvalue()


def _csv(table: LayerTable) -> bytes:
    """UTF-8 with a mark that Excel needs for Arabic; every row says where it comes from."""
    out = io.StringIO()
    told = {
        "data_version": table.provenance.data_version,
        "figures_as_of": str(table.provenance.as_of or ""),
        "source": "; ".join(source.name for source in table.provenance.sources),
        "serial": table.provenance.serial,
    }
    columns = ["code", *table.columns, *told]
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(table):
        writer.writerow({name: neutral(value) for name, value in (row | told).items()})
    return "\ufeff".encode() + out.getvalue().encode()


def _head(name: str, words: Words) -> str:
    return f"{words.say(HEADS[name])} ({name})" if name in HEADS else name


def _workbook(table: LayerTable, words: Words) -> bytes:
    book = Workbook(words, table.provenance)
    names = ["code", *table.columns]
    numbers = set(table.frame.select_dtypes("number").columns)
    columns = [
        Column(_head(name, words), Show.FINE if name in numbers else Show.TEXT) for name in names
    ]
    rows = _rows(table)
    book.table(said("Layers"), columns, [[row[name] for name in names] for row in rows])
    meaning = (
        Column(said("Layer")),
        Column(said("Unit of measure")),
        Column(said("Period")),
        Column(said("Standing")),
        Column(said("Method")),
        Column(said("Note")),
    )
    book.table(
        said("Meaning"),
        meaning,
        [
            (
                f"{words.say(LAYER[one.code])} ({one.code.value})",
                say_note(words, one.unit),
                words.period(one.period),
                words.say(STANDING[one.standing]),
                say_note(words, one.method),
                " ".join(say_note(words, note) for note in one.caveats),
            )
            for one in table.given
        ],
    )
    sources = (
        Column(said("Source")),
        Column(said("Figures as of"), Show.DAY),
        Column(said("Standing")),
        Column(said("Licence")),
    )
    book.table(
        said("Sources"),
        sources,
        [
            (
                source_name(words, one.name),
                one.as_of,
                words.say(STANDING[one.standing]),
                source_name(words, one.licence),
            )
            for one in table.provenance.sources
        ],
    )
    return book.content()


def _one_line(table: LayerTable) -> str:
    told = table.provenance
    return f"{told.standing.value}; data version {told.data_version}; serial {told.serial}"
