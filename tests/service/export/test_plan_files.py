"""A plan as GeoPackage and CSV."""

import csv
import io

import pyogrio
import pytest

from service.exports.content import Format
from service.exports.plan_files import plan_content
from service.locale.words import Words
from tests.service.export.builders import AREAS, OFFICES, tiny_plan, tiny_problem


def made(form, areas=AREAS):
    problem = tiny_problem()
    plan = tiny_plan(problem)
    return plan_content(problem, plan, form, areas=areas, offices=OFFICES, words=Words("en"))


def test_geopackage_has_areas_and_offices_typed_with_metadata(tmp_path):
    content = made(Format.GPKG)
    file = tmp_path / content.filename
    file.write_bytes(content.body)
    layers = dict(pyogrio.list_layers(file))
    assert layers == {"areas": "MultiPolygon", "offices": "Point"}
    areas = pyogrio.read_dataframe(file, layer="areas").set_index("code")
    assert areas.loc["A1", "served_share"] == 0.75
    assert areas.loc["A1", "lead_office_ar"] == "الأصمعي"
    offices = pyogrio.read_dataframe(file, layer="offices").set_index("code")
    assert offices.loc["O1", "officers"] == 8
    told = pyogrio.read_info(file, layer="areas")["layer_metadata"]
    assert (told["serial"], told["standing"]) == (content.serial, "synthetic")


def test_geopackage_without_boundaries_keeps_the_figures(tmp_path):
    file = tmp_path / "plan.gpkg"
    file.write_bytes(made(Format.GPKG, areas={}).body)
    assert len(pyogrio.read_dataframe(file, layer="areas")) == 2


def test_csv_is_neutral_and_says_its_source():
    content = made(Format.CSV)
    rows = list(csv.DictReader(io.StringIO(content.body.decode("utf-8-sig"))))
    assert [row["code"] for row in rows] == ["A1", "A2"]
    assert rows[1]["name_en"] == "'+Al-Faw"
    assert rows[0]["served_share"] == "0.75"
    assert rows[1]["women_served_share"] == ""
    assert (rows[0]["standing"], rows[0]["serial"]) == ("synthetic", content.serial)


@pytest.mark.parametrize("form", [Format.GEOJSON, Format.XLSX])
def test_other_forms_are_those_of_a_solve(form):
    content = made(form)
    assert content.filename == f"plan.{form.value}"
    assert content.media_type == form.media_type


def test_no_form_for_pdf_here():
    with pytest.raises(ValueError, match="pdf"):
        made(Format.PDF)
