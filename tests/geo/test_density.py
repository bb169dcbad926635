"""The surface is the kernel's, and its mass is the incidents'."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from geo.density import (
    bin_linear,
    cap_weights,
    density,
    gaussian,
    mask_of,
    silverman_m,
    smooth,
)
from geo.incidents import SEVERE

BOX = shapely.box(0, 0, 50_000, 50_000)


def exact(points, at, sigma):
    """Sum of Gaussian kernels per km2, in so many words."""
    d2 = ((at[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    return np.exp(-d2 / (2 * sigma**2)).sum(axis=1) / (2 * np.pi * sigma**2) * 1e6


def test_the_surface_is_the_sum_of_kernels(rng):
    points = rng.normal(25_000, 4_000, (1_000, 2))
    grid = density(points, BOX, category=None, cell_m=100, bandwidth_m=1_000)
    row, column = rng.integers(150, 350, (2, 500))
    at = np.column_stack([(column + 0.5) * 100, (row + 0.5) * 100])
    truth = exact(points, at, 1_000)
    assert np.abs(grid.values[row, column] - truth).max() < 2e-4 * truth.max()


def test_the_half_cell_variance_matters(rng):
    points = rng.normal(25_000, 3_000, (300, 2))
    grid = density(points, BOX, category=None, cell_m=500, bandwidth_m=1_000)
    at = (np.argwhere(grid.values > 0)[:, ::-1] + 0.5) * 500
    truth = exact(points, at, 1_000)
    got = grid.values[grid.values > 0]
    assert np.abs(got - truth).max() < 0.02 * truth.max()


@settings(max_examples=25, deadline=None)
@given(
    points=st.lists(st.tuples(st.floats(1, 49_999), st.floats(1, 49_999)), min_size=2, max_size=40),
    bandwidth=st.floats(500, 20_000),
)
def test_the_mass_is_the_number_of_incidents_also_at_the_border(points, bandwidth):
    xy = np.array(points)
    grid = density(xy, BOX, category=None, cell_m=500, bandwidth_m=bandwidth)
    assert grid.left_out == 0
    assert grid.total == pytest.approx(len(points), rel=1e-3)


def test_the_mass_holds_in_a_ragged_boundary_and_counts_what_is_outside(rng):
    star = shapely.Polygon(
        [
            (25_000 + r * np.cos(t), 25_000 + r * np.sin(t))
            for t, r in zip(np.linspace(0, 6.2, 24), [22_000, 9_000] * 12, strict=True)
        ]
    )
    points = rng.uniform(0, 50_000, (2_000, 2))
    inside = int(shapely.contains_xy(star, *points.T).sum())
    grid = density(points, star, category="drug_abuse", cell_m=200, bandwidth_m=2_000)
    assert grid.left_out == 2_000 - inside
    assert grid.total == pytest.approx(inside, rel=1e-3)


@pytest.mark.parametrize("distance", [0.0, 0.5, 1.0, 2.0])
def test_kernel_mass_inside_a_straight_border(distance):
    """0.5, 0.691462, 0.841345, 0.977250 at 0, 0.5, 1, 2 standard deviations."""
    cell, sigma = 50.0, 2_000.0
    inside = np.zeros((1_000, 1_000), dtype=bool)
    inside[:, 500:] = True
    kept = gaussian(inside.astype(float), sigma / cell)
    at = 500 + distance * sigma / cell
    middle = (kept[500, int(at) - 1] + kept[500, int(at)]) / 2
    assert middle == pytest.approx(norm.cdf(distance), abs=1e-4)
    point = np.zeros((1_000, 1_000))
    point[500, int(at)] = 1.0
    corrected = smooth(point, inside, sigma / cell)
    assert corrected.sum() == pytest.approx(1.0, abs=1e-6)
    assert corrected[:, :500].sum() == 0.0


def test_the_mask_is_the_polygon_with_holes_and_parts(rng):
    ragged = shapely.union_all([shapely.Point(p).buffer(4.0) for p in rng.uniform(5, 35, (25, 2))])
    ragged = ragged.difference(shapely.Point(20, 20).buffer(5))
    mask = mask_of(ragged, (0.0, 0.0), 0.5, (80, 80))
    side = (np.arange(80) + 0.5) * 0.5
    assert (mask == shapely.contains_xy(ragged, side[None, :], side[:, None])).all()


def test_the_filter_is_scipys(rng):
    from scipy.ndimage import gaussian_filter

    grid = rng.uniform(0, 1, (90, 130))
    theirs = gaussian_filter(grid, 7.0, mode="constant", truncate=8)
    np.testing.assert_allclose(gaussian(grid, 7.0), theirs, atol=1e-8)


def test_parts_of_the_points_add_up(rng):
    points = rng.uniform(0, 50_000, (500, 2))
    whole = bin_linear(points, None, (0, 0), 500.0, (100, 100))
    parts = sum(bin_linear(p, None, (0, 0), 500.0, (100, 100)) for p in np.array_split(points, 7))
    np.testing.assert_allclose(whole, parts, atol=1e-9)
    assert whole.sum() == pytest.approx(500)


def test_one_coordinate_is_held_to_its_share():
    points = np.array([[0.0, 0.0]] * 465 + [[float(i), 1.0] for i in range(535)])
    weights = cap_weights(points, 0.2)
    assert weights[:465].sum() / weights.sum() == pytest.approx(0.2)
    assert (weights[465:] == 1).all()
    assert (cap_weights(points, 0.5) == 1).all()
    two = np.array([[0.0, 0.0]] * 30 + [[1.0, 1.0]] * 20 + [[float(i), 9.0] for i in range(10)])
    weights = cap_weights(two, 0.25)
    assert weights[:30].sum() / weights.sum() == pytest.approx(0.25)
    assert weights[30:50].sum() / weights.sum() == pytest.approx(0.25)
    same = cap_weights(np.array([[0.0, 0.0]] * 4 + [[1.0, 1.0]]), 0.2)
    assert same.sum() == pytest.approx(2.0)


@pytest.mark.parametrize("category", sorted(SEVERE))
def test_severe_categories_have_no_surface(category):
    with pytest.raises(ValueError, match="no surface"):
        density(np.zeros((3, 2)), BOX, category=category, cell_m=500, bandwidth_m=1_000)


def test_silverman_in_metres(rng):
    points = rng.normal(0, 3_000, (64, 2))
    assert silverman_m(points) == pytest.approx(np.sqrt(points.var(axis=0, ddof=1).mean()) / 2)
    with pytest.raises(ValueError, match="bandwidth"):
        silverman_m(np.zeros((5, 2)))
    with pytest.raises(ValueError, match="smaller cells"):
        density(points, BOX, category=None, cell_m=5_000, bandwidth_m=1_000)
