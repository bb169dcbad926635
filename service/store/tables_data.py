"""Tables of the planner's data: versions (datasets) and the rows of each kind.

An import is a version and is never changed afterwards; what is *active* decides what is read.
Every row has an ``identity`` (see ``service.imports.identity``): rows of equal identity in several
active versions are one row, the newest counts; ``content`` tells whether the newer one differs.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from service.store.base import Base
from service.store.types import Moment


class DatasetRow(Base):
    """One version of one kind of data, as imported from one file."""

    __tablename__ = "dataset"
    __table_args__ = (Index(None, "kind", "active"), {"sqlite_autoincrement": True})

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80), default="")
    file_name: Mapped[str] = mapped_column(String(255), default="")
    file_sha256: Mapped[str] = mapped_column(String(64), default="")
    digest: Mapped[str] = mapped_column(String(64))  # of the rows' identities, order-free
    rows_read: Mapped[int] = mapped_column(Integer, default=0)
    rows_kept: Mapped[int] = mapped_column(Integer, default=0)
    rows_already: Mapped[int] = mapped_column(Integer, default=0)
    rows_rejected: Mapped[int] = mapped_column(Integer, default=0)
    rows_flagged: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str] = mapped_column(String(255), default="")
    licence: Mapped[str] = mapped_column(String(255), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    standing: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date | None] = mapped_column(Date)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    revision: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # purges of it


class StateRow(Base):
    """Which versions were active after each change: any past state can be read again."""

    __tablename__ = "state"
    __table_args__ = (Index(None, "version"), {"sqlite_autoincrement": True})

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(80), default="")
    action: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(16))
    datasets: Mapped[list[int]] = mapped_column(JSON)


class RecordMixin:
    """A row of a version; ``ordinal`` is its place in the file."""

    @declared_attr
    @classmethod
    def dataset(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("dataset.sequence", ondelete="CASCADE"), primary_key=True)

    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    identity: Mapped[str] = mapped_column(String(32), index=True)
    content: Mapped[str] = mapped_column(String(16), default="")  # equal content, equal value


class AreaRow(RecordMixin, Base):
    """A unit of the administrative tree; geometry as WKB, WGS84."""

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(String(64), index=True)
    level: Mapped[str] = mapped_column(String(20))
    name_ar: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    parent: Mapped[str | None] = mapped_column(String(64))
    pcode: Mapped[str | None] = mapped_column(String(64))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    area_km2: Mapped[float] = mapped_column(Float)
    seat_lon: Mapped[float] = mapped_column(Float)
    seat_lat: Mapped[float] = mapped_column(Float)
    standing: Mapped[str] = mapped_column(String(20))
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class IncidentRow(RecordMixin, Base):
    """A dated event with a category and a place; no person in it."""

    __tablename__ = "incident"

    date: Mapped[date] = mapped_column(Date)
    category: Mapped[str] = mapped_column(String(40))
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    area_given: Mapped[str | None] = mapped_column(String(64))
    repeat: Mapped[bool] = mapped_column(Boolean, default=False)
    source: Mapped[str] = mapped_column(String(255), default="")


class ArrivalRow(RecordMixin, Base):
    """A dated coming of families."""

    __tablename__ = "arrival"

    date: Mapped[date] = mapped_column(Date)
    area: Mapped[str] = mapped_column(String(64))
    families: Mapped[float] = mapped_column(Float)
    household_size: Mapped[float] = mapped_column(Float)
    origin: Mapped[str] = mapped_column(String(120), default="")
    clan: Mapped[bool] = mapped_column(Boolean, default=False)
    registered: Mapped[bool] = mapped_column(Boolean, default=True)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    standing: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(255), default="")


class PopulationRow(RecordMixin, Base):
    """Residents of an area on a date."""

    __tablename__ = "population"

    area: Mapped[str] = mapped_column(String(64))
    as_of: Mapped[date] = mapped_column(Date)
    residents: Mapped[float] = mapped_column(Float)
    women_share: Mapped[float | None] = mapped_column(Float)
    standing: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(255), default="")


class RequestRow(RecordMixin, Base):
    """An awareness session that somebody asked for."""

    __tablename__ = "request"

    date: Mapped[date] = mapped_column(Date)
    area: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(20))
    sessions: Mapped[float] = mapped_column(Float)
    hours: Mapped[float] = mapped_column(Float)
    for_women: Mapped[bool] = mapped_column(Boolean, default=False)
    audience: Mapped[str] = mapped_column(String(40), default="other")
    standing: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(255), default="")


class TravelRow(RecordMixin, Base):
    """Minutes one way from an office to an area; NULL = can't be reached."""

    __tablename__ = "travel"

    area: Mapped[str] = mapped_column(String(64))
    office: Mapped[str] = mapped_column(String(64))
    travel_min: Mapped[float | None] = mapped_column(Float)


class DocumentMixin(RecordMixin):
    """A row that is one of the documents of ``geo.places`` or ``optimizer.staff``."""

    code: Mapped[str] = mapped_column(String(64), index=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class OfficeRow(DocumentMixin, Base):
    __tablename__ = "office"


class ForumRow(DocumentMixin, Base):
    __tablename__ = "forum"


class PostRow(DocumentMixin, Base):
    __tablename__ = "post"


class CrossingRow(DocumentMixin, Base):
    __tablename__ = "crossing"
