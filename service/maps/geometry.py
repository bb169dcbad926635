"""Areas as GeoJSON for the screen: simplified together, so that neighbours still touch."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from service.locale.words import Words

_SCREEN = 1400
"""Details below one part in this many of the map's width can't be seen when it is opened."""
_PLACES = 5  # decimals of a degree: about a metre


class _Shapes:
    """Geometries with the key of what they are: equal shapes are simplified once."""

    __slots__ = ("crs", "key", "shapes")

    def __init__(self, units: gpd.GeoDataFrame) -> None:
        self.shapes = units.geometry.to_numpy()
        self.crs = units.crs
        digest = hashlib.blake2b("\0".join(map(str, units.index)).encode(), digest_size=16)
        for wkb in shapely.to_wkb(self.shapes):
            digest.update(wkb)
        self.key = digest.digest()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shapes) and self.key == other.key


@lru_cache(maxsize=24)
def _on_screen(held: _Shapes) -> tuple[dict[str, Any], ...]:
    """GeoJSON geometries (WGS84) in the order of the units; the costly part, so kept."""
    rows = gpd.GeoSeries(held.shapes, crs=held.crs)
    metric = rows.to_crs(rows.estimate_utm_crs())
    west, south, east, north = metric.total_bounds
    tolerance = max(east - west, north - south) / _SCREEN
    simple = shapely.coverage_simplify(metric.to_numpy(), tolerance)
    screen = gpd.GeoSeries(simple, crs=metric.crs).to_crs("EPSG:4326")
    return tuple(_rounded(shape) for shape in screen)


@lru_cache(maxsize=24)
def _outline(held: _Shapes) -> dict[str, Any]:
    whole = shapely.union_all(shapely.buffer(held.shapes, 1e-6))
    return _line(whole.boundary)


@lru_cache(maxsize=24)
def _inside(held: _Shapes) -> tuple[tuple[tuple[float, float], ...], tuple[int, ...]]:
    """A point inside each shape, and its place by width, the widest first."""
    bounds = shapely.bounds(held.shapes)
    order = np.argsort(-(bounds[:, 2] - bounds[:, 0]), kind="stable")
    ranks = np.empty(len(order), int)
    ranks[order] = np.arange(1, len(order) + 1)
    points = shapely.point_on_surface(held.shapes)
    return tuple((round(p.x, 4), round(p.y, 4)) for p in points), tuple(map(int, ranks))


def _names(units: gpd.GeoDataFrame, words: Words) -> list[str]:
    return [
        words.name({"name_ar": ar, "name_en": en}) or str(code)
        for code, ar, en in zip(units.index, units["name_ar"], units["name_en"], strict=True)
    ]


def area_features(units: gpd.GeoDataFrame, words: Words) -> dict[str, Any]:
    """FeatureCollection (WGS84) of ``units``: ``id`` is the code, ``name`` the only property."""
    if units.empty:
        return {"type": "FeatureCollection", "features": []}
    features = [
        {"type": "Feature", "id": str(code), "properties": {"name": name}, "geometry": shape}
        for code, name, shape in zip(
            units.index, _names(units, words), _on_screen(_Shapes(units)), strict=True
        )
    ]
    return {"type": "FeatureCollection", "features": features}


def _rounded(shape: shapely.Geometry) -> dict[str, Any]:
    polygons = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    coordinates = [
        [
            np.round(shapely.get_coordinates(ring), _PLACES).tolist()
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in polygons
    ]
    if len(coordinates) == 1:
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}


def river_features(rivers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lines of the base map with the one property that the frame knows; nothing else leaves."""
    return [
        {"type": "Feature", "properties": {"kind": "river"}, "geometry": feature["geometry"]}
        for feature in rivers.get("features", [])
        if feature.get("properties", {}).get("part", "centre") == "centre"
        and feature["geometry"]["type"] in {"LineString", "MultiLineString"}
    ]


def outline(units: gpd.GeoDataFrame) -> dict[str, Any]:
    """The outer border of ``units`` as one line feature."""
    return {
        "type": "Feature",
        "properties": {"kind": "outline"},
        "geometry": _outline(_Shapes(units)),
    }


def borders(units: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The borders of ``units`` (of a coarser level) as line features, for over finer areas."""
    return [
        {"type": "Feature", "properties": {"kind": "border"}, "geometry": shape}
        for shape in (_as_lines(shape) for shape in _on_screen(_Shapes(units)))
    ]


def _as_lines(shape: Mapping[str, Any]) -> dict[str, Any]:
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else list(shape["coordinates"])
    return {
        "type": "MultiLineString",
        "coordinates": [ring for rings in polygons for ring in rings],
    }


def _line(line: shapely.Geometry) -> dict[str, Any]:
    parts = [
        [[round(x, 4), round(y, 4)] for x, y in part.simplify(0.002).coords]
        for part in getattr(line, "geoms", [line])
    ]
    return {"type": "MultiLineString", "coordinates": parts}


def label_points(units: gpd.GeoDataFrame, words: Words) -> list[tuple[str, float, float, int, str]]:
    """Names of areas with a point inside each and their code; wide areas are labelled first."""
    points, ranks = _inside(_Shapes(units))
    return [
        (name, x, y, rank, str(code))
        for name, (x, y), rank, code in zip(
            _names(units, words), points, ranks, units.index, strict=True
        )
    ]


_CENTRES = ("مركز ", "Markaz ")


def town_labels(
    towns: Mapping[str, Any], words: Words, *, known: Sequence[str] = ()
) -> list[tuple[str, float, float, int]]:
    """Names of towns with their place, the largest first; not those in ``known``.

    The seat of a central sub-district is called as its town, without "Markaz".
    """
    found: list[tuple[float, str, float, float]] = []
    taken = set(known)
    for feature in towns.get("features", []):
        said = feature["properties"]
        name = words.name({"name_ar": said.get("name_ar"), "name_en": said.get("name_en")})
        for centre in _CENTRES:
            name = name.removeprefix(centre)
        if not name or name in taken:
            continue
        taken.add(name)
        lon, lat = feature["geometry"]["coordinates"][:2]
        found.append((-float(said.get("population_geonames") or 0), name, lon, lat))
    found.sort()
    return [
        (name, round(lon, 4), round(lat, 4), rank)
        for rank, (_, name, lon, lat) in enumerate(found, 1)
    ]
