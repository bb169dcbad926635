"""Published and closed-form figures beyond the first ones: other data, weights, levels, tables."""

import math
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.weights import KNN, DistanceBand, Queen, Rook, W
from scipy.stats import gaussian_kde, norm, poisson

from geo.areal import interpolate
from geo.density import density
from geo.growth import annual_growth, project, reconcile
from geo.hotspots import gi, gi_star, global_moran, hot_spots, local_moran, pai, pei
from geo.influence import sobol
from geo.layers import LayerCode
from geo.need import Goalpost, Mean, NeedComponent, NeedRules, compute_need, join
from geo.neighbours import band
from geo.rates import marshall, marshall_spatial, poisson_interval
from geo.trend import near_repeat

TOY = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
TOY_VALUES = np.array([2, 3, 3.2, 5, 8, 7])


def example(name: str) -> gpd.GeoDataFrame:
    from libpysal.examples import get_path

    return gpd.read_file(get_path(name))


def positions(weights: W) -> list[tuple[int, ...]]:
    return [tuple(weights.neighbors[i]) for i in range(weights.n)]


# Rates


@pytest.mark.parametrize(
    ("count", "level", "low", "high"),
    [
        # Tables of exact limits (Garwood 1936; Ulm 1990), to the digits they print.
        (0, 0.90, 0.0, 2.9957),
        (0, 0.99, 0.0, 5.2983),
        (1, 0.90, 0.0513, 4.7439),
        (2, 0.95, 0.2422, 7.2247),
        (3, 0.95, 0.6187, 8.7673),
        (3, 0.90, 0.8177, 7.7537),
        (20, 0.95, 12.2165, 30.8884),
        (100, 0.95, 81.3640, 121.6268),
    ],
)
def test_garwoods_limits_at_other_counts_and_levels(count, level, low, high):
    found = poisson_interval([count], confidence=level)
    assert found[0][0] == pytest.approx(low, abs=5.1e-5)
    assert found[1][0] == pytest.approx(high, abs=5.1e-5)
    tail = (1 - level) / 2
    # What makes them exact: each tail holds what it should.
    assert poisson.cdf(count, found[1][0]) == pytest.approx(tail, rel=1e-9)
    if count:
        assert poisson.sf(count - 1, found[0][0]) == pytest.approx(tail, rel=1e-9)


@pytest.mark.parametrize("years", ["7984", "8488", "8893"])
def test_shrinkage_of_st_louis_homicides(years):
    """78 counties, rates some in 100,000: the figures of esda's own documentation among them."""
    from esda.smoothing import Empirical_Bayes, Spatial_Empirical_Bayes

    counties = example("stl_hom.shp")
    events = counties[f"HC{years}"].to_numpy(float)
    people = counties[f"PO{years}"].to_numpy(float)
    theirs = Empirical_Bayes(events, people).r.ravel()
    np.testing.assert_allclose(marshall(events, people).rate, theirs, rtol=1e-10)
    weights = KNN.from_dataframe(counties, k=6)
    local = marshall_spatial(events, people, positions(weights))
    esdas = Spatial_Empirical_Bayes(events, people, weights).r.ravel()
    np.testing.assert_allclose(local.rate[~local.fell_back], esdas[~local.fell_back], rtol=1e-10)
    if years == "7984":
        printed = [2.36718950e-05, 4.54539167e-05, 4.78114019e-05, 2.76907146e-05, 6.58989323e-05]
        np.testing.assert_allclose(marshall(events, people).rate[:5], printed, atol=5e-14)


def test_marshalls_closed_case_without_spread_between_areas():
    """Equal raw rates: no variance beyond chance, every area takes the pooled rate."""
    found = marshall(np.array([2.0, 20, 200]), np.array([1e3, 1e4, 1e5]))
    assert found.rate == pytest.approx([0.002] * 3, rel=1e-12)
    assert found.weight.tolist() == [0.0] * 3


def test_marshalls_closed_case_of_two_areas():
    """r = 1/100 and 5/100 with b = 100: m = .03, s2 = .0004, a = .0001, w = 1/4."""
    found = marshall(np.array([1.0, 5.0]), np.array([100.0, 100.0]))
    assert found.variance == pytest.approx([1e-4] * 2, rel=1e-12)
    assert found.weight == pytest.approx([0.25, 0.25])
    assert found.rate == pytest.approx([0.025, 0.035])


# Hot spots


def test_gi_of_esdas_toy():
    near = band(np.array(TOY, dtype=float), 15)
    printed = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    np.testing.assert_allclose(gi(TOY_VALUES, near), printed, atol=5e-9)


