"""The card says what a place hangs on: recorded incidents, and the inputs that move it most."""

import pytest

from geo.layers import Clearance, LayerCode
from geo.places import Level
from service.layerbook import LayerBook
from service.locale.words import make_words
from service.pages.choice import MapChoice
from service.pages.need_doubts import doubts_of
from tests.service.small_town import SmallTown

AREA = "T1N1"


@pytest.fixture(scope="module")
def book():
    return LayerBook(SmallTown(), "v1", Clearance.RELEASED)


def test_place_without_incidents_and_what_moves_the_index(book):
    need = book.layer(LayerCode.NEED, Level.SUBDISTRICT)
    choice = MapChoice(LayerCode.NEED, Level.SUBDISTRICT, need.period)
    without, sways = doubts_of(book, choice, need, AREA, make_words("en"))
    values = need.values.loc[AREA]
    assert f"place {values['rank_without_incidents']:.0f}" in without
    assert f"index {values['value_without_incidents']:.1f}" in without
    assert sways.startswith("What the index would move with most")
    assert sways.count("%") in {1, 2}
    arabic = doubts_of(book, choice, need, AREA, make_words("ar"))
    assert arabic[0].startswith("من دون الحوادث المسجلة")


def test_an_index_of_influx_alone_hangs_on_it_alone(book):
    need = book.layer(LayerCode.NEED, Level.SUBDISTRICT)
    only = (("incidents", 0.0), ("severe", 0.0), ("influx", 100.0), ("growth", 0.0))
    choice = MapChoice(LayerCode.NEED, Level.SUBDISTRICT, need.period, weights=only)
    sways = doubts_of(book, choice, need, AREA, make_words("en"))[1]
    assert "figure of: " in sways
    assert "incident" not in sways.lower().replace("incidents: place", "")
