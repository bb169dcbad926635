"""Words and ids of place: areas, offices, forums, crossings, and where a figure comes from.

The key that joins everything is an area's ``code``: its P-code where it has one, else the
unit's own code. Coordinates are WGS84 degrees (longitude, latitude); they are only for
showing and for handing over, never for measuring.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Document(BaseModel):
    """A frozen, closed value: unknown fields are refused, ``model_copy`` makes variants."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Level(StrEnum):
    """Levels of the administrative tree, and the planning cell below it."""

    GOVERNORATE = "governorate"
    DISTRICT = "district"  # qada'
    SUBDISTRICT = "subdistrict"  # nahiya
    CELL = "cell"


class Standing(StrEnum):
    """How far a figure or a line may be trusted; shown beside everything."""

    OFFICIAL = "official"
    GENERALISED = "generalised"  # drawn by us from open data, not official
    REPORTED = "reported"  # counted by the office itself, or by a partner
    ESTIMATED = "estimated"
    SYNTHETIC = "synthetic"  # made up for a demonstration


class Source(Document):
    """Where something comes from; ``as_of`` is the date it describes, not of the file."""

    name: str
    as_of: date | None = None
    standing: Standing
    licence: str = ""
    note: str = ""


class Area(Document):
    """A unit of the administrative tree, without its geometry.

    ``lon``, ``lat`` is its seat (or a point inside it): where visitors go. ``area_km2`` is
    measured in a metric CRS. ``valid_from`` lets units be promoted or split later.
    """

    code: Code
    level: Level
    name_ar: str
    name_en: str
    parent: Code | None = None
    pcode: str | None = None
    valid_from: date | None = None
    area_km2: float | None = Field(default=None, gt=0)
    lon: Lon
    lat: Lat


class OfficeKind(StrEnum):
    """What an office is to the plan; a candidate exists only if the plan opens it."""

    MAIN = "main"
    SUB = "sub"
    CANDIDATE = "candidate"


class Office(Document):
    """A place where officers are posted; it may host a referral centre."""

    code: Code
    kind: OfficeKind
    name_ar: str
    name_en: str
    lon: Lon
    lat: Lat
    area: Code | None = None
    referral_centre: bool = False
    capacity: int | None = Field(default=None, ge=0, description="most officers it can hold")
    vehicles: int = Field(default=0, ge=0)
    standing: Standing = Standing.REPORTED
    note: str = ""


class Forum(Document):
    """A community policing forum (CPF): monthly meetings of officers and residents."""

    code: Code
    name_ar: str
    name_en: str
    lon: Lon
    lat: Lat
    area: Code | None = None
    chaired_by_woman: bool = False
    for_women: bool = False
    meetings_per_month: float = Field(default=1.0, ge=0)
    standing: Standing = Standing.REPORTED
    note: str = ""


class Crossing(Document):
    """A bridge or ferry; travel crosses a river only where one is open."""

    code: Code
    name_ar: str
    name_en: str
    lon: Lon
    lat: Lat
    open: bool = True
    standing: Standing = Standing.REPORTED
