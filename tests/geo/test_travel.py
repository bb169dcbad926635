"""No way leads across the river but over an open crossing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.landroutes import LandRules, land_routes, land_travel
from geo.places import Crossing, Office, OfficeKind
from geo.travel import road_travel, seats, travel_matrix

# The Shatt al-Arab in a few strokes, through its bridges in the city.
SHATT = gpd.GeoSeries(
    [
        shapely.LineString(
            [
                (47.60, 30.85),
                (47.70, 30.70),
                (47.75, 30.60),
                (47.782, 30.575),
                (47.80, 30.565),
                (47.831, 30.539),
                (47.8422, 30.5236),
                (47.86, 30.50),
                (48.0, 30.44),
                (48.2, 30.35),
                (48.4, 30.1),
                (48.57, 29.93),
            ]
        )
    ],
    crs=4326,
)
NO_RIVER = gpd.GeoSeries([], crs=4326)
OUTLINE = shapely.box(46.5, 29.95, 48.55, 30.83)
PLAIN = LandRules(speed_kmh=60, detour=1.0)


def office(code, lon, lat) -> Office:
    return Office(code=code, kind=OfficeKind.SUB, name_ar="م", name_en=code, lon=lon, lat=lat)


def bridge(code, lon, lat, *, is_open=True) -> Crossing:
    return Crossing(code=code, name_ar="جسر", name_en=code, lon=lon, lat=lat, open=is_open)


ASHAR = office("ashar", 47.8344, 30.5219)
BRIDGES = {
    "tanuma": (47.8422, 30.5236),
    "italian": (47.831, 30.539),
    "khalid": (47.782, 30.575),
}
AREAS = pd.DataFrame(
    {"lon": [47.8475, 48.473, 47.80], "lat": [30.5226, 29.974, 30.50]},
    index=["tanuma", "faw", "west"],
)


def minutes(*opened: str, areas=AREAS, outline=OUTLINE) -> pd.Series:
    crossings = [bridge(c, *at, is_open=c in opened) for c, at in BRIDGES.items()]
    travel = land_travel(areas, [ASHAR], crossings, SHATT, outline=outline, rules=PLAIN)
    return travel_matrix(travel, list(areas.index), ["ashar"])["ashar"]


def test_the_way_to_tanuma_depends_on_the_bridges():
    assert minutes("tanuma", "italian", "khalid")["tanuma"] == pytest.approx(1.3, abs=0.1)
    assert 4 < minutes("italian", "khalid")["tanuma"] < 6
    assert minutes("khalid")["tanuma"] > 16  # minutes at 60 km/h: kilometres


def test_without_a_bridge_there_is_no_way_and_no_large_number():
    found = minutes()
    assert pd.isna(found["tanuma"])
    assert found["west"] == pytest.approx(4.1, abs=0.2)
    # Inland the river would end; there one may walk round it.
    assert minutes(outline=None)["tanuma"] > 60


def test_al_faw_is_reached_along_the_west_bank():
    straight_km = 86.4
    assert minutes()["faw"] == pytest.approx(straight_km, rel=0.02)


@settings(max_examples=15, deadline=None)
@given(
    areas=st.lists(
        st.tuples(st.floats(47.2, 48.4), st.floats(30.0, 30.8)), min_size=1, max_size=5, unique=True
    ),
    opened=st.sets(st.sampled_from(sorted(BRIDGES))),
)
def test_no_leg_crosses_the_river_except_a_bridge(areas, opened):
    frame = pd.DataFrame(areas, columns=["lon", "lat"], index=[f"a{i}" for i in range(len(areas))])
    crossings = [bridge(c, *at, is_open=c in opened) for c, at in BRIDGES.items()]
    routes = land_routes(frame, [ASHAR], crossings, SHATT, outline=OUTLINE, rules=PLAIN)
    lines = shapely.linestrings(routes.points[routes.legs])
    crosses = shapely.intersects(routes.barrier, lines)
    assert not crosses[~routes.bridges].any()
    assert crosses[routes.bridges].all()
    assert routes.bridges.sum() == len(opened)


def test_two_banks_are_one_river_at_a_crossing():
    west = shapely.LineString([(47.84, 30.0), (47.84, 31.0)])
    east = shapely.LineString([(47.845, 30.0), (47.845, 31.0)])
    river = gpd.GeoSeries([west, east], crs=4326)
    here, there = office("o", 47.80, 30.5), pd.DataFrame({"lon": [47.9], "lat": [30.5]}, ["a"])
    routes = [bridge("b", 47.842, 30.5)]
    travel = land_travel(there, [here], routes, river, rules=PLAIN)
    assert travel["travel_min"].iloc[0] == pytest.approx(9.6, abs=0.1)


def test_a_crossing_far_from_water_is_named():
    routes = land_routes(AREAS, [ASHAR], [bridge("lost", 47.2, 30.2)], SHATT, rules=PLAIN)
    assert routes.unused == ("lost",)


def test_open_country_is_the_straight_way_times_the_detour():
    travel = land_travel(AREAS, [ASHAR], [], NO_RIVER, rules=LandRules(detour=1.3))
    plain = land_travel(AREAS, [ASHAR], [], NO_RIVER, rules=PLAIN)
    np.testing.assert_allclose(travel["travel_min"], plain["travel_min"] * 1.3, rtol=1e-6)


def roads(*lines, **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString(p) for p in lines], crs=4326)


def test_the_road_graph_takes_the_fastest_way():
    km = 1 / 111.2
    graph = roads(
        [(47.0, 30.0), (47.0, 30.0 + 30 * km)],
        [(47.0, 30.0), (47.1, 30.0), (47.1, 30.0 + 30 * km), (47.0, 30.0 + 30 * km)],
        speed_kmh=[30, 120],
    )
    area = pd.DataFrame({"lon": [47.0], "lat": [30.0 + 30 * km]}, index=["north"])
    found = road_travel(graph, area, [office("o", 47.0, 30.0)])
    assert found["travel_min"].iloc[0] == pytest.approx((30 + 2 * 9.63) / 2, rel=0.01)


def test_roads_one_way_cut_and_too_far():
    graph = roads([(47.0, 30.0), (47.0, 30.1)], [(47.0, 30.1), (47.0, 30.2)], oneway=["yes", "no"])
    spots = pd.DataFrame(
        {"lon": [47.0, 47.0, 47.0], "lat": [30.0, 30.2, 33.0]}, index=["s", "n", "far"]
    )
    found = road_travel(graph, spots, [office("north", 47.0, 30.2), office("south", 47.0, 30.0)])
    wide = travel_matrix(found, spots.index, ["north", "south"])
    assert wide.loc["n", "south"] == pytest.approx(22.2, abs=0.2)
    assert pd.isna(wide.loc["s", "north"])
    assert wide.loc["far"].isna().all()
    shut = [bridge("b", 47.0, 30.15, is_open=False)]
    cut = road_travel(graph, spots, [office("south", 47.0, 30.0)], shut)
    assert cut["area"].tolist() == ["s"]


def test_seats_are_where_visitors_go(basra):
    spots = seats(basra)
    assert len(spots) == 18
    assert spots.notna().all().all()


def road(*points: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.LineString(points)], crs=4326)


def test_a_seat_beside_a_long_straight_road_is_on_it():
    """A road of 90 km with two vertices: what lies in its middle is 1 km from it, not 45."""
    roads = road((47.0, 30.0), (48.0, 30.0))
    middle = pd.DataFrame({"lon": [47.5], "lat": [30.009]}, index=["middle"])
    table = road_travel(roads, middle, [office("west", 47.0, 30.0)], speed_kmh=60)
    assert table["travel_min"].tolist() == pytest.approx([48.2 + 1.0], rel=0.02)


def test_nobody_swims_to_the_nearest_road():
    """The nearest road lies on the other bank; the own bank's is farther and is taken."""
    river = gpd.GeoSeries([shapely.LineString([(47.5, 29.0), (47.5, 31.0)])], crs=4326)
    east = road((47.505, 30.0), (47.9, 30.0))
    west = road((47.2, 30.0), (47.46, 30.0))
    both = pd.concat([east, west], ignore_index=True)
    seat = pd.DataFrame({"lon": [47.495], "lat": [30.0]}, index=["a"])
    far, near = office("east", 47.9, 30.0), office("west", 47.2, 30.0)
    dry = road_travel(both, seat, [far, near], rivers=river)
    assert dry["office"].tolist() == ["west"]
    assert road_travel(both, seat, [far, near])["office"].tolist() == ["east"]
    assert road_travel(east, seat, [far], rivers=river).empty
