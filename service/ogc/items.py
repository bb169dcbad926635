"""Answers about collections: their descriptions, their items a page at a time, one item."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import shapely

from service.locale.words import Words
from service.ogc.collections import Collection
from service.ogc.cql import GEOMETRY
from service.ogc.crs import CRS84, KNOWN
from service.ogc.links import HTML_TYPE, QUERYABLES, SCHEMA_REL, Link, link, two_views
from service.ogc.query import ItemsQuery, address
from service.ogc.rows import Rows
from service.ogc.truth import matching
from service.ogc.wire import GEOJSON, SCHEMA, dumps

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ROLE_ID = "id"
_ROLE_GEOMETRY = "primary-geometry"


def describe(
    collection: Collection, rows: Rows | None, root: str, words: Words, shown: str
) -> dict[str, Any]:
    """A collection object; its extent comes from its features."""
    here = f"{root}/collections/{collection.id}"
    found: dict[str, Any] = {
        "id": collection.id,
        "title": collection.titled(words),
        "description": words.say(collection.about),
        "itemType": "feature",
        "crs": list(KNOWN),
        "storageCrs": CRS84,
        "links": [
            *two_views(here, shown),
            link(f"{here}/items?f=json", "items", GEOJSON, "items as GeoJSON"),
            link(f"{here}/items?f=html", "items", HTML_TYPE, "items as a page"),
            link(f"{here}/queryables?f=json", QUERYABLES, SCHEMA, "what filters may name"),
            link(f"{here}/schema?f=json", SCHEMA_REL, SCHEMA, "what features are made of"),
        ],
    }
    extent = _extent(collection, rows)
    return found | {"extent": extent} if extent else found


def select(query: ItemsQuery, collection: Collection, rows: Rows) -> list[int]:
    """Places of the features that match, in their order."""
    mask = rows.within(query.begin, query.end) if collection.in_time else _every(rows)
    if query.box is not None:
        shapely.prepare(query.box)
        mask &= np.asarray(shapely.intersects(query.box, rows.shapes), dtype=bool)
    for name, value in query.equal.items():
        mask &= (rows.frame[name] == value).fillna(value=False).to_numpy(dtype=bool)
    if query.chosen is not None:
        kinds = {one.name: one.kind for one in collection.properties}
        mask &= matching(query.chosen, rows, kinds, query.filter_crs)
    return [int(place) for place in np.flatnonzero(mask)]


def page_of(
    places: list[int],
    query: ItemsQuery,
    rows: Rows,
    path: str,
    given: Mapping[str, str],
    shown: str,
) -> dict[str, Any]:
    """A page of features; ``next`` keeps every parameter of the request.

    There is no ``timeStamp``: equal data are equal bytes, and may be told by their ETag.
    """
    here = places[query.offset : query.offset + query.limit]
    rest = {name: value for name, value in given.items() if name != "f"}
    links = two_views(address(path, rest), shown, GEOJSON)
    after, before = query.offset + query.limit, max(0, query.offset - query.limit)
    keep = {**rest, "limit": str(query.limit)}
    kind = GEOJSON if shown == "json" else HTML_TYPE
    if after < len(places):
        links.append(link(address(path, keep, offset=after, f=shown), "next", kind, "next page"))
    if query.offset > 0:
        links.append(
            link(address(path, keep, offset=before or None, f=shown), "prev", kind, "page before")
        )
    links.append(link(path.removesuffix("/items"), "collection"))
    return {
        "type": "FeatureCollection",
        "numberMatched": len(places),
        "numberReturned": len(here),
        "links": links,
        "features": rows.features(here, query.crs),
    }


def item_of(place: int, rows: Rows, crs: str, links: list[Link]) -> bytes:
    """One feature with its links."""
    feature = orjson.loads(bytes(dumps(rows.features([place], crs)[0])))
    return dumps({**feature, "links": links})


def queryables(collection: Collection, root: str, words: Words) -> dict[str, Any]:
    """What filters may name (Part 3), closed."""
    return _schema(collection, f"{root}/collections/{collection.id}/queryables", words)


def schema(collection: Collection, root: str, words: Words) -> dict[str, Any]:
    """What features are made of (Part 5)."""
    found = _schema(collection, f"{root}/collections/{collection.id}/schema", words)
    found["properties"] = {
        "id": {"type": "string", "title": "id", "x-ogc-role": _ROLE_ID},
        **found["properties"],
    }
    for place, name in enumerate(found["properties"], start=1):
        found["properties"][name]["x-ogc-propertySeq"] = place
    return found


def _schema(collection: Collection, where: str, words: Words) -> dict[str, Any]:
    kinds = {"Point": "geometry-point", "MultiPolygon": "geometry-multipolygon"}
    properties: dict[str, Any] = {
        GEOMETRY: {
            "title": words.say("Geometry"),
            "format": kinds[collection.geometry],
            "x-ogc-role": _ROLE_GEOMETRY,
        }
    }
    for one in collection.properties:
        properties[one.name] = one.schema() | {"title": words.say(one.title)}
    return {
        "$schema": _DRAFT,
        "$id": where,
        "type": "object",
        "title": collection.titled(words),
        "properties": properties,
        "additionalProperties": False,
    }


def _extent(collection: Collection, rows: Rows | None) -> dict[str, Any]:
    if rows is None or not len(rows):
        return {}
    found: dict[str, Any] = {}
    if rows.bounds is not None:
        found["spatial"] = {"bbox": [rows.bounds], "crs": CRS84}
    if collection.in_time and rows.begins is not None and rows.ends is not None:
        begins, ends = rows.begins, rows.ends
        first = None if np.isnat(begins).any() else f"{begins.min()}T00:00:00Z"
        last = None if np.isnat(ends).any() else f"{ends.max()}T00:00:00Z"
        if first or last:
            trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
            found["temporal"] = {"interval": [[first, last]], "trs": trs}
    return found


def _every(rows: Rows) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.ones(len(rows), dtype=bool)
