"""Variance shares against the closed form, and on the need index."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma, norm, sobol_indices, uniform

from geo.influence import need_influence, sobol
from geo.layers import LayerCode
from geo.need import Goalpost, NeedComponent, NeedRules


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigami():
    inputs = {f"x{i}": uniform(-np.pi, 2 * np.pi) for i in range(3)}
    found = sobol(ishigami, inputs, samples=2**14)
    np.testing.assert_allclose(found["first"], [0.3139052, 0.4424111, 0.0], atol=0.01)
    np.testing.assert_allclose(found["total"], [0.5575889, 0.4424111, 0.2436837], atol=0.01)
    grid = (np.arange(200) + 0.5) / 200 * 2 * np.pi - np.pi
    values = ishigami(np.stack(np.meshgrid(grid, grid, grid, indexing="ij")).reshape(3, -1))
    assert values.var() == pytest.approx(13.844588, rel=1e-3)


def test_as_scipy_from_the_same_draws():
    inputs = {"a": gamma(17.5), "b": gamma(3.2), "c": norm(4.0, 1.5)}

    def model(x: np.ndarray) -> np.ndarray:
        return x[0] / (x[0] + x[1]) * x[2] ** 2

    theirs = sobol_indices(
        func=model, n=256, dists=list(inputs.values()), rng=np.random.default_rng(7)
    )
    ours = sobol(model, inputs, samples=256, seed=7)
    np.testing.assert_allclose(ours["first"], np.ravel(theirs.first_order), rtol=1e-9)
    np.testing.assert_allclose(ours["total"], np.ravel(theirs.total_order), rtol=1e-9)
    assert (sobol(lambda x: np.ones(x.shape[1]), inputs, samples=64).to_numpy() == 0).all()


def component(code: str, layer: LayerCode, weight: float) -> NeedComponent:
    return NeedComponent(code=code, layer=layer, weight=weight, goalpost=Goalpost(low=0, high=10))


RULES = NeedRules(
    components=(
        component("rate", LayerCode.INCIDENT_RATE, 0.5),
        component("influx", LayerCode.INFLUX, 0.5),
    ),
    concentration=5000.0,
)


def table(value: float, half: float) -> pd.DataFrame:
    return pd.DataFrame({"value": [value], "low": [value - half], "high": [value + half]}, ["A"])


def test_the_unsure_figure_moves_the_index():
    found = need_influence({"rate": table(5, 2.0), "influx": table(5, 0.1)}, RULES, "A")
    assert found["total"].idxmax() == "figure rate"
    assert found.loc["figure rate", "first"] > 0.9
    assert found.loc["figure influx", "total"] < 0.05


def test_weights_matter_where_components_differ():
    loose = RULES.model_copy(update={"concentration": 5.0})
    found = need_influence({"rate": table(9, 0), "influx": table(1, 0)}, loose, "A")
    assert list(found.index) == ["weight rate", "weight influx"]
    assert (found["total"] > 0.3).all()


def test_what_is_not_known_is_left_out():
    inputs = {"rate": table(5, 1.0), "influx": table(float("nan"), 1.0)}
    found = need_influence(inputs, RULES, "A")
    assert "figure influx" not in found.index
    with pytest.raises(ValueError, match="nothing is known"):
        need_influence(inputs, RULES, "B")
