"""Static maps: every area drawn and told, offices close together shown again, text escaped."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from shapely.geometry import Point, box

from service.locale.words import Words
from service.reports.map_legend import Legend, Pin
from service.reports.maps import Fill, Ground, draw_map

AREAS = {
    f"A{n}": box(
        47 + 0.5 * (n % 2), 30 + 0.4 * (n // 2), 47.5 + 0.5 * (n % 2), 30.4 + 0.4 * (n // 2)
    )
    for n in range(4)
}
OFFICES = {"O1": Point(47.2, 30.2), "O2": Point(47.21, 30.2), "O3": Point(47.9, 30.7)}
RIVERS = {
    "features": [
        {
            "properties": {"part": "centre"},
            "geometry": {"type": "LineString", "coordinates": [[47.5, 29], [47.5, 32]]},
        },
        {
            "properties": {"part": "bank"},
            "geometry": {"type": "LineString", "coordinates": [[47.6, 29], [47.6, 32]]},
        },
    ]
}
GROUND = Ground(AREAS, OFFICES, RIVERS, {"A0": "D1", "A1": "D1", "A2": "D2", "A3": "D2"})
LEGEND = Legend(
    "Served", (("#eeeeee", "0–50"), ("#333333", "50–100")), "nothing", "Offices", "note"
)


EN = Words("en")


def drawn(words=EN, name="القرنة <b>&", ground=GROUND, legend=LEGEND):
    fills = {code: Fill(n % 2 if n else None, name, "35%") for n, code in enumerate(ground.areas)}
    pins = {code: Pin(str(n), f"Office {n}", open=n < 3) for n, code in enumerate(OFFICES, 1)}
    return ET.fromstring(draw_map(words, ground, fills, pins, legend, title="Map"))


def texts(root):
    return [re.sub("[\u2066-\u2069]", "", one.text or "") for one in root.iter() if one.text]


def test_names_are_shown_as_text():
    said = texts(drawn())
    assert said.count("القرنة <b>&") >= len(AREAS)
    assert said.count("35%") == said.count("القرنة <b>&")


def test_the_legend_names_classes_the_lack_of_a_figure_and_every_office():
    said = texts(drawn())
    assert {
        "Served",
        "0–50",
        "50–100",
        "nothing",
        "Offices",
        "note",
        "Office 1",
        "Office 3",
    } <= set(said)


def test_an_area_without_a_figure_is_hatched():
    fills = [one.get("fill") for one in drawn().iter() if one.tag.endswith("path")]
    assert "url(#nothing)" in fills


def test_offices_close_together_are_shown_in_the_inset_only():
    said = texts(drawn())
    assert "The framed part, larger" in said
    assert [said.count(n) for n in "123"] == [2, 2, 2]  # legend, and map or inset
    # Areas beyond the inset leave no path without a point, which no browser takes for a path.
    assert all(
        one.get("d", "M0").startswith("M") and one.get("d") != "MZ" for one in drawn().iter()
    )


@pytest.mark.parametrize("classes", [9, 22])
def test_no_legend_is_so_long_that_offices_are_nowhere(classes):
    swatches = tuple(
        ("#cccccc", f"{n} – {n + 1} {'of many' * (classes > 9)}") for n in range(classes)
    )
    one = drawn(legend=replace(LEGEND, swatches=swatches))
    said = texts(one)
    assert [said.count(n) for n in "123"] == [2, 2, 2]
    assert "The framed part, larger" in said
    # Short words stand two beside two; for long ones the picture is higher.
    assert (float(one.get("height")) > 424) is (classes == 22)
    ends = [float(t.get("y")) for t in one.iter() if t.tag.endswith("text")]
    assert max(ends) <= float(one.get("height"))


def test_a_long_name_in_the_legend_is_wrapped_and_whole():
    name = "Shatt al-Arab office with its referral centre"
    swatches = (("#cccccc", f"1. {name}"), *LEGEND.swatches[1:])
    said = texts(drawn(legend=replace(LEGEND, swatches=swatches)))
    lines = [one for one in said if one.startswith(("1. Shatt", "referral", "its"))]
    assert " ".join(lines) == f"1. {name}"


def test_banks_of_a_river_are_not_drawn_beside_its_middle():
    one = drawn()
    strokes = [p.get("stroke") for p in one.iter() if p.tag.endswith("path")]
    assert strokes.count("#4a90c2") == 1  # on the map; the inset lies beside the river


def test_a_map_without_offices_and_rivers_is_a_map():
    assert texts(drawn(ground=Ground(AREAS)))


def test_arabic_puts_the_legend_at_the_left():
    def legend_x(words):
        root = drawn(words)
        return next(float(t.get("x")) for t in root.iter() if (t.text or "").find("Served") >= 0)

    assert legend_x(Words("ar")) < 320 < legend_x(Words("en"))


@pytest.mark.parametrize("count", [1, 60])
def test_one_area_and_many_areas(count):
    areas = {f"B{n}": box(44 + n * 0.1, 33, 44.1 + n * 0.1, 34) for n in range(count)}
    assert drawn(ground=Ground(areas))
