"""The named places that the cells grow from, and the sub-district that each belongs to.

Which sub-district a place belongs to is said by its name or by plain knowledge (the seat of the
sub-district; a quarter of the city of Basra), never looked up in a boundary file. The bank of the
river is a fact of the place as well: the river line of the source is off by up to a kilometre.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from shapely import Point

from .crs import to_metres
from .sources import GazetteerPlace
from .units import DESERT_CODE, SUBDISTRICTS, Subdistrict

GEONAMES = "GeoNames, CC BY 4.0"
UNLOCODE = "UN/LOCODE 2023-1, UNECE"
OPENSTREETMAP = "OpenStreetMap contributors, ODbL 1.0"
FACTS = "Mizan, facts of Basra (seats of sub-districts)"

# A gazetteer seat further than this from the stated seat is another place.
SEAT_AGREEMENT_METRES = 200.0


class Bank(StrEnum):
    """Side of the Tigris and the Shatt al-Arab that a place serves."""

    WEST = "west"
    EAST = "east"
    BOTH = "both"


# Towns on the Tigris whose sub-district lies on both banks. The land east of the rivers is larger
# than the three sub-districts of Shat Al-Arab, and only these two adjoin the rest of it.
BOTH_BANKS = frozenset({"IQG02Q05N02", "IQG02Q05N03"})
EAST_BANK = frozenset({"IQG02Q07N01", "IQG02Q07N02", "IQG02Q07N03"})


@dataclass(frozen=True)
class Place:
    """A named point with its sub-district; `position` in metres (EPSG:32638)."""

    subdistrict_code: str
    role: str
    name_en: str
    name_ar: str
    position: Point
    bank: Bank
    source: str
    source_id: str | None
    population: int | None


@dataclass(frozen=True)
class _Extra:
    """A place that is no seat: `source_id` is a gazetteer number, or the point is given."""

    subdistrict_code: str
    role: str
    name_en: str
    name_ar: str
    source: str
    source_id: str | None = None
    lat: float | None = None
    lon: float | None = None


EXTRA_PLACES = (
    _Extra("IQG02Q02N02", "quarter", "Old Basra", "البصرة القديمة", GEONAMES, "388349"),
    _Extra(
        "IQG02Q02N02", "quarter", "Al-Ma'qil", "المعقل", OPENSTREETMAP, lat=30.5564, lon=47.7804
    ),
    _Extra("IQG02Q02N02", "quarter", "Al-Ashar", "العشار", OPENSTREETMAP, lat=30.5219, lon=47.8344),
    _Extra("IQG02Q06N01", "town", "Ash Shu'aybah", "الشعيبة", UNLOCODE, "IQSBA"),
    _Extra("IQG02Q06N01", "town", "Mafraq Ash Shu'aybah", "مفرق الشعيبة", UNLOCODE, "IQBA4"),
    _Extra("IQG02Q06N03", "town", "Camp Bucca", "معسكر بوكا", UNLOCODE, "IQCBC"),
)

# Left out, with the reason, so that nobody adds them again unseen.
REFUSED_PLACES = (
    ("GeoNames 99369 Al Harithah", "stands 14 km from the stated seat of Al-Hartha"),
    ("GeoNames 13631407 Abu al-Kahsib", "second record of the town, 10 km off, no Arabic name"),
    ("UN/LOCODE IQSAF, IQUQR, IQBSR", "the seats are known better than to one minute"),
    ("Khor al-Zubair (port)", "its sub-district is not a matter of general knowledge"),
)


def point(lon: float, lat: float) -> Point:
    """A place in degrees as a point in metres."""
    return cast("Point", to_metres(Point(lon, lat)))


def _bank(code: str) -> Bank:
    if code in BOTH_BANKS:
        return Bank.BOTH
    return Bank.EAST if code in EAST_BANK else Bank.WEST


def _seat(unit: Subdistrict, geonames: dict[int, GazetteerPlace]) -> Place:
    position, source, number, people = point(unit.seat_lon, unit.seat_lat), FACTS, None, None
    if unit.seat_geonames_id is not None:
        found = geonames[unit.seat_geonames_id]
        listed = point(found.lon, found.lat)
        if listed.distance(position) > SEAT_AGREEMENT_METRES:
            message = f"{unit.name_en}: GeoNames and the stated seat differ"
            raise ValueError(message)
        position, source, number = listed, GEONAMES, str(unit.seat_geonames_id)
        people = found.population
    return Place(
        subdistrict_code=unit.code,
        role="seat",
        name_en=unit.name_en,
        name_ar=unit.name_ar,
        position=position,
        bank=_bank(unit.code),
        source=source,
        source_id=number,
        population=people,
    )


def _extra(
    place: _Extra, geonames: dict[int, GazetteerPlace], unlocode: dict[str, GazetteerPlace]
) -> Place:
    people = None
    if place.source_id is None:
        if place.lat is None or place.lon is None:
            message = f"{place.name_en} has neither a number nor a position"
            raise ValueError(message)
        position = point(place.lon, place.lat)
    else:
        found = (
            geonames[int(place.source_id)]
            if place.source == GEONAMES
            else unlocode[place.source_id]
        )
        position, people = point(found.lon, found.lat), found.population
    return Place(
        subdistrict_code=place.subdistrict_code,
        role=place.role,
        name_en=place.name_en,
        name_ar=place.name_ar,
        position=position,
        bank=_bank(place.subdistrict_code),
        source=place.source,
        source_id=place.source_id,
        population=people,
    )


def named_places(
    geonames: dict[int, GazetteerPlace], unlocode: dict[str, GazetteerPlace]
) -> tuple[Place, ...]:
    """Every seed of the diagram: the 18 seats first, then the further places."""
    seats = [_seat(unit, geonames) for unit in SUBDISTRICTS]
    extras = [_extra(place, geonames, unlocode) for place in EXTRA_PLACES]
    return (*seats, *extras)


def is_desert(place: Place) -> bool:
    return place.subdistrict_code == DESERT_CODE
