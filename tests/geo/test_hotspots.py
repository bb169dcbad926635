"""Hot spots against esda, on data that no one here made."""

import warnings

import numpy as np
import pandas as pd
import pytest
from libpysal.weights import W

from geo.hotspots import gi_star, global_moran, hot_spots, local_moran, pai, pei
from geo.neighbours import band, queen

TOY = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)


@pytest.fixture(scope="module")
def crime(columbus):
    units = columbus.set_index(columbus["POLYID"].astype(int).astype(str))
    codes = list(units.index)
    near = queen(units)
    return units["CRIME"], [tuple(codes.index(n) for n in near[c]) for c in codes]


def test_gi_star_of_esdas_toy():
    z = gi_star(np.array([2, 3, 3.2, 5, 8, 7]), band(TOY, 15))
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(z, expected, atol=5e-9)


def test_global_moran_of_columbus(crime):
    values, near = crime
    assert global_moran(values.to_numpy(), near) == pytest.approx(0.500188557183, abs=5e-13)


def test_local_moran_has_pysals_scale(crime):
    from esda.moran import Moran_Local

    values, near = crime
    weights = W(dict(enumerate(map(list, near))), silence_warnings=True)
    theirs = Moran_Local(values.to_numpy(), weights, transformation="r", permutations=0)
    ours = local_moran(values.to_numpy(), near)
    np.testing.assert_allclose(ours, theirs.Is, rtol=1e-9)
    # spdep divides by n where PySAL divides by n - 1.
    spdep = ours * 49 / 48
    assert spdep[0] / ours[0] == pytest.approx(49 / 48)


def test_gi_star_agrees_with_esda_on_columbus(crime):
    from esda.getisord import G_Local

    values, near = crime
    weights = W(dict(enumerate(map(list, near))), silence_warnings=True)
    theirs = G_Local(values.to_numpy(), weights, transform="B", star=True, permutations=0, n_jobs=1)
    np.testing.assert_allclose(gi_star(values.to_numpy(), near), theirs.Zs, rtol=1e-9)


def test_pseudo_p_values_agree_with_esda(crime):
    from esda.moran import Moran_Local

    values, near = crime
    weights = W(dict(enumerate(map(list, near))), silence_warnings=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its default will change
        theirs = Moran_Local(
            values.to_numpy(), weights, transformation="r", permutations=1999, seed=5, n_jobs=1
        )
    ours = hot_spots(values, near, permutations=1999).table["local_p"].to_numpy()
    # esda folds to one side; ours is two-sided.
    np.testing.assert_allclose(ours, np.minimum(1, 2 * theirs.p_sim), atol=0.06)


def test_a_planted_hot_spot_is_found_and_noise_is_not(rng):
    side = 20
    xy = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * 1000.0
    near = band(xy, 1500)
    noise = pd.Series(rng.poisson(5, side * side).astype(float))
    assert (hot_spots(noise, near).table["kind"] != "none").mean() < 0.02
    planted = noise.copy()
    inside = (np.abs(xy - 5000) <= 1000).all(axis=1)
    planted[inside] += 20
    kinds = hot_spots(planted, near).table["kind"]
    assert (kinds[inside] == "hot").all()
    assert (kinds[~inside] == "hot").mean() < 0.08
    assert not hot_spots(planted, near).caveats


def test_false_discoveries_are_held(rng):
    xy = np.stack(np.meshgrid(np.arange(12), np.arange(12)), axis=-1).reshape(-1, 2) * 1000.0
    near = band(xy, 1500)
    found = [
        (
            hot_spots(pd.Series(rng.normal(size=144)), near, permutations=199).table["kind"]
            != "none"
        ).any()
        for _ in range(40)
    ]
    assert np.mean(found) <= 0.25


def test_few_areas_are_told_so_in_plain_words():
    seven = pd.Series(np.arange(7.0))
    ring = [((i - 1) % 7, (i + 1) % 7) for i in range(7)]
    result = hot_spots(seven, ring)
    assert "almost no power" in result.caveats[0]
    assert (result.table["kind"] == "none").all()


def test_unknown_values_and_islands_are_left_out():
    values = pd.Series([1.0, float("nan"), 3.0, 9.0, 2.0])
    result = hot_spots(values, [(1,), (0, 2), (1, 3), (2,), ()])
    assert result.table.loc[1, ["gi_z", "gi_p"]].isna().all()
    assert result.table.loc[4, "gi_p"] == 1.0
    constant = hot_spots(pd.Series([2.0] * 4), [(1,), (0,), (3,), (2,)])
    assert (constant.table["kind"] == "none").all()


def test_equal_seed_equal_result(crime):
    values, near = crime
    pd.testing.assert_frame_equal(hot_spots(values, near).table, hot_spots(values, near).table)


def test_prediction_accuracy():
    assert pai(40, 200, 5, 250) == pytest.approx(10.0)
    assert pei(40, 60) == pytest.approx(0.6667, abs=5e-5)
    with pytest.raises(ValueError, match="events"):
        pai(1, 0, 1, 1)
