"""Hot cells of the year before against the incidents of this one: by hand, and on the demo."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from geo.layers import LayerCode, Period
from geo.places import Level
from service.foresight import foresight
from service.layerbook import LayerBook

NOW, BEFORE = (Period(date(y, 1, 1), date(y + 1, 1, 1)) for y in (2024, 2023))
CELLS = list("abcdefghij")


def a_book(hot: str, events: list[float], *, column: str = "count", years=(NOW, BEFORE)) -> Any:
    tables = {
        LayerCode.HOTSPOTS: pd.DataFrame(
            {"kind": ["hot" if cell in hot else "none" for cell in CELLS]}, CELLS
        ),
        LayerCode.INCIDENT_DENSITY: pd.DataFrame({"count": 99.0, column: events}, CELLS),
    }
    return SimpleNamespace(
        newest_of=lambda *_: NOW,
        periods=lambda: years,
        layer=lambda code, *_: SimpleNamespace(values=tables[code]),
        units=lambda _: pd.DataFrame({"area_km2": 1.0}, CELLS),
    )


@pytest.mark.parametrize("column", ["count", "count_low"])
def test_the_share_of_incidents_over_the_share_of_the_ground(column):
    events = [30.0, 10.0, 40.0, 20.0, *[0.0] * 6]
    note = foresight(a_book("ab", events, column=column), None, NOW)
    # 40 of 100 on a fifth of the ground; the two densest cells held 70.
    assert note is not None
    assert note.params == {"hits": "40%", "ground": "20.0%", "pai": "2.0", "pei": "57%"}


def test_nothing_is_said_where_nothing_can_be_checked():
    events = [30.0, *[0.0] * 9]
    assert foresight(a_book("", events), None, NOW) is None
    assert foresight(a_book("a", [0.0] * 10), None, NOW) is None
    assert foresight(a_book("a", events, years=(NOW,)), None, NOW) is None


def test_on_the_demo_released_figures_are_enough(released: LayerBook):
    note = foresight(released, None, None)
    cells = released.units(Level.CELL)
    assert len(cells) > 100
    assert note is None or float(note.params["pai"]) > 0
