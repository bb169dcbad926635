"""The need index: published means, monotone, indifferent to units and order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from geo.layers import Layer, LayerCode
from geo.need import (
    Goalpost,
    Mean,
    NeedComponent,
    NeedRules,
    compute_need,
    join,
    score,
)
from geo.need_layer import need_layer
from geo.places import Level, Standing

THREE = tuple(
    NeedComponent(code=c, layer=layer, weight=w, goalpost=Goalpost(low=0, high=10))
    for c, layer, w in (
        ("rate", LayerCode.INCIDENT_RATE, 0.5),
        ("influx", LayerCode.INFLUX, 0.3),
        ("growth", LayerCode.GROWTH, 0.2),
    )
)
RULES = NeedRules(components=THREE, draws=200)


def tables(**columns) -> dict[str, pd.DataFrame]:
    areas = [f"A{i:02}" for i in range(len(next(iter(columns.values()))))]
    return {
        name: pd.DataFrame({"value": values}, index=areas, dtype=float)
        for name, values in columns.items()
    }


def test_informs_geometric_mean():
    joined = join(np.array([8.0, 5.0, 6.0]), np.ones(3), Mean.GEOMETRIC)
    assert joined == pytest.approx(6.214465, abs=5e-7)


@pytest.mark.parametrize(
    ("mean", "value"),
    [(Mean.ARITHMETIC, 0.61), (Mean.GEOMETRIC, 0.50959394), (Mean.HARMONIC, 0.40723982)],
)
def test_three_means_of_one_profile(mean, value):
    joined = join(np.array([0.9, 0.2, 0.5]), np.array([0.5, 0.3, 0.2]), mean)
    assert joined == pytest.approx(value, abs=5e-9)


def test_the_inverted_mean_is_pulled_to_the_worst():
    one_bad = np.array([10.0, 0.0, 0.0])
    inverted, geometric, plain = (
        float(join(one_bad, np.ones(3), m))
        for m in (Mean.INVERTED, Mean.GEOMETRIC, Mean.ARITHMETIC)
    )
    assert geometric < plain < inverted
    for mean in Mean:
        assert join(np.array([7.0, 7, 7]), np.ones(3), mean) == pytest.approx(7.0)
    assert join(np.array([10.0, 10, 10]), np.ones(3), Mean.INVERTED) == pytest.approx(10)
    assert join(np.zeros(3), np.ones(3), Mean.INVERTED) == pytest.approx(0)


figures = st.lists(st.floats(0, 12), min_size=3, max_size=3)


@settings(max_examples=150, deadline=None)
@given(profile=figures, which=st.integers(0, 2), more=st.floats(0, 5), mean=st.sampled_from(Mean))
def test_more_of_any_component_never_lowers_need(profile, which, more, mean):
    raised = list(profile)
    raised[which] += more
    weights = np.array([0.5, 0.3, 0.2])
    before, after = (
        float(join(score(np.array(p), THREE), weights, mean)) for p in (profile, raised)
    )
    assert after >= before - 1e-9


@settings(max_examples=25, deadline=None)
@given(
    values=st.lists(st.tuples(*[st.floats(0, 10)] * 3), min_size=2, max_size=8),
    factor=st.sampled_from([1e-3, 0.5, 60.0, 1e4]),
)
def test_ranks_do_not_depend_on_the_unit_of_a_figure(values, factor):
    columns = dict(zip(("rate", "influx", "growth"), zip(*values, strict=True), strict=True))
    base = compute_need(tables(**columns), RULES).table
    scaled = dict(columns, influx=[v * factor for v in columns["influx"]])
    components = tuple(
        c.model_copy(update={"goalpost": Goalpost(low=0, high=10 * factor)})
        if c.code == "influx"
        else c
        for c in THREE
    )
    other = compute_need(tables(**scaled), RULES.model_copy(update={"components": components}))
    np.testing.assert_allclose(base["value"], other.table["value"], atol=1e-6)


def test_the_order_of_areas_changes_nothing(rng):
    inputs = tables(
        rate=rng.uniform(0, 9, 18), influx=rng.uniform(0, 9, 18), growth=rng.uniform(0, 9, 18)
    )
    shuffled = {k: t.sample(frac=1, random_state=1) for k, t in inputs.items()}
    pd.testing.assert_frame_equal(
        compute_need(inputs, RULES).table, compute_need(shuffled, RULES).table
    )


def test_missing_figures_are_counted_shown_and_never_filled_in():
    nan = float("nan")
    result = compute_need(tables(rate=[4, nan, nan], influx=[4, 4, nan], growth=[4, 4, 4]), RULES)
    table = result.table
    assert table["missing"].tolist() == ["", "rate", "rate, influx"]
    assert table["known"].tolist() == pytest.approx([1.0, 0.5, 0.2])
    assert table["value"].tolist()[:2] == pytest.approx([4.0, 4.0])
    assert np.isnan(table["value"].iloc[2])
    assert np.isnan(table["rank"].iloc[2])
    without = compute_need(tables(rate=[4.0, 5.0]), RULES).table
    assert without["missing"].tolist() == ["influx, growth"] * 2


def test_the_way_down_from_the_index():
    result = compute_need(tables(rate=[5.0, 20.0], influx=[0.0, 2.0], growth=[1.0, 1.0]), RULES)
    assert result.figures.loc["A01"].tolist() == [20.0, 2.0, 1.0]
    assert result.scores.loc["A01"].tolist() == [10.0, 2.0, 1.0]
    assert result.contributions.loc["A01"].idxmax() == "rate"
    assert result.contributions.loc["A00", "influx"] == pytest.approx(0.0)


def test_rank_intervals_follow_how_sure_the_figures_are():
    sure = tables(rate=[9.0, 5.0, 1.0], influx=[9, 5, 1], growth=[9, 5, 1])
    table = compute_need(sure, RULES).table
    assert table["rank"].tolist() == [1, 2, 3]
    assert (table["rank_low"] == table["rank"]).all()
    assert (table["rank_high"] == table["rank"]).all()
    vague = {k: t.assign(low=t["value"] - 6, high=t["value"] + 6) for k, t in sure.items()}
    wide = compute_need(vague, RULES).table
    assert (wide["rank_high"] - wide["rank_low"]).max() >= 1
    assert (wide["low"] < table["low"] + 1e-9).all()
    rules = RULES.model_copy(update={"worst": 1})
    assert compute_need(sure, rules).table["share_worst"].tolist() == [1.0, 0.0, 0.0]


def test_weights_alone_can_change_the_order():
    opposed = tables(rate=[9.0, 2.0], influx=[2.0, 9.0], growth=[5.0, 5.0])
    loose = RULES.model_copy(update={"concentration": 3.0})
    tight = RULES.model_copy(update={"concentration": 5000.0})
    assert compute_need(opposed, loose).table["rank_high"].max() == 2
    assert compute_need(opposed, tight).table["rank_high"].tolist() == [1, 2]


def test_equal_input_gives_equal_draws_and_another_seed_others(rng):
    inputs = tables(rate=rng.uniform(0, 9, 9), influx=rng.uniform(0, 9, 9))
    once, twice = (compute_need(inputs, RULES).table for _ in range(2))
    pd.testing.assert_frame_equal(once, twice)
    other = compute_need(inputs, RULES.model_copy(update={"seed": 2})).table
    assert not once["low"].equals(other["low"])


def test_need_without_incidents_is_shown_beside():
    inputs = tables(rate=[10.0, 0.0], influx=[0.0, 5.0], growth=[1.0, 1.0])
    layers = [
        Layer(
            code=one.layer,
            level=Level.DISTRICT,
            unit="",
            values=inputs[one.code],
            method="",
            standing=Standing.REPORTED,
            sources=(),
            category=one.category,
        )
        for one in RULES.components
    ]
    made = need_layer(layers, RULES)[0]
    assert made.values["rank"].tolist() == [1, 2]
    assert made.values["rank_without_incidents"].tolist() == [2, 1]
    assert any("Without incidents 2 of 2 areas" in note for note in made.caveats)


def test_rules_that_make_no_sense_are_refused():
    with pytest.raises(ValidationError):
        Goalpost(low=5, high=5)
    with pytest.raises(ValidationError):
        NeedRules(components=THREE + THREE[:1])
    with pytest.raises(ValidationError):
        NeedRules(components=())
