"""Roads of any source: tags of OpenStreetMap as columns or in one, speeds, directions."""

import geopandas as gpd
import pytest
import shapely

from geo.places import Office, OfficeKind
from geo.roads import drivable
from geo.travel import road_travel

WEST_EAST = shapely.LineString([(47.0, 30.0), (47.1, 30.0)])


def features(*rows: dict[str, object]) -> gpd.GeoDataFrame:
    shapes = [row.pop("geometry", WEST_EAST) for row in rows]
    return gpd.GeoDataFrame(list(rows), geometry=shapes, crs=4326)


@pytest.mark.parametrize(
    ("tags", "speed"),
    [
        ({"highway": "primary"}, 70.0),
        ({"highway": "primary_link"}, 52.5),
        ({"highway": "primary", "maxspeed": "90"}, 90.0),
        ({"highway": "primary", "maxspeed": "90 km/h"}, 90.0),
        ({"highway": "primary", "maxspeed": "50 mph"}, 80.4672),
        ({"highway": "primary", "maxspeed": "walk"}, 70.0),
        ({"highway": "primary", "maxspeed": "0"}, 70.0),
        ({"highway": "primary", "maxspeed": "90", "speed_kmh": "35"}, 35.0),
        ({"HIGHWAY": "Primary", "MaxSpeed": "80;60"}, 80.0),
        ({"highway": "track", "other_tags": '"maxspeed"=>"33","surface"=>"sand"'}, 33.0),
    ],
)
def test_speeds(tags, speed):
    assert drivable(features(tags)).lines["speed_kmh"].tolist() == pytest.approx([speed])


def test_what_is_no_way_for_cars_is_left_out_and_counted():
    found = drivable(
        features(
            {"highway": "residential"},
            {"highway": "footway"},
            {"highway": "construction"},
            {"highway": "primary", "access": "no"},
            {"highway": None, "building": "yes", "geometry": shapely.box(47, 30, 48, 31)},
            {"highway": "bus_stop", "geometry": shapely.Point(47, 30)},
        )
    )
    assert (len(found.lines), found.left_out) == (1, 5)


def test_lines_without_any_tag_are_all_roads():
    found = drivable(features({"name": "a"}, {"name": "b"}))
    assert found.lines["speed_kmh"].isna().all()
    assert not found.lines["oneway"].any()
    assert found.left_out == 0


@pytest.mark.parametrize(
    ("tags", "there", "back"),
    [
        ({}, True, True),
        ({"oneway": "no"}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"junction": "roundabout"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway", "oneway": "no"}, True, True),
        ({"other_tags": '"oneway"=>"yes"'}, True, False),
    ],
)
def test_directions_reach_the_shortest_way(tags, there, back):
    roads = drivable(features({"highway": "primary"} | tags)).lines
    ends = {"west": 47.0, "east": 47.1}
    offices = [
        Office(code=code, kind=OfficeKind.SUB, name_ar=code, name_en=code, lon=lon, lat=30.0)
        for code, lon in ends.items()
    ]
    seats = gpd.pd.DataFrame({"lon": ends, "lat": dict.fromkeys(ends, 30.0)})
    table = road_travel(roads, seats, offices).set_index(["office", "area"])["travel_min"]
    assert (("west", "east") in table.index) == there
    assert (("east", "west") in table.index) == back
    assert table["west", "west"] == pytest.approx(0.0, abs=1e-3)
