"""Roads that a user gives, made ready for shortest paths: what cars may use, how fast, which way.

Lines of any source will do; tags of OpenStreetMap are understood, as columns (osmtogeojson,
Overpass) or in ``other_tags`` (GDAL's reader). Ways that meet must share a vertex there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SPEEDS_KMH: Mapping[str, float] = {
    "motorway": 100, "trunk": 80, "primary": 70, "secondary": 60, "tertiary": 50,
    "unclassified": 40, "road": 40, "residential": 30, "track": 20, "service": 20,
    "living_street": 15,
}  # fmt: skip
"""Speed by OpenStreetMap's class where no ``maxspeed`` says it (assumptions: town and country of
Basra were not driven). Links of a class are driven at three quarters of it."""
_LINK = 0.75
_MILE_KM = 1.609344
_LINES = {"LineString", "MultiLineString"}


@dataclass(frozen=True, slots=True)
class Roads:
    """``lines`` (EPSG as given) with ``speed_kmh`` (NaN: not known) and ``oneway``.

    ``left_out`` counts features that are no way for cars: points, buildings, foot paths.
    """

    lines: gpd.GeoDataFrame
    left_out: int


def drivable(table: gpd.GeoDataFrame) -> Roads:
    """The ways for cars of a table of features, whatever its columns are called.

    ``speed_kmh`` or ``maxspeed`` and ``oneway`` (yes, no, -1: against the line) are read where
    they are there. With a column ``highway`` only classes for cars are kept; without it all lines.
    """
    rows = table[table.geometry.notna() & table.geometry.geom_type.isin(_LINES)]
    tags = {name: _tag(rows, name) for name in _TAGS}
    kind = tags["highway"]
    base = kind.str.removesuffix("_link")
    kept = tags["access"] != "no"
    if (_tag(table, "highway") != "").any():
        kept &= base.isin(SPEEDS_KMH)
    usual: pd.Series = base.map(SPEEDS_KMH).astype(float) * np.where(base != kind, _LINK, 1.0)
    given = pd.to_numeric(tags["speed_kmh"], errors="coerce")
    limit = tags["maxspeed"].map(_speed).astype(float)
    speed = given.where(given > 0).fillna(limit).fillna(usual)
    against = tags["oneway"].isin(["-1", "reverse"])
    implied = (tags["junction"] == "roundabout") | (base == "motorway")
    oneway = tags["oneway"].isin(["yes", "true", "1"]) | against
    oneway |= implied & ~tags["oneway"].isin(["no", "false", "0"])
    shapes = rows.geometry.to_numpy().copy()
    turned = against.to_numpy()
    shapes[turned] = shapely.reverse(shapes[turned])
    lines = gpd.GeoDataFrame(
        {"speed_kmh": speed, "oneway": oneway}, geometry=shapes, index=rows.index, crs=table.crs
    )
    return Roads(lines[kept.to_numpy()].reset_index(drop=True), len(table) - int(kept.sum()))


_TAGS = ("highway", "maxspeed", "speed_kmh", "oneway", "junction", "access")


def _tag(rows: pd.DataFrame, name: str) -> pd.Series:
    """A tag's value as lower text, empty where there is none."""
    columns = {str(c).casefold(): c for c in rows.columns}
    found = pd.Series("", index=rows.index, dtype=object)
    if "other_tags" in columns:
        pattern = rf'"{name}"=>"([^"]*)"'
        told = rows[columns["other_tags"]].astype(object).fillna("").astype(str)
        found = told.str.extract(pattern, expand=False).astype(object).fillna("")
    if name in columns:
        own = rows[columns[name]].astype(object)
        found = own.where(own.notna(), found)
    return found.map(lambda value: str(value).strip().casefold()).astype("str")


def _speed(text: str) -> float:
    """``60``, ``60 km/h``, ``40 mph``; NaN for words such as ``walk``."""
    match = re.match(r"(\d+(?:\.\d+)?)\s*(mph)?", text)
    if match is None or float(match[1]) <= 0:
        return float("nan")
    return float(match[1]) * (_MILE_KM if match[2] else 1.0)
