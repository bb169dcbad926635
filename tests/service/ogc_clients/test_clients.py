"""Clients that nobody here wrote: GDAL (pyogrio, ogr2ogr), QGIS and OWSLib load everything."""

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.ogc_clients.conftest import TOKEN

HERE = Path(__file__).parent
BOX = "47.21,30.61,47.29,30.69"
"""Inside of one square of the wide town."""
QUIET = {"no_proxy": "*", "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"}


def debian():
    spec = importlib.util.spec_from_file_location("debian", HERE.parents[2] / "tools/debian.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def run(command, **env):
    own = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PROJ_DATA", "PROJ_LIB"}}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=own | QUIET | env,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def ask(town, python, script, **env):
    before = len(town.asked)
    told = run([python, str(HERE / script), town.address, "planner", TOKEN, BOX], **env)
    return json.loads(told) | {"asked_for": town.asked[before:]}


@pytest.fixture(scope="session")
def gdal(town):
    return ask(town, sys.executable, "gdal_client.py")


@pytest.fixture(scope="session")
def owslib(town):
    return ask(town, sys.executable, "owslib_client.py")


@pytest.fixture(scope="session")
def qgis(town, tmp_path_factory):
    if debian().find_qgis() is None:
        pytest.skip("no QGIS of Debian here (python3-qgis); python tools/debian.py --install")
    home = tmp_path_factory.mktemp("qgis")
    home.chmod(0o700)
    folders = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    return ask(town, debian().find_qgis(), "qgis_client.py", **folders)


@pytest.fixture(scope="session")
def ogr(town, tmp_path_factory):
    program = shutil.which("ogr2ogr")
    if program is None:
        pytest.skip("no ogr2ogr here (gdal-bin); python tools/debian.py --install")
    login = {"GDAL_HTTP_USERPWD": f"planner:{TOKEN}", "GDAL_HTTP_AUTH": "BASIC"}
    folder = tmp_path_factory.mktemp("ogr")
    source = f"OAPIF:{town.address}/ogc"

    def convert(name, *options):
        file = folder / f"{name}.gpkg"
        run([program, "-f", "GPKG", str(file), source, "-oo", "PAGE_SIZE=50", *options], **login)
        return file

    before = len(town.asked)
    every = convert("all")
    found = {"asked_for": town.asked[before:]}
    found["layers"] = found_layers = rows(every, "SELECT table_name FROM gpkg_contents")
    counts = {name: rows(every, f'SELECT count(*) FROM "{name}"')[0] for name in found_layers}
    found["codes"] = {
        # Without a feature this GDAL knows no column.
        name: sorted(rows(every, f'SELECT code FROM "{name}"')) if count else []
        for name, count in counts.items()
    }
    kind = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = '{}'"
    found["geometries"] = {
        rows(every, kind.format(name))[0] for name, count in counts.items() if count
    }
    chosen = convert("some", "offices", "-where", "vehicles = 2")
    found["filtered"] = rows(chosen, "SELECT code FROM offices")
    boxed = convert("box", "districts", "-spat", *BOX.split(","))
    found["boxed"] = rows(boxed, "SELECT code FROM districts")
    return found


def rows(file, query):
    store = sqlite3.connect(file)
    try:
        return [row[0] for row in store.execute(query)]
    finally:
        store.close()


@pytest.fixture(params=["gdal", "owslib", "qgis"])
def client(request):
    return request.getfixturevalue(request.param)


def test_lists_every_collection(client, town):
    assert client["layers"] == list(town.truth())


def test_loads_every_collection_with_all_features_whole(client, town):
    truth = town.truth()
    assert len(truth["subdistricts"]["codes"]) == 120
    for name, expected in truth.items():
        assert client["loaded"][name]["codes"] == expected["codes"], name
        assert client["loaded"][name]["area"] == pytest.approx(expected["area"], rel=1e-6), name


def test_pages(client, town):
    assert client["paged"] == town.truth()["subdistricts"]["codes"]
    pages = [one for one in client["asked_for"] if "/subdistricts/items?" in one]
    assert len([one for one in pages if "limit=50" in one]) >= 3, pages


def test_filters(client):
    assert client["filtered"] == ["ashar"]


def test_boxes(client):
    assert client["boxed"] == ["W02"]
    assert any("bbox=" in one for one in client["asked_for"] if "/districts/items" in one)


def test_gdal_types_its_columns(gdal):
    kinds = gdal["types"]["need-districts"]
    assert kinds["value"] == "float64"
    assert kinds["period_start"].startswith("datetime64")
    assert gdal["types"]["offices"]["vehicles"].startswith("int")
    assert gdal["types"]["offices"]["referral_centre"] == "bool"


def test_gdal_lets_the_service_filter(gdal):
    """QGIS 3.22 filters what it has loaded; GDAL asks for what it wants."""
    asked = [one for one in gdal["asked_for"] if "/offices/items?" in one]
    assert any("vehicles" in one for one in asked), asked


def test_qgis_types_its_columns_and_names_layers_apart(qgis):
    kinds = qgis["types"]["need-districts"]
    assert (kinds["value"], kinds["period_start"], kinds["crs"]) == ("Real", "Date", "EPSG:4326")
    assert len(set(qgis["titles"])) == len(qgis["titles"])
    assert qgis["asked"] == ["ashar"]


def test_owslib_reads_queryables_and_the_description(owslib):
    assert "vehicles" in owslib["queryables"]
    assert owslib["openapi"] == "3.0.3"


def test_ogr2ogr_loads_every_collection_into_one_package(ogr, town):
    truth = town.truth()
    assert sorted(ogr["layers"]) == sorted(truth)
    for name, expected in truth.items():
        assert ogr["codes"][name] == expected["codes"], name
    assert ogr["geometries"] == {"POINT", "MULTIPOLYGON"}
    assert any("offset=100" in one for one in ogr["asked_for"])


def test_ogr2ogr_filters_and_boxes(ogr):
    assert ogr["filtered"] == ["ashar"]
    assert ogr["boxed"] == ["W02"]
