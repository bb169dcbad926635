"""Truth of a filter for every feature, in the three values of CQL2: true, false, unknown.

A comparison with a missing value is unknown; a feature matches only where the whole is true.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from service.ogc.cql import COMPARISONS, SPATIAL, Filter
from service.ogc.crs import box_to_crs84, shape_to_crs84
from service.ogc.errors import bad_request
from service.ogc.rows import Kind, Mask, Rows

Truth = tuple[Mask, Mask]
"""Where it is true, and where it is known."""

Values = NDArray[Any]
_MOST_POINTS = 20_000


def matching(chosen: Filter, rows: Rows, kinds: dict[str, Kind], crs: str) -> Mask:
    """Features for which the filter is true; literal geometries are given in ``crs``."""
    return _Judge(rows, kinds, crs).truth(chosen.tree)[0]


class _Judge:
    def __init__(self, rows: Rows, kinds: dict[str, Kind], crs: str) -> None:
        self._rows = rows
        self._kinds = kinds
        self._crs = crs
        self._count = len(rows)

    def truth(self, node: Any) -> Truth:
        if isinstance(node, bool):
            return self._all(node), self._all(True)
        operator, arguments = node["op"], node["args"]
        if operator in {"and", "or"}:
            parts = [self.truth(one) for one in arguments]
            return _both(parts) if operator == "and" else _either(parts)
        if operator == "not":
            true, known = self.truth(arguments[0])
            return known & ~true, known
        if operator in SPATIAL:
            return self._spatial(operator, arguments)
        if operator == "isNull":
            _values, known = self._scalar(arguments[0])
            return ~known, self._all(True)
        return self._comparison(operator, arguments)

    def _comparison(self, operator: str, arguments: list[Any]) -> Truth:
        if operator == "between":
            low = self._compare(">=", arguments[0], arguments[1])
            return _both([low, self._compare("<=", arguments[0], arguments[2])])
        if operator == "in":
            if not arguments[1]:
                return self._all(False), self._all(True)
            return _either([self._compare("=", arguments[0], one) for one in arguments[1]])
        if operator == "like":
            return self._like(arguments[0], arguments[1])
        assert operator in COMPARISONS
        return self._compare(operator, arguments[0], arguments[1])

    def _compare(self, operator: str, left: Any, right: Any) -> Truth:
        one, known_one = self._scalar(left)
        two, known_two = self._scalar(right)
        known = known_one & known_two
        if known.any() and _family(one[known][0]) != _family(two[known][0]):
            raise bad_request("the filter compares values of different types")
        found = self._all(False)
        found[known] = _COMPARE[operator](one[known], two[known])
        return found, known

    def _like(self, left: Any, pattern: Any) -> Truth:
        values, known = self._scalar(left)
        given, _known = self._scalar(pattern)
        if self._count == 0:
            return self._all(False), self._all(True)
        wanted = _pattern(str(given[0]))
        found = self._all(False)
        found[known] = [_is_like(str(value), wanted) for value in values[known]]
        return found, known

    def _scalar(self, node: Any) -> tuple[Values, Mask]:
        """Values for every feature, and where there is one."""
        if isinstance(node, dict) and node.get("op") == "casei":
            values, known = self._scalar(node["args"][0])
            folded = np.array([str(one).casefold() if one is not None else None for one in values])
            return folded.astype(object), known
        if isinstance(node, dict) and "property" in node:
            return self._property(node["property"])
        value = literal_of(node)
        values = np.empty(self._count, dtype=object)
        values[:] = value
        return values, self._all(value is not None)

    def _property(self, name: str) -> tuple[Values, Mask]:
        column = self._rows.frame[name]
        known = column.notna().to_numpy()
        if self._kinds[name] is Kind.DAY:
            values = np.array(
                [None if pd.isna(day) else np.datetime64(day, "s") for day in column], dtype=object
            )
            return values, known
        return column.astype(object).to_numpy(), known

    def _spatial(self, operator: str, arguments: list[Any]) -> Truth:
        shapes = self._rows.shapes
        known = ~shapely.is_missing(shapes)
        sides = [shapes if "property" in one else self._literal_shape(one) for one in arguments]
        predicate = getattr(shapely, operator.removeprefix("s_"))
        return np.asarray(predicate(*sides), dtype=bool) & known, known

    def _literal_shape(self, node: Any) -> shapely.Geometry:
        if "bbox" in node:
            box = [float(edge) for edge in node["bbox"]]
            if len(box) == 6:  # noqa: PLR2004 (a box with heights)
                box = [box[0], box[1], box[3], box[4]]
            return box_to_crs84((box[0], box[1], box[2], box[3]), self._crs)
        try:
            shape = shapely.geometry.shape(node)
        except Exception:  # noqa: BLE001 (shapely has errors of several kinds for bad coordinates)
            raise bad_request("the filter's geometry is not well formed") from None
        if shapely.get_num_coordinates(shape) > _MOST_POINTS:
            raise bad_request("the filter's geometry has too many points")
        found = shape_to_crs84(shape, self._crs)
        if found.is_empty or not found.is_valid:
            raise bad_request("the filter's geometry is empty or not valid")
        shapely.prepare(found)
        return found

    def _all(self, value: bool) -> Mask:
        return np.full(self._count, value)


def _both(parts: list[Truth]) -> Truth:
    true = np.logical_and.reduce([part for part, _known in parts])
    false = np.logical_or.reduce([known & ~part for part, known in parts])
    return true, true | false


def _either(parts: list[Truth]) -> Truth:
    true = np.logical_or.reduce([part for part, _known in parts])
    false = np.logical_and.reduce([known & ~part for part, known in parts])
    return true, true | false


_COMPARE: dict[str, Callable[[Values, Values], Values]] = {
    "=": lambda one, two: one == two,
    "<>": lambda one, two: one != two,
    "<": lambda one, two: one < two,
    ">": lambda one, two: one > two,
    "<=": lambda one, two: one <= two,
    ">=": lambda one, two: one >= two,
}


def _family(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return "moment" if isinstance(value, np.datetime64) else "text"


def literal_of(node: Any) -> Any:
    """A literal of CQL2 JSON as it is compared: dates and moments (UTC) to the second."""
    if isinstance(node, dict):
        text = node.get("date") or node.get("timestamp")
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            raise bad_request("the filter has a date that is none") from None
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return np.datetime64(moment, "s")
    return node


_ANY_RUN, _ANY_ONE = object(), object()


def _pattern(text: str) -> list[object]:
    r"""``%`` is anything, ``_`` one character, ``\`` takes the next one as it is."""
    out: list[object] = []
    signs = iter(text)
    for sign in signs:
        if sign == "\\":
            out.append(next(signs, "\\"))
        elif sign == "%":
            out.append(_ANY_RUN)
        else:
            out.append(_ANY_ONE if sign == "_" else sign)
    return out


def _is_like(text: str, wanted: list[object]) -> bool:
    """Time grows with the product of both lengths; a regular expression's could explode."""
    at = place = 0
    star, resume = -1, 0
    while at < len(text):
        if place < len(wanted) and wanted[place] is _ANY_RUN:
            star, resume = place, at
            place += 1
        elif place < len(wanted) and wanted[place] in (_ANY_ONE, text[at]):
            at += 1
            place += 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(one is _ANY_RUN for one in wanted[place:])
