"""Cells that a spreadsheet would run are text; numbers and plain words stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.exports.cells import neutral, neutral_text


@pytest.mark.parametrize(
    "text",
    ["=1+1", " =1+1", "\u200f=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1",
     "\n=1", "\ufeff=1", "＝1+1", "\u202e=1", "-cmd", "\x00=1"],
)  # fmt: skip
def test_what_runs_is_made_text(text):
    assert neutral_text(text).startswith("'")


@pytest.mark.parametrize("text", ["-4", "+4", "-4.5", "-1e-3", "", "Al-Faw", "الفاو", "a=b", "5-6"])
def test_plain_text_and_numbers_stay(text):
    assert neutral_text(text) == text


def test_values_that_are_no_text_stay():
    assert neutral(-4) == -4
    assert neutral(None) is None


@given(st.text())
def test_never_starts_with_a_sign_that_runs_unless_a_number(text):
    found = neutral_text(text)
    if found[:1] in set("=+-@\t\r\n"):
        float(found.rstrip("%").replace(",", "."))
