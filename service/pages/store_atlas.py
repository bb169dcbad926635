"""The atlas of the store: frames of one state of the data, layers built once for each period.

Layers are built with the clearance of the role that asks, and pass ``geo.privacy.release`` on
the way out. What was built is kept until the data change.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.boundaries import at_level
from geo.build import build_layers
from geo.incidents import CATEGORIES, Category
from geo.layers import Clearance, Layer, LayerCode, LayerSet, Period
from geo.locate import place_incidents
from geo.places import Area, Crossing, Forum, Level, Office
from geo.privacy import clearance_of, release
from geo.rates import Window, windows
from optimizer.staff import Post
from service.auth.accounts import Account
from service.store.datasets import Dataset
from service.store.records import Records
from service.store.store import Store

LEVELS = (Level.DISTRICT, Level.SUBDISTRICT)
_KEPT = 12
"""Layer sets that are kept: periods x clearances that readers really ask for."""


@dataclass(frozen=True)
class Edition:
    """One state of the data, read once: frames that layers are made from."""

    version: str
    records: Records
    files: Sequence[Dataset]
    data_dir: Path

    @cached_property
    def units(self) -> gpd.GeoDataFrame:
        return self.records.units()

    @cached_property
    def placed(self) -> pd.DataFrame:
        """Incidents with their areas."""
        return place_incidents(self.records.incidents(), self.units)

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        return self.records.arrivals()

    @cached_property
    def population(self) -> pd.DataFrame:
        return self.records.population()

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Whole calendar years with incidents, newest first; years that data only touch else."""
        days = self.records.incidents()["date"]
        if days.empty:
            days = self.arrivals["date"]
        if days.empty:
            this = date.today().year  # noqa: DTZ011 (the office's own calendar)
            return (Period(date(this - 1, 1, 1), date(this, 1, 1)),)
        first, last = days.min().date(), days.max().date() + timedelta(days=1)
        # Files begin and end some days inside their first and last month.
        slack = timedelta(days=31)
        whole = windows(first - slack, last + slack, Window.YEAR)
        touched = windows(date(first.year, 1, 1), date(last.year + 1, 1, 1), Window.YEAR)
        return tuple(reversed(whole or touched))

    @cached_property
    def rivers(self) -> Mapping[str, Any]:
        """Lines of the base map beside the default boundaries."""
        features = []
        for path in sorted((self.data_dir / "boundaries").glob("*river*.geojson")):
            found = json.loads(path.read_text("utf-8"))["features"]
            features += [
                {"type": "Feature", "properties": {"kind": "river"}, "geometry": one["geometry"]}
                for one in found
            ]
        return {"type": "FeatureCollection", "features": features}

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        return self.records.posts()

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        return self.records.offices()

    @cached_property
    def forums(self) -> tuple[Forum, ...]:
        return self.records.forums()

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        return self.records.crossings()


class StoreAtlases:
    """Opens the newest state of the store for a role; editions and layers are shared."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        self._store = store
        self._data_dir = data_dir
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._sets: dict[tuple[str, str, Clearance], LayerSet] = {}

    def open(self, account: Account) -> "StoreAtlas":
        version = self._store.data_version()
        with self._lock:
            if self._edition is None or self._edition.version != version:
                files = self._store.datasets.list(active=True)
                self._edition = Edition(version, self._store.records(), files, self._data_dir)
                self._sets.clear()
            return StoreAtlas(self, self._edition, clearance_of(account.role))

    def layers(self, edition: Edition, period: Period, clearance: Clearance) -> LayerSet:
        """All layers of a period, built at the first question."""
        key = (edition.version, str(period), clearance)
        with self._lock:
            if key not in self._sets:
                if len(self._sets) >= _KEPT:
                    self._sets.pop(next(iter(self._sets)))
                self._sets[key] = build_layers(
                    edition.units,
                    edition.placed,
                    edition.arrivals,
                    edition.population,
                    period=period,
                    clearance=clearance,
                    data_version=edition.version,
                )
            return self._sets[key]


class StoreAtlas:
    """An ``Atlas`` of one edition for one clearance."""

    def __init__(self, shelf: StoreAtlases, edition: Edition, clearance: Clearance) -> None:
        self._shelf = shelf
        self._edition = edition
        self._clearance = clearance

    @property
    def version(self) -> str:
        return self._edition.version

    def levels(self) -> Sequence[Level]:
        there = set(self._edition.units["level"])
        return [level for level in LEVELS if level.value in there]

    def periods(self) -> Sequence[Period]:
        return self._edition.periods

    def categories(self) -> Sequence[Category]:
        return tuple(CATEGORIES.values())

    def governorates(self) -> Sequence[Area]:
        """Governorates with units below them, the one that has the offices first."""
        found = at_level(self._edition.units, Level.GOVERNORATE)
        home = self._home()
        areas = [
            Area(
                code=str(code),
                level=Level.GOVERNORATE,
                name_ar=row["name_ar"] or "",
                name_en=row["name_en"] or "",
                lon=row["seat_lon"],
                lat=row["seat_lat"],
            )
            for code, row in found.iterrows()
        ]
        return sorted(areas, key=lambda area: (area.code != home, area.name_en))

    def _home(self) -> str | None:
        offices = self._edition.offices
        governorates = at_level(self._edition.units, Level.GOVERNORATE)
        if not offices or governorates.empty:
            return None
        points = gpd.GeoSeries.from_xy(
            [office.lon for office in offices], [office.lat for office in offices], crs=4326
        )
        inside = [int(points.within(shape).sum()) for shape in governorates.geometry]
        return str(governorates.index[inside.index(max(inside))])

    def units(self, level: Level, governorate: str | None = None) -> gpd.GeoDataFrame:
        units = at_level(self._edition.units, level)
        if governorate is None or units.empty:
            return units
        parents = self._edition.units["parent"]
        above = units["parent"]
        if level is Level.SUBDISTRICT:
            above = above.map(parents[~parents.index.duplicated(keep="last")])
        return units[above == governorate]

    def layer(
        self, code: LayerCode, level: Level, category: str | None, period: Period | None
    ) -> Layer:
        found = self._shelf.layers(
            self._edition, period or self._edition.periods[0], self._clearance
        )
        return release(found.get(code, level, category), self._clearance)

    def offices(self) -> Sequence[Office]:
        return self._edition.offices

    def forums(self) -> Sequence[Forum]:
        return self._edition.forums

    def crossings(self) -> Sequence[Crossing]:
        return self._edition.crossings

    def posts(self) -> Sequence[Post]:
        return self._edition.posts

    def rivers(self) -> Mapping[str, Any]:
        return self._edition.rivers

    def datasets(self) -> Sequence[Dataset]:
        return self._edition.files
