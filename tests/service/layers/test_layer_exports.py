"""Every layer that a book has leaves as a file, by the command and from a page, with its meaning."""

import io
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from geo.layers import AREA_LAYERS, Clearance, LayerCode
from geo.places import Level
from geo.rates import Window
from service.cli import main
from service.exports.content import Format
from service.exports.layer_files import layer_content
from service.exports.layer_table import one_layer_table
from service.locale.words import Words


def made(book, code, level, category=None, form=Format.PARQUET):
    table = one_layer_table(book.layer(code, level, category), book.units(level))
    return layer_content(table, form, words=Words("en"))


@pytest.mark.parametrize("form", sorted(set(Format) - {Format.PDF}))
def test_every_layer_is_written_in_every_form(released, form):
    for level in (Level.SUBDISTRICT, Level.CELL):
        for code in released.layer_codes(level):
            content = made(released, code, level, form=form)
            assert content.rows == len(released.units(level))
            assert len(content.body) > 1_000


def test_geoparquet_says_what_it_is(released):
    content = made(released, LayerCode.HOTSPOTS, Level.SUBDISTRICT)
    assert content.filename == "hotspots-subdistrict.parquet"
    told = pq.read_schema(io.BytesIO(content.body)).metadata
    plain = {key.decode(): value.decode() for key, value in told.items()}
    assert {"source", "as_of", "unit", "standing", "method", "data_version"} <= set(plain)
    assert (plain["standing"], plain["unit"]) == ("synthetic", "Gi* as a z-score")
    assert plain["data_version"] == released.version
    assert "Getis-Ord" in plain["method"]
    assert json.loads(plain["sources"])[0]["name"]
    assert json.loads(plain["mizan"])["serial"] == content.serial
    geo = json.loads(plain["geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert set(column["geometry_types"]) <= {"Polygon", "MultiPolygon"}
    frame = gpd.read_parquet(io.BytesIO(content.body)).set_index("code")
    assert frame.crs.to_epsg() == 4326
    assert set(frame["kind"]) <= {"hot", "cold", "none"}
    assert frame.geometry.is_valid.all()


def test_need_goes_down_to_the_raw_figures(released):
    """Drill-down and rank uncertainty leave with the index (model, section 1)."""
    document = json.loads(made(released, LayerCode.NEED, Level.DISTRICT, form=Format.GEOJSON).body)
    row = document["features"][0]["properties"]
    assert {"rank", "rank_low", "rank_high", "known", "missing"} <= set(row)
    assert {f"score_{one}" for one in ("incidents", "severe", "influx", "growth")} <= set(row)
    rate = released.layer(LayerCode.INCIDENT_RATE, Level.DISTRICT).values["value"]
    assert row["figure_incidents"] == pytest.approx(rate[row["code"]])
    assert row["rank_low"] <= row["rank"] <= row["rank_high"]


def test_need_without_the_incident_layers(released):
    """Police activity must not feed itself: the index is also told without it, in every file."""
    rules = released.choices.need.without(LayerCode.INCIDENT_RATE, LayerCode.INCIDENT_DENSITY)
    bare = released.need("IQG02", Level.DISTRICT, released.periods()[0], rules)
    assert set(bare.scores.columns) == {"influx", "growth"}
    layer = released.layer(LayerCode.NEED, Level.DISTRICT)
    told = layer.values["value_without_incidents"]
    np.testing.assert_allclose(told, bare.table["value"].loc[told.index])
    assert not np.allclose(told, layer.values["value"])
    content = made(released, LayerCode.NEED, Level.DISTRICT, form=Format.CSV)
    header = content.body.decode("utf-8-sig").splitlines()[0]
    assert "value_without_incidents,rank_without_incidents" in header
    assert "fall_severe" in header


@pytest.fixture
def mizan(demo, monkeypatch, capsys):
    monkeypatch.setenv("MIZAN_HOME", str(Path(demo.url.database).parent))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (LayerCode.INCIDENT_SURFACE, ["--level", "cell", "--category", "severe"]),
        (LayerCode.HOTSPOTS, ["--level", "cell"]),
        (LayerCode.TREND, ["--category", "drug_abuse"]),
        (LayerCode.INCIDENT_RATE, ["--level", "district", "--period", "2024-Q3"]),
        (LayerCode.INCIDENT_RATE, ["--level", "district", "--period", "2024-12"]),
        (
            LayerCode.NEAR_REPEAT,
            ["--exact", "--level", "governorate", "--category", "family_dispute"],
        ),
    ],
)
def test_the_command_writes_it(mizan, demo, tmp_path, code, words):
    file = tmp_path / "one.parquet"
    status, out, err = mizan("layers", "-o", file, "--layer", code.value, *words)
    assert status == 0, out + err
    frame = gpd.read_parquet(file)
    assert frame["value"].notna().any()
    exact = "exact" if "--exact" in words else "released"
    assert pq.read_schema(file).metadata[b"mizan"].decode().count(f'"clearance":"{exact}"') == 1
    assert demo.audit.list(limit=1)[0].details["clearance"] == exact


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--layer", "incident_rate", "--period", "2024-03"], "take districts, or years"),
        (["--layer", "incident_density", "--level", "cell", "--category", "severe"], "no category"),
        (["--layer", "near_repeat", "--level", "governorate"], "exact clearance"),
        (["--layer", "need", "--level", "cell"], "not made at this level"),
        (["--period", "2024-13"], "no year, span of years, quarter or month"),
        (["--period", "2024-Q5"], "no year, span of years, quarter or month"),
    ],
)
def test_the_command_says_why_not(mizan, tmp_path, words, why):
    status, _, err = mizan("layers", "-o", tmp_path / "x.csv", *words)
    assert status == 1
    assert why in " ".join(err.split())
    assert not (tmp_path / "x.csv").exists()


