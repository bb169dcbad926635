"""The SVG writer: whole XML whatever the text, each text in its own direction, no script."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.locale.words import Words
from service.reports.svg import Canvas, clipped, isolated, number

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*texts, lang="ar", mirrored=False):
    canvas = Canvas(200, 100, Words(lang), mirrored=mirrored)
    for n, text in enumerate(texts):
        canvas.text((10, 10 * n), text)
    return ET.fromstring(canvas.render(texts[0]))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_gives_whole_xml_and_no_element_of_its_own(text):
    root = drawn(text)
    assert [one.tag for one in root] == [f"{SVG}text"]


def test_hostile_text_is_shown_and_not_run():
    root = drawn('<script>alert(1)</script>"&\x00')
    assert root.find(f"{SVG}text").text[1:-1] == '<script>alert(1)</script>"&'
    assert root.get("aria-label") == '<script>alert(1)</script>"&'


def test_each_text_is_isolated_in_its_own_direction():
    assert isolated("القرنة 12") == "\u2067القرنة 12\u2069"
    assert isolated("−12") == "\u2066−12\u2069"


def test_marks_that_turn_text_around_go():
    assert isolated("a\u202eb\u2067c") == "\u2066abc\u2069"


def test_a_mirrored_canvas_turns_places_and_anchors_but_no_letters():
    text = drawn("القرنة", mirrored=True).find(f"{SVG}text")
    assert (text.get("x"), text.get("text-anchor")) == ("190", "end")


def test_only_presentation_attributes_are_written():
    canvas = Canvas(100, 100, Words("en"))
    canvas.rect((1, 1), (5, 5), "#fff", "#000")
    canvas.marker((5, 5), 2, "#000")
    canvas.path([[(0, 0), (1, 1), (1, 0)]], canvas.hatch("h", "#000", "#fff"))
    svg = canvas.render("t")
    assert "style" not in svg
    assert "href" not in svg


def test_a_place_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no place"):
        number(float("nan"))


def test_long_names_are_cut_with_a_sign_of_it():
    assert clipped("a" * 40, 10) == "a" * 9 + "…"
    assert clipped("short", 10) == "short"
