"""Surfaces keep the mass, hold heaps back, and never show severe points."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest

from geo.cell_layers import CellGround, cell_spots
from geo.cells import planning_cells
from geo.incidents import CATEGORIES
from geo.layers import Clearance, Period
from geo.locate import place_incidents
from geo.population import POPULATION
from geo.privacy import NotReleasableError
from geo.surfaces import incident_surface

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
NOBODY = POPULATION.empty()


@pytest.fixture
def placed(squares, make_incidents, rng):
    points = [tuple(p) for p in rng.uniform((47.02, 30.02), (47.38, 30.18), (300, 2))]
    kinds = ["drug_abuse"] * 200 + ["domestic_violence"] * 100
    return place_incidents(make_incidents(points, category=kinds), squares)


def test_points_of_a_category_that_may_be_shown(squares, placed):
    shown = incident_surface(
        placed, squares, NOBODY, period=YEAR, category="drug_abuse", clearance=Clearance.EXACT
    )
    assert shown.grid.total == pytest.approx(200, rel=1e-3)
    assert shown.clearance is Clearance.EXACT
    every = incident_surface(placed, squares, NOBODY, period=YEAR, clearance=Clearance.EXACT)
    assert every.grid.total == pytest.approx(200, rel=1e-3)
    assert any("Severe categories are not in" in c for c in every.caveats)


@pytest.mark.parametrize("category", ["domestic_violence", "severe"])
def test_severe_categories_come_from_areas_even_with_exact_clearance(squares, placed, category):
    shown = incident_surface(
        placed, squares, NOBODY, period=YEAR, category=category, clearance=Clearance.EXACT
    )
    assert shown.clearance is Clearance.RELEASED
    assert shown.grid.total == pytest.approx(shown.grid.mass, rel=1e-3)
    moved = placed.copy()
    rows = moved["category"] == "domestic_violence"
    moved.loc[rows, "lon"] = moved.loc[rows, "lon"] + 0.001
    again = incident_surface(
        moved, squares, NOBODY, period=YEAR, category=category, clearance=Clearance.EXACT
    )
    np.testing.assert_array_equal(shown.grid.values, again.grid.values)


def test_a_released_surface_does_not_know_a_hidden_incident(squares, placed):
    cells = placed.groupby(["subdistrict", "category"])["date"].transform("size")
    k = np.where(placed["category"].map(lambda c: CATEGORIES[c].severe), 10, 5)
    fewer = placed.drop(index=placed.index[cells % k != 0][0])
    one, other = (incident_surface(p, squares, NOBODY, period=YEAR) for p in (placed, fewer))
    np.testing.assert_array_equal(one.grid.values, other.grid.values)


def test_the_real_heap_is_held_back_and_told(basra, events):
    placed = place_incidents(events, basra)
    shown = incident_surface(
        placed,
        basra,
        NOBODY,
        period=Period(date(2006, 1, 1), date(2009, 1, 1)),
        category="other",
        clearance=Clearance.EXACT,
        heap_share=0.1,
    )
    assert shown.grid.left_out == 0
    assert shown.grid.mass < 2_891
    assert shown.grid.total == pytest.approx(shown.grid.mass, rel=1e-3)
    assert any("held back" in c for c in shown.caveats)


def test_hot_cells_are_found_and_severe_ones_are_never_asked(squares, make_incidents, rng):
    towns = gpd.GeoSeries(gpd.points_from_xy([47.05], [30.05]), crs=4326)
    cells = planning_cells(squares, towns, town_m=2000, desert_m=4000)
    spread = rng.uniform((47.0, 30.0), (47.4, 30.2), (150, 2))
    cluster = rng.normal((47.3, 30.1), 0.012, (150, 2))
    rows = make_incidents([tuple(p) for p in np.vstack([spread, cluster])], category="drug_abuse")
    placed = place_incidents(rows, squares)
    ground = CellGround.of(cells, placed)
    table = cell_spots(ground, YEAR, "drug_abuse", Clearance.EXACT).values
    hot = table.index[table["kind"] == "hot"]
    middle = cells.geometry[hot].representative_point()
    away = np.hypot(middle.x - 47.3, middle.y - 30.1)
    assert len(hot) >= 4
    assert away.max() < 0.08
    for category, clearance in (
        ("severe", "exact"),
        ("child_abuse", "exact"),
        ("other", "released"),
    ):
        with pytest.raises(NotReleasableError):
            cell_spots(ground, YEAR, category, Clearance(clearance))
