"""Features: GeoJSON by itself, GeoPackage and shapefile through GDAL with two drivers only."""

import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyproj
import shapely
from pyproj.exceptions import CRSError

from geo.checks import Fault
from geo.notes import Note, said
from service.imports.limits import Limits
from service.imports.table import RawTable, refuse

DRIVERS = {"GPKG", "ESRI Shapefile"}
_SHAPE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
_SHP_MAGIC = b"\x00\x00\x27\x0a"
_GEOMETRIES = {"Point", "MultiPoint", "Polygon", "MultiPolygon"}
_LINES = {"LineString", "MultiLineString"}
_STATE_CRS = said("Give it in WGS84 (EPSG:4326), or with its reference system.")


def read_geojson(path: Path, limits: Limits) -> RawTable:
    """A FeatureCollection; NaN, collections in collections and unknown geometry are refused."""
    try:
        found = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise refuse(
            said("The JSON can't be read: {reason}."),
            said("Export it again; NaN and Infinity are no JSON."),
            reason=str(error)[:120],
        ) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise refuse(
            said("This JSON holds no features."), said("Give a GeoJSON FeatureCollection.")
        )
    shapes, faults = _shapes(features, _GEOMETRIES | (_LINES if limits.lines else set()))
    properties = [f.get("properties") or {} for f in features]
    return _table(properties, shapes, _json_crs(found), limits, faults)


def _shapes(
    features: Sequence[dict[str, Any]], kinds: set[str]
) -> tuple[list[Any], dict[int, Fault]]:
    shapes: list[Any] = []
    faults: dict[int, Fault] = {}
    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry")
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        shape = None
        if kind is not None and kind not in kinds:
            faults[number] = _kind_fault(str(kind), number)
        elif geometry is not None:
            try:
                shape = shapely.from_geojson(orjson.dumps(geometry))
            except (shapely.errors.GEOSException, TypeError, ValueError) as error:
                faults[number] = Fault(
                    said("The geometry can't be read: {reason}."),
                    said("Draw it again."),
                    {"reason": str(error)[:120]},
                    "geometry",
                    number,
                )
        shapes.append(shape)
    return shapes, faults


def _json_crs(found: dict[str, Any]) -> pyproj.CRS | None:
    stated = found.get("crs")
    if stated is None:
        return None  # RFC 7946: WGS84
    try:
        return pyproj.CRS.from_user_input(str(stated["properties"]["name"])[:200])
    except (CRSError, KeyError, TypeError) as error:
        raise refuse(said("The reference system is not known."), _STATE_CRS) from error


def read_geopackage(path: Path, limits: Limits, layer: str | None = None) -> RawTable:
    """One feature table of a GeoPackage. Views are not read: they run their author's SQL."""
    tables = _feature_tables(path)
    if layer is None and len(tables) > 1:
        raise refuse(
            said("The GeoPackage has several layers."),
            said("Name one of them with --sheet: {layers}."),
            layers=", ".join(tables),
        )
    chosen = layer if layer is not None else next(iter(tables), None)
    if chosen not in tables:
        raise refuse(
            said("The GeoPackage has no such layer of features."),
            said("It has: {layers}."),
            layers=", ".join(tables) or "-",
        )
    return _read_ogr(path, chosen, limits)


def _feature_tables(path: Path) -> list[str]:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            listed = connection.execute(
                "SELECT c.table_name FROM gpkg_contents c JOIN sqlite_master m "
                "ON m.name = c.table_name AND m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'"
                " WHERE c.data_type = 'features' ORDER BY c.table_name LIMIT 200"
            )
            return [str(row[0]) for row in listed]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise refuse(
            said("The GeoPackage is damaged."), said("Export it again from QGIS.")
        ) from error


