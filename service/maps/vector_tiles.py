"""Vector tiles (Mapbox Vector Tile) drawn on the server as SVG: quiet ground below our areas.

The picture holds shapes only: no text of the tile gets into it, so nothing in a file of
somebody else's can speak or run. Names on the map are our own. Layer names are those of the
Protomaps and OpenMapTiles schemas.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import mapbox_vector_tile

EXTENT = 4096
_PAPER = "#f2f1ea"
_AREAS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"earth", "land"}), "#f6f5f0"),
    (frozenset({"landcover", "landuse", "park"}), "#e6eadb"),
    (frozenset({"water"}), "#bcd7e6"),
    (frozenset({"buildings", "building"}), "#e0ddd3"),
)
_ROADS = frozenset({"roads", "transportation"})
_BORDERS = frozenset({"boundaries", "boundary"})
_RIVERS = frozenset({"waterway", "physical_line"})
_WIDE = {"highway": 44, "motorway": 44, "trunk": 36, "major_road": 28, "primary": 28}
_NARROW = 10


def draw_tile(tile: bytes) -> str:
    """The tile as an SVG of 256 by 256. Raises ``ValueError`` for what is no vector tile."""
    try:
        layers: Mapping[str, Any] = mapbox_vector_tile.decode(
            tile, default_options={"y_coord_down": True}
        )
    except Exception as error:  # the decoder raises whatever it trips over
        raise ValueError("this is no vector tile") from error
    parts = [f'<rect width="{EXTENT}" height="{EXTENT}" fill="{_PAPER}"/>']
    for names, colour in _AREAS:
        for layer in _named(layers, names):
            data = "".join(_area(one["geometry"]) for one in _scaled(layer))
            if data:
                parts.append(f'<path fill="{colour}" fill-rule="evenodd" d="{data}"/>')
    for names, colour, dash in ((_RIVERS, "#9fc6dc", ""), (_BORDERS, "#a5a39a", "60 40")):
        for layer in _named(layers, names):
            data = "".join(_line(one["geometry"]) for one in _scaled(layer))
            if data:
                dashed = f' stroke-dasharray="{dash}"' if dash else ""
                parts.append(
                    f'<path fill="none" stroke="{colour}" stroke-width="18"{dashed} d="{data}"/>'
                )
    parts += [road for layer in _named(layers, _ROADS) for road in _roads(layer)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" '
        f'viewBox="0 0 {EXTENT} {EXTENT}">{"".join(parts)}</svg>'
    )


def _named(layers: Mapping[str, Any], names: frozenset[str]) -> Iterable[Mapping[str, Any]]:
    return (layer for name, layer in layers.items() if name in names)


def _scaled(layer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Features with coordinates in 0..4096, whatever extent the layer was cut to."""
    factor = EXTENT / float(layer.get("extent") or EXTENT)
    for feature in layer.get("features", ()):
        geometry = feature["geometry"]
        if factor != 1:
            geometry = {**geometry, "coordinates": _times(geometry["coordinates"], factor)}
        yield {"geometry": geometry, "properties": feature.get("properties", {})}


def _times(found: Any, factor: float) -> Any:
    return [_times(one, factor) for one in found] if isinstance(found, list) else found * factor


def _roads(layer: Mapping[str, Any]) -> Iterable[str]:
    """Roads by width, the narrow ones first."""
    by_width: dict[int, list[str]] = {}
    for feature in _scaled(layer):
        said = feature["properties"]
        kinds = (said.get("kind"), said.get("class"), said.get("kind_detail"))
        width = max((_WIDE.get(str(kind), _NARROW) for kind in kinds), default=_NARROW)
        by_width.setdefault(width, []).append(_line(feature["geometry"]))
    for width, lines in sorted(by_width.items()):
        data = "".join(lines)
        if data:
            yield (
                f'<path fill="none" stroke="#d8d3c4" stroke-width="{width}" '
                f'stroke-linejoin="round" d="{data}"/>'
            )


def _path(points: Iterable[Iterable[float]], *, closed: bool) -> str:
    drawn = "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    return f"M{drawn}{'Z' if closed else ''}" if drawn else ""


def _area(geometry: Mapping[str, Any]) -> str:
    found = geometry["coordinates"]
    rings = {"Polygon": [found], "MultiPolygon": found}.get(geometry["type"], [])
    return "".join(_path(ring, closed=True) for polygon in rings for ring in polygon)


def _line(geometry: Mapping[str, Any]) -> str:
    found = geometry["coordinates"]
    lines = {"LineString": [found], "MultiLineString": found, "Polygon": found}
    return "".join(_path(line, closed=False) for line in lines.get(geometry["type"], []))
