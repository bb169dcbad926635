"""Boundaries of any country: COD-AB's columns are known, others are mapped. All or nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.boundaries import units_from_table
from geo.checks import Fault, FaultsError
from geo.notes import Note, said
from geo.places import Level, Standing
from service.imports.dates import parse_days
from service.imports.fields import UNIT_FIELDS
from service.imports.headers import Field, named, recognise
from service.imports.identity import content_hash, key_identity
from service.imports.options import Options
from service.imports.table import RawTable, refuse
from service.imports.values import parse_numbers
from service.imports.work import Made

_PCODE = re.compile(r"(?:adm(?:in)?[ _]?(\d)[ _]?pcode|gid_(\d))", re.IGNORECASE)
_LEVELS = {1: Level.GOVERNORATE, 2: Level.DISTRICT, 3: Level.SUBDISTRICT}
_DEEPEST = 3
_AREA_COLUMNS = (
    "code", "level", "name_ar", "name_en", "parent", "pcode", "valid_from", "valid_to",
    "area_km2", "seat_lon", "seat_lat", "standing",
)  # fmt: skip


def make_boundaries(raw: RawTable, options: Options) -> tuple[Made, gpd.GeoDataFrame, list[Note]]:
    """Units of all levels from a boundary file of one level.

    Raises:
        FaultsError: anything is wrong; half a map is no map.

    """
    if raw.wkb is None or not any(raw.wkb):
        raise refuse(
            said("The file holds no polygons."),
            said("Give the boundaries as GeoJSON, GeoPackage or zipped shapefile."),
        )
    if raw.faults:
        raise FaultsError(raw.faults)
    headers = list(raw.cells)
    fields, depth = _fields_of(raw, _depth(headers), options)
    columns = dict(
        recognise(headers, fields, given=_own_columns(options.columns), tags=raw.tags).by_field
    )
    if "code" not in columns:
        raise refuse(
            said("No column for {field} was recognised."),
            said("Say which one holds it: --column {field}=HEADER. The file has: {headers}."),
            field="code",
            headers=", ".join(headers)[:600],
        )
    level = options.level or _level(raw, columns, depth)
    table = _table(raw, columns, level)
    named_levels = {k: v for k, v in columns.items() if k != "level"}
    if level is Level.DISTRICT and "district" in columns and "governorate" not in columns:
        # What a list calls parent is the level above its own.
        named_levels = {k.replace("district", "governorate"): v for k, v in named_levels.items()}
    units = units_from_table(
        table, named_levels, level=level, standing=options.standing or Standing.OFFICIAL
    )
    notes = [*raw.notes, _count_note(units), *_loose_notes(units)]
    return made_of(units, raw), units, notes


def made_of(units: gpd.GeoDataFrame, raw: RawTable | None = None) -> Made:
    """Records of canonical units; positions are only those of the file's own rows."""
    records = []
    for code, unit in units.iterrows():
        values = {name: _plain(unit.get(name)) for name in _AREA_COLUMNS if name != "code"}
        wkb = shapely.to_wkb(shapely.normalize(unit["geometry"]))
        record: dict[str, Any] = {"code": str(code), **values, "geometry": wkb}
        record["name_ar"] = record["name_ar"] or ""
        record["name_en"] = record["name_en"] or ""
        record["identity"] = key_identity("area", (str(code), values["valid_from"]))
        record["content"] = content_hash([*values.values(), wkb.hex()])
        records.append(record)
    return Made(records, list(range(len(raw) if raw is not None else 0)))


def _own_columns(given: Mapping[str, str]) -> dict[str, str]:
    """Mapped columns; ``name`` is short for ``name_en``, ``pcode`` for ``code``."""
    short = {"name": "name_en", "pcode": "code", "parent": "district"}
    return {short.get(name, name): header for name, header in given.items()}


def _depth(headers: Sequence[str]) -> int:
    """Level of the deepest column of P-codes (GADM: ids); 0 without one."""
    found = (_PCODE.fullmatch(header) for header in headers)
    return max((int(m[1] or m[2]) for m in found if m), default=0)


def _fields_of(raw: RawTable, depth: int, options: Options) -> tuple[tuple[Field, ...], int]:
    """The fields to look for, and the level of the rows as OCHA counts.

    Where a code of the deepest column stands twice and the file has a column of plain codes, that
    column names the unit above the rows, not the rows.
    """
    if not depth or "code" in options.columns:
        return UNIT_FIELDS, depth
    fields = _cod_fields(depth)
    own = recognise(list(raw.cells), UNIT_FIELDS, given={}, tags=raw.tags).by_field.get("code")
    codes = recognise(list(raw.cells), fields, given={}, tags=raw.tags).by_field.get("code")
    if own is None or codes is None or own == codes or depth >= _DEEPEST:
        return fields, depth
    given = [cell for cell in raw.cells[codes] if cell]
    if len(set(given)) == len(given):
        return fields, depth
    plain = tuple(f for f in UNIT_FIELDS if f.name in {"code", "name_ar", "name_en"})
    above = tuple(f for f in _cod_fields(depth + 1) if f.name not in {"code", "name_ar", "name_en"})
    return plain + above, depth + 1


