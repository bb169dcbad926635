"""Released figures of the demo, made again by hand with PySAL from what the release itself tells."""

import esda
import numpy as np
import pandas as pd
import pytest
from libpysal.weights import Queen, W
from scipy.stats import false_discovery_control

from geo.layers import LayerCode
from geo.places import Level

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")


@pytest.mark.parametrize("level", [Level.DISTRICT, Level.SUBDISTRICT])
@pytest.mark.parametrize("category", [None, "severe", "drug_abuse"])
def test_the_rate_is_marshalls_of_the_expected_counts(released, level, category):
    values = released.layer(LayerCode.INCIDENT_RATE, level, category).values
    by_hand = esda.smoothing.Empirical_Bayes(
        values["count"].to_numpy(), values["exposure"].to_numpy()
    ).r.ravel()
    np.testing.assert_allclose(values["value"], by_hand * 10_000)
    np.testing.assert_allclose(values["raw"], values["count"] / values["exposure"] * 10_000)


def weights(units) -> W:
    return Queen.from_dataframe(units.reset_index(drop=True), use_index=False)


@pytest.mark.parametrize("level", [Level.DISTRICT, Level.SUBDISTRICT])
def test_hot_spots_of_the_rate(released, level):
    values = released.layer(LayerCode.HOTSPOTS, level).values
    units = released.units(level).loc[values.index]
    rate = released.layer(LayerCode.INCIDENT_RATE, level).values["value"].loc[values.index]
    near = weights(units)
    star = esda.G_Local(rate.to_numpy(), near, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(values["value"], star.Zs, atol=1e-6)
    moran = esda.Moran_Local(rate.to_numpy(), near, transformation="r", permutations=0)
    np.testing.assert_allclose(values["local_i"], moran.Is, atol=1e-6)


def test_hot_cells(released):
    """The statistic, the rate of false discoveries and the words, from the bands that are told."""
    layer = released.layer(LayerCode.HOTSPOTS, Level.CELL)
    values = layer.values
    cells = released.units(Level.CELL).loc[values.index]
    told = released.layer(LayerCode.INCIDENT_DENSITY, Level.CELL).values.loc[values.index]
    tested = values["figure"].notna()
    km2 = np.maximum(cells["area_km2"], cells["area_km2"].median() / 4)
    np.testing.assert_allclose(values["figure"][tested], (told["count_low"] / km2)[tested])
    near = weights(cells[tested])
    figure = values["figure"][tested].to_numpy()
    star = esda.G_Local(figure, near, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(values["value"][tested], star.Zs, atol=1e-6)
    q = false_discovery_control(values["gi_p"][tested])
    np.testing.assert_allclose(values["gi_q"][tested], q)
    kind = np.select(
        [(q <= 0.1) & (star.Zs > 0), (q <= 0.1) & (star.Zs < 0)], ["hot", "cold"], "none"
    )
    assert (values["kind"][tested] == kind).all()


def test_released_sums_agree_between_levels_and_windows(released):
    """Districts are sums of sub-districts, all categories the sum of each, two years of both."""
    code = LayerCode.INCIDENT_RATE
    parent = released.units(Level.SUBDISTRICT)["parent"]
    from geo.incidents import CATEGORIES

    for name in ("count", "count_low", "count_high"):
        leaves = released.layer(code, Level.SUBDISTRICT).values[name]
        whole = released.layer(code, Level.DISTRICT).values[name]
        pd.testing.assert_series_equal(
            leaves.groupby(parent).sum().reindex(whole.index), whole, check_names=False
        )
        each = [released.layer(code, Level.DISTRICT, one).values[name] for one in CATEGORIES]
        np.testing.assert_allclose(sum(each), whole)


def test_few_areas_are_said_to_have_no_power(released, exact):
    for level, told in ((Level.DISTRICT, True), (Level.SUBDISTRICT, True), (Level.CELL, False)):
        for book in (released, exact):
            notes = book.layer(LayerCode.HOTSPOTS, level).caveats
            assert any("almost no power" in note for note in notes) is told
