"""A layer made by itself is the layer of the whole set, and a year of months is quick."""

import cProfile
import pstats

import pandas as pd
import pytest

from geo.build import Part
from geo.layers import Clearance, LayerCode
from geo.need import NeedRules
from geo.places import Level
from geo.rates import Window
from service.layerbooks import LayerBooks
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out, the_demo

RULES = NeedRules()
KINDS = [
    (LayerCode.NEED, None),
    (LayerCode.INCIDENT_RATE, "severe"),
    (LayerCode.INCIDENT_DENSITY, None),
    (LayerCode.INFLUX, None),
    (LayerCode.GROWTH, None),
    (LayerCode.RESIDENTS, None),
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("parts"))
    lay_out(settings.home, the_demo)
    store = open_store(settings)
    yield lambda: LayerBooks(store, settings.data_dir).open(Clearance.RELEASED)
    store.close()


def same(one, other):
    for name in ("unit", "method", "standing", "sources", "period", "caveats", "clearance"):
        assert getattr(one, name) == getattr(other, name), name
    pd.testing.assert_frame_equal(one.values, other.values)


@pytest.mark.parametrize(("code", "category"), KINDS)
@pytest.mark.parametrize("level", [Level.DISTRICT, Level.SUBDISTRICT])
def test_a_layer_by_itself_is_that_of_the_whole_set(opened, code, category, level):
    alone, whole = opened(), opened()
    period = whole.periods()[0]
    for each in whole.governorates():
        whole.layers(each.code, period)
    same(alone.layer(code, level, category, period), whole.layer(code, level, category, period))


def test_layers_asked_one_after_the_other_are_those_of_the_whole_set(opened):
    alone, whole = opened(), opened()
    period = whole.periods(Window.MONTH, Level.DISTRICT, LayerCode.NEED)[3]
    for code, category in reversed([kind for kind in KINDS if kind[1] is None]):
        for each in whole.governorates():
            whole.layers(each.code, period)
        found = alone.layer(code, Level.DISTRICT, category, period)
        same(found, whole.layer(code, Level.DISTRICT, category, period))


def test_a_part_holds_what_is_in_it():
    need = Part.of(LayerCode.NEED, Level.DISTRICT, None, RULES)
    assert need.holds(Part.of(LayerCode.INFLUX, Level.DISTRICT, None, RULES))
    assert need.holds(Part.of(LayerCode.INCIDENT_RATE, Level.DISTRICT, "severe", RULES))
    assert not need.holds(Part.of(LayerCode.INFLUX, Level.SUBDISTRICT, None, RULES))
    assert not need.holds(Part.of(LayerCode.INCIDENT_RATE, Level.DISTRICT, "clan", RULES))
    assert not need.holds(Part.of(LayerCode.RESIDENTS, Level.DISTRICT, None, RULES))


def calls(work):
    """Python calls of a piece of work: the same on a busy machine as on an idle one."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return pstats.Stats(profile).total_calls


def test_months_cost_less_than_half_of_their_whole_sets(opened):
    alone, whole = opened(), opened()
    months = whole.periods(Window.MONTH, Level.DISTRICT, LayerCode.NEED)[:4]
    for book in (alone, whole):  # what is read once is no part of it
        book.layer(LayerCode.NEED, Level.DISTRICT)
    each = [area.code for area in whole.governorates()]
    parts = calls(lambda: [alone.layer(LayerCode.NEED, Level.DISTRICT, None, m) for m in months])
    sets = calls(lambda: [whole.layers(code, m) for code in each for m in months])
    assert parts < sets / 2
