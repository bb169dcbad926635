"""Minutes between offices and areas on a road graph that the planner has."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.boundaries import at_level
from geo.checks import Fault, FaultsError
from geo.landroutes import centre_lines
from geo.notes import said
from geo.places import Level
from geo.roads import Roads, drivable
from geo.travel import road_travel, seats
from service.imports.limits import Limits
from service.imports.sandbox import read_raw
from service.imports.table import refuse
from service.layerbook import LayerBook

_LEVELS = (Level.DISTRICT, Level.SUBDISTRICT)
UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Driven:
    """``table``: ``area``, ``office``, ``travel_min`` (or ``unreachable``), every pair once."""

    table: pd.DataFrame
    roads: int
    left_out: int

    @property
    def unreachable(self) -> int:
        return int((self.table["travel_min"] == UNREACHABLE).sum())


def read_roads(file: Path, limits: Limits, sheet: str | None = None) -> Roads:
    """The ways for cars in a file of lines (GeoPackage, GeoJSON, zipped shapefile).

    Features that can't be read are left out and counted. Raises ``FaultsError``.
    """
    raw = read_raw(file, replace(limits, lines=True), sheet)
    if raw.wkb is None:
        raise refuse(
            said("The file holds no lines."),
            said("Give the roads as GeoPackage, GeoJSON or zipped shapefile."),
        )
    table = gpd.GeoDataFrame(
        pd.DataFrame({name: cells for name, cells in raw.cells.items() if name != "geometry"}),
        geometry=list(shapely.from_wkb(raw.wkb)),
        crs=4326,
    )
    found = drivable(table)
    if not len(found.lines):
        raise refuse(
            said("The file holds no lines."),
            said("Give the roads as GeoPackage, GeoJSON or zipped shapefile."),
        )
    return replace(found, left_out=found.left_out + len(raw.unread))


def driven(
    book: LayerBook, roads: Roads, *, speed_kmh: float, closed: Collection[str] = ()
) -> Driven:
    """Minutes by the shortest way from each office to the areas of its governorate.

    ``closed`` are codes of crossings that are taken as closed beside those that are. Districts and
    sub-districts both have their rows. Raises ``FaultsError`` without offices, and on a crossing
    that nobody knows.
    """
    known = {one.code for one in book.crossings()}
    unknown = sorted(set(closed) - known)
    if unknown:
        raise FaultsError(
            Fault(
                said("{code} is no crossing that is loaded."),
                said("Use one of: {known}."),
                {"code": code, "known": ", ".join(sorted(known)) or "-"},
                "close",
            )
            for code in unknown
        )
    crossings = [
        one.model_copy(update={"open": one.open and one.code not in closed})
        for one in book.crossings()
    ]
    rivers = centre_lines(book.rivers())
    home = book.office_governorates()
    parts = []
    for governorate in sorted({code for code in home.values() if code}):
        offices = [one for one in book.offices() if home[one.code] == governorate]
        for level in _LEVELS:
            units = book.units(level, governorate)
            if not len(units):
                continue
            places = _seats(units, level)
            found = road_travel(
                roads.lines, places, offices, crossings, rivers=rivers, speed_kmh=speed_kmh
            )
            every = pd.MultiIndex.from_product(
                [list(places.index), [one.code for one in offices]], names=["area", "office"]
            )
            minutes = found.set_index(["area", "office"])["travel_min"].reindex(every)
            parts.append(minutes.reset_index())
    if not parts:
        raise refuse(
            said("No office is loaded, or none of them stands in a governorate."),
            said("Load offices first: mizan import offices FILE"),
        )
    table = pd.concat(parts, ignore_index=True)
    told = table["travel_min"].round(2).astype(object)
    table["travel_min"] = told.where(table["travel_min"].notna(), UNREACHABLE)
    return Driven(table, len(roads.lines), roads.left_out)


def _seats(units: gpd.GeoDataFrame, level: Level) -> pd.DataFrame:
    """Where visitors go; a point inside an area whose seat is not known."""
    places = seats(at_level(units, level), level)
    inside = units.sort_index().geometry.representative_point()
    return pd.DataFrame(
        {
            "lon": places["lon"].astype(float).fillna(inside.x),
            "lat": places["lat"].astype(float).fillna(inside.y),
        }
    )
