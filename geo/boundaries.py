"""Units of the administrative tree: check, derive the upper levels, simplify together.

The canonical units table is a GeoDataFrame (EPSG:4326) with index ``code`` and the columns
``level, name_ar, name_en, parent, pcode, valid_from, valid_to, area_km2, seat_lon, seat_lat,
standing, geometry``. A unit is valid from ``valid_from`` (included) to ``valid_to`` (excluded);
empty means without end. See ``geo.versions`` for units that change.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.checks import Fault, raise_faults
from geo.crs import WGS84, areas_km2, metric_crs
from geo.frames import Column, Frame, Kind
from geo.notes import said
from geo.places import Level, Standing

OVERLAP_TOLERANCE_KM2 = 0.01
"""Overlap of two neighbours that counts as noise of digitising (an assumption)."""

_SNAP_M = 1.0  # borders that differ by less are one border, on the screen

TREE = (Level.GOVERNORATE, Level.DISTRICT, Level.SUBDISTRICT)

UNITS = Frame(
    "units",
    "code",
    (
        Column("level", Kind.TEXT, choices=frozenset(Level)),
        Column("name_ar", Kind.TEXT, required=False, default=""),
        Column("name_en", Kind.TEXT, required=False, default=""),
        Column("parent", Kind.CODE, required=False),
        Column("pcode", Kind.CODE, required=False),
        Column("valid_from", Kind.DAY, required=False),
        Column("valid_to", Kind.DAY, required=False),
        Column("area_km2", Kind.NUMBER, required=False, low=0),
        Column("seat_lon", Kind.NUMBER, required=False, low=-180, high=180),
        Column("seat_lat", Kind.NUMBER, required=False, low=-90, high=90),
        Column(
            "standing",
            Kind.TEXT,
            required=False,
            default="reported",
            choices=frozenset(Standing),
        ),
    ),
)


def check_units(
    units: gpd.GeoDataFrame, *, parents: pd.DataFrame | None = None, file: str = ""
) -> gpd.GeoDataFrame:
    """The canonical units table, with areas, seats and the upper levels filled in.

    ``parents`` names upper levels that have no polygon of their own, see ``derive_parents``.
    Invalid, empty or non-polygon geometry, unknown parents, twofold codes and overlaps of more
    than ``OVERLAP_TOLERANCE_KM2`` within a level are refused: ``FaultsError`` carries them all.
    """
    raise_faults(unit_faults(units, file=file))
    clean = gpd.GeoDataFrame(
        UNITS.check(pd.DataFrame(units.drop(columns="geometry")), file=file),
        geometry=gpd.GeoSeries(
            units.geometry.to_numpy(), index=units.index.astype("str"), crs=WGS84
        ),
    )
    clean.index.name = "code"
    return _measured(derive_parents(clean, parents))


def unit_faults(units: gpd.GeoDataFrame, *, file: str = "") -> list[Fault]:
    """Everything that is wrong with a units table."""
    if units.crs is None or not units.crs.equals(WGS84, ignore_axis_order=True):
        return [
            Fault(
                said("The boundaries are not in WGS84 degrees."),
                said("Give them in EPSG:4326, or name their reference system."),
                file=file,
            )
        ]
    found = UNITS.faults(pd.DataFrame(units.drop(columns="geometry")), file=file)
    shapes = units.geometry
    for code, shape in zip(units.index.astype("str"), shapes, strict=True):
        if shape is None or shape.is_empty:
            found.append(_shape_fault(code, said("{code} has no geometry."), file))
        elif shape.geom_type not in {"Polygon", "MultiPolygon"}:
            found.append(_shape_fault(code, said("{code} is not a polygon."), file))
        elif not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            found.append(_shape_fault(code, said("{code}: {reason}."), file, reason=reason))
    if found:
        return found
    return _parent_faults(units, file) + _overlap_faults(units, file)


def _shape_fault(code: str, key: str, file: str, **params: str) -> Fault:
    remedy = said("Repair the polygon of {code} in a GIS, then load the file again.")
    return Fault(key, remedy, {"code": code, **params}, "geometry", code, file)


def _parent_faults(units: gpd.GeoDataFrame, file: str) -> list[Fault]:
    if "parent" not in units.columns:
        return []
    levels = units["level"].astype("str")
    known = set(levels)
    codes = set(units.index.astype("str"))
    found = []
    for code, parent, level in zip(units.index, units["parent"], levels, strict=True):
        above = _above(Level(level))
        if pd.isna(parent) or above is None or above not in known or str(parent) in codes:
            continue
        found.append(
            Fault(
                said("{code} belongs to {parent}, which is not in the file."),
                said("Add {parent} or correct the parent."),
                {"code": str(code), "parent": str(parent)},
                "parent",
                str(code),
                file,
            )
        )
    return found


def _above(level: Level) -> Level | None:
    return {
        Level.SUBDISTRICT: Level.DISTRICT,
        Level.DISTRICT: Level.GOVERNORATE,
        Level.CELL: Level.SUBDISTRICT,
    }.get(level)


def _overlap_faults(units: gpd.GeoDataFrame, file: str) -> list[Fault]:
    found = []
    span = ["valid_from", "valid_to"]
    groups = ["level", *(name for name in span if name in units.columns)]
    for _, group in units.groupby(groups, dropna=False):
        if shapely.coverage_is_valid(group.geometry.to_numpy()):
            continue
        shapes = group.geometry.to_numpy()
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        pairs = first < second
        first, second = first[pairs], second[pairs]
        common = gpd.GeoSeries(shapely.intersection(shapes[first], shapes[second]), crs=WGS84)
        for i, j, km2 in zip(first, second, areas_km2(common), strict=True):
            if km2 > OVERLAP_TOLERANCE_KM2:
                found.append(
                    Fault(
                        said("{code} and {other} overlap by {km2} km2."),
                        said("Draw one border for both; a point may lie in one unit only."),
                        {
                            "code": str(group.index[i]),
                            "other": str(group.index[j]),
                            "km2": round(float(km2), 3),
                        },
                        "geometry",
                        str(group.index[i]),
                        file,
                    )
                )
    return found


def derive_parents(
    units: gpd.GeoDataFrame, parents: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """Add the districts and governorates that are absent, as unions of their sub-districts.

    ``parents`` names them: index code, columns ``level, name_ar, name_en, parent, pcode``
    (those it has). A derived unit that it does not name carries its code as name and has no
    parent. Shared borders stay exactly shared.
    """
    for child, level in ((Level.SUBDISTRICT, Level.DISTRICT), (Level.DISTRICT, Level.GOVERNORATE)):
        rows = units[(units["level"] == child) & units["parent"].notna()]
        absent = rows[~rows["parent"].isin(units.index)]
        if absent.empty:
            continue
        derived = pd.DataFrame(
            [
                _parent_row(str(code), level, group, parents)
                for code, group in absent.groupby("parent")
            ]
        ).set_index("code")
        both = pd.concat([pd.DataFrame(units), derived])
        units = gpd.GeoDataFrame(_retyped(both), geometry="geometry", crs=WGS84)
    return units


def _parent_row(
    code: str, level: Level, children: gpd.GeoDataFrame, parents: pd.DataFrame | None
) -> dict[str, object]:
    named = parents is not None and code in parents.index
    words: dict[str, Any] = dict(parents.loc[code]) if named and parents is not None else {}
    return {
        "name_ar": code,
        "name_en": code,
        "parent": None,
        "pcode": code if _is_pcode_tree(children, code) else None,
        "valid_from": children["valid_from"].min(),
        "valid_to": children["valid_to"].max() if children["valid_to"].notna().all() else pd.NaT,
        "standing": children["standing"].iloc[0],
        **{key: value for key, value in words.items() if key in _NAMED and pd.notna(value)},
        "code": code,
        "level": level.value,
        "geometry": _joined(children.geometry.to_numpy()),
    }


def _joined(shapes: NDArray[Any]) -> Any:
    """Union of neighbours; slower where their common borders do not match vertex by vertex."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


