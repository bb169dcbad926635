"""Boundaries of any country; half a map is no map."""

import copy
import json
from pathlib import Path

import geopandas as gpd
import pytest

from geo.checks import FaultsError
from geo.places import Level
from service.store import Kind, Store

from .conftest import UNITS, Bring, town


def _text(units: dict) -> str:
    return json.dumps(units, ensure_ascii=False)


def test_districts_and_governorate_are_made_of_sub_districts(store: Store) -> None:
    units = store.units()
    assert units["level"].value_counts().to_dict() == {
        "subdistrict": 4, "district": 4, "governorate": 1,
    }  # fmt: skip
    assert units.loc["IQG02", "name_ar"] == "البصرة"
    assert units.loc["IQG02Q05", "parent"] == "IQG02"
    assert units.loc["IQG02"].geometry.bounds == (47, 30, 51, 31)
    assert 40_000 < units.loc["IQG02", "area_km2"] < 45_000
    assert str(units.loc["IQG02Q05", "valid_from"].date()) == "2019-06-03"
    (dataset,) = store.datasets.list(Kind.BOUNDARIES)
    assert (dataset.rows_read, dataset.rows_kept) == (4, 4)


def test_a_second_time_adds_nothing(store: Store, bring: Bring) -> None:
    found = bring("boundaries", _text(town()), "again.geojson")
    assert (found.read, found.kept, found.already, found.dataset) == (4, 0, 4, None)


def test_another_country_by_its_own_column_names(store: Store, bring: Bring) -> None:
    other = town()
    for n, feature in enumerate(other["features"]):
        feature["properties"] = {
            "admin2Pcode": f"XX{n}",
            "admin2Name_en": f"D{n}",
            "admin1Pcode": "XX",
        }
    bring("boundaries", _text(other), "x.geojson")
    units = store.units()
    assert units["level"].value_counts().to_dict() == {"district": 4, "governorate": 1}
    assert units.loc["XX1", "name_en"] == "D1"


def test_gadm_is_known_by_its_ids(store: Store, bring: Bring) -> None:
    other = town()
    for n, feature in enumerate(other["features"]):
        feature["properties"] = {
            "GID_1": "XXX.1_1",
            "NAME_1": "North",
            "GID_2": f"XXX.1.{n}_1",
            "NAME_2": f"D{n}",
        }
    bring("boundaries", _text(other), "gadm.geojson")
    units = store.units()
    assert units["level"].value_counts().to_dict() == {"district": 4, "governorate": 1}
    assert units.loc["XXX.1_1", "name_en"] == "North"


def test_plain_codes_beside_those_of_the_unit_above(store: Store, bring: Bring) -> None:
    other = town()
    for n, feature in enumerate(other["features"]):
        feature["properties"] = {
            "code": f"k{n}",
            "name_en": f"t{n}",
            "adm2_pcode": "XX01",
            "adm2_en": "West",
        }
    bring("boundaries", _text(other), "x.geojson")
    units = store.units()
    assert units["level"].value_counts().to_dict() == {"subdistrict": 4, "district": 1}
    assert units.loc["k1", "parent"] == "XX01"
    assert units.loc["XX01", "name_en"] == "West"


def test_columns_are_mapped_where_nobody_could_know_them(store: Store, bring: Bring) -> None:
    other = town()
    for n, feature in enumerate(other["features"]):
        feature["properties"] = {"KEY": f"k{n}", "TITLE": f"t{n}"}
    with pytest.raises(FaultsError, match="--column code=HEADER"):
        bring("boundaries", _text(other), "x.geojson")
    found = bring(
        "boundaries",
        _text(other),
        "x.geojson",
        columns={"code": "KEY", "name": "TITLE"},
        level="district",
    )
    assert found.kept == 4
    assert list(store.units(Level.DISTRICT)["name_en"]) == ["t0", "t1", "t2", "t3"]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda f: f[0]["properties"].update(ADM3_PCODE=None), "empty"),
        (lambda f: f[0]["properties"].update(ADM3_PCODE="IQG02Q02N02"), "twice"),
        (lambda f: f[0].update(geometry=None), "polygon"),
        (lambda f: f[0]["geometry"].update(type="LineString", coordinates=[[0, 0], [1, 1]]), "LineString"),
        (lambda f: f[0]["geometry"]["coordinates"].__setitem__(0, [[47, 30], [48, 31], [48, 30], [47, 31], [47, 30]]), "invalid"),
        (lambda f: f[0]["geometry"]["coordinates"].__setitem__(0, [[47, 30], [48.5, 30], [48.5, 31], [47, 31], [47, 30]]), "overlap"),
        (lambda f: f[0]["geometry"]["coordinates"].__setitem__(0, [[700000, 30], [800000, 30], [800000, 31], [700000, 30]]), "degrees"),
        (lambda f: f[0]["geometry"]["coordinates"].__setitem__(0, [[47, 30], [48, 30]]), "can't be read"),
    ],
)  # fmt: skip
def test_a_fault_refuses_the_whole_map(store: Store, bring: Bring, harm, words: str) -> None:
    broken = copy.deepcopy(town())
    harm(broken["features"])
    version = store.data_version()
    with pytest.raises(FaultsError, match=words):
        bring("boundaries", _text(broken), "x.geojson")
    assert store.data_version() == version


def test_geopackage_and_shapefile_in_metres_say_the_same(
    store: Store, bring: Bring, tmp_path: Path
) -> None:
    import zipfile

    before = store.units()
    frame = gpd.GeoDataFrame.from_features(town()["features"], crs=4326).drop(columns="validTo")
    metric = frame.to_crs(32638)
    metric.to_file(tmp_path / "town.gpkg", layer="town", driver="GPKG")
    found = bring("boundaries", (tmp_path / "town.gpkg").read_bytes(), "town2.gpkg", dry_run=True)
    assert found.read == 4
    metric.rename(columns=lambda c: c[:10]).to_file(tmp_path / "t.shp")
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for part in tmp_path.glob("t.*"):
            if part.suffix != ".zip":
                archive.write(part, f"folder/{part.name}")
    found = bring("boundaries", (tmp_path / "t.zip").read_bytes(), "t2.zip")
    assert found.read == 4
    after = store.units()
    assert sorted(after.index) == sorted(before.index)
    for code, *_ in UNITS:
        assert after.loc[code].geometry.symmetric_difference(before.loc[code].geometry).area < 1e-6


def test_units_that_nothing_is_above_are_told(store: Store, bring: Bring) -> None:
    loose = town()
    for n, feature in enumerate(loose["features"]):
        feature["properties"] = {"code": f"Z{n}", "name_en": f"Z{n}", "level": "subdistrict"}
    told = " ".join(str(note) for note in bring("boundaries", _text(loose), "z.geojson").notes)
    assert "4 units name no unit above them" in told
    again = bring("boundaries", _text(town()), "town.geojson")
    assert "name no unit above" not in " ".join(str(note) for note in again.notes)
