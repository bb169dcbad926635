"""plan.xlsx as openpyxl reads it: sheets, direction, standing, and nothing that runs."""

import io

import openpyxl
import pytest

from service.exports.plan_workbook import plan_xlsx
from service.locale.words import Words
from service.scenario import presets
from tests.service.export.builders import tiny_plan, tiny_problem

SHEETS = [
    "Summary",
    "Postings",
    "Women on duty",
    "Areas",
    "Flows",
    "Shortfalls",
    "Proof",
    "Assumptions",
    "Sources",
]


def book_of(lang, **changes):
    problem = tiny_problem()
    content = plan_xlsx(problem, tiny_plan(problem, **changes), words=Words(lang))
    return openpyxl.load_workbook(io.BytesIO(content.body)), content


@pytest.fixture(scope="module")
def english():
    return book_of("en")[0]


def rows(sheet):
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=6)]


def test_sheets_of_the_english_book(english):
    assert english.sheetnames == SHEETS


def test_arabic_book_reads_from_the_right_and_english_from_the_left(english):
    arabic, _ = book_of("ar")
    assert len(arabic.sheetnames) == len(SHEETS)
    assert all(sheet.sheet_view.rightToLeft for sheet in arabic)
    assert not any(sheet.sheet_view.rightToLeft for sheet in english)


def test_no_cell_is_a_formula(english):
    kinds = {cell.data_type for sheet in english for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_text_that_would_run_is_neutralised(english):
    texts = [
        cell.value
        for sheet in english
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert "'=HYPERLINK('x')" in texts
    assert "'+Al-Faw" in texts
    assert "'@SUM(1)" in texts
    assert not [text for text in texts if text[:1] in set("=+-@\t\r")]


def test_every_sheet_says_synthetic_version_and_serial():
    english, content = book_of("en")
    for sheet in english:
        told = sheet["A2"].value
        assert "SYNTHETIC" in told
        assert "v1" in told
        assert content.serial in told
        assert "31 January 2026" in told
        assert sheet["A3"].value == "Sources: demo; COD"


def test_heads_of_columns_are_as_high_as_their_words_and_stay_in_sight(english):
    for sheet in english:
        assert sheet.freeze_panes == "A6"
        widths = [one.width for one in sheet.column_dimensions.values()]
        assert all(9 <= width <= 61 for width in widths)
    assert english["Women on duty"].row_dimensions[5].height > 15


def test_postings_show_today_plan_and_change(english):
    assert rows(english["Postings"]) == [
        ("Al-Asma'i", "Patrol", 0, 0, 0, 6, 6, 0),
        ("Al-Asma'i", "Women's engagement", 2, 2, 0, 0, 0, 0),
    ]


def test_a_preset_is_called_by_its_title_in_the_reader_s_language():
    problem = tiny_problem(title="Ten more women officers", scenario="ten-women")
    body = plan_xlsx(problem, tiny_plan(problem), words=Words("ar")).body
    summary = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    assert rows(summary)[0][1] == presets()["ten-women"].title_ar


def test_women_on_duty_by_office_and_shift(english):
    day, night = rows(english["Women on duty"])
    assert day[:4] == ("Al-Asma'i", "Day", 2, 5)
    assert day[4] == pytest.approx(2 * 32.65 / 56)
    assert day[6:] == ("yes", None)
    assert night[6:] == ("no", 1.5)


def test_numbers_stay_numbers(english):
    flows = rows(english["Flows"])
    assert flows[0][3:] == (30, 0, 20)
    proof = rows(english["Proof"])
    assert proof[0][2:6] == (30, 30, 0, "yes")


def test_equal_plans_are_equal_bytes():
    assert book_of("ar")[1].body == book_of("ar")[1].body


def test_plan_without_anything_still_opens():
    english, _ = book_of("en", flows=(), shifts=(), shortfalls=(), tiers=(), postings=())
    assert rows(english["Flows"]) == []
