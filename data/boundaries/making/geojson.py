"""GeoJSON after RFC 7946: WGS84 degrees, right-hand rule, bbox, an id for each feature."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

# About one metre, far below what generalised borders can claim.
DECIMALS = 5

Json: TypeAlias = dict[str, Any]


def on_file_grid(geometry_degrees: BaseGeometry) -> BaseGeometry:
    """Coordinates as the file will hold them; shared points stay shared."""
    moved = shapely.transform(geometry_degrees, lambda xy: np.round(xy, DECIMALS))
    return cast("BaseGeometry", moved)


def _plain(value: Any) -> Any:
    """Lists of rounded floats: the last digits of binary floats stay out of the file."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    return [_plain(part) for part in value]


def feature(code: str, geometry_degrees: BaseGeometry, properties: Json) -> Json:
    """One feature, its outer rings turned anticlockwise (RFC 7946, section 3.1.6)."""
    turned = shapely.orient_polygons(geometry_degrees, exterior_cw=False)
    shape = mapping(turned)
    return {
        "type": "Feature",
        "id": code,
        "bbox": [round(edge, DECIMALS) for edge in turned.bounds],
        "properties": properties,
        "geometry": {"type": shape["type"], "coordinates": _plain(shape["coordinates"])},
    }


def write_collection(path: Path, name: str, features: Iterable[Json], about: Json) -> None:
    """Write a FeatureCollection, one feature a line so that a diff can be read."""
    rows = list(features)
    edges = [row["bbox"] for row in rows]
    bbox = [
        min(edge[0] for edge in edges),
        min(edge[1] for edge in edges),
        max(edge[2] for edge in edges),
        max(edge[3] for edge in edges),
    ]
    head = {"type": "FeatureCollection", "name": name, "bbox": bbox, "mizan": about}
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    path.write_text(f'{opening}, "features": [\n{body}\n]}}\n', encoding="utf-8")
