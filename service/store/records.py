"""Reading: the canonical frames and documents of one set of versions."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TypeVar

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, Select, select

from geo.places import Crossing, Document, Forum, Level, Office
from optimizer.staff import Post
from service.store import tables_data as tables

CRS = "EPSG:4326"
Doc = TypeVar("Doc", bound=Document)
Reading = Callable[[], AbstractContextManager[Connection]]

_UNITS = (
    "code", "level", "name_ar", "name_en", "parent", "pcode", "valid_from", "valid_to",
    "area_km2", "seat_lon", "seat_lat", "standing", "geometry",
)  # fmt: skip
_INCIDENTS = ("date", "category", "lon", "lat", "area_given", "repeat", "source")
_ARRIVALS = (
    "date", "area", "families", "household_size", "origin", "clan", "registered", "low", "high",
    "standing", "source",
)  # fmt: skip
_POPULATION = ("area", "as_of", "residents", "women_share", "standing", "source")
_REQUESTS = (
    "date", "area", "unit", "sessions", "hours", "for_women", "audience", "standing", "source",
)  # fmt: skip
_TRAVEL = ("area", "office", "travel_min")


class Records:
    """What a set of versions says. Rows of equal identity count once, the newest version's."""

    def __init__(self, reading: Reading, active: Sequence[int]) -> None:
        self._reading = reading
        self.active = tuple(sorted(active))

    def units(self, level: Level | None = None, on: date | None = None) -> gpd.GeoDataFrame:
        """Units of the tree: index ``code``, EPSG:4326, columns as in ``geo.boundaries``.

        ``on`` keeps the units valid on that day; without it all versions of a unit are given
        (the newest ``valid_from`` last).
        """
        frame = self._frame(tables.AreaRow, _UNITS)
        for column in ("valid_from", "valid_to"):
            frame[column] = pd.to_datetime(frame[column])
        if level is not None:
            frame = frame[frame["level"] == level.value]
        if on is not None:
            moment = pd.Timestamp(on)
            begun = frame["valid_from"].isna() | (frame["valid_from"] <= moment)
            lasting = frame["valid_to"].isna() | (frame["valid_to"] > moment)
            frame = frame[begun & lasting]
        geometry = gpd.GeoSeries(
            shapely.from_wkb(frame["geometry"].to_numpy(dtype=object)), index=frame.index, crs=CRS
        )
        units = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=geometry, crs=CRS)
        return units.set_index("code")

    def incidents(
        self, start: date | None = None, end: date | None = None, *, repeats: bool = True
    ) -> pd.DataFrame:
        """Incidents from ``start`` (included) to ``end`` (excluded), index ``incident_id``.

        ``repeats=False`` leaves out equal rows of one file.
        """
        where = []
        if start is not None:
            where.append(tables.IncidentRow.date >= start)
        if end is not None:
            where.append(tables.IncidentRow.date < end)
        if not repeats:
            where.append(tables.IncidentRow.repeat.is_(False))
        frame = self._frame(tables.IncidentRow, _INCIDENTS, where, index="incident_id")
        return _typed(frame, dates=("date",), floats=("lon", "lat"), flags=("repeat",))

    def arrivals(self) -> pd.DataFrame:
        """Dated comings of families, index ``arrival_id``."""
        frame = self._frame(tables.ArrivalRow, _ARRIVALS, index="arrival_id")
        floats = ("families", "household_size", "low", "high")
        return _typed(frame, dates=("date",), floats=floats, flags=("clan", "registered"))

    def population(self) -> pd.DataFrame:
        """Residents by area and date, RangeIndex, ordered by area and date."""
        frame = self._frame(tables.PopulationRow, _POPULATION)
        frame = _typed(frame, dates=("as_of",), floats=("residents", "women_share"))
        return frame.sort_values(["area", "as_of"], kind="stable", ignore_index=True)

    def requests(self) -> pd.DataFrame:
        """Awareness sessions asked for, index ``request_id``."""
        frame = self._frame(tables.RequestRow, _REQUESTS, index="request_id")
        return _typed(frame, dates=("date",), floats=("sessions", "hours"), flags=("for_women",))

    def travel(self) -> pd.DataFrame:
        """The imported travel table; empty where none was. NaN = can't be reached."""
        return _typed(self._frame(tables.TravelRow, _TRAVEL), floats=("travel_min",))

    def offices(self) -> tuple[Office, ...]:
        return self._documents(tables.OfficeRow, Office)

    def forums(self) -> tuple[Forum, ...]:
        return self._documents(tables.ForumRow, Forum)

    def posts(self) -> tuple[Post, ...]:
        return self._documents(tables.PostRow, Post)

    def crossings(self) -> tuple[Crossing, ...]:
        return self._documents(tables.CrossingRow, Crossing)

    def _frame(
        self,
        table: type[tables.RecordMixin],
        columns: Iterable[str],
        where: Iterable[object] = (),
        index: str | None = None,
    ) -> pd.DataFrame:
        names = list(columns)
        query = self._query(table, names, where)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        frame = pd.DataFrame.from_records(
            [tuple(row) for row in rows], columns=["identity", *names]
        )
        frame = frame.drop_duplicates("identity", keep="last")
        if index is not None:
            return frame.rename(columns={"identity": index}).set_index(index)
        return frame.drop(columns="identity").reset_index(drop=True)

    def _query(
        self, table: type[tables.RecordMixin], names: Sequence[str], where: Iterable[object]
    ) -> Select[tuple[object, ...]]:
        query = select(table.identity, *(getattr(table, name) for name in names))
        query = query.where(table.dataset.in_(self.active))
        for condition in where:
            query = query.where(condition)  # type: ignore[arg-type]  # column expressions
        return query.order_by(table.dataset, table.ordinal)

    def _documents(self, table: type[tables.DocumentMixin], kind: type[Doc]) -> tuple[Doc, ...]:
        frame = self._frame(table, ("code", "document"))
        return tuple(kind.model_validate(found) for found in frame["document"])


def _typed(
    frame: pd.DataFrame,
    dates: Iterable[str] = (),
    floats: Iterable[str] = (),
    flags: Iterable[str] = (),
) -> pd.DataFrame:
    for name in dates:
        frame[name] = pd.to_datetime(frame[name])
    for name in floats:
        frame[name] = frame[name].astype("float64")
    for name in flags:
        frame[name] = frame[name].astype(bool)
    return frame
