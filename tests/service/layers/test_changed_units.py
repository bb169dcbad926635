"""A district is promoted in the middle of the data: layers of either day, from the same rows."""

import json
from datetime import date
from pathlib import Path

import pytest

from geo.layers import Clearance, LayerCode, Period
from geo.places import Level
from geo.versions import Promotion
from service.cli import main
from service.derived.units import keep_promotion
from service.layerbooks import LayerBooks
from service.settings import checkout_data
from service.store import Store, open_store
from tests.service.homes import lay_out, the_demo

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
SAFWAN = Promotion("IQG02-SAFWAN", "سفوان", "Safwan", ("IQG02Q06N02",), date(2024, 1, 21))
BEFORE, AFTER = date(2024, 1, 20), date(2024, 1, 21)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changed")
    lay_out(folder, the_demo)
    with open_store(folder / "mizan.db") as store:
        keep_promotion(store, SAFWAN, actor="test")
    return folder


@pytest.fixture(scope="module")
def store(home: Path):
    with open_store(home / "mizan.db") as opened:
        yield opened


def book(store: Store, day: date, clearance: Clearance = Clearance.EXACT):
    return LayerBooks(store, checkout_data(), units_on=day).open(clearance)


@pytest.fixture(scope="module")
def before(store):
    return book(store, BEFORE)


@pytest.fixture(scope="module")
def after(store):
    return book(store, AFTER)


def root(index) -> list[str]:
    return [str(code).split(".")[0] for code in index]


def test_the_tree_of_either_day(before, after):
    assert len(before.units(Level.DISTRICT)) == 7
    assert len(after.units(Level.DISTRICT)) == 8
    assert after.area("IQG02-SAFWAN").name_ar == "سفوان"
    assert len(before.units(Level.SUBDISTRICT)) == len(after.units(Level.SUBDISTRICT))


@pytest.mark.parametrize(
    "code",
    [LayerCode.INCIDENT_RATE, LayerCode.INFLUX, LayerCode.GROWTH, LayerCode.RESIDENTS,
     LayerCode.NEED],
)  # fmt: skip
def test_sub_districts_stay_comparable_across_the_change(before, after, code):
    old, new = (one.layer(code, Level.SUBDISTRICT, None, YEAR).values for one in (before, after))
    assert list(old.index) != list(new.index)
    assert sorted(root(old.index)) == sorted(root(new.index))
    old, new = (table.set_axis(root(table.index)).sort_index() for table in (old, new))
    assert old["value"].tolist() == pytest.approx(new["value"].tolist(), nan_ok=True)
    assert old["value"].notna().sum() > 10


@pytest.mark.parametrize("column", ["count", "exposure"])
def test_nothing_is_lost_or_counted_twice_in_districts(before, after, column):
    old, new = (
        one.layer(LayerCode.INCIDENT_RATE, Level.DISTRICT, None, YEAR).values[column]
        for one in (before, after)
    )
    assert old.sum() == pytest.approx(new.sum())
    assert new["IQG02-SAFWAN"] > 0
    assert old["IQG02Q06"] == pytest.approx(new["IQG02Q06.20240121"] + new["IQG02-SAFWAN"])
    assert before.placement == after.placement


def test_a_series_runs_on_over_the_day_of_the_change(after):
    series = after.series("IQG02Q06N02.20240121")
    assert [period.start.year for period in series.index] == [2023, 2024]
    assert (series["count"] > 0).all()
    assert after.series("IQG02-SAFWAN")["count"].tolist() == series["count"].tolist()


def test_released_figures_hold_over_the_change(store):
    table = book(store, AFTER, Clearance.RELEASED).layer(
        LayerCode.INCIDENT_RATE, Level.SUBDISTRICT, None, YEAR
    )
    assert table.values["count_low"].sum() > 0


def mizan(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setenv("MIZAN_HOME", str(home))
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", *map(str, arguments)])
    return int(ended.value.code or 0)


def test_the_command_shows_the_units_of_a_day(home, monkeypatch, tmp_path):
    for day, districts in ((BEFORE, 7), (AFTER, 8)):
        file = tmp_path / f"{day}.geojson"
        words = ("layers", "-o", file, "--level", "district", "--units-on", day)
        assert mizan(home, monkeypatch, *words) == 0
        assert len(json.loads(file.read_text(encoding="utf-8"))["features"]) == districts


def needs(home, monkeypatch, tmp_path, *words):
    file = tmp_path / "need.geojson"
    chosen = ("layers", "-o", file, "--layer", "need", "--level", "subdistrict", *words)
    assert mizan(home, monkeypatch, *chosen) == 0
    document = json.loads(file.read_text(encoding="utf-8"))
    return document, {f["id"]: f["properties"] for f in document["features"]}


def test_a_planner_chooses_how_need_is_made(home, monkeypatch, tmp_path):
    ask = (home, monkeypatch, tmp_path)
    _, plain = needs(*ask)
    whole, bare = needs(*ask, "--weight", "incidents=0", "--weight", "severe=0")
    assert any("Weights and goalposts" in one for one in whole["metadata"]["caveats"])
    for code, row in bare.items():
        assert row["value"] == pytest.approx(plain[code]["value_without_incidents"])
        assert "score_incidents" not in row
    _, arithmetic = needs(*ask, "--mean", "arithmetic")
    _, wide = needs(*ask, "--mean", "arithmetic", "--goalpost", "influx=0:60")
    for code, row in arithmetic.items():
        scores = [row[f"score_{one}"] for one in ("incidents", "severe", "influx", "growth")]
        mean = sum(w * s for w, s in zip((0.35, 0.2, 0.3, 0.15), scores, strict=True))
        assert row["value"] == pytest.approx(mean, abs=1e-4)
        assert wide[code]["value"] <= row["value"] + 1e-9


def test_a_planner_chooses_spatial_shrinkage(home, monkeypatch, tmp_path):
    found = []
    for words in ((), ("--spatial",)):
        file = tmp_path / "rate.geojson"
        asked = ("layers", "-o", file, "--layer", "incident_rate", *words)
        assert mizan(home, monkeypatch, *asked) == 0
        document = json.loads(file.read_text(encoding="utf-8"))
        assert ("Spatial" in document["metadata"]["method"]) == bool(words)
        found.append([f["properties"]["value"] for f in document["features"]])
    assert found[0] != found[1]


@pytest.mark.parametrize(
    "words",
    [
        ("--weight", "luck=1"), ("--weight", "incidents=-1"), ("--weight", "growth=much"),
        ("--goalpost", "growth=5:0"), ("--goalpost", "growth=5"), ("--goalpost", "luck=0:1"),
        ("--weight", "incidents=0", "--weight", "severe=0", "--weight", "influx=0",
         "--weight", "growth=0"),
    ],
)  # fmt: skip
def test_choices_that_make_no_sense_are_refused(home, monkeypatch, tmp_path, words):
    assert mizan(home, monkeypatch, "layers", "-o", tmp_path / "x.csv", *words) == 1
    assert not (tmp_path / "x.csv").exists()


def test_spatial_shrinkage_can_be_a_setting(home, monkeypatch, tmp_path):
    monkeypatch.setenv("MIZAN_SPATIAL_RATES", "true")
    file = tmp_path / "rate.geojson"
    assert mizan(home, monkeypatch, "layers", "-o", file, "--layer", "incident_rate") == 0
    assert "Spatial" in json.loads(file.read_text(encoding="utf-8"))["metadata"]["method"]
