"""The layer book: every layer of one state of the data, made when asked for, kept while it holds.

A book belongs to one clearance, so what a role may not see is not in it. Layers are made
governorate by governorate, because rates are shrunk towards their neighbours in one governorate
and one office answers for one, and then shown together.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.boundaries import at_level, upward
from geo.build import LayerChoices, build_layers, need_layer
from geo.incidents import CATEGORIES, Category
from geo.layers import Clearance, Layer, LayerCode, LayerSet, Period
from geo.locate import account, place_incidents
from geo.need import NeedResult, NeedRules
from geo.places import Area, Crossing, Forum, Level, Office
from geo.privacy import release
from geo.rates import Window, windows
from optimizer.staff import Post
from service.base_map import river_lines
from service.store import Dataset, Records, Store

MAP_LEVELS = (Level.DISTRICT, Level.SUBDISTRICT)


class LayerBook:
    """Layers, units and documents of ``records``, as ``clearance`` may see them.

    ``choices`` are the planner's assumptions about layers. Not for sharing between threads while
    it is first read; ``LayerBooks`` guards that.
    """

    def __init__(
        self,
        records: Records,
        version: str,
        clearance: Clearance,
        *,
        datasets: Sequence[Dataset] = (),
        rivers: Mapping[str, Any] | None = None,
        choices: LayerChoices | None = None,
        today: date | None = None,
    ) -> None:
        self.records = records
        self.version = version
        self.clearance = clearance
        self.choices = choices or LayerChoices()
        self._datasets = tuple(datasets)
        self._rivers = rivers or {"type": "FeatureCollection", "features": []}
        self._today = today or date.today()  # noqa: DTZ011 - units are valid on a calendar day
        self._sets: dict[tuple[str, Period], LayerSet] = {}
        self._lock = threading.RLock()

    @cached_property
    def all_units(self) -> gpd.GeoDataFrame:
        """Units valid today, all levels, EPSG:4326."""
        return self.records.units(on=self._today)

    @cached_property
    def placed(self) -> pd.DataFrame:
        """All incidents with their area; never shown, only counted."""
        incidents = self.records.incidents()
        if not len(self.all_units):
            return incidents
        return place_incidents(incidents, self.all_units)

    @cached_property
    def placement(self) -> Mapping[str, int]:
        """How many incidents were placed, lie near a border, outside, or nowhere."""
        return account(self.placed) if len(self.all_units) else {}

    @cached_property
    def _arrivals(self) -> pd.DataFrame:
        return self.records.arrivals()

    @cached_property
    def _population(self) -> pd.DataFrame:
        return self.records.population()

    def levels(self) -> Sequence[Level]:
        """Levels that have units, the coarser first."""
        there = set(self.all_units["level"])
        return tuple(level for level in MAP_LEVELS if level.value in there)

    def periods(self) -> Sequence[Period]:
        """Whole calendar years with incidents, newest first; years that data only touch else."""
        return self._periods

    @cached_property
    def _periods(self) -> tuple[Period, ...]:
        days = self.placed["date"] if len(self.placed) else self._arrivals["date"]
        if days.empty:
            year = self._today.year
            return (Period(date(year - 1, 1, 1), date(year, 1, 1)),)
        first, last = days.min().date(), days.max().date() + timedelta(days=1)
        # Files begin and end some days inside their first and last month.
        slack = timedelta(days=31)
        whole = windows(first - slack, last + slack, Window.YEAR)
        touched = windows(date(first.year, 1, 1), date(last.year + 1, 1, 1), Window.YEAR)
        return tuple(reversed(whole or touched))

    def categories(self) -> Sequence[Category]:
        """All categories: which of them occur is itself a figure about cases."""
        return tuple(CATEGORIES.values())

    def governorates(self) -> Sequence[Area]:
        """Units of the first level, the one with most offices first."""
        rows = at_level(self.all_units, Level.GOVERNORATE)
        home = self.home()
        found = [self.area(str(code)) for code in rows.index]
        return tuple(sorted(found, key=lambda area: (area.code != home, area.name_en)))

    def home(self) -> str | None:
        """The governorate with most of the offices; ``None`` before any is loaded."""
        held = [code for code in self.office_governorates().values() if code]
        return min(held, key=lambda code: (-held.count(code), code)) if held else None

    def office_governorates(self) -> Mapping[str, str | None]:
        """Office code -> code of the governorate it stands in (by its area, else by its point)."""
        offices = self.offices()
        shapes = at_level(self.all_units, Level.GOVERNORATE).geometry
        points = [shapely.Point(office.lon, office.lat) for office in offices]
        found: dict[str, str | None] = {}
        for office, point in zip(offices, points, strict=True):
            above = self.governorate_of([office.area])[0] if office.area else None
            around = [str(code) for code, shape in shapes.items() if shape.covers(point)]
            found[office.code] = above or (min(around) if around else None)
        return found

    def area(self, code: str) -> Area:
        """One unit without its geometry. Raises ``KeyError``."""
        row = self.all_units.loc[code]
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

    def governorate_of(self, codes: Sequence[str]) -> list[str | None]:
        """The governorate above each code; ``None`` where there is none."""
        return upward(self.all_units, list(codes), Level.GOVERNORATE)

    def units(self, level: Level, governorate: str | None = None) -> gpd.GeoDataFrame:
        """Units of a level, of all governorates or of one."""
        rows = at_level(self.all_units, level)
        if governorate is None:
            return rows
        above = self.governorate_of([str(code) for code in rows.index])
        return rows[[code == governorate for code in above]]

    def layer(
        self,
        code: LayerCode,
        level: Level,
        category: str | None = None,
        period: Period | None = None,
    ) -> Layer:
        """One layer over all governorates that hold any figure; other areas have no data.

        Raises ``KeyError`` where there are no units of that level.
        """
        period = period or self.periods()[0]
        parts = [self.layers(g, period).get(code, level, category) for g in self._told()]
        if not parts:
            raise KeyError(f"{code} {level}")
        first = parts[0]
        if len(parts) == 1:
            return release(first, self.clearance)
        caveats = tuple(dict.fromkeys(c for part in parts for c in part.caveats))
        sources = tuple(dict.fromkeys(s for part in parts for s in part.sources))
        values = pd.concat([part.values for part in parts])  # noqa: PD011 - a field of Layer
        whole = replace(first, values=values, caveats=caveats, sources=sources)
        return release(whole, self.clearance)

    def layers(self, governorate: str, period: Period) -> LayerSet:
        """All layers of one governorate and period, made once."""
        with self._lock:
            if (governorate, period) not in self._sets:
                self._sets[governorate, period] = self._built(governorate, period)
            return self._sets[governorate, period]

    def need(self, governorate: str, level: Level, period: Period, rules: NeedRules) -> NeedResult:
        """The need index under other rules; cheap enough to follow a moving weight."""
        layers = [one for one in self.layers(governorate, period).layers if one.level is level]
        return need_layer([one for one in layers if one.code is not LayerCode.NEED], rules)[1]

    def offices(self) -> Sequence[Office]:
        return self.records.offices()

    def forums(self) -> Sequence[Forum]:
        return self.records.forums()

    def crossings(self) -> Sequence[Crossing]:
        return self.records.crossings()

    def posts(self) -> Sequence[Post]:
        return self.records.posts()

    def rivers(self) -> Mapping[str, Any]:
        """Lines (GeoJSON, WGS84) that travel crosses at crossings only."""
        return self._rivers

    def datasets(self) -> Sequence[Dataset]:
        return self._datasets

    def _told(self) -> list[str]:
        """Governorates about which anything is known, so that empty ones cost nothing."""
        every = [str(code) for code in at_level(self.all_units, Level.GOVERNORATE).index]
        named = set(self._population["area"]) | set(self._arrivals["area"])
        named |= set(self.placed["subdistrict"].dropna()) | set(self.placed["district"].dropna())
        above = set(self.governorate_of(sorted(named)))
        return [code for code in every if code in above] or every[:1]

    def _built(self, governorate: str, period: Period) -> LayerSet:
        every = self.all_units
        mine = [
            above == governorate for above in self.governorate_of([str(c) for c in every.index])
        ]
        units = every[mine]
        codes = set(units.index)
        rows = self.placed
        inside = rows["subdistrict"].isin(codes) | rows["district"].isin(codes)
        # Where no incident was ever loaded there is none to protect: bands would invent some.
        nothing = rows.empty
        made = build_layers(
            units,
            rows[inside],
            self._arrivals[self._arrivals["area"].isin(codes)],
            self._population[self._population["area"].isin(codes)],
            period=period,
            choices=self.choices,
            clearance=Clearance.EXACT if nothing else self.clearance,
            data_version=self.version,
        )
        if not nothing:
            return made
        own = tuple(replace(layer, clearance=self.clearance) for layer in made.layers)
        return replace(made, layers=own, clearance=self.clearance)


class LayerBooks:
    """Opens the book of the newest data, and keeps the last few of them."""

    def __init__(self, store: Store, data_dir: Path, *, kept: int = 4) -> None:
        self._store = store
        self._data_dir = data_dir
        self._kept = kept
        self._books: OrderedDict[tuple[str, Clearance], LayerBook] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, clearance: Clearance) -> LayerBook:
        """The book of what is loaded now, as ``clearance`` may see it."""
        version = self._store.data_version()
        with self._lock:
            book = self._books.get((version, clearance))
            if book is None:
                book = LayerBook(
                    self._store.at(version),
                    version,
                    clearance,
                    datasets=self._store.datasets.list(active=True),
                    rivers=river_lines(self._data_dir),
                )
                self._books[version, clearance] = book
            self._books.move_to_end((version, clearance))
            while len(self._books) > self._kept:
                self._books.popitem(last=False)
            return book
