"""CQL2 filters: read by the reference parser, checked against what a collection offers.

What is not offered is refused with its reason; nothing of a filter reaches a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cql2
import orjson

from service.ogc.errors import bad_request
from service.ogc.rows import Kind

LONGEST = 2000
DEEPEST = 40
"""Parsers recurse: deeper filters could end the process instead of the request."""

GEOMETRY = "geometry"
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
SPATIAL = frozenset(
    {
        "s_intersects",
        "s_equals",
        "s_disjoint",
        "s_touches",
        "s_within",
        "s_overlaps",
        "s_crosses",
        "s_contains",
    }
)
_LOGIC = frozenset({"and", "or", "not"})
_OTHER = frozenset({"like", "between", "in", "isNull", "casei"})
OPERATORS = COMPARISONS | SPATIAL | _LOGIC | _OTHER
SHAPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A checked filter: its tree in CQL2 JSON."""

    tree: Any


def read_filter(text: str, language: str, queryables: Mapping[str, Kind]) -> Filter:
    """Parse and check. Raises ``OgcError`` 400 with what is wrong."""
    if len(text) > LONGEST:
        raise bad_request(f"the filter is longer than {LONGEST} characters")
    if language == "cql2-json":
        try:
            given = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise bad_request("the filter is no JSON") from None
        _check_depth(given, 0)
        source: Any = given
    elif language == "cql2-text":
        _check_brackets(text)
        source = text
    else:
        raise bad_request("filter-lang must be cql2-text or cql2-json")
    try:
        expression = cql2.Expr(source)
        expression.validate()
        tree = expression.to_json()
    except Exception:  # noqa: BLE001 (the parser has errors of several kinds, and tells our input)
        raise bad_request("the filter is no valid CQL2") from None
    _check_depth(tree, 0)
    _check(tree, queryables)
    return Filter(tree)


def _check_brackets(text: str) -> None:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth > DEEPEST:
            raise bad_request("the filter is nested too deeply")
    if text.upper().count("NOT ") > DEEPEST:
        raise bad_request("the filter negates too often")


def _check_depth(node: Any, depth: int) -> None:
    if depth > 2 * DEEPEST:
        raise bad_request("the filter is nested too deeply")
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        _check_depth(child, depth + 1)


def _check(node: Any, queryables: Mapping[str, Kind]) -> None:
    """Only known operators and properties; geometries only where they are compared."""
    if isinstance(node, bool):
        return
    if not isinstance(node, dict) or "op" not in node:
        raise bad_request("the filter must be a condition")
    operator, arguments = node["op"], node.get("args", [])
    if operator not in OPERATORS:
        raise bad_request("the filter uses an operator or function that is not offered")
    if operator in _LOGIC:
        for child in arguments:
            _check(child, queryables)
    elif operator in SPATIAL:
        _check_spatial(arguments)
    elif operator == "casei":
        raise bad_request("the filter must be a condition")
    else:
        _check_scalars(arguments, queryables)


def _check_spatial(arguments: list[Any]) -> None:
    if len(arguments) != 2 or not any(_is_geometry(one) for one in arguments):  # noqa: PLR2004
        raise bad_request("spatial comparisons need the property geometry and a geometry")
    for one in arguments:
        if _is_geometry(one) or (isinstance(one, dict) and "bbox" in one):
            continue
        if not (isinstance(one, dict) and one.get("type") in SHAPES):
            raise bad_request("the filter's geometry is of a type that is not offered")


def _check_scalars(arguments: list[Any], queryables: Mapping[str, Kind]) -> None:
    for one in arguments:
        if isinstance(one, list):
            _check_scalars(one, queryables)
        elif isinstance(one, dict):
            if "property" in one:
                if one["property"] not in queryables:
                    raise bad_request("the filter names a property that is not a queryable")
            elif one.get("op") == "casei":
                _check_scalars(one.get("args", []), queryables)
            elif not ({"date", "timestamp"} & one.keys()):
                raise bad_request("the filter compares something that is not offered")


def _is_geometry(node: Any) -> bool:
    return isinstance(node, dict) and node.get("property") == GEOMETRY
