"""Scores of hot spots are made of released figures: also where an area's rate is protected."""

import pandas as pd
import pytest

from geo.change_layers import area_spots
from geo.layers import Clearance, LayerCode
from geo.places import Level
from service.held import Held
from service.layerbook import LayerBook
from tests.service.small_town import SmallTown

SPOTS, RATE = LayerCode.HOTSPOTS, LayerCode.INCIDENT_RATE
MADE = "Computed from released figures alone"


@pytest.mark.parametrize("level", [Level.DISTRICT, Level.SUBDISTRICT])
@pytest.mark.parametrize("category", [None, "domestic_violence"])
def test_scores_of_areas_read_the_released_rates_and_nothing_else(level, category):
    book = LayerBook(SmallTown(), "v1", Clearance.RELEASED)
    rate = book.layer(RATE, level, category)
    assert rate.clearance is Clearance.RELEASED
    assert {"count_low", "count_high"} <= set(rate.values.columns)
    # From here on nothing exact is within reach: not one row, no count of them.
    book.__dict__["placed"] = None
    book._portions = Held(1)
    for key in [key for key in book._held._things if key[0] is not RATE]:
        del book._held._things[key]
    spots = book.layer(SPOTS, level, category)
    again = area_spots(rate, book.units(level))
    pd.testing.assert_frame_equal(spots.values, again.values)
    assert spots.clearance is Clearance.RELEASED
    assert any(MADE in note for note in spots.caveats)
    if level is Level.SUBDISTRICT:  # of two districts there is none
        assert any("Moran's I of all areas" in note for note in spots.caveats)


def test_exact_scores_do_not_claim_it():
    book = LayerBook(SmallTown(), "v1", Clearance.EXACT)
    assert not any(MADE in note for note in book.layer(SPOTS, Level.SUBDISTRICT).caveats)
