"""Reading: the canonical frames and documents of one set of versions."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, TypeVar

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, Connection, select

from geo.arrivals import ARRIVALS
from geo.boundaries import UNITS
from geo.frames import DAY, Frame, Kind
from geo.incidents import INCIDENTS
from geo.places import Crossing, Document, Forum, Level, Office
from geo.population import POPULATION
from geo.requests import REQUESTS
from geo.travel import TRAVEL
from optimizer.staff import Post
from service.store import tables_data as tables

CRS = "EPSG:4326"
Doc = TypeVar("Doc", bound=Document)
Reading = Callable[[], AbstractContextManager[Connection]]


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
        frame = self._rows(tables.AreaRow, ["code", *_names(UNITS), "geometry"])
        frame = frame.drop(columns="identity").reset_index(drop=True)
        frame = _typed(frame, UNITS)
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
        units["code"] = units["code"].astype("str")
        return units.set_index("code")

    def incidents(
        self, start: date | None = None, end: date | None = None, *, repeats: bool = True
    ) -> pd.DataFrame:
        """Incidents from ``start`` (included) to ``end`` (excluded), index ``incident_id``.

        ``repeats=False`` leaves out equal rows of one file.
        """
        where: list[ColumnElement[bool]] = []
        if start is not None:
            where.append(tables.IncidentRow.date >= start)
        if end is not None:
            where.append(tables.IncidentRow.date < end)
        if not repeats:
            where.append(tables.IncidentRow.repeat.is_(False))
        return self._frame(tables.IncidentRow, INCIDENTS, where)

    def arrivals(self) -> pd.DataFrame:
        """Dated comings of families, index ``arrival_id``."""
        return self._frame(tables.ArrivalRow, ARRIVALS)

    def present_arrivals(self) -> frozenset[str]:
        """Ids of the arrivals whose file counts who is there on a day, not who came."""
        files = self._counts_of_present()
        if not files:
            return frozenset()
        rows = self._rows(tables.ArrivalRow, ["dataset"])
        return frozenset(rows["identity"][rows["dataset"].isin(files)])

    def _counts_of_present(self) -> list[int]:
        """Versions whose import found that they count those present (``service.imports``)."""
        row = tables.DatasetRow
        query = select(row.sequence, row.summary).where(row.sequence.in_(self.active))
        with self._reading() as connection:
            found = [(sequence, summary) for sequence, summary in connection.execute(query)]
        return [sequence for sequence, summary in found if (summary or {}).get("present")]

    def population(self) -> pd.DataFrame:
        """Residents by area and date, RangeIndex, ordered by area and date."""
        frame = self._frame(tables.PopulationRow, POPULATION)
        return frame.sort_values(["area", "as_of"], kind="stable", ignore_index=True)

    def requests(self) -> pd.DataFrame:
        """Awareness sessions asked for, index ``request_id``."""
        return self._frame(tables.RequestRow, REQUESTS)

    def travel(self) -> pd.DataFrame:
        """The imported travel table, empty where none was; a pair that is absent has no way."""
        frame = self._frame(tables.TravelRow, TRAVEL)
        return frame[frame["travel_min"].notna()].reset_index(drop=True)

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
        canonical: Frame,
        where: Iterable[ColumnElement[bool]] = (),
    ) -> pd.DataFrame:
        frame = _typed(self._rows(table, _names(canonical), where), canonical)
        if canonical.index is None:
            return frame.drop(columns="identity").reset_index(drop=True)
        return frame.rename(columns={"identity": canonical.index}).set_index(canonical.index)

    def _rows(
        self,
        table: type[tables.RecordMixin],
        names: Sequence[str],
        where: Iterable[ColumnElement[bool]] = (),
    ) -> pd.DataFrame:
        query = select(table.identity, *(getattr(table, name) for name in names))
        query = query.where(table.dataset.in_(self.active), *where)
        query = query.order_by(table.dataset, table.ordinal)
        with self._reading() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        frame = pd.DataFrame.from_records(rows, columns=["identity", *names])
        frame["identity"] = frame["identity"].astype("str")
        return frame.drop_duplicates("identity", keep="last")

    def _documents(self, table: type[tables.DocumentMixin], kind: type[Doc]) -> tuple[Doc, ...]:
        frame = self._rows(table, ("code", "document"))
        return tuple(kind.model_validate(found) for found in frame["document"])


def _names(canonical: Frame) -> list[str]:
    return [column.name for column in canonical.columns]


def _typed(frame: pd.DataFrame, canonical: Frame) -> pd.DataFrame:
    """The fixed types of a canonical table; rows were checked when they came in."""
    for column in canonical.columns:
        frame[column.name] = frame[column.name].astype(_TYPES[column.kind])
    return frame


_TYPES: dict[Kind, Any] = {
    Kind.TEXT: "str",
    Kind.CODE: "str",
    Kind.DAY: DAY,
    Kind.NUMBER: "float64",
    Kind.FLAG: "bool",
}
