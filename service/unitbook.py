"""Units and registers of one state of the data: what a layer book stands on, free of figures."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd
import shapely

from geo.boundaries import at_level, upward
from geo.incidents import CATEGORIES, Category
from geo.places import Area, Crossing, Forum, Level, Office
from geo.successors import Successors, successors, valid_on
from optimizer.staff import Post
from service.store import Dataset, Records

_Place = TypeVar("_Place", Office, Forum)
NOTHING: Mapping[str, Any] = {"type": "FeatureCollection", "features": []}


class UnitBook:
    """Units valid ``today``, offices, forums, crossings, posts, rivers and the list of files."""

    def __init__(
        self,
        records: Records,
        datasets: Sequence[Dataset],
        rivers: Mapping[str, Any] | None,
        today: date | None,
    ) -> None:
        self.records = records
        self._datasets = tuple(datasets)
        self._rivers = rivers or NOTHING
        self._today = today or date.today()  # noqa: DTZ011 - units are valid on a calendar day

    @cached_property
    def all_units(self) -> gpd.GeoDataFrame:
        """Units valid today, all levels, EPSG:4326."""
        return valid_on(self._versions, self._today)

    @cached_property
    def successors(self) -> Successors:
        """What units of other days, whose codes figures may carry, are among today's."""
        return successors(self._versions, self._today)

    @cached_property
    def _versions(self) -> gpd.GeoDataFrame:
        """Every version of every unit."""
        return self.records.units()

    def categories(self) -> Sequence[Category]:
        """All categories: which of them occur is itself a figure about cases."""
        return tuple(CATEGORIES.values())

    def governorates(self) -> Sequence[Area]:
        """Units of the first level, the one with most offices first."""
        return self._governorates

    def home(self) -> str | None:
        """The governorate with most of the offices; ``None`` before any is loaded."""
        held = [code for code in self.office_governorates().values() if code]
        return min(held, key=lambda code: (-held.count(code), code)) if held else None

    def office_governorates(self) -> Mapping[str, str | None]:
        """Office code -> code of the governorate it stands in (by its area, else by its point)."""
        return self._homes

    @cached_property
    def _governorates(self) -> tuple[Area, ...]:
        rows = at_level(self.all_units, Level.GOVERNORATE)
        home = self.home()
        found = [self.area(str(code)) for code in rows.index]
        return tuple(sorted(found, key=lambda area: (area.code != home, area.name_en)))

    @cached_property
    def _homes(self) -> Mapping[str, str | None]:
        offices = self.offices()
        shapes = at_level(self.all_units, Level.GOVERNORATE).geometry
        points = [shapely.Point(office.lon, office.lat) for office in offices]
        found: dict[str, str | None] = {}
        for office, point in zip(offices, points, strict=True):
            code = self._holder(office.area) if office.area else None
            above = upward(self.all_units, [code], Level.GOVERNORATE)[0] if code else None
            around = [str(code) for code, shape in shapes.items() if shape.covers(point)]
            found[office.code] = above or (min(around) if around else None)
        return found

    def area(self, code: str) -> Area:
        """One unit without its geometry. Raises ``KeyError``."""
        return area_of(code, self.all_units.loc[code])

    def governorate_of(self, codes: Sequence[str]) -> list[str | None]:
        """The governorate above each code; ``None`` where there is none."""
        return upward(self.all_units, list(codes), Level.GOVERNORATE)

    def offices(self) -> Sequence[Office]:
        return self._offices

    @cached_property
    def _offices(self) -> tuple[Office, ...]:
        return tuple(self._moved(one) for one in self.records.offices())

    def forums(self) -> Sequence[Forum]:
        return [self._moved(one) for one in self.records.forums()]

    def _moved(self, place: _Place) -> _Place:
        """A place whose area is named as today's unit."""
        area = place.area and self._holder(place.area)
        return place if area == place.area else place.model_copy(update={"area": area})

    def crossings(self) -> Sequence[Crossing]:
        return self.records.crossings()

    def posts(self) -> Sequence[Post]:
        return self.records.posts()

    def travel(self) -> pd.DataFrame:
        """The imported table of minutes, its areas named as today's units."""
        return self._as_today(self.records.travel())

    def requests(self) -> pd.DataFrame:
        """Sessions that somebody asked for, their areas named as today's units."""
        return self._as_today(self.records.requests())

    def _as_today(self, table: pd.DataFrame) -> pd.DataFrame:
        """``area`` as the unit on the same ground, else as the smallest that holds it all."""
        if not self.successors.leaves:
            return table
        areas = [None if pd.isna(code) else self._holder(code) for code in table["area"]]
        return table.assign(area=pd.Series(areas, index=table.index, dtype="str"))

    def _holder(self, code: str) -> str | None:
        return self.successors.holder(str(code))

    def rivers(self) -> Mapping[str, Any]:
        """Lines (GeoJSON, WGS84) that travel crosses at crossings only."""
        return self._rivers

    def datasets(self) -> Sequence[Dataset]:
        return self._datasets


def area_of(code: str, row: pd.Series) -> Area:
    """A row of the canonical units as an area, without its geometry."""
    inside = row.geometry.representative_point()
    km2 = row["area_km2"]
    return Area(
        code=code,
        level=Level(row["level"]),
        name_ar=row["name_ar"],
        name_en=row["name_en"],
        parent=row["parent"] if isinstance(row["parent"], str) else None,
        pcode=row["pcode"] if isinstance(row["pcode"], str) else None,
        area_km2=float(km2) if pd.notna(km2) else None,
        lon=float(row["seat_lon"]) if pd.notna(row["seat_lon"]) else inside.x,
        lat=float(row["seat_lat"]) if pd.notna(row["seat_lat"]) else inside.y,
    )
