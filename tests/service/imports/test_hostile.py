"""Hostile files: each is refused with its reason, and we live. These run in the real child."""

import json
import sqlite3
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from geo.checks import FaultsError
from service.imports.limits import Limits
from service.imports.sandbox import read_raw

from .conftest import town

LIMITS = Limits(seconds=60)


def _refused(file: Path, limits: Limits = LIMITS, sheet: str | None = None) -> str:
    with pytest.raises(FaultsError) as refused:
        read_raw(file, limits, sheet)
    fault = refused.value.faults[0]
    assert fault.problem
    assert fault.advice
    return str(refused.value)


@pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.gpkg", "a.shp", "a.kml", "a.vrt"])
def test_a_vrt_reads_nothing_of_ours_under_any_name(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("key,value\nsecret,1\n")
    file = tmp_path / name
    file.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert "XML" in _refused(file)


def test_a_vrt_as_the_shapefile_of_a_zip(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.shp", "<OGRVRTDataSource/>")
        archive.writestr("a.dbf", b"")
        archive.writestr("a.prj", "")
    assert "no shapefile" in _refused(file)


def test_paths_in_a_zip_never_become_paths(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../evil.shp", b"\x00\x00\x27\x0a" + b"\0" * 96)
        archive.writestr("../../evil.prj", "x")
        archive.writestr("/etc/evil.dbf", b"")
    _refused(file)
    assert not list(tmp_path.parent.glob("evil*"))


def test_only_two_drivers_are_left(tmp_path: Path) -> None:
    import subprocess
    import sys

    from service.imports.sandbox import environment

    told = subprocess.run(
        [sys.executable, "-c", "import pyogrio; print(sorted(pyogrio.list_drivers()))"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['ESRI Shapefile', 'GPKG']"


def _nested(depth: int) -> bytes:
    wkb = struct.pack("<BIdd", 1, 1, 47.0, 30.0)
    for _ in range(depth):
        wkb = struct.pack("<BII", 1, 7, 1) + wkb
    return wkb


def _geopackage(file: Path, wkb: bytes) -> None:
    frame = gpd.GeoDataFrame.from_features(town()["features"], crs=4326)
    frame.to_file(file, layer="town", driver="GPKG")
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER IF EXISTS rtree_town_geom_update6")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        blob = b"GP\x00\x01" + struct.pack("<i", 4326) + wkb
        connection.execute("UPDATE town SET geom = ? WHERE rowid = 1", (blob,))
    connection.close()


@pytest.mark.parametrize("depth", [1, 3, 100, 20_000])
def test_collections_in_collections_break_nothing_of_ours(tmp_path: Path, depth: int) -> None:
    file = tmp_path / "a.gpkg"
    _geopackage(file, _nested(depth))
    try:
        table = read_raw(file, LIMITS)
    except FaultsError:  # GDAL itself refuses it, or breaks down in the child
        return
    if depth < 32:
        assert len(table) == 3
        assert "geometry is a 7" in table.faults[0].problem
    else:  # GDAL hands out no geometry at all
        assert table.wkb is not None
        assert table.wkb[0] is None


def test_nested_collections_in_json_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    opening, closing = '{"type":"GeometryCollection","geometries":[', "]}"
    whole = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":%s}]}'
    )
    file.write_text(whole % (opening * 800 + closing * 800))
    assert "JSON" in _refused(file)
    file.write_text(whole % (opening * 9 + closing * 9))
    table = read_raw(file, LIMITS)
    assert "GeometryCollection" in table.faults[0].problem
    assert len(table) == 0
    file.write_text('{"features":' + "[" * 100_000)
    assert "JSON" in _refused(file)


def test_nan_is_no_json(tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    file.write_text(
        '{"type":"FeatureCollection","features":[{"properties":{"a":NaN},"geometry":null}]}'
    )
    assert "NaN" in _refused(file)


def test_a_view_of_a_geopackage_is_not_run(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    gpd.GeoDataFrame.from_features(town()["features"], crs=4326).to_file(
        file, layer="town", driver="GPKG"
    )
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE VIEW evil AS SELECT * FROM town")
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('evil', 'features', 'evil', 4326)"
        )
    connection.close()
    assert "no such layer" in _refused(file, sheet="evil")
    assert len(read_raw(file, LIMITS)) == 4


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 300_000_000)
    assert "unpack" in _refused(file)


def test_a_file_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "1,2\n" * 5_000_000)
    told = _refused(file, replace(LIMITS, memory_mb=300))
    assert "300 MB of memory" in told


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "1,2\n" * 600_000)
    assert "seconds" in _refused(file, replace(LIMITS, seconds=1))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n...", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"SQLite format 3\x00" + b"\xff" * 5000, "damaged"),
        (b'{"type": "FeatureCollection"', "JSON"),
        (b'{"a": 1}', "no features"),
        (b"\n\n  \n", "no rows"),
        (b"a,b\n\x00\x01", "binary"),
    ],
)
def test_rubbish_has_its_reason(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "rubbish"
    file.write_bytes(content)
    assert words in _refused(file)


def test_caps_are_said_with_their_figures(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "1,2\n" * 50)
    assert "more than 10 rows" in _refused(file, replace(LIMITS, rows=10))
    assert "MB" in _refused(file, replace(LIMITS, file_mb=0.0001))
    file.write_text(json.dumps(town()))
    assert "vertices" in _refused(file, replace(LIMITS, vertices=10))
    assert "features" in _refused(file, replace(LIMITS, features=2))


def test_a_missing_file_is_the_usual_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_raw(tmp_path / "none.csv", LIMITS)