def _cod_fields(depth: int) -> tuple[Field, ...]:
    """Fields of OCHA's layers: ADM3_PCODE, adm3_pcode, admin3Pcode; names in any language."""
    own = min(depth, _DEEPEST)
    numbers = {"": depth}
    if own > 1:
        numbers["district" if own == _DEEPEST else "governorate"] = depth - 1
    if own == _DEEPEST:
        numbers["governorate"] = depth - 2
    fields: list[Field] = []
    for prefix, n in numbers.items():
        stem = f"{prefix}_" if prefix else "name_"
        a, b = f"adm{n}", f"admin{n}"
        names = " | ".join(f"{stem_} | {stem_}_en" for stem_ in (f"{a}_name", f"{b}name"))
        other = " | ".join(f"{a}_{lang} | {b}name_{lang}" for lang in ("fr", "es", "pt"))
        fields += [
            named(prefix or "code", f"{a}_pcode | {b}pcode | {b}_pcode | {a}pcode | gid_{n}"),
            named(f"{stem}ar", f"{a}_ar | {b}name_ar | {a}_name_ar | {b}_ar"),
            named(
                f"{stem}en",
                f"{a}_en | {b}name_en | {b}_en | {names} | {other} | {a}_name* | {b}name*"
                f" | name_{n}",
            ),
        ]
    fields += [f for f in UNIT_FIELDS if f.name.startswith(("valid_", "seat_"))]
    return tuple(fields)


def _level(raw: RawTable, columns: Mapping[str, str], depth: int) -> Level:
    if depth:
        return _LEVELS[min(depth, _DEEPEST)]
    if "level" in columns:
        levels = {cell for cell in raw.cells[columns["level"]] if cell}
        if len(levels) == 1 and (one := levels.pop()) in set(Level):
            return Level(one)
        raise refuse(
            said("The file mixes several levels."),
            said("Give one level at a time, the finest; those above it are made of it."),
        )
    return Level.SUBDISTRICT


def _table(raw: RawTable, columns: dict[str, str], level: Level) -> gpd.GeoDataFrame:
    assert raw.wkb is not None
    table: dict[str, Any] = {header: raw.cells[header] for header in columns.values()}
    for name in ("valid_from", "valid_to"):
        if name in columns:
            days = parse_days(raw.cells[columns[name]]).days
            table[columns[name]] = pd.to_datetime(pd.Series(days, dtype=object))
            if all(day is None for day in days):
                del columns[name]
    for name in ("seat_lon", "seat_lat"):
        if name in columns:
            table[columns[name]] = parse_numbers(raw.cells[columns[name]], coordinate=True).figures
    shapes = [None if wkb is None else shapely.from_wkb(wkb) for wkb in raw.wkb]
    _refuse_bad_rows(raw, columns, shapes, level)
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326", index=raw.rows)


def _refuse_bad_rows(
    raw: RawTable, columns: Mapping[str, str], shapes: Sequence[Any], level: Level
) -> None:
    faults = []
    for n, (code, shape) in enumerate(zip(raw.cells[columns["code"]], shapes, strict=True)):
        if not code:
            faults.append(
                Fault(
                    said("{column} is empty."),
                    said("Fill it in, or leave the row out."),
                    {"column": columns["code"]},
                    columns["code"],
                    raw.rows[n],
                )
            )
        if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            faults.append(
                Fault(
                    said("A unit of level {level} needs a polygon."),
                    said("Draw it, or leave the row out."),
                    {"level": level.value},
                    "geometry",
                    raw.rows[n],
                )
            )
    if faults:
        raise FaultsError(faults)


def _count_note(units: gpd.GeoDataFrame) -> Note:
    counts = units["level"].value_counts().to_dict()
    return Note(
        said("{subdistricts} sub-districts, {districts} districts, {governorates} governorates."),
        subdistricts=counts.get(Level.SUBDISTRICT.value, 0),
        districts=counts.get(Level.DISTRICT.value, 0),
        governorates=counts.get(Level.GOVERNORATE.value, 0),
    )


def _loose_notes(units: gpd.GeoDataFrame) -> list[Note]:
    """Units that nothing is above: no layer and no plan could hold them."""
    top = units["level"] == Level.GOVERNORATE.value
    loose = int((units["parent"].isna() & ~top).sum())
    if not loose:
        return []
    return [
        Note(
            said(
                "{count} units name no unit above them. Layers and plans are made by governorate:"
                " give columns with the codes of the district and the governorate,"
                " and import the file again."
            ),
            count=loose,
        )
    ]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value