def test_without_a_layer_all_are_side_by_side(mizan, tmp_path):
    assert mizan("layers", "-o", tmp_path / "x.parquet", "--level", "cell")[0] == 0
    assert set(gpd.read_parquet(tmp_path / "x.parquet").columns) >= {
        "residents",
        "incident_density",
        "incident_surface",
        "hotspots",
    }
    assert mizan("layers", "-o", tmp_path / "y.parquet")[0] == 0
    assert set(gpd.read_parquet(tmp_path / "y.parquet").columns) >= {c.value for c in AREA_LAYERS}


def test_an_exact_book_is_not_released_by_exporting_it(exact):
    layer = exact.layer(LayerCode.INCIDENT_RATE, Level.DISTRICT, "drug_abuse")
    assert layer.clearance is Clearance.EXACT
    assert Window.MONTH in exact.windows(Level.SUBDISTRICT)


def test_the_reporting_factor_reaches_rates_and_is_said(mizan, tmp_path):
    def run(name, *words):
        file = tmp_path / name
        words = ("--layer", name.split(".")[0], "--category", "domestic_violence", *words)
        words = words[:2] + words[4:] if name.startswith("need") else words
        assert mizan("layers", "-o", file, "--level", "district", *words)[0] == 0
        document = json.loads(file.read_text())
        rows = [row["properties"]["value"] for row in document["features"]]
        return np.array(rows), " ".join(document["metadata"].get("caveats", []))

    factor = ("--reporting", "domestic_violence=4")
    (plain, quiet), (more, told) = (run("incident_rate.geojson", *w) for w in ((), factor))
    np.testing.assert_allclose(more, 4 * plain)
    assert "Domestic violence 4" in told
    assert "Assumed" not in quiet
    (before, _), (after, told) = (run("need.geojson", *w) for w in ((), factor))
    assert (after >= before).all()
    assert after.sum() > before.sum()
    assert "Domestic violence 4" in told
    for wrong in ("nothing=2", "drug_abuse=0.5", "drug_abuse"):
        status, _, err = mizan("layers", "-o", tmp_path / "x.csv", "--reporting", wrong)
        assert status == 1
        assert "the categories are" in " ".join(err.split())


def test_the_reporting_factor_is_a_setting(mizan, monkeypatch, tmp_path):
    monkeypatch.setenv("MIZAN_REPORTING", '{"drug_abuse": 2}')
    file = tmp_path / "x.geojson"
    words = ("--layer", "incident_rate", "--category", "drug_abuse")
    assert mizan("layers", "-o", file, *words)[0] == 0
    assert "Drug abuse 2" in file.read_text()


@pytest.mark.parametrize(
    ("window", "first", "count"), [("month", "2023-01", 24), ("quarter", "2023-Q1", 8)]
)
def test_rates_by_category_through_time(mizan, tmp_path, released, window, first, count):
    file = tmp_path / "x.geojson"
    words = ("--layer", "incident_rate", "--category", "drug_abuse", "--level", "district")
    assert mizan("layers", "-o", file, *words, "--through", window)[0] == 0
    rows = [one["properties"] for one in json.loads(file.read_text())["features"]]
    names = [name for name in rows[0] if name[:4].isdigit() and "_" not in name]
    assert (names[0], len(names)) == (first, count)
    series = released.series(rows[0]["code"], "drug_abuse", Window(window))
    told = [rows[0][name] for name in names]
    np.testing.assert_allclose(told, series["value"], rtol=1e-5)
    assert all(rows[0][f"{n}_low"] <= rows[0][n] <= rows[0][f"{n}_high"] for n in names)


def test_windows_that_are_not_released_are_refused_through_time(mizan, tmp_path):
    words = ("--layer", "incident_rate", "--category", "child_abuse", "--level", "district")
    status, _, err = mizan("layers", "-o", tmp_path / "x.csv", *words, "--through", "month")
    assert status == 1
    assert "can't be had" in err
    assert mizan("layers", "-o", tmp_path / "x.csv", "--through", "month")[0] == 2
    exact = ("layers", "-o", tmp_path / "x.csv", *words, "--through", "month", "--exact")
    assert mizan(*exact)[0] == 0


@pytest.mark.parametrize("level", [Level.SUBDISTRICT, Level.CELL])
def test_geojson_of_a_layer_follows_rfc_7946(released, level):
    content = made(released, LayerCode.INCIDENT_DENSITY, level, form=Format.GEOJSON)
    document = json.loads(content.body)
    assert (document["type"], "crs" in document) == ("FeatureCollection", False)
    assert len({one["id"] for one in document["features"]}) == len(released.units(level))
    np.testing.assert_allclose(document["bbox"], released.units(level).total_bounds, atol=1e-6)
    for one in document["features"]:
        geometry = shapely.geometry.shape(one["geometry"])
        assert geometry.is_valid
        for polygon in shapely.get_parts(geometry):
            assert polygon.exterior.is_ccw
            assert not any(ring.is_ccw for ring in polygon.interiors)
    about = document["metadata"]
    assert {"sources", "as_of", "unit", "standing", "method", "data_version", "serial"} <= set(
        about
    )
    assert about["standing"] == "synthetic"
