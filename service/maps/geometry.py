"""Areas as GeoJSON for the screen: simplified together, so that neighbours still touch."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import shapely

from service.locale.words import Words

_SCREEN = 1400
"""Details below one part in this many of the map's width can't be seen when it is opened."""
_PLACES = 5  # decimals of a degree: about a metre


def area_features(units: gpd.GeoDataFrame, words: Words) -> dict[str, Any]:
    """FeatureCollection (WGS84) of ``units``: ``id`` is the code, ``name`` the only property."""
    if units.empty:
        return {"type": "FeatureCollection", "features": []}
    metric = units.geometry.to_crs(units.estimate_utm_crs())
    west, south, east, north = metric.total_bounds
    tolerance = max(east - west, north - south) / _SCREEN
    simple = shapely.coverage_simplify(metric.to_numpy(), tolerance)
    screen = gpd.GeoSeries(simple, index=units.index, crs=metric.crs).to_crs("EPSG:4326")
    features = [
        {
            "type": "Feature",
            "id": str(code),
            "properties": {"name": words.name({"name_ar": ar, "name_en": en}) or str(code)},
            "geometry": _rounded(shape),
        }
        for code, ar, en, shape in zip(
            units.index, units["name_ar"], units["name_en"], screen, strict=True
        )
    ]
    return {"type": "FeatureCollection", "features": features}


def _rounded(shape: shapely.Geometry) -> dict[str, Any]:
    polygons = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    coordinates = [
        [
            [[round(x, _PLACES), round(y, _PLACES)] for x, y in ring.coords]
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
    whole = shapely.union_all(shapely.buffer(units.geometry.to_numpy(), 1e-6))
    return {
        "type": "Feature",
        "properties": {"kind": "outline"},
        "geometry": _line(whole.boundary),
    }


def _line(line: shapely.Geometry) -> dict[str, Any]:
    parts = [
        [[round(x, 4), round(y, 4)] for x, y in part.simplify(0.002).coords]
        for part in getattr(line, "geoms", [line])
    ]
    return {"type": "MultiLineString", "coordinates": parts}


def label_points(units: gpd.GeoDataFrame, words: Words) -> list[tuple[str, float, float, int]]:
    """Names of areas with a point inside each; wide areas are labelled first."""
    ranked = units.geometry.bounds.eval("maxx - minx").rank(ascending=False, method="first")
    points = units.geometry.representative_point()
    return [
        (words.name({"name_ar": ar, "name_en": en}), round(p.x, 4), round(p.y, 4), int(rank))
        for ar, en, p, rank in zip(units["name_ar"], units["name_en"], points, ranked, strict=True)
    ]
