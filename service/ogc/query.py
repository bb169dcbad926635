"""Query strings of the API: every parameter known, given once and well formed, or 400."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import numpy as np
import shapely
from fastapi import Request

from service.ogc.collections import Collection
from service.ogc.cql import GEOMETRY, Filter, read_filter
from service.ogc.crs import CRS84, box_to_crs84, crs_of
from service.ogc.errors import bad_request
from service.ogc.rows import Kind
from service.ogc.truth import literal_of

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 10_000
FORMATS = ("json", "html")
LANGUAGES = ("ar", "en")
COMMON = frozenset({"f", "lang"})
_ITEMS = COMMON | {
    "limit",
    "offset",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
}


@dataclass(frozen=True)
class ItemsQuery:
    """What was asked of a collection, checked."""

    limit: int
    offset: int
    box: shapely.Geometry | None
    begin: np.datetime64 | None
    end: np.datetime64 | None
    crs: str
    chosen: Filter | None
    filter_crs: str
    equal: Mapping[str, object]


def parameters(request: Request, known: frozenset[str]) -> dict[str, str]:
    """All parameters of the request, each once. Raises ``OgcError`` for unknown ones."""
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if unknown := sorted(found.keys() - known):
        listed = ", ".join(name for name in unknown if name.isidentifier())[:100]
        raise bad_request(f"unknown query parameter {listed}".strip())
    if len(found) < len(pairs):
        raise bad_request("a query parameter is given twice")
    if found.get("lang", LANGUAGES[0]) not in LANGUAGES:
        raise bad_request("lang must be ar or en")
    return found


def wanted_format(request: Request, given: Mapping[str, str]) -> str:
    """``html`` for people, ``json`` for programs, unless ``f`` says which."""
    asked = given.get("f")
    if asked is not None:
        if asked not in FORMATS:
            raise bad_request("f must be json or html")
        return asked
    accepted = request.headers.get("accept", "")
    page, data = accepted.find("text/html"), accepted.find("json")
    return "html" if page >= 0 and (data < 0 or page < data) else "json"


def items_query(request: Request, collection: Collection) -> tuple[ItemsQuery, dict[str, str]]:
    """The query of an items request, and its parameters as they were given."""
    kinds = {one.name: one.kind for one in collection.properties}
    given = parameters(request, _ITEMS | kinds.keys())
    bbox_crs = crs_of(given.get("bbox-crs"), "bbox-crs")
    filter_crs = crs_of(given.get("filter-crs"), "filter-crs")
    begin, end = times(given.get("datetime"))
    language = given.get("filter-lang", "cql2-text")
    if language not in {"cql2-text", "cql2-json"}:
        raise bad_request("filter-lang must be cql2-text or cql2-json")
    chosen = None
    if "filter" in given:
        chosen = read_filter(given["filter"], language, kinds)
    query = ItemsQuery(
        limit=min(LARGEST_LIMIT, _whole(given.get("limit"), "limit", 1, DEFAULT_LIMIT)),
        offset=_whole(given.get("offset"), "offset", 0, 0),
        box=_box(given.get("bbox"), bbox_crs),
        begin=begin,
        end=end,
        crs=crs_of(given.get("crs"), "crs"),
        chosen=chosen,
        filter_crs=filter_crs,
        equal={name: _typed(given[name], kinds[name]) for name in kinds.keys() & given.keys()},
    )
    return query, given


def address(path: str, given: Mapping[str, str], **changes: object) -> str:
    """``path`` with all parameters kept but the changed ones; None drops one."""
    merged = {**given, **{name: str(value) for name, value in changes.items() if value is not None}}
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
    return f"{path}?{urlencode(merged)}" if merged else path


def _whole(text: str | None, name: str, least: int, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):  # noqa: PLR2004 (nine digits)
        raise bad_request(f"{name} must be a whole number from {least} on")
    return int(text)


def _box(text: str | None, crs: str) -> shapely.Geometry | None:
    if text is None:
        return None
    try:
        edges = [float(part) for part in text.split(",")]
    except ValueError:
        raise bad_request("bbox must be four or six numbers") from None
    if len(edges) == 6:  # noqa: PLR2004 (a box with heights)
        edges = [edges[0], edges[1], edges[3], edges[4]]
    if len(edges) != 4 or not np.isfinite(edges).all():  # noqa: PLR2004
        raise bad_request("bbox must be four or six numbers")
    one, two, three, four = edges
    south, north = (one, three) if crs.endswith("/4326") else (two, four)
    if south > north:
        raise bad_request("bbox has its south above its north")
    if crs == CRS84 and not (abs(one) <= 180 and abs(three) <= 180 and -90 <= two <= four <= 90):  # noqa: PLR2004 (degrees)
        raise bad_request("bbox lies outside of the world")
    return box_to_crs84((one, two, three, four), crs)


def times(text: str | None) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    """Begin, and the first moment after the end; None where it is open."""
    if text is None:
        return None, None
    first, slash, last = text.partition("/")
    if not slash:
        begin = _moment(first)
        if begin is None:
            raise bad_request("datetime must be an RFC 3339 date, moment or interval")
        return begin[0], begin[0] + begin[1]
    opens, closes = _moment(first), _moment(last)
    if opens is None and closes is None and {first, last} - {"", ".."}:
        raise bad_request("datetime must be an RFC 3339 date, moment or interval")
    begin_at = None if opens is None else opens[0]
    end_at = None if closes is None else closes[0] + closes[1]
    if begin_at is not None and end_at is not None and end_at <= begin_at:
        raise bad_request("datetime ends before it begins")
    return begin_at, end_at


def _moment(text: str) -> tuple[np.datetime64, np.timedelta64] | None:
    """A moment and how long it lasts (a day, a second); None for an open end."""
    if text in {"", ".."}:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise bad_request("datetime must be an RFC 3339 date, moment or interval") from None
    is_day = "T" not in text and " " not in text
    if not is_day and moment.tzinfo is None:
        raise bad_request("a moment needs its time zone, such as Z")
    length = timedelta(days=1) if is_day else timedelta(seconds=1)
    return literal_of({"timestamp": text}), np.timedelta64(length, "s")


def _typed(text: str, kind: Kind) -> object:
    if kind is Kind.TEXT:
        return text
    if kind is Kind.FLAG:
        if text not in {"true", "false"}:
            raise bad_request("a yes-or-no property is compared with true or false")
        return text == "true"
    if kind is Kind.DAY:
        return literal_of({"date": text})
    try:
        number = float(text)
    except ValueError:
        raise bad_request("a number is compared with a number") from None
    if not np.isfinite(number):
        raise bad_request("a number is compared with a number")
    if kind is Kind.INTEGER and not number.is_integer():
        raise bad_request("a whole number is compared with a whole number")
    return number


__all__ = [
    "GEOMETRY",
    "ItemsQuery",
    "address",
    "items_query",
    "parameters",
    "times",
    "wanted_format",
]
