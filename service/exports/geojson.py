"""GeoJSON by RFC 7946: WGS84, outer rings counter-clockwise, bbox, ids, metadata beside them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

COORDINATE_DIGITS = 6
"""About a decimetre; finer digits would claim what no boundary of ours holds."""


def written(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """``geometry`` (EPSG:4326) as RFC 7946 wants it; neighbours still share their borders.

    Coordinates are rounded point by point: equal points stay equal, so no gap opens.
    """
    if geometry is None or geometry.is_empty:
        return None
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, COORDINATE_DIGITS))
    return shapely.orient_polygons(rounded, exterior_cw=False)


def feature(
    key: str, geometry: BaseGeometry | None, properties: Mapping[str, Any]
) -> dict[str, Any]:
    """A feature; property names come from a fixed schema, never from a file of the user."""
    shape = written(geometry)
    found: dict[str, Any] = {"type": "Feature", "id": key}
    if shape is not None:
        found["bbox"] = [round(float(edge), COORDINATE_DIGITS) for edge in shape.bounds]
    found["geometry"] = None if shape is None else orjson.Fragment(shapely.to_geojson(shape))
    found["properties"] = dict(properties)
    return found


def collection(
    features: Iterable[dict[str, Any]], metadata: Mapping[str, Any], **members: Any
) -> bytes:
    """A FeatureCollection as bytes, with its bbox and the foreign member ``metadata``.

    NaN, for which JSON has no word, becomes ``null``.
    """
    rows = list(features)
    boxes = np.array([row["bbox"] for row in rows if "bbox" in row])
    document: dict[str, Any] = {"type": "FeatureCollection"}
    if len(boxes):
        document["bbox"] = [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
    document["metadata"] = dict(metadata)
    document |= members
    document["features"] = rows
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
