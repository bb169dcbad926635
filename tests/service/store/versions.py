"""Small versions for the tests of the store."""

from datetime import date
from typing import Any

import shapely

from geo.places import Standing
from service.imports.identity import content_hash, counted_identities, key_identity
from service.store import Kind, NewVersion


def incidents(*rows: tuple[str, str], demo: bool = False) -> NewVersion:
    """Rows are (day, category)."""
    records: list[dict[str, Any]] = [
        {
            "date": date.fromisoformat(day),
            "category": category,
            "lon": 47.8,
            "lat": 30.5,
            "area_given": None,
            "repeat": False,
            "source": "test",
        }
        for day, category in rows
    ]
    contents = [content_hash(list(r.values())) for r in records]
    for record, content, identity in zip(
        records, contents, counted_identities("incident", contents), strict=True
    ):
        record |= {"content": content, "identity": identity}
    standing = Standing.SYNTHETIC if demo else Standing.REPORTED
    return NewVersion(Kind.INCIDENTS, records, standing, file_name="events.csv", demo=demo)


def population(area: str, day: str, residents: float) -> NewVersion:
    record = {
        "area": area,
        "as_of": date.fromisoformat(day),
        "residents": residents,
        "women_share": None,
        "standing": "reported",
        "source": "CSO",
        "identity": key_identity("population", (area, day, "CSO")),
        "content": content_hash([residents]),
    }
    return NewVersion(Kind.POPULATION, [record], Standing.REPORTED)


def boundaries(*codes: str) -> NewVersion:
    records = [
        {
            "code": code,
            "level": "subdistrict",
            "name_ar": "",
            "name_en": code,
            "parent": None,
            "pcode": None,
            "valid_from": date(2019, 6, 3),
            "valid_to": None,
            "area_km2": 100.0,
            "seat_lon": 47.5 + n,
            "seat_lat": 30.5,
            "standing": "official",
            "geometry": shapely.to_wkb(shapely.box(47 + n, 30, 48 + n, 31)),
            "identity": key_identity("area", (code,)),
            "content": content_hash([code, n]),
        }
        for n, code in enumerate(codes)
    ]
    return NewVersion(Kind.BOUNDARIES, records, Standing.OFFICIAL)
