"""A collection's features as columns, so that filters work on all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely
from numpy.typing import NDArray

from service.exports.geojson import written
from service.ogc.crs import CRS84, to_crs

Mask = NDArray[np.bool_]


class Kind(StrEnum):
    """Type of a property, as schemas name it."""

    TEXT = "string"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "boolean"
    DAY = "date"


@dataclass(frozen=True, slots=True)
class Property:
    """A property that features have and that filters may name."""

    name: str
    kind: Kind
    title: str

    def schema(self) -> dict[str, Any]:
        """JSON Schema of its values."""
        found: dict[str, Any] = {"title": self.title}
        if self.kind is Kind.DAY:
            return found | {"type": "string", "format": "date"}
        return found | {"type": self.kind.value}


@dataclass(frozen=True)
class Rows:
    """Features of one state of the data.

    ``frame`` is indexed by feature id (unique) and has the collection's properties as columns,
    None or NaN where there is no value. ``shapes`` are geometries in CRS84. ``begins`` and
    ``ends`` (day after the last) bound each feature in time, NaT where it is unbounded.
    """

    frame: pd.DataFrame
    shapes: NDArray[np.object_]
    begins: NDArray[np.datetime64] | None = None
    ends: NDArray[np.datetime64] | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def _plain(self) -> list[dict[str, Any]]:
        return [
            {str(name): _value(value) for name, value in row.items()}
            for row in self.frame.to_dict("records")
        ]

    @cached_property
    def _features(self) -> list[bytes]:
        return self._written(self.shapes, range(len(self)))

    def features(self, places: Sequence[int], crs: str = CRS84) -> list[orjson.Fragment]:
        """Features at ``places`` as JSON, geometries in ``crs``."""
        if crs == CRS84:
            return [orjson.Fragment(self._features[place]) for place in places]
        shapes = to_crs(self.shapes[list(places)], crs)
        return [orjson.Fragment(one) for one in self._written(shapes, places)]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {str(name): place for place, name in enumerate(self.frame.index)}

    def place_of(self, name: str) -> int | None:
        """Where the feature of that id stands; None where there is none."""
        return self._places.get(name)

    def properties(self, place: int) -> dict[str, Any]:
        """Plain values of one feature."""
        return self._plain[place]

    @cached_property
    def bounds(self) -> list[float] | None:
        """West, south, east, north of all features; None without any."""
        found = shapely.total_bounds(self.shapes)
        return None if np.isnan(found).any() else [round(float(edge), 6) for edge in found]

    def within(self, begin: np.datetime64 | None, end: np.datetime64 | None) -> Mask:
        """Features that touch the days from ``begin`` to before ``end``; timeless ones do."""
        found = np.ones(len(self), dtype=bool)
        if self.begins is not None and end is not None:
            found &= np.isnat(self.begins) | (self.begins < end)
        if self.ends is not None and begin is not None:
            found &= np.isnat(self.ends) | (self.ends > begin)
        return found

    def _written(self, shapes: NDArray[np.object_], places: Sequence[int]) -> list[bytes]:
        texts = shapely.to_geojson(shapes)
        ids = self.frame.index
        return [
            orjson.dumps(
                {
                    "type": "Feature",
                    "id": str(ids[place]),
                    "geometry": None if text is None else orjson.Fragment(text),
                    "properties": self._plain[place],
                }
            )
            for place, text in zip(places, texts, strict=True)
        ]


def shapes_array(shapes: Sequence[shapely.Geometry | None]) -> NDArray[np.object_]:
    """Geometries as RFC 7946 wants them, ready for ``Rows``.

    Areas are all of one type, as their schema says: programs give a layer one type, and those that
    take it from the first feature would lose the others.
    """
    found = np.empty(len(shapes), dtype=object)
    found[:] = [_many(written(shape)) for shape in shapes]
    return found


def _many(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def _value(value: object) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 9)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
