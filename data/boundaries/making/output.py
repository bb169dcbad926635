"""The four files: what each feature says of itself. Geometry in degrees (EPSG:4326)."""

from pathlib import Path
from typing import cast

import shapely
from pyproj import Geod
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from .crs import SQUARE_METRES_PER_KM2, to_degrees
from .geojson import Json, feature, on_file_grid, write_collection
from .outline import BridgeShift
from .places import Place
from .rivers import Rivers
from .units import (
    DISTRICTS,
    GOVERNORATE_CODE,
    GOVERNORATE_NAME_AR,
    GOVERNORATE_NAME_EN,
    SUBDISTRICTS,
)

STANDING = "generalised"
STANDING_TEXT_EN = "generalised, not official"
STANDING_TEXT_AR = "حدود معممة، غير رسمية"
DATE = "2026-11-23"
VALID_FROM = "2019-06-03"
SOURCE = "Mizan: power diagram from Natural Earth, GSHHG/WDB II, GeoNames, UN/LOCODE"
LICENCE = "CC BY 4.0 with the notices of data/boundaries/NOTICE"

# The finest level that the report finds fit to show: 'district' or 'subdistrict'. A test holds it
# to the figures of REPORT.md and the aims stated there.
DEFAULT_LEVEL = "subdistrict"

RIVER_MARGIN_METRES = 15_000.0
RIVER_TOLERANCE_METRES = 30.0


def _about(level: str) -> Json:
    return {
        "standing": STANDING,
        "standing_text_en": STANDING_TEXT_EN,
        "standing_text_ar": STANDING_TEXT_AR,
        "level": level,
        "default_level": DEFAULT_LEVEL,
        "date": DATE,
        "units_valid_from": VALID_FROM,
        "crs": "OGC:CRS84",
        "source": SOURCE,
        "licence": LICENCE,
        "attribution": "Natural Earth; GSHHG (Wessel & Smith); GeoNames; UNECE; "
        "© OpenStreetMap contributors",
        "likeness": "data/boundaries/REPORT.md",
    }


def _geodesic_km2(geometry_degrees: BaseGeometry) -> float:
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(geometry_degrees))
    return round(abs(area) / SQUARE_METRES_PER_KM2, 1)


def _common(seat: Place) -> Json:
    at = cast("Point", to_degrees(seat.position))
    return {
        "seat_lon": round(at.x, 5),
        "seat_lat": round(at.y, 5),
        "standing": STANDING,
        "standing_text": STANDING_TEXT_EN,
        "source": SOURCE,
        "licence": LICENCE,
        "date": DATE,
        "valid_from": VALID_FROM,
    }


def _seats(places: tuple[Place, ...]) -> dict[str, Place]:
    return {place.subdistrict_code: place for place in places if place.role == "seat"}


def write_subdistricts(
    path: Path, degrees: dict[str, BaseGeometry], places: tuple[Place, ...]
) -> None:
    seats = _seats(places)
    districts = {district.code: district for district in DISTRICTS}
    rows = []
    for unit in SUBDISTRICTS:
        parent = districts[unit.district_code]
        properties = {
            "code": unit.code,
            "pcode": unit.code,
            "level": "subdistrict",
            "name_ar": unit.name_ar,
            "name_en": unit.name_en,
            "parent": parent.code,
            "parent_name_ar": parent.name_ar,
            "parent_name_en": parent.name_en,
            "area_km2": _geodesic_km2(degrees[unit.code]),
            "official_area_km2": unit.area_km2,
            **_common(seats[unit.code]),
        }
        rows.append(feature(unit.code, degrees[unit.code], properties))
    write_collection(path, "basra_subdistricts", rows, _about("subdistrict"))


def write_districts(
    path: Path, degrees: dict[str, BaseGeometry], places: tuple[Place, ...]
) -> None:
    """Districts are the sub-districts dissolved: exact, the coverage being valid."""
    seats = _seats(places)
    rows = []
    for district in DISTRICTS:
        members = [unit for unit in SUBDISTRICTS if unit.district_code == district.code]
        whole = shapely.coverage_union_all([degrees[unit.code] for unit in members])
        # The seat of a district is that of its central sub-district (markaz) where it has one.
        central = next((unit for unit in members if unit.name_en.startswith("Markaz")), members[0])
        properties = {
            "code": district.code,
            "pcode": district.code,
            "level": "district",
            "name_ar": district.name_ar,
            "name_en": district.name_en,
            "parent": GOVERNORATE_CODE,
            "parent_name_ar": GOVERNORATE_NAME_AR,
            "parent_name_en": GOVERNORATE_NAME_EN,
            "area_km2": _geodesic_km2(whole),
            "official_area_km2": sum(unit.area_km2 for unit in members),
            **_common(seats[central.code]),
        }
        rows.append(feature(district.code, whole, properties))
    write_collection(path, "basra_districts", rows, _about("district"))


def write_rivers(path: Path, rivers: Rivers, shift: BridgeShift, outline: Polygon) -> None:
    """Centre lines of the three rivers and both banks of the lower Shatt al-Arab."""
    west, east = rivers.banks()
    lines = (
        ("tigris", "centre", "Tigris", "نهر دجلة", rivers.tigris),
        ("euphrates", "centre", "Euphrates", "نهر الفرات", rivers.euphrates),
        ("shatt_al_arab", "centre", "Shatt al-Arab", "شط العرب", rivers.shatt),
        ("shatt_al_arab", "west_bank", "Shatt al-Arab", "شط العرب", west),
        ("shatt_al_arab", "east_bank", "Shatt al-Arab", "شط العرب", east),
    )
    window = outline.buffer(RIVER_MARGIN_METRES)
    rows = []
    for river, part, name_en, name_ar, line in lines:
        moved = line if river == "euphrates" else shift.move(line)
        near = cast("LineString", moved.intersection(window).simplify(RIVER_TOLERANCE_METRES))
        properties = {
            "code": f"{river}-{part}",
            "river": river,
            "part": part,
            "name_ar": name_ar,
            "name_en": name_en,
            "standing": STANDING,
            "source": "GSHHG/WDB II, moved onto the bridges of Basra",
            "licence": "LGPL-3.0-or-later (GSHHG)",
            "date": DATE,
        }
        rows.append(feature(properties["code"], on_file_grid(to_degrees(near)), properties))
    write_collection(path, "rivers_basra", rows, _about("river"))


def write_places(path: Path, places: tuple[Place, ...]) -> None:
    """The gazetteer places that the cells grew from; population is GeoNames', undated."""
    rows = []
    for place in places:
        code = f"{place.subdistrict_code}-{place.name_en.lower().replace(' ', '-')}"
        properties = {
            "code": code,
            "name_ar": place.name_ar,
            "name_en": place.name_en,
            "role": place.role,
            "subdistrict": place.subdistrict_code,
            "bank": place.bank.value,
            "population_geonames": place.population,
            "source": place.source,
            "source_id": place.source_id,
            "date": DATE,
        }
        rows.append(feature(code, on_file_grid(to_degrees(place.position)), properties))
    write_collection(path, "places_basra", rows, _about("place"))
