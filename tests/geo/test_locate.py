"""Every incident is placed once, and the real file is accounted for to the last row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.incidents import check_incidents
from geo.locate import account, build_locator, place_incidents
from tests.geo.conftest import events_of, square_units

INSIDE, OUTSIDE, BORDER = (47.05, 30.05), (49.0, 33.0), (47.0995, 30.05)


def test_each_kind_of_placement(squares, make_incidents):
    nan = float("nan")
    rows = make_incidents(
        [INSIDE, BORDER, OUTSIDE, (nan, nan), (nan, nan), OUTSIDE],
        given=[None, None, None, None, "G.2.1", "G.3.0"],
    )
    placed = place_incidents(rows, squares)
    assert placed["placement"].tolist() == [
        "placed",
        "border",
        "outside",
        "unplaced",
        "placed",
        "border",
    ]
    assert placed["subdistrict"].fillna("-").tolist() == [
        "G.0.0",
        "G.0.0",
        "-",
        "-",
        "G.2.1",
        "G.3.0",
    ]
    assert placed["district"].fillna("-").tolist() == ["G.0", "G.0", "-", "-", "G.2", "G.3"]


def test_a_district_given_by_the_source_overrides_the_point(squares, make_incidents):
    near, far = (47.0998, 30.05), (47.01, 30.05)  # 20 m and 8.6 km on the wrong side
    placed = place_incidents(make_incidents([near, far], given=["G.1", "G.1"]), squares)
    assert placed["district"].tolist() == ["G.1", "G.1"]
    assert placed["subdistrict"].fillna("-").tolist() == ["G.1.0", "-"]
    assert placed["placement"].tolist() == ["border", "border"]
    assert account(placed)["district_only"] == 1


def test_an_area_nobody_knows_is_left_to_the_point(squares, make_incidents):
    placed = place_incidents(make_incidents([INSIDE], given=["ELSEWHERE"]), squares)
    assert placed["subdistrict"].tolist() == ["G.0.0"]


def test_border_distance_is_metres(squares, make_incidents):
    metres = 1 / 96_400  # degrees of longitude at 30 N, about
    points = [(47.1 - d * metres, 30.05) for d in (100, 450, 550, 2000)]
    placed = place_incidents(make_incidents(points), squares)
    assert placed["placement"].tolist() == ["border", "border", "placed", "placed"]
    wide = place_incidents(make_incidents(points), squares, border_m=2500)
    assert set(wide["placement"]) == {"border"}


def test_a_coordinate_with_too_large_a_share_is_a_heap(squares, make_incidents, rng):
    spread = [tuple(p) for p in rng.uniform((47.01, 30.01), (47.09, 30.09), (40, 2))]
    placed = place_incidents(make_incidents([(47.05, 30.05)] * 20 + spread), squares)
    assert placed["heap"].sum() == 20
    few = place_incidents(make_incidents([(47.05, 30.05)] * 9), squares)
    assert few["heap"].sum() == 0


def test_units_without_sub_districts_are_enough(make_incidents):
    units = square_units()
    districts = units[units["level"] != "subdistrict"]
    placed = place_incidents(make_incidents([INSIDE]), districts)
    assert placed["district"].tolist() == ["G.0"]


POINTS = st.lists(
    st.tuples(
        st.one_of(
            st.floats(46.9, 47.5), st.just(float("nan")), st.sampled_from([47.0, 47.1, 47.4])
        ),
        st.one_of(st.floats(29.9, 30.3), st.sampled_from([30.0, 30.1, 30.2])),
        st.sampled_from([None, "G.0", "G.1.1", "G", "nobody"]),
    ),
    min_size=1,
    max_size=30,
)
UNITS = square_units()
LOCATOR = build_locator(UNITS)


@settings(max_examples=30, deadline=None)
@given(rows=POINTS, order=st.randoms(use_true_random=False))
def test_no_incident_is_lost_or_counted_twice_in_any_order(rows, order):
    frame = pd.DataFrame(rows, columns=["lon", "lat", "area_given"])
    frame.loc[frame["lon"].isna(), "lat"] = np.nan
    frame["date"], frame["category"] = "2024-01-01", "other"
    frame.index = [f"i{n}" for n in range(len(frame))]
    clean = check_incidents(frame)
    placed = place_incidents(clean, UNITS, locator=LOCATOR)
    sums = account(placed)
    assert sums["placed"] + sums["border"] + sums["outside"] + sums["unplaced"] == len(rows)
    assert placed.index.equals(clean.index)
    shuffled = list(clean.index)
    order.shuffle(shuffled)
    again = place_incidents(clean.loc[shuffled], UNITS, locator=LOCATOR)
    pd.testing.assert_frame_equal(again.loc[clean.index], placed)


@pytest.mark.parametrize("given_by", ["adm2_pcode", "adm3_pcode", None])
def test_every_real_event_is_accounted_for(raw_events, iraq, given_by):
    sums = account(place_incidents(events_of(raw_events, given_by), iraq))
    assert sums["incidents"] == 2891
    assert sums["placed"] + sums["border"] + sums["outside"] + sums["unplaced"] == 2891
    assert sums["repeats"] == 534
    assert (sums["outside"], sums["unplaced"], sums["district_only"]) == (0, 0, 0)


def test_the_real_heaps_and_the_river_are_flagged(events, basra, raw_events):
    placed = place_incidents(events, basra)
    heap = placed[(placed["lon"] == 47.86294) & (placed["lat"] == 30.49479)]
    assert len(heap) == 465
    assert heap["heap"].all()
    assert (heap["placement"] == "border").all()
    assert (placed["district"].to_numpy() == raw_events["adm2_pcode"].to_numpy()).all()
    assert (placed["subdistrict"].to_numpy() == raw_events["adm3_pcode"].to_numpy()).all()


def test_tanuma_lies_in_the_wrong_polygon_unless_its_source_says_more(basra, make_incidents):
    tanuma = (47.8479, 30.523)
    free, told = make_incidents([tanuma] * 2, given=[None, "IQG02Q07N02"]).pipe(
        lambda rows: place_incidents(rows, basra)["subdistrict"]
    )
    assert free != "IQG02Q07N02"  # the official river line is off
    assert told == "IQG02Q07N02"
