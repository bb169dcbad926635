"""What a map document shows, as plain values in the reader's language, already released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

PointKind = Literal["main", "sub", "candidate", "forum", "open", "closed"]
NO_DATA_CLASS = -1
PROTECTED_CLASS = -2


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """Class of an area (an index of the sheet's colours, or one of the two above) and its lines.

    ``lines`` are (label, value) pairs of its tooltip.
    """

    step: int
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MapPoint:
    """An office, forum or crossing. ``figure`` and ``women`` are written on an office's sign."""

    kind: PointKind
    code: str
    name: str
    lon: float
    lat: float
    lines: tuple[tuple[str, str], ...] = ()
    figure: str = ""
    women: str = ""


@dataclass(frozen=True, slots=True)
class MapLink:
    """Service from an office to an area: a line whose width tells the hours."""

    start: tuple[float, float]  # longitude, latitude
    end: tuple[float, float]
    width: float
    area: str


@dataclass(frozen=True, slots=True)
class MapSheet:
    """One document. ``areas`` and ``lines`` are GeoJSON FeatureCollections in WGS84.

    Each area feature has its code as ``id`` and one property, ``name``. ``places`` are labels
    (name, longitude, latitude, rank): rank 1 is shown first.
    """

    lang: Literal["ar", "en"]
    title: str
    areas: Mapping[str, Any]
    colours: Sequence[str]
    figures: Mapping[str, AreaFigure]
    lines: Mapping[str, Any] | None = None
    places: Sequence[tuple[str, float, float, int]] = ()
    points: Sequence[MapPoint] = ()
    links: Sequence[MapLink] = ()
    credit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
