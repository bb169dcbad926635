"""Turning a raw table into records: columns are read whole, faults stay with their rows."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import shapely

from geo.checks import Fault
from geo.notes import Note, said
from geo.places import Office, Standing
from service.imports.areas import AreaFinder, Found
from service.imports.dates import parse_days
from service.imports.fields import AREA_FIELDS
from service.imports.headers import Field, recognise
from service.imports.options import Options
from service.imports.personal import safe_texts
from service.imports.table import RawTable, refuse
from service.imports.values import is_empty, parse_flags, parse_numbers

EARLIEST = date(1980, 1, 1)
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows are understood against: units and offices as they are now, and today."""

    units: gpd.GeoDataFrame
    offices: tuple[Office, ...] = ()
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class Made:
    """Records of the good rows, in the file's order, with the positions they come from."""

    records: list[dict[str, Any]]
    positions: list[int]
    standing: Standing | None = None  # of the whole file, where the rows say it
    present: bool = False  # arrivals: the rows count who is there on a day, not who came
    repeats: frozenset[int] = frozenset()  # numbers of the records that equal an earlier row


class Work:
    """One import at work: cells by field, faults by row position, notes."""

    def __init__(
        self, raw: RawTable, fields: Sequence[Field], context: Context, options: Options
    ) -> None:
        self.raw = raw
        self.context = context
        self.options = options
        self.found = recognise(list(raw.cells), fields, given=options.columns, tags=raw.tags)
        self.faults: dict[int, list[Fault]] = {}
        self.unknown: Mapping[str, int] = {}  # words of categories that nobody knows
        self.notes: list[Note] = list(raw.notes)

    def __len__(self) -> int:
        return len(self.raw)

    def has(self, name: str) -> bool:
        return name in self.found.by_field

    def cells(self, name: str) -> list[str | None]:
        """The cells of a field; all None where the file has no such column."""
        header = self.found.by_field.get(name)
        return self.raw.cells[header] if header is not None else [None] * len(self)

    def bad(self, position: int, key: str, remedy: str, column: str, **params: Any) -> None:
        """Reject a row; a row can have several faults."""
        header = self.found.by_field.get(column, column)
        fault = Fault(key, remedy, {"column": header, **params}, header, self.raw.rows[position])
        self.faults.setdefault(position, []).append(fault)

    def good(self) -> list[int]:
        """Positions of the rows without faults."""
        return [n for n in range(len(self)) if n not in self.faults]

    def days(self, name: str, *, required: bool = True, past: bool = True) -> list[date | None]:
        """Days of a field; ``past`` refuses days after today."""
        if not self.has(name) and self.options.day is not None:
            return [self.options.day] * len(self)
        cells = self.cells(name)
        parsed = parse_days(cells, self.options.dates)
        self.notes += parsed.notes
        for position, key in parsed.bad.items():
            remedy = said("Write {column} as year-month-day, such as 2024-11-20.")
            self.bad(position, key, remedy, name, value=str(cells[position])[:40])
        for position, day in enumerate(parsed.days):
            if day is None:
                if required and position not in parsed.bad:
                    self._empty(position, name)
            elif past and day > self.context.today:
                self.bad(
                    position,
                    said("{value} is after today."),
                    said("Check day, month and year of {column}."),
                    name,
                    value=day.isoformat(),
                )
            elif day < EARLIEST:
                self.bad(
                    position,
                    said("{value} is too long ago."),
                    said("Check the year of {column}."),
                    name,
                    value=day.isoformat(),
                )
        return parsed.days

    def numbers(
        self,
        name: str,
        *,
        required: bool = False,
        low: float | None = None,
        high: float | None = None,
        coordinate: bool = False,
        default: float = math.nan,
    ) -> list[float]:
        """Figures of a field, ``default`` where empty."""
        cells = self.cells(name)
        parsed = parse_numbers(cells, coordinate=coordinate)
        for position in parsed.bad:
            self.bad(
                position,
                said("{value} is not a number."),
                said("Write {column} in digits only."),
                name,
                value=str(cells[position])[:40],
            )
        bad = set(parsed.bad)
        for position, value in enumerate(parsed.figures):
            if math.isnan(value):
                if required and position not in bad:
                    self._empty(position, name)
            elif low is not None and value < low:
                self.bad(
                    position,
                    said("{value} is less than {low}."),
                    said("Check {column} and its unit."),
                    name,
                    value=cells[position],
                    low=low,
                )
            elif high is not None and value > high:
                self.bad(
                    position,
                    said("{value} is more than {high}."),
                    said("Check {column} and its unit."),
                    name,
                    value=cells[position],
                    high=high,
                )
        return [default if math.isnan(v) else v for v in parsed.figures]

    def flags(self, name: str, *, default: bool) -> list[bool]:
        """Yes and no of a field."""
        cells = self.cells(name)
        values, bad = parse_flags(cells)
        for position in bad:
            self.bad(
                position,
                said("{value} is neither yes nor no."),
                said("Write {column} as yes or no."),
                name,
                value=str(cells[position])[:40],
            )
        return [default if value is None else value for value in values]

    def texts(self, name: str, *, longest: int = 80) -> list[str]:
        """Short texts from a short list; what looks like a person's data is emptied and told."""
        texts, emptied = safe_texts(self.cells(name), longest)
        if emptied:
            self.notes.append(
                Note(
                    said("{n} texts of {column} look like free text and were not kept."),
                    n=emptied,
                    column=self.found.by_field.get(name, name),
                )
            )
        return texts

    def areas(self, *, required: bool) -> list[Found]:
        """The area of each row; a doubtful or unknown one is a fault, unless there is a place.

        Rows that name a governorate which is not loaded have no area.
        """
        finder = AreaFinder(self.context.units, self.options.aliases, self.context.today)
        names = [f.name for f in AREA_FIELDS if self.has(f.name)]
        columns = {name: self.cells(name) for name in names}
        found = []
        for position in range(len(self)):
            one = finder.find({name: columns[name][position] for name in names})
            if one.fault is not None:
                self.bad(
                    position, one.fault.key, one.fault.remedy, one.fault.column, **one.fault.params
                )
            elif required and one.code is None:
                self.bad(
                    position,
                    said("The row names no area that is loaded."),
                    said("Give its code or name, or import the boundaries of its governorate."),
                    "area",
                )
            found.append(one)
        coarser = sum(1 for one in found if one.coarser)
        if coarser:
            self.notes.append(
                Note(said("{n} rows name a unit that is not known; the one above it was taken."),
                     n=coarser)
            )  # fmt: skip
        return found

    def points(self) -> tuple[list[float], list[float]]:
        """Longitude and latitude (NaN where there is none), from columns or geometry."""
        if self.raw.wkb is not None and not (self.has("lon") and self.has("lat")):
            return self._points_of_geometry()
        lon = self.numbers("lon", coordinate=True)
        lat = self.numbers("lat", coordinate=True)
        if not (self.has("lon") and self.has("lat")) and self.has("point"):
            lon, lat = self._points_of_text()
        null_island = 0
        for position, (x, y) in enumerate(zip(lon, lat, strict=True)):
            if x == 0 and y == 0:
                lon[position] = lat[position] = math.nan
                null_island += 1
            elif math.isnan(x) != math.isnan(y) and position not in self.faults:
                self.bad(
                    position,
                    said("Only one of longitude and latitude is given."),
                    said("Give both, or neither and an area."),
                    "lon",
                )
            elif abs(x) > 180 or abs(y) > 90:  # noqa: PLR2004 - degrees
                self.bad(
                    position,
                    said("{value} is no place on earth."),
                    said("Give longitude and latitude in WGS84 degrees."),
                    "lon",
                    value=f"{x}, {y}",
                )
        if null_island:
            self.notes.append(
                Note(said("{n} coordinates are 0, 0 and count as none."), n=null_island)
            )
        self._refuse_swapped(lon, lat)
        return lon, lat

    def whole_rows(self) -> list[Hashable]:
        """All cells of each row, dropped ones too, to see which rows are equal. Never kept."""
        columns = list(self.raw.cells.values())
        if self.raw.wkb is not None:
            columns.append([None if w is None else w.hex() for w in self.raw.wkb])
        return list(zip(*columns, strict=True)) if columns else [()] * len(self)

    def _points_of_geometry(self) -> tuple[list[float], list[float]]:
        assert self.raw.wkb is not None
        lon, lat = [], []
        for wkb in self.raw.wkb:
            shape = None if wkb is None else shapely.from_wkb(wkb)
            point = None if shape is None or shape.is_empty else shape.representative_point()
            lon.append(math.nan if point is None else point.x)
            lat.append(math.nan if point is None else point.y)
        return lon, lat

    def _points_of_text(self) -> tuple[list[float], list[float]]:
        """Kobo's and ODK's ``latitude longitude altitude accuracy``."""
        cells = self.cells("point")
        lon, lat = [math.nan] * len(self), [math.nan] * len(self)
        for position, cell in enumerate(cells):
            if cell is None or is_empty(cell):
                continue
            parts = cell.replace(",", " ").replace("[", " ").replace("]", " ").split()
            parsed = parse_numbers(parts[:2], coordinate=True)
            if len(parts) < 2 or parsed.bad:  # noqa: PLR2004 - a pair
                self.bad(
                    position,
                    said("{value} is no place on earth."),
                    said("Give longitude and latitude in WGS84 degrees."),
                    "point",
                    value=cell[:40],
                )
                continue
            lat[position], lon[position] = parsed.figures
        return lon, lat

    def _refuse_swapped(self, lon: Sequence[float], lat: Sequence[float]) -> None:
        """Columns that fit the loaded units only when swapped are a mistake, not data."""
        if self.context.units.empty:
            return
        west, south, east, north = self.context.units.total_bounds
        pairs = [(x, y) for x, y in zip(lon, lat, strict=True) if not math.isnan(x + y)]
        right = sum(1 for x, y in pairs if west <= x <= east and south <= y <= north)
        swapped = sum(1 for x, y in pairs if west <= y <= east and south <= x <= north)
        if swapped > _HALF * len(pairs) and swapped > right:
            raise refuse(
                said("Longitude and latitude look swapped in {n} rows."),
                said("Say which is which: --column lon=HEADER --column lat=HEADER."),
                n=swapped,
            )

    def _empty(self, position: int, name: str) -> None:
        self.bad(
            position,
            said("{column} is empty."),
            said("Fill it in, or leave the row out."),
            name,
        )


def told(notes: list[Note], key: str, words: Mapping[str, int]) -> None:
    """A note that names the most frequent words and counts all."""
    if words:
        ranked = Counter(words).most_common(8)
        notes.append(
            Note(key, n=sum(words.values()), words=", ".join(f"{w} ({n})" for w, n in ranked))
        )


def pick(
    work: Work,
    name: str,
    read: Callable[[str], Any],
    *,
    choices: str,
    default: Any = None,
    required: bool = False,
) -> list[Any]:
    """Values of a fixed list; a word that is none of them is a fault."""
    found = []
    for position, cell in enumerate(work.cells(name)):
        value = default if cell is None or is_empty(cell) else read(cell)
        if value is None and cell is not None and not is_empty(cell):
            work.bad(
                position,
                said("{value} is not a known {column}."),
                said("Use one of: {choices}."),
                name,
                value=cell[:40],
                choices=choices,
            )
        elif value is None and required:
            work.bad(
                position,
                said("{column} is empty."),
                said("Fill it in, or leave the row out."),
                name,
            )
        found.append(value)
    return found
