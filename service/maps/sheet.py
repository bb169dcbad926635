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

    ``lines`` are (label, value) pairs of its tooltip, ``spark`` its figures over time (oldest
    first), ``mark`` a sign beside its name for classes that have one.
    """

    step: int
    lines: tuple[tuple[str, str], ...] = ()
    spark: tuple[float | None, ...] = ()
    mark: str = ""


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
class MapSide:
    """The second set of figures of a map that is swiped: its title, colours and classes."""

    title: str
    colours: Sequence[str]
    figures: Mapping[str, AreaFigure]


@dataclass(frozen=True, slots=True)
class MapTiles:
    """A base map below the areas: its address with ``{z}``, ``{x}``, ``{y}``, and who made it.

    ``zoom`` is the closest that it has.
    """

    url: str
    credit: str
    zoom: int = 16


@dataclass(frozen=True, slots=True)
class MapSheet:
    """One document. ``areas`` and ``lines`` are GeoJSON FeatureCollections in WGS84.

    Each area feature has its code as ``id`` and one property, ``name``. ``places`` are labels
    (name, longitude, latitude, rank, code of the area): rank 1 is shown first; ``towns`` are
    likewise, without a code. With ``other`` the map has two sides and a handle between them;
    ``side`` is then the title of the first.
    """

    lang: Literal["ar", "en"]
    title: str
    areas: Mapping[str, Any]
    colours: Sequence[str]
    figures: Mapping[str, AreaFigure]
    lines: Mapping[str, Any] | None = None
    places: Sequence[tuple[str, float, float, int, str]] = ()
    towns: Sequence[tuple[str, float, float, int]] = ()
    points: Sequence[MapPoint] = ()
    links: Sequence[MapLink] = ()
    credit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    view: tuple[float, float, float] | None = None  # latitude, longitude, zoom
    side: str = ""
    other: MapSide | None = None
    tiles: MapTiles | None = None
