"""Charts: figures of picture, table and sentence agree; nothing fails on few or odd figures."""

import math
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.locale.words import Words
from service.reports import charts
from service.reports.charts.explored import women_knee
from service.reports.charts.scale import scale

EN, AR = Words("en"), Words("ar", "arab")
HOSTILE = '<script>alert(1)</script> & "#import" $x$ ]'
SHARE = st.none() | st.floats(0, 1)


def texts(chart):
    root = ET.fromstring(chart.svg)
    return [re.sub("[\u2066-\u2069]", "", one.text or "") for one in root.iter() if one.text]


def every_chart(words, name=HOSTILE):
    return [
        charts.before_after(words, name, [charts.BeforeAfter(name, 0.2, 0.5)]),
        charts.worth_of_one_more(words, [charts.Worth(name, 0.2, name)], name, share=True),
        charts.stacked(words, name, [name, "b"], [charts.Stack(name, (3.0, 1.0))]),
        charts.staffing_curve(words, [charts.CurvePoint(n, 0.1, 0.3, 0.5) for n in range(3)], 1),
        charts.frontier(
            words,
            charts.Goal(name),
            charts.Goal("y"),
            [charts.FrontierPoint(0, 5), charts.FrontierPoint(2, 3, chosen=True)],
        ),
        charts.rank_intervals(words, [charts.RankInterval(name, 1, 1, 2)]),
        charts.trend(words, name, [(date(2025, m, 1), float(m)) for m in range(1, 5)]),
    ]


def empty_charts(words):
    return [
        charts.before_after(words, "t", []),
        charts.worth_of_one_more(words, [], "m"),
        charts.stacked(words, "t", ["a"], []),
        charts.staffing_curve(words, []),
        charts.frontier(words, charts.Goal("x"), charts.Goal("y"), []),
        charts.rank_intervals(words, []),
        charts.trend(words, "t", []),
    ]


@pytest.mark.parametrize("words", [EN, AR], ids=["en", "ar"])
def test_names_are_text_in_every_chart(words):
    for chart in every_chart(words):
        tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(chart.svg).iter()}
        assert tags <= {"svg", "text", "line", "rect", "circle", "polygon", "polyline", "path"}


@pytest.mark.parametrize("words", [EN, AR], ids=["en", "ar"])
def test_every_chart_has_a_sentence_and_a_table_of_its_width(words):
    for chart in (*every_chart(words, "x"), *empty_charts(words)):
        assert chart.reading(words)
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
        assert all(place < len(chart.table.columns) for place in chart.table.figures)


def test_arabic_charts_say_nothing_in_english():
    for chart in every_chart(AR, "القرنة"):
        said = " ".join((*texts(chart), chart.reading(AR), *chart.table.columns))
        assert not re.search("[A-Za-wz]{2,}", said), said


def test_before_after_names_the_winner_and_the_worst():
    rows = [
        charts.BeforeAfter("A", 0.2, 0.9),
        charts.BeforeAfter("B", 0.4, 0.5),
        charts.BeforeAfter("C", None, 0.1),
    ]
    chart = charts.before_after(EN, "t", rows)
    assert chart.reading(EN) == "A gains most, from 20% to 90%; the worst served is B with 50%."
    assert chart.table.rows[0] == ("A", "20.0%", "90.0%", "+70.0")
    assert chart.table.rows[2][3] == "–"


def test_bars_are_as_long_as_their_shares_and_grow_from_the_reader_s_side():
    def bars(words):
        chart = charts.before_after(words, "t", [charts.BeforeAfter("A", 0.25, 0.5)])
        found = [one for one in ET.fromstring(chart.svg) if one.tag.endswith("rect")][2:]
        return [(float(one.get("x")), float(one.get("width"))) for one in found]

    (left, before), (_, after) = bars(EN)
    assert after == pytest.approx(2 * before, abs=0.02)
    (from_right, again), _ = bars(AR)
    assert again == pytest.approx(before, abs=0.02)
    assert from_right + again == pytest.approx(640 - left, abs=0.02)


def test_the_knee_is_drawn_and_read():
    points = [charts.CurvePoint(n, 0.1, y, 0.5) for n, y in enumerate((0.3, 0.5, 0.6, 0.61))]
    chart = charts.staffing_curve(EN, points, knee=2)
    assert "knee: 2" in texts(chart)
    assert "most of it comes with the first 2: 60%" in chart.reading(EN)


def test_most_is_not_said_of_hires_that_bring_little():
    points = [charts.CurvePoint(n, 0.1, y, 0.5) for n, y in enumerate((0.77, 0.775, 0.84, 0.84))]
    assert "most of it" not in charts.staffing_curve(EN, points, knee=1).reading(EN)
    assert women_knee(points) == 2
    assert "the first 2: 84%" in charts.staffing_curve(EN, points, women_knee(points)).reading(EN)


def test_a_curve_that_brings_nothing_says_so():
    points = [charts.CurvePoint(n, 0.1, 0.3, 0.5) for n in range(3)]
    assert "little changes" in charts.staffing_curve(EN, points).reading(EN)


def test_gaps_of_a_trend_stay_gaps():
    days = [date(2025, m, 1) for m in range(1, 6)]
    chart = charts.trend(EN, "t", list(zip(days, (1.0, 2.0, None, 3.0, 4.0), strict=True)))
    lines = [one for one in ET.fromstring(chart.svg) if one.tag.endswith("polyline")]
    assert len(lines) == 2
    assert chart.table.rows[2][1] == "–"


def test_ranks_that_overlap_the_first_are_counted():
    rows = [
        charts.RankInterval("A", 1, 1, 3),
        charts.RankInterval("B", 2, 2, 4),
        charts.RankInterval("C", 3, 4, 5),
    ]
    reading = charts.rank_intervals(EN, rows).reading(EN)
    assert reading == "A ranks first, but 1 area can't be told apart from it."


def test_the_most_useful_comes_first():
    rows = [charts.Worth("man", 0.1), charts.Worth("woman", 0.3, "Ashar")]
    chart = charts.worth_of_one_more(EN, rows, "share", share=True)
    assert [row[0] for row in chart.table.rows] == ["woman", "man"]
    assert chart.reading(EN) == "woman at Ashar brings most. share: 30.0%."


def test_more_kinds_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="told apart"):
        charts.stacked(EN, "t", list("abcdef"), [])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SHARE, SHARE), max_size=8))
def test_any_shares_are_drawn(pairs):
    rows = [charts.BeforeAfter(str(n), a, b) for n, (a, b) in enumerate(pairs)]
    ET.fromstring(charts.before_after(AR, "t", rows).svg)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20), st.booleans())
def test_a_scale_holds_its_values_between_round_ticks(values, from_zero):
    found = scale(values, 0, 100, from_zero=from_zero)
    slack = 1e-6 * max(1.0, *map(abs, values))
    assert found.low <= min(values) + slack
    assert found.high >= max(values) - slack
    assert len(found.ticks) <= 14
    assert all(math.isfinite(found.at(v)) for v in values)