_NAMED = {"name_ar", "name_en", "parent", "pcode"}


def _is_pcode_tree(children: pd.DataFrame, code: str) -> bool:
    """P-codes of OCHA begin with the P-code of their parent."""
    return bool(children["pcode"].notna().all() and children["pcode"].str.startswith(code).all())


def _retyped(units: pd.DataFrame) -> pd.DataFrame:
    clean = UNITS.check(units.drop(columns="geometry"))
    clean["geometry"] = units["geometry"].to_numpy()
    return clean


def _measured(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas, and seats where none is given: the seat of the unit's own centre, else a point."""
    units = units.copy()
    lacking = units["area_km2"].isna()
    if lacking.any():
        units.loc[lacking, "area_km2"] = areas_km2(units.geometry[lacking])
    for child, level in ((Level.SUBDISTRICT, Level.DISTRICT), (Level.DISTRICT, Level.GOVERNORATE)):
        _seat_of_centre(units, child, level)
    unseated = units["seat_lon"].isna() | units["seat_lat"].isna()
    inside = units.geometry[unseated].representative_point()
    units.loc[unseated, "seat_lon"] = inside.x
    units.loc[unseated, "seat_lat"] = inside.y
    return units


def _seat_of_centre(units: gpd.GeoDataFrame, child: Level, level: Level) -> None:
    """A district's seat is that of its centre: the child named 'Markaz <district>'."""
    for code in units.index[(units["level"] == level) & units["seat_lon"].isna()]:
        name = units.loc[code, "name_en"]
        own = units[(units["parent"] == code) & (units["level"] == child)]
        centre = own[(own["name_en"] == f"Markaz {name}") | (own["name_en"] == name)]
        if len(centre) == 1:
            units.loc[code, ["seat_lon", "seat_lat"]] = (
                centre[["seat_lon", "seat_lat"]].iloc[0].to_numpy()
            )


def units_from_table(
    table: gpd.GeoDataFrame,
    columns: Mapping[str, str],
    *,
    level: Level = Level.SUBDISTRICT,
    standing: Standing = Standing.OFFICIAL,
    valid_from: date | None = None,
    file: str = "",
) -> gpd.GeoDataFrame:
    """Canonical units from a boundary file of one level, with the levels above it derived.

    ``columns`` maps ``code, name_ar, name_en, valid_from, valid_to, seat_lon, seat_lat`` and
    ``district, district_ar, district_en, governorate, governorate_ar, governorate_en`` to the
    file's headers (``code`` is needed, the others where present). Any CRS; it must be stated.
    Raises ``FaultsError``.
    """
    if table.crs is None:
        raise_faults(unit_faults(table, file=file))
    table = table.to_crs(WGS84)
    above = {Level.SUBDISTRICT: "district", Level.DISTRICT: "governorate"}.get(level, "")
    own = {
        name: table[columns[name]].to_numpy()
        for name in ("name_ar", "name_en", "valid_from", "valid_to", "seat_lon", "seat_lat")
        if name in columns
    }
    units = gpd.GeoDataFrame(
        {
            "level": level.value,
            "pcode": table[columns["code"]].to_numpy(),
            "parent": table[columns[above]].to_numpy() if above in columns else None,
            "standing": standing.value,
            **own,
        },
        geometry=table.geometry.to_numpy(),
        index=pd.Index(table[columns["code"]].astype("str"), name="code"),
        crs=WGS84,
    )
    if valid_from is not None and "valid_from" not in columns:
        units["valid_from"] = pd.Timestamp(valid_from)
    return check_units(units, parents=_parents_of(table, columns), file=file)


def _parents_of(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame | None:
    rows = []
    for level, prefix, above in (
        (Level.DISTRICT, "district", "governorate"),
        (Level.GOVERNORATE, "governorate", ""),
    ):
        if prefix not in columns:
            continue
        names = {
            "name_ar": f"{prefix}_ar",
            "name_en": f"{prefix}_en",
            "parent": above,
            "pcode": prefix,
        }
        have = {name: columns[field] for name, field in names.items() if field in columns}
        part = pd.DataFrame(
            {name: table[header].to_numpy() for name, header in have.items()},
            index=pd.Index(table[columns[prefix]].astype("str"), name="code"),
        )
        rows.append(part[~part.index.duplicated()].assign(level=level.value))
    return pd.concat(rows) if rows else None


def at_level(units: gpd.GeoDataFrame, level: Level, *, on: date | None = None) -> gpd.GeoDataFrame:
    """The units of one level, in the order of their codes; of those valid ``on`` a day."""
    chosen = units["level"] == level.value
    if on is not None:
        day = pd.Timestamp(on)
        chosen &= units["valid_from"].isna() | (units["valid_from"] <= day)
        chosen &= units["valid_to"].isna() | (units["valid_to"] > day)
    return units[chosen].sort_index()


def simplify_together(units: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Fewer vertices for the screen; shared borders stay shared on every level.

    The finest level is simplified as one coverage (Visvalingam-Whyatt; the tolerance is about
    2.4 times what Douglas-Peucker would take for the same look) in a metric CRS, the upper
    levels are made of it again. Areas in the table stay those of the full lines.
    """
    present = [level for level in TREE if (units["level"] == level.value).any()]
    finest = present[-1]
    rows = at_level(units, finest)
    metric = rows.geometry.to_crs(metric_crs(rows.total_bounds))
    coverage = metric.to_numpy()
    if not shapely.coverage_is_valid(coverage):
        coverage = shapely.coverage_clean(coverage, snapping_distance=_SNAP_M)
    simple = gpd.GeoSeries(
        shapely.coverage_simplify(coverage, tolerance_m), index=rows.index, crs=metric.crs
    ).to_crs(WGS84)
    shapes = dict(simple.items())
    for level in reversed(present[:-1]):
        for code in at_level(units, level).index:
            children = units.index[units["parent"] == code]
            own = [shapes[child] for child in children if child in shapes]
            shapes[code] = _joined(np.array(own)) if own else units.geometry[code]
    out = units.copy()
    return out.set_geometry(
        gpd.GeoSeries(
            [shapes.get(c, units.geometry[c]) for c in units.index], units.index, crs=WGS84
        )
    )


def upward(units: gpd.GeoDataFrame, codes: Sequence[str], level: Level) -> list[str | None]:
    """For each code the unit of ``level`` that it is or belongs to (``None``: none known)."""
    parent = units["parent"].to_dict()
    levels = units["level"].to_dict()
    found: list[str | None] = []
    for code in codes:
        here: str | None = code
        while here is not None and levels.get(here) != level.value:
            above = parent.get(here)
            here = str(above) if isinstance(above, str) and above in levels else None
        found.append(here)
    return found