WEIGHTS = {
    "queen": lambda g: Queen.from_dataframe(g, use_index=False),
    "rook": lambda g: Rook.from_dataframe(g, use_index=False),
    "4 nearest": lambda g: KNN.from_dataframe(g, k=4),
    "band": lambda g: DistanceBand.from_dataframe(g, threshold=1.2 * _apart(g)),
}


def _apart(frame: gpd.GeoDataFrame) -> float:
    from libpysal.weights import min_threshold_distance

    points = frame.geometry.centroid
    return float(min_threshold_distance(np.column_stack([points.x, points.y])))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(
    ("file", "column"),
    [("columbus.shp", "HOVAL"), ("columbus.shp", "CRIME"), ("stl_hom.shp", "HR8488")],
)
def test_hot_spot_statistics_under_other_weights(file, column, weights):
    from esda.getisord import G_Local
    from esda.moran import Moran, Moran_Local

    frame = example(file).set_crs(None, allow_override=True)
    w = WEIGHTS[weights](frame)
    near, values = positions(w), frame[column].to_numpy(float)
    row = {"transformation": "r", "permutations": 0}
    assert global_moran(values, near) == pytest.approx(Moran(values, w, **row).I, abs=1e-12)
    np.testing.assert_allclose(
        local_moran(values, near), Moran_Local(values, w, **row).Is, atol=1e-11
    )
    for ours, star in ((gi, False), (gi_star, True)):
        theirs = G_Local(values, w, transform="B", star=star, permutations=0, n_jobs=1).Zs
        np.testing.assert_allclose(ours(values, near), theirs, atol=1e-11)


def test_false_discoveries_as_esda_and_benjamini_hochberg(columbus):
    """q <= a exactly where p is under esda's cut-off; B-H's own example of 15 tests: 4 found."""
    from esda import fdr
    from scipy.stats import false_discovery_control

    published = np.array(
        [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
         .6528, .7590, 1.000]
    )  # fmt: skip
    assert (false_discovery_control(published) <= 0.05).sum() == 4
    assert (published <= fdr(published, 0.05)).sum() == 4
    w = Queen.from_dataframe(columbus, use_index=False)
    table = hot_spots(columbus["CRIME"], positions(w), permutations=9999).table
    found = table["gi_q"] <= 0.10
    assert found.sum() > 5
    assert (found == (table["gi_p"] <= fdr(table["gi_p"].to_numpy(), 0.10))).all()


def test_knox_by_hand():
    """Six events: 3 pairs near in place, 5 near in time, 2 in both; 15 pairs in all."""
    xy = np.array([(0, 0), (50, 0), (0, 50), (5_000, 0), (9_000, 0), (20_000, 0)], dtype=float)
    days = np.array([0, 3, 30, 31, 33, 100])
    found = near_repeat(xy, days, distance_m=80, within_days=3)
    assert found.observed == 1
    assert found.expected == pytest.approx(3 * 4 / 15)
    assert found.ratio == pytest.approx(1 / 0.8)
    exactly = near_repeat(xy, days, distance_m=50, within_days=30)
    assert exactly.observed == 2  # both limits belong to near


def test_knox_agrees_with_pointpats(rng):
    from pointpats import Knox

    xy, days = rng.uniform(0, 5_000, (120, 2)), rng.integers(0, 120, 120)
    ours = near_repeat(xy, days, distance_m=600, within_days=10)
    theirs = Knox(xy, days[:, None], delta=600, tau=10, permutations=0)
    assert ours.observed == theirs.statistic_
    assert ours.expected == pytest.approx(theirs.expected[0, 0], rel=1e-12)


def test_a_forecast_that_is_the_best_scores_one():
    assert pei(60, 60) == 1.0
    assert pai(40, 200, 5, 250) / pai(60, 200, 5, 250) == pytest.approx(pei(40, 60))
    assert pai(200, 200, 250, 250) == 1.0
    assert pai(0, 200, 5, 250) == 0.0


# Density


