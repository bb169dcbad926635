"""A file that lacks columns is told of all of them at once, with what may be meant."""

import pytest

from geo.checks import FaultsError
from service.imports.headers import recognise
from service.imports.options import Options
from service.imports.required import REQUIRED, near_headers, usual_headers
from service.imports.run import import_file, recipe_fields
from service.imports.templates import template_csv, template_fields, template_headers
from service.store import Kind

TABLES = [kind for kind in Kind if kind is not Kind.BOUNDARIES]


def refused(store, tmp_path, kind, text, options=None):
    file = tmp_path / "given.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FaultsError) as error:
        import_file(store, kind, file, options=options)
    return error.value.faults


def test_all_missing_columns_are_told_at_once(store, in_process, tmp_path):
    faults = refused(store, tmp_path, Kind.INCIDENTS, "when it was,wht,number\n1,2,3\n")
    assert [fault.params["field"] for fault in faults] == [
        "date",
        "category",
        "area / lon + lat / point",
    ]
    assert all(fault.row is None for fault in faults)
    assert all("when it was" in str(fault) for fault in faults)


def test_what_may_be_meant_is_offered(store, in_process, tmp_path):
    text = "Dates,Catagory,Longtude,latitude\n2024-01-02,drugs,47.5,30.5\n"
    told = {f.column: f for f in refused(store, tmp_path, Kind.INCIDENTS, text)}
    assert set(told) == {"date", "category", "lon"}
    assert told["date"].params["near"] == "Dates"
    assert told["category"].params["near"] == "Catagory"
    assert told["lon"].params["near"] == "Longtude"
    assert "Did you mean Catagory?" in told["category"].advice
    said = Options(columns={"date": "Dates", "category": "Catagory", "lon": "Longtude"})
    file = tmp_path / "given.csv"
    summary, _ = import_file(store, Kind.INCIDENTS, file, options=said)
    assert summary.kept == 1


def test_arabic_headers_are_offered_too():
    known = {field.name: field for field in recipe_fields(Kind.INCIDENTS)}
    assert near_headers([known["category"]], ["تاريخ", "نوع الحادت"]) == ["نوع الحادت"]
    assert near_headers([known["category"]], ["الملاحظات", "x"]) == []
    assert any(not header.isascii() for header in usual_headers(known["category"]))


def test_a_header_that_is_taken_is_not_offered_for_another_field(store, in_process, tmp_path):
    faults = refused(store, tmp_path, Kind.ARRIVALS, "date,area\n2024-01-02,IQG02Q05N03\n")
    assert [fault.params["field"] for fault in faults] == ["families / individuals"]
    assert faults[0].params["near"] == ""


def test_one_day_for_all_rows_stands_for_a_column_of_dates(store, in_process, tmp_path):
    from datetime import date

    text = "area,families\nIQG02Q05N03,30\n"
    assert [f.column for f in refused(store, tmp_path, Kind.ARRIVALS, text)] == ["date"]
    options = Options(day=date(2024, 5, 1))
    assert import_file(store, Kind.ARRIVALS, tmp_path / "given.csv", options=options)[0].kept == 1


def test_every_kind_says_what_it_needs_in_fields_that_it_knows():
    assert set(REQUIRED) == set(Kind)
    for kind in TABLES:
        known = {field.name for field in recipe_fields(kind)}
        assert REQUIRED[kind]
        assert {name for one in REQUIRED[kind] for way in one.ways for name in way} <= known


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("kind", TABLES)
def test_a_template_is_recognised_column_by_column(kind, lang):
    headers = template_headers(kind, lang)
    found = recognise(headers, recipe_fields(kind))
    names = [field.name for field in template_fields(kind)]
    assert dict(zip(names, headers, strict=True)) == dict(found.by_field)
    assert found.unused == ()
    assert any(not header.isascii() for header in headers) == (lang == "ar")
    for one in REQUIRED[kind]:
        assert any(set(way) <= set(names) for way in one.ways)


def test_a_template_that_was_filled_in_is_taken(store, in_process, tmp_path):
    head = template_csv(Kind.ARRIVALS, "ar").decode("utf-8-sig")
    cells = {"date": "2024-05-01", "area": "القرنة", "families": "٣٠٠", "clan": "نعم"}
    row = ",".join(cells.get(field.name, "") for field in template_fields(Kind.ARRIVALS))
    file = tmp_path / "filled.csv"
    file.write_text(f"{head.strip()}\n{row}\n", encoding="utf-8-sig")
    summary, _ = import_file(store, Kind.ARRIVALS, file)
    assert (summary.read, summary.kept, summary.rejected) == (1, 1, 0)


@pytest.mark.parametrize("header", ["المنطقة", "منطقة", "المنطقه"])
def test_the_everyday_arabic_word_is_known_as_the_area(header):
    assert recognise([header], recipe_fields(Kind.ARRIVALS)).by_field == {"area": header}
