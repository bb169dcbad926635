"""Cells: digits, commas, dates, yes and no, as planners and their programs write them."""

import math
from datetime import date

import pytest

from service.imports.dates import NOT_A_DATE, TWO_ORDERS, Order, parse_days
from service.imports.values import parse_flags, parse_numbers


@pytest.mark.parametrize(
    ("cells", "figures"),
    [
        (["12", "3.5", "-4"], [12, 3.5, -4]),
        (["١٢", "٣٫٥", "١٬٢٣٤"], [12, 3.5, 1234]),
        (["۱۲", "12 "], [12, 12]),
        (["1,326,564", "255,000", "900"], [1326564, 255000, 900]),
        (["47,815", "3,5"], [47.815, 3.5]),
        (["1.326.564", "12"], [1326564, 12]),
        (["1 326 564"], [1326564]),
        (["49.78%", "0.5"], [0.4978, 0.5]),
        (["1e3"], [1000]),
    ],
)
def test_figures(cells: list[str], figures: list[float]) -> None:
    found = parse_numbers(cells)
    assert found.figures == pytest.approx(figures)
    assert found.bad == []


def test_a_coordinate_with_a_comma_is_never_thousands() -> None:
    assert parse_numbers(["47,815", "47,672"], coordinate=True).figures == [47.815, 47.672]


def test_degrees_minutes_seconds() -> None:
    found = parse_numbers(["30°30'00\"N", "30° 15′ S", "47.5°"], coordinate=True)
    assert found.figures == pytest.approx([30.5, -30.25, 47.5])


@pytest.mark.parametrize("cell", ["abc", "12a", "1.2.3", "NaN5", "=1+1", "1e999", "٣x", "--5"])
def test_what_is_no_figure(cell: str) -> None:
    assert parse_numbers([cell]).bad == [0]


@pytest.mark.parametrize("cell", [None, "", " ", "-", "N/A", "NULL", "nan", "لا يوجد"])
def test_what_is_empty(cell: str | None) -> None:
    found = parse_numbers([cell])
    assert found.bad == []
    assert math.isnan(found.figures[0])


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-04", "2024-03-04T10:20:30.000+03:00", "2024/3/4", "04/03/2024", "4-3-2024",
        "4.3.2024", "٤/٣/٢٠٢٤", "04 March 2024", "4 آذار 2024", "4 مارس 2024", "March 4, 2024",
        "45355", "45355.5", "04/03/24", "2024-03-04 00:00:00", "4-Mar-2024",
    ],
)  # fmt: skip
def test_days(cell: str) -> None:
    assert parse_days([cell]).days == [date(2024, 3, 4)]


def test_two_word_months_of_iraq() -> None:
    cells = [
        "1 كانون الثاني 2024",
        "2 كانون الأول 2024",
        "3 تشرين الأول 2024",
        "4 تشرين الثاني 2024",
    ]
    assert [d.month for d in parse_days(cells).days if d] == [1, 12, 10, 11]


def test_one_row_decides_the_order_of_the_column() -> None:
    assert [d.month for d in parse_days(["03/04/2024", "03/25/2024"]).days if d] == [3, 3]
    found = parse_days(["03/04/2024", "25/03/2024"])
    assert [d.month for d in found.days if d] == [4, 3]
    assert found.notes == []


def test_a_doubt_about_the_order_is_told() -> None:
    found = parse_days(["03/04/2024", "05/06/2024", "07/07/2024"])
    assert [d.month for d in found.days if d] == [4, 6, 7]
    assert [n.params["n"] for n in found.notes] == [2]
    found = parse_days(["03/04/2024"], Order.MONTH_FIRST)
    assert [d.month for d in found.days if d] == [3]
    assert found.notes == []


def test_a_column_of_both_orders_has_faults_where_it_matters() -> None:
    found = parse_days(["25/03/2024", "03/25/2024", "03/04/2024", "05/05/2024"])
    assert found.days[0] == date(2024, 3, 25)
    assert found.bad == {1: NOT_A_DATE, 2: TWO_ORDERS}
    assert found.days[3] == date(2024, 5, 5)


@pytest.mark.parametrize("cell", ["2024-13-01", "31/02/2024", "yesterday", "2024-02-30", "0"])
def test_what_is_no_day(cell: str) -> None:
    assert parse_days([cell]).bad == {0: NOT_A_DATE}


def test_months_and_years_are_taken_and_told() -> None:
    found = parse_days(["2024-03", "2020"])
    assert found.days == [date(2024, 3, 1), date(2020, 1, 1)]
    assert len(found.notes) == 2


def test_flags() -> None:
    values, bad = parse_flags(["نعم", "لا", "YES", "0", "", None, "maybe", "كلا"])
    assert values == [True, False, True, False, None, None, None, False]
    assert bad == [6]
