"""Layers as files: every format opens in GDAL or openpyxl, typed, with its sources, and runs nothing."""

import csv
import io
import json
from datetime import date

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import MultiPolygon, box

from geo.layers import Clearance, Layer, LayerCode, Period
from geo.places import Level, Source, Standing
from service.exports.content import Format
from service.exports.layer_files import layer_content
from service.exports.layer_table import one_layer_table, wide_table
from service.locale.words import Words

CODES = ["A1", "A2", "A3"]


@pytest.fixture(scope="module")
def units():
    return gpd.GeoDataFrame(
        {
            "level": "subdistrict",
            "name_ar": ["القرنة", "الفاو", "سفوان"],
            "name_en": ["Al-Qurna", "=cmd|' /C calc'!A0", "Safwan"],
            "parent": ["D1", "D1", None],
            "pcode": ["A1", None, None],
            "area_km2": [133.0, 417.0, np.nan],
        },
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), MultiPolygon([box(2, 0, 3, 1)])],
        crs="EPSG:4326",
        index=pd.Index(CODES, name="code"),
    )


def layer(code=LayerCode.NEED, level=Level.SUBDISTRICT, **changes):
    fields = {
        "code": code,
        "level": level,
        "unit": "index 0-10",
        "values": pd.DataFrame(
            {"value": [6.5, -1.25, np.nan], "low": [5.0, -2.0, np.nan]},
            index=pd.Index(CODES, name="code"),
        ),
        "method": "weighted mean",
        "standing": Standing.SYNTHETIC,
        "sources": (Source(name="+demo", as_of=date(2025, 12, 31), standing=Standing.SYNTHETIC),),
        "period": Period(date(2025, 1, 1), date(2026, 1, 1)),
        "data_version": "v7",
        "caveats": ("few areas",),
        "clearance": Clearance.RELEASED,
    }
    return Layer(**(fields | changes))


def made(units, form, lang="en"):
    return layer_content(one_layer_table(layer(), units), form, words=Words(lang))


def test_geojson_has_metadata_and_no_data_is_null(units):
    content = made(units, Format.GEOJSON)
    document = json.loads(content.body)
    told = document["metadata"]
    assert (told["standing"], told["data_version"], told["unit"]) == (
        "synthetic",
        "v7",
        "index 0-10",
    )
    assert told["period"] == "2025-01-01/2026-01-01"
    assert told["as_of"] == "2025-12-31"
    assert told["serial"] == content.serial
    assert told["layers"][0]["clearance"] == "released"
    values = {row["id"]: row["properties"]["value"] for row in document["features"]}
    assert values == {"A1": 6.5, "A2": -1.25, "A3": None}
    assert document["bbox"] == [0, 0, 3, 1]


@pytest.mark.parametrize("form", [Format.GEOJSON, Format.GPKG])
def test_gdal_opens_it_typed(units, form, tmp_path):
    content = made(units, form)
    file = tmp_path / content.filename
    file.write_bytes(content.body)
    info = pyogrio.read_info(file)
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert info["crs"] == "EPSG:4326"
    assert info["features"] == 3
    assert types["code"] == "OFTString"
    assert types["value"] == "OFTReal"
    assert types["area_km2"] == "OFTReal"
    frame = pyogrio.read_dataframe(file).set_index("code")
    assert frame.loc["A1", "name_ar"] == "القرنة"
    assert frame["value"].tolist()[:2] == [6.5, -1.25]
    assert np.isnan(frame.loc["A3", "value"])
    assert frame.geometry.is_valid.all()


def test_geopackage_carries_its_metadata(units, tmp_path):
    content = made(units, Format.GPKG)
    file = tmp_path / "layers.gpkg"
    file.write_bytes(content.body)
    told = pyogrio.read_info(file)["layer_metadata"]
    assert told["serial"] == content.serial
    assert told["standing"] == "synthetic"
    assert json.loads(told["sources"])[0]["name"] == "+demo"


def test_csv_is_neutral_for_spreadsheets_and_says_its_source(units):
    content = made(units, Format.CSV)
    assert content.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.body.decode("utf-8-sig"))))
    assert rows[1]["name_en"] == "'=cmd|' /C calc'!A0"
    assert rows[1]["value"] == "-1.25", "negative numbers stay numbers"
    assert rows[2]["value"] == ""
    assert rows[0]["source"] == "'+demo"
    assert rows[0]["standing"] == "synthetic"
    assert (rows[0]["data_version"], rows[0]["unit"]) == ("v7", "index 0-10")
    assert rows[0]["serial"] == content.serial


def test_workbook_in_arabic(units):
    content = made(units, Format.XLSX, "ar")
    book = openpyxl.load_workbook(io.BytesIO(content.body))
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert any(cell.value == -1.25 for cell in cells)
    heads = [cell.value for cell in book["الطبقات"][5]]
    assert {"الرمز (code)", "الرقم (value)", "الحد الأدنى، 90% (low)"} <= set(heads)
    meaning = [cell.value for cell in book["المعنى"][6]]
    assert meaning[0] == "مؤشر الحاجة (need)"
    assert meaning[1] == "مؤشر من 0 إلى 10"
    assert meaning[3] == "بيانات مصطنعة للعرض"


def test_several_layers_stand_side_by_side(units):
    other = layer(LayerCode.GROWTH, unit="% a year")
    table = wide_table([layer(), other], units)
    assert {"need", "need_low", "growth", "growth_low"} <= set(table.columns)
    assert table.provenance.unit == "see layers"
    assert [one["unit"] for one in table.layers] == ["index 0-10", "% a year"]


def test_layers_of_different_levels_are_refused(units):
    with pytest.raises(ValueError, match="one level"):
        wide_table([layer(), layer(level=Level.DISTRICT)], units)


def test_units_in_another_crs_are_refused(units):
    with pytest.raises(ValueError, match="EPSG:4326"):
        one_layer_table(layer(), units.to_crs(32638))


def test_serial_follows_the_figures(units):
    same = one_layer_table(layer(), units).provenance.serial
    assert one_layer_table(layer(), units).provenance.serial == same
    values = layer().values.assign(value=[6.6, -1.25, np.nan])
    assert one_layer_table(layer(values=values), units).provenance.serial != same
    assert one_layer_table(layer(), units, serial="MZ-1").provenance.serial == "MZ-1"
