"""A weight that moves: its need without ranks is the same need, and a line of months its own."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from geo.layers import LayerCode
from geo.places import Level
from service.locale.words import Words
from service.pages.choice import MapChoice, read_choice
from service.pages.chosen_layer import placed_layer
from service.pages.figures import read_layer
from tests.service.web_house import FakeAtlas


@pytest.fixture
def atlas():
    return FakeAtlas()


def weighted(atlas):
    params = {"layer": "need", "level": "district", "w_incidents": "80", "w_influx": "5"}
    return read_choice(params, atlas)


def test_a_need_without_ranks_has_the_same_figures(atlas):
    choice = weighted(atlas)
    units = atlas.units(choice.level, choice.governorate)
    whole = placed_layer(atlas, choice, units)
    quick = placed_layer(atlas, choice, units, ranks=False)
    assert choice.weights
    pd.testing.assert_series_equal(quick.values["value"], whole.values["value"])


def test_where_all_areas_have_one_figure_there_is_no_order(atlas):
    units = atlas.units(Level.DISTRICT)
    layer = atlas.layer(LayerCode.GROWTH, Level.DISTRICT, None, None)
    even = replace(layer, values=layer.values.assign(value=2.181898))
    reading = read_layer(even, units, Words("en"))
    assert reading.alike
    assert {row.rank for row in reading.rows} == {None}
    assert [one.label for one in reading.swatches] == ["2.2"]


def test_a_layer_that_a_level_lacks_is_named(atlas):
    choice = read_choice({"layer": "near_repeat", "level": "district"}, atlas)
    assert choice.unmade is None  # the map has no such layer at all
    found = read_choice({"layer": "women_demand", "level": "district"}, atlas)
    assert isinstance(found, MapChoice)
    assert found.unmade == "women_demand"
    assert read_choice({"layer": "need", "level": "district"}, atlas).unmade is None


def test_the_first_button_of_the_weights_form_saves(as_role):
    text = as_role("planner").get("/?layer=need&level=district").text
    form = text[text.index('<form id="weigh"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert 'formaction="/weights"' in first.group()
    assert form.index('name="set_name"') < form.index("</form>")