def read_shapefile(path: Path, limits: Limits) -> RawTable:
    """A zipped shapefile with its dbf, shx and prj."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        stems = {Path(name).stem for name in archive.namelist() if name.lower().endswith(".shp")}
        if len(stems) != 1:
            raise refuse(
                said("The zip holds {n} shapefiles."), said("Give one at a time."), n=len(stems)
            )
        stem = stems.pop()
        for part in archive.infolist():
            name = Path(part.filename)
            if name.stem == stem and name.suffix.lower() in _SHAPE_PARTS:
                # Our own names: what the zip says never becomes a path.
                target = Path(folder) / f"layer{name.suffix.lower()}"
                target.write_bytes(archive.read(part))
        shape = Path(folder) / "layer.shp"
        if shape.read_bytes()[:4] != _SHP_MAGIC:
            raise refuse(said("The .shp in the zip is no shapefile."), said("Export it again."))
        if not shape.with_suffix(".dbf").exists() or not shape.with_suffix(".prj").exists():
            raise refuse(
                said("The zip lacks the .dbf or the .prj of the shapefile."),
                said("Zip all parts of it together."),
            )
        return _read_ogr(shape, None, limits)


def _read_ogr(path: Path, layer: str | None, limits: Limits) -> RawTable:
    import pyogrio  # noqa: PLC0415 - after OGR_SKIP was set, see child.py

    if not set(pyogrio.list_drivers()) <= DRIVERS:
        raise RuntimeError("GDAL has drivers that were not allowed")
    info = pyogrio.read_info(path, layer=layer)
    if info["features"] > limits.features:
        raise refuse(
            said("The file has {n} features; {limit} are allowed."),
            said("Split it."),
            n=int(info["features"]),
            limit=limits.features,
        )
    if info["crs"] is None:
        raise refuse(said("The layer doesn't state its reference system."), _STATE_CRS)
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=layer)
    names = list(meta["fields"])
    rows = [dict(zip(names, values, strict=True)) for values in zip(*fields, strict=True)]
    rows = rows or [{} for _ in geometry]
    kinds = [None if wkb is None else _wkb_kind(wkb) for wkb in geometry]
    known = _WKB_KINDS | (_WKB_LINES if limits.lines else set())
    faults = {n: _kind_fault(str(k), n) for n, k in enumerate(kinds, 1) if k not in known}
    plain = [None if n in faults else wkb for n, wkb in enumerate(geometry, 1)]
    shapes = list(shapely.from_wkb(plain, on_invalid="ignore"))
    return _table(rows, shapes, pyproj.CRS.from_user_input(info["crs"]), limits, faults)


# Point, polygon and their multiples; a collection could nest until GEOS falls over.
_WKB_KINDS = {None, 1, 3, 4, 6}
_WKB_LINES = {2, 5}


def _wkb_kind(wkb: bytes) -> int:
    """The kind of geometry, read from its first bytes and without GEOS."""
    number = int.from_bytes(wkb[1:5], "little" if wkb[:1] == b"\x01" else "big")
    return (number & 0x0FFFFFFF) % 1000  # flags and the thousands say Z and M


def _kind_fault(kind: str, number: int) -> Fault:
    return Fault(
        said("The geometry is a {kind}."),
        said("Give points or polygons."),
        {"kind": kind[:40]},
        "geometry",
        number,
    )


def _table(
    properties: Sequence[dict[str, Any]],
    shapes: list[Any],
    crs: pyproj.CRS | None,
    limits: Limits,
    faults: dict[int, Fault],
) -> RawTable:
    if len(shapes) > limits.features:
        raise refuse(
            said("The file has {n} features; {limit} are allowed."),
            said("Split it."),
            n=len(shapes),
            limit=limits.features,
        )
    counts = shapely.get_num_coordinates(shapes)
    if int(counts.sum()) > limits.vertices or max(counts, default=0) > limits.vertices_each:
        raise refuse(
            said("The lines have {n} vertices; {limit} are allowed."),
            said("Simplify them first."),
            n=int(counts.sum()),
            limit=limits.vertices,
        )
    shapes, notes = _to_wgs84(shapes, crs)
    faults |= _invalid(shapes, faults)
    table = RawTable(notes=notes, faults=list(faults.values()))
    headers = list(dict.fromkeys(str(key) for each in properties for key in each))
    if len(headers) > limits.columns:
        raise refuse(
            said("The file has {n} columns; {limit} are allowed."),
            said("Leave out columns that are not needed."),
            n=len(headers),
            limit=limits.columns,
        )
    good = [n for n in range(len(shapes)) if n + 1 not in faults]
    table.rows = [n + 1 for n in good]
    table.wkb = [None if shapes[n] is None else shapely.to_wkb(shapes[n]) for n in good]
    table.cells = {name: [_text(properties[n].get(name), limits) for n in good] for name in headers}
    table.unread = dict.fromkeys(faults, "")
    return table


def _to_wgs84(shapes: list[Any], crs: pyproj.CRS | None) -> tuple[list[Any], list[Note]]:
    flat: list[Any] = list(shapely.force_2d(shapes))
    if crs is None or crs.equals("EPSG:4326", ignore_axis_order=True):
        return flat, []
    if crs.to_authority(min_confidence=100) == ("OGC", "CRS84"):
        return flat, []
    change = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    moved = shapely.transform(flat, _on_pairs(change.transform))
    return list(moved), [Note(said("The lines were moved from {crs} to WGS84."), crs=crs.name)]


def _on_pairs(change: Callable[..., Any]) -> Callable[[Any], Any]:
    import numpy as np  # noqa: PLC0415 - only here

    return lambda pairs: np.column_stack(change(pairs[:, 0], pairs[:, 1]))


def _invalid(shapes: Iterable[Any], known: dict[int, Fault]) -> dict[int, Fault]:
    """Invalid geometry is refused with its place; it is never mended by guessing."""
    found = {}
    for number, shape in enumerate(shapes, start=1):
        if shape is None or number in known:
            continue
        west, south, east, north = shape.bounds if not shape.is_empty else (0, 0, 0, 0)
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
            found[number] = Fault(
                said("The geometry lies outside the degrees of the earth."),
                _STATE_CRS,
                {},
                "geometry",
                number,
            )
        elif not shapely.is_valid(shape):
            found[number] = Fault(
                said("The geometry is invalid: {reason}."),
                said("Mend it in QGIS (Check validity), then import it again."),
                {"reason": shapely.is_valid_reason(shape)[:120]},
                "geometry",
                number,
            )
    return found


def _text(value: Any, limits: Limits) -> str | None:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact
        value = int(value)
    text = str(value).strip()[: limits.cell_chars]
    return text if text and text not in {"NaT", "nan"} else None
