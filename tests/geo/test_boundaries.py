"""Units: checked, completed with the levels above, simplified without tearing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundaries import at_level, check_units, simplify_together, units_from_table, upward
from geo.checks import FaultsError
from geo.crs import areas_km2, metric_crs
from geo.places import Level
from tests.geo.conftest import COD_COLUMNS, square_units


def test_districts_and_governorate_are_made_of_sub_districts(squares):
    assert squares["level"].value_counts().to_dict() == {
        "subdistrict": 8,
        "district": 4,
        "governorate": 1,
    }
    whole = squares.loc["G"]
    parts = at_level(squares, Level.SUBDISTRICT)
    assert whole["area_km2"] == pytest.approx(parts["area_km2"].sum(), rel=1e-9)
    assert squares.loc["G.0", "name_en"] == "D0"
    assert upward(squares, ["G.1.0", "G", "unknown"], Level.DISTRICT) == ["G.1", None, None]


def _two(second) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"level": "subdistrict", "geometry": [shapely.box(47, 30, 47.1, 30.1), second]},
        index=pd.Index(["A", "B"], name="code"),
        crs=4326,
    )


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (shapely.box(47.05, 30, 47.2, 30.1), "overlap"),
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "Self-intersection"),
        (shapely.Point(47, 30), "not a polygon"),
        (shapely.Polygon(), "no geometry"),
    ],
)
def test_bad_geometry_is_refused_with_its_reason(shape, says):
    with pytest.raises(FaultsError, match=says):
        check_units(_two(shape))


def test_a_sliver_of_digitising_is_no_overlap():
    check_units(_two(shapely.box(47.0999999, 30, 47.2, 30.1)))


def test_another_reference_system_is_refused():
    with pytest.raises(FaultsError, match="WGS84"):
        check_units(_two(shapely.box(47.1, 30, 47.2, 30.1)).set_crs(32638, allow_override=True))


def test_metric_system_of_basra_and_elsewhere():
    assert metric_crs((46.5, 29.1, 48.6, 31.3)).to_epsg() == 32638
    assert metric_crs((2.0, 48.0, 3.0, 49.0)).to_epsg() == 32631
    assert metric_crs((-71.0, -34.0, -70.0, -33.0)).to_epsg() == 32719


def test_simplified_units_still_share_their_borders():
    units = square_units(5, 3)
    bent = units.copy()
    simple = simplify_together(bent, 1000.0)
    for level in (Level.SUBDISTRICT, Level.DISTRICT):
        assert shapely.coverage_is_valid(at_level(simple, level).geometry.to_numpy())


def test_official_units_of_basra(basra):
    areas = at_level(basra, Level.SUBDISTRICT)["area_km2"]
    assert len(areas) == 18
    assert areas.sum() == pytest.approx(18_905, abs=1)
    assert areas["IQG02Q06N02"] == pytest.approx(8_565, abs=1)
    assert len(at_level(basra, Level.DISTRICT)) == 7
    assert basra.loc["IQG02Q05", "name_en"] == "Al-Qurna"
    assert basra.loc["IQG02", "pcode"] == "IQG02"


def test_all_iraq_simplifies_as_one_coverage(iraq):
    simple = simplify_together(iraq, 500.0)
    assert shapely.get_num_coordinates(simple.geometry.to_numpy()).sum() < 0.6 * (
        shapely.get_num_coordinates(iraq.geometry.to_numpy()).sum()
    )
    for level in (Level.SUBDISTRICT, Level.DISTRICT, Level.GOVERNORATE):
        assert shapely.coverage_is_valid(at_level(simple, level).geometry.to_numpy())


def test_another_governorate_needs_no_code(cod):
    thiqar = units_from_table(cod[cod["ADM1_PCODE"] == "IQG17"], COD_COLUMNS)
    assert len(at_level(thiqar, Level.GOVERNORATE)) == 1
    assert (at_level(thiqar, Level.SUBDISTRICT)["area_km2"] > 0).all()


def test_geodesic_area_does_not_depend_on_the_ring_direction():
    box = shapely.box(47, 30, 48, 31)
    both = gpd.GeoSeries([box, shapely.reverse(box)], crs=4326)
    one, other = areas_km2(both)
    assert one == pytest.approx(other)
    assert np.isclose(one, 10_600, rtol=0.01)
