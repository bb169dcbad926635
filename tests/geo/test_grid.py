"""The grid gives exactly the answers of the polygons."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.boundaries import at_level
from geo.grid import OUTSIDE, assign, build_grid
from geo.places import Level


def lowest_holder(shapes: list, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The rule in its plainest form: the first polygon that holds the point."""
    points = shapely.points(x, y)
    out = np.full(len(x), OUTSIDE)
    for i in range(len(shapes) - 1, -1, -1):
        out[shapely.intersects(shapes[i], points)] = i
    return out


@st.composite
def coverages(draw):
    """Triangles of a few points: borders in all directions, shared exactly."""
    coordinate = st.integers(0, 12)
    points = draw(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=12, unique=True))
    triangles = list(shapely.delaunay_triangles(shapely.MultiPoint(points)).geoms)
    return [t for t in triangles if t.area > 0]


@settings(max_examples=60, deadline=None)
@given(shapes=coverages(), size=st.sampled_from([1, 2, 7, 32]))
def test_every_lattice_point_lies_where_the_polygons_say(shapes, size):
    if not shapes:
        return
    codes = [f"{i:03}" for i in range(len(shapes))]
    grid = build_grid(codes, shapes, size=size)
    x, y = (a.ravel() for a in np.meshgrid(np.arange(-1, 14, 0.5), np.arange(-1, 14, 0.5)))
    assert (assign(grid, x, y) == lowest_holder(list(grid.shapes), x, y)).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_overlapping_and_nested_units_give_the_lowest_code(seed):
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 10, (6, 2))
    shapes = [
        shapely.Point(c).buffer(r) for c, r in zip(centres, rng.uniform(0.5, 6, 6), strict=True)
    ]
    grid = build_grid(list("fedcba"), shapes, size=16)
    x, y = rng.uniform(-1, 11, (2, 400))
    assert grid.codes == tuple("abcdef")
    assert (assign(grid, x, y) == lowest_holder(list(grid.shapes), x, y)).all()


def test_a_point_on_a_shared_border_lies_in_exactly_one_area():
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0, 1, 2, 2)]
    grid = build_grid(["b", "a", "c"], shapes, size=8)
    x = np.array([1.0, 1.0, 0.0, 2.0, 1.5, 2.5])
    y = np.array([0.5, 1.0, 0.0, 2.0, 1.0, 0.5])
    assert [grid.codes[i] if i >= 0 else None for i in assign(grid, x, y)] == [
        "a",
        "a",
        "b",
        "c",
        "a",
        None,
    ]


def test_nan_and_infinite_points_are_outside():
    grid = build_grid(["a"], [shapely.box(0, 0, 1, 1)], size=4)
    x = np.array([np.nan, 0.5, np.inf, -np.inf, 0.5])
    y = np.array([0.5, np.nan, 0.5, 0.5, 0.5])
    assert assign(grid, x, y).tolist() == [-1, -1, -1, -1, 0]
    assert len(assign(grid, np.empty(0), np.empty(0))) == 0


def test_any_split_of_the_points_gives_the_same_answers(iraq, rng):
    units = at_level(iraq, Level.SUBDISTRICT)
    grid = build_grid(list(units.index), list(units.geometry))
    west, south, east, north = units.total_bounds
    x, y = rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)
    whole = assign(grid, x, y)
    parts = np.concatenate(
        [
            assign(grid, a, b)
            for a, b in zip(
                np.split(x, 7 * [0] + [9, 13_000]), np.split(y, 7 * [0] + [9, 13_000]), strict=True
            )
        ]
    )
    assert (whole == parts).all()


def test_all_official_vertices_and_random_points_agree_with_sjoin(iraq, rng):
    units = at_level(iraq, Level.SUBDISTRICT)
    grid = build_grid(list(units.index), list(units.geometry))
    vertices = shapely.get_coordinates(units.geometry.to_numpy())
    west, south, east, north = units.total_bounds
    spread = np.column_stack([rng.uniform(west, east, 30_000), rng.uniform(south, north, 30_000)])
    points = np.vstack([vertices, spread])
    found = assign(grid, points[:, 0].copy(), points[:, 1].copy())
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*points.T, crs=4326))
    joined = gpd.sjoin(frame, units[["geometry"]], predicate="intersects")
    lowest = joined.groupby(joined.index)["code"].min().reindex(range(len(points)))
    ours = np.array([*grid.codes, ""], dtype=object)[found]
    assert (lowest.fillna("").to_numpy() == ours).all()
    assert grid.nbytes < 10_000_000


def test_size_of_the_index_does_not_change_answers(squares, rng):
    units = at_level(squares, Level.SUBDISTRICT)
    x, y = rng.uniform(46.9, 47.5, 500), rng.uniform(29.9, 30.3, 500)
    answers = [
        assign(build_grid(list(units.index), list(units.geometry), size=s), x, y).tolist()
        for s in (1, 3, 64, 500)
    ]
    assert all(a == answers[0] for a in answers)
    assert pytest.approx(0.53, abs=0.2) == np.mean(np.array(answers[0]) >= 0)