@pytest.mark.parametrize("bandwidth", [400.0, 1_000.0, 2_500.0, 6_000.0])
def test_the_surface_is_scipys_at_every_bandwidth(rng, bandwidth):
    """scipy stretches its kernel like the points: ours compares where they are round."""
    raw = rng.normal(size=(2_000, 2)) + np.repeat([[0, 0], [3, 1]], 1_000, axis=0)
    round_ = (raw - raw.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    spread = 5_000.0
    points = round_ * spread + 50_000
    theirs = gaussian_kde(points.T, bw_method=bandwidth / spread)
    box = shapely.box(0, 0, 100_000, 100_000)
    cell = bandwidth / 10
    ours = density(points, box, category=None, cell_m=cell, bandwidth_m=bandwidth)
    at = rng.integers(int(35_000 / cell), int(65_000 / cell), (300, 2))
    truth = theirs(((at + 0.5) * cell).T) * len(points) * 1e6
    got = ours.values[at[:, 1], at[:, 0]]
    assert np.abs(got - truth).max() < 2e-4 * ours.values.max()
    assert ours.total == pytest.approx(2_000, rel=1e-3)


@pytest.mark.parametrize("corner", [(0.0, 0.0), (0.0, 1.0), (0.5, 2.0), (1.0, 0.5)])
def test_kernel_mass_in_a_corner_is_the_product_of_both_sides(corner):
    """A single event d sigma from two borders is divided by Phi(d1) Phi(d2)."""
    sigma, cell = 2_000.0, 20.0
    box = shapely.box(0, 0, 16_000, 16_000)
    point = np.array([corner]) * sigma + 1e-3
    surface = density(point, box, category=None, cell_m=cell, bandwidth_m=sigma)
    share = norm.cdf(corner[0]) * norm.cdf(corner[1])
    row, column = 150, 200
    away = (np.array([column, row]) + 0.5) * cell - point[0]
    kernel = np.exp(-(away**2).sum() / (2 * sigma**2)) / (2 * math.pi * sigma**2) * 1e6
    assert surface.values[row, column] == pytest.approx(kernel / share, rel=0.015)
    assert surface.total == pytest.approx(1.0, rel=1e-3)


# People


def test_growth_of_the_official_figures_of_basra():
    """2,468,328 (2010) to 2,908,491 (2018) in eight years; e-fold and doubling in closed form."""
    assert annual_growth(2_468_328, 2_908_491, 8) * 100 == pytest.approx(2.0723, abs=5e-5)
    assert annual_growth(1, 2, 10) == pytest.approx(2**0.1 - 1, rel=1e-14)
    assert annual_growth(100, 50, 1) == pytest.approx(-0.5)


def test_ten_years_ahead_add_up_to_the_official_total():
    now = pd.Series({"a": 1_000.0, "b": 3_000.0, "c": 500.0})
    day = pd.Series(pd.Timestamp("2020-07-01"), index=now.index)
    growth = pd.Series({"a": 2.0, "b": 0.0, "c": -1.0})
    for years in range(11):
        to = date(2020 + years, 7, 1)
        exact = (pd.Timestamp(to) - day["a"]).days / 365.25
        ahead = project(now, day, growth, to)
        assert ahead["a"] == pytest.approx(1_000 * 1.02**exact)
        assert ahead["b"] == 3_000
        total = reconcile(ahead, 5_000 * 1.02**exact)
        assert total.sum() == pytest.approx(5_000 * 1.02**exact, rel=1e-12)
        np.testing.assert_allclose(total / total.sum(), ahead / ahead.sum(), rtol=1e-12)


def unit_squares(crs) -> gpd.GeoDataFrame:
    boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    values = {"people": [100.0, 300.0], "rate": [2.0, 6.0]}
    return gpd.GeoDataFrame(values, geometry=boxes, index=["a", "b"], crs=crs)


@pytest.mark.parametrize("crs", [4326, 32638, 3857, 6933])
def test_two_unit_squares_in_any_reference_system(crs):
    source = unit_squares(crs)
    halves = gpd.GeoSeries([shapely.box(0.5, 0, 1.5, 1)], index=["t"], crs=crs)
    found = interpolate(source, halves, extensive=["people"], intensive=["rate"])
    assert found.table.loc["t", "people"] == pytest.approx(200.0, rel=1e-9)
    assert found.table.loc["t", "rate"] == pytest.approx(4.0, rel=1e-9)
    assert found.uncovered.loc["people"].tolist() == pytest.approx([0.5, 200.0], rel=1e-9)
    most = gpd.GeoSeries([shapely.box(0, 0, 1.25, 1)], index=["t"], crs=crs)
    found = interpolate(source, most, extensive=["people"], intensive=["rate"])
    assert found.table.loc["t"].tolist() == pytest.approx([175.0, 2.8], rel=1e-9)


def test_intensive_figures_under_partial_cover_are_toblers():
    """A target that only half lies on the source takes the mean of what lies under it."""
    from tobler.area_weighted import area_interpolate

    source = unit_squares(32638)
    parts = [shapely.box(-1, 0, 0.5, 1), shapely.box(0.75, -3, 3, 0.5), shapely.box(5, 5, 6, 6)]
    target = gpd.GeoDataFrame(geometry=parts, index=["half", "low", "off"], crs=32638)
    ours = interpolate(source, target.geometry, extensive=["people"], intensive=["rate"])
    theirs = area_interpolate(
        source,
        target,
        extensive_variables=["people"],
        intensive_variables=["rate"],
        allocate_total=False,
    )
    assert ours.table["rate"].tolist()[:2] == pytest.approx(theirs["rate"].tolist()[:2])
    assert ours.table["people"].tolist() == pytest.approx(theirs["people"].tolist())
    assert ours.table["rate"].tolist()[:2] == pytest.approx([2.0, (0.125 * 2 + 0.5 * 6) / 0.625])
    assert math.isnan(ours.table.loc["off", "rate"])
    assert ours.uncovered.loc["people", "amount"] == pytest.approx(400 - 50 - 12.5 - 150)


# Need


@pytest.mark.parametrize(
    ("scores", "weights", "mean", "value"),
    [
        ([8, 5, 6], [1, 1, 1], Mean.ARITHMETIC, 19 / 3),
        ([8, 5, 6], [1, 1, 1], Mean.GEOMETRIC, 240 ** (1 / 3)),
        ([8, 5, 6], [1, 1, 1], Mean.HARMONIC, 3 / (1 / 8 + 1 / 5 + 1 / 6)),
        # INFORM: lacks of 2, 5, 4 on a scale of 1-10 are 2.8, 5.5, 4.6.
        ([8, 5, 6], [1, 1, 1], Mean.INVERTED, (10 - (2.8 * 5.5 * 4.6) ** (1 / 3)) / 0.9),
        ([10, 0], [1, 1], Mean.INVERTED, (10 - math.sqrt(10)) / 0.9),
        ([10, 0], [3, 1], Mean.INVERTED, (10 - 10**0.25) / 0.9),
        ([2, 8], [1, 3], Mean.GEOMETRIC, 2**0.25 * 8**0.75),
        ([2, 8], [1, 3], Mean.HARMONIC, 1 / (0.25 / 2 + 0.75 / 8)),
        ([4, math.nan, 9], [1, 1, 1], Mean.GEOMETRIC, 6.0),
    ],
)
def test_means_in_closed_form(scores, weights, mean, value):
    found = join(np.array(scores, dtype=float), np.array(weights, dtype=float), mean)
    assert float(found) == pytest.approx(value, rel=1e-12)


def test_the_chance_of_the_first_rank_is_that_of_two_normals():
    """Figures N(6, 1) and N(5, 1.5): the first is larger with Phi(1 / sqrt(3.25))."""
    one = NeedComponent(
        code="x", layer=LayerCode.INFLUX, weight=1.0, goalpost=Goalpost(low=-100, high=100)
    )
    z = norm.ppf(0.95)
    value, spread = np.array([6.0, 5.0]), np.array([1.0, 1.5])
    table = pd.DataFrame(
        {"value": value, "low": value - z * spread, "high": value + z * spread}, index=["a", "b"]
    )
    rules = NeedRules(components=(one,), mean=Mean.ARITHMETIC, draws=100_000, worst=1)
    found = compute_need({"x": table}, rules).table
    expected = norm.cdf(1 / math.sqrt(1 + 1.5**2))
    assert found.loc["a", "share_worst"] == pytest.approx(expected, abs=0.006)
    assert found.loc["b", "share_worst"] == pytest.approx(1 - expected, abs=0.006)
    # The index's own 90 % limits are those of the figure, on the scale 0-10.
    assert found.loc["a", "low"] == pytest.approx((6 - z + 100) / 20, abs=0.002)
    assert found.loc["b", "high"] == pytest.approx((5 + 1.5 * z + 100) / 20, abs=0.003)


def test_sobols_g_function_in_closed_form():
    """V_i = 1 / (3 (1 + a_i)^2), V = prod (1 + V_i) - 1; a = 0, 1, 4.5, 9."""
    from scipy.stats import uniform

    a = np.array([0.0, 1.0, 4.5, 9.0])
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1
    found = sobol(
        lambda x: (
            np.prod((np.abs(4 * x.T - 2) + a).T / (1 + a)[:, None], axis=0)
            if x.ndim == 2
            else np.prod(
                (np.abs(4 * x - 2).T + a).T / (1 + a).reshape(-1, *[1] * (x.ndim - 1)), axis=0
            )
        ),
        {f"x{i}": uniform() for i in range(4)},
        samples=8192,
    )
    np.testing.assert_allclose(found["first"], parts / whole, atol=0.01)
    total = parts * np.prod(1 + parts) / (1 + parts) / whole
    np.testing.assert_allclose(found["total"], total, atol=0.01)
