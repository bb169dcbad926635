"""One layer over the periods that are offered: for colours that mean the same, and for trends."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.layers import LayerCode, Period
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice
from service.pages.chosen_layer import placed_layer
from service.pages.figures import told_values
from service.pages.kinds import PlanLayer

MOST = 12
"""Periods that are looked at: older ones say little about today."""
TIMELESS = frozenset({LayerCode.HOTSPOTS, LayerCode.TREND})
"""Kinds, not amounts: a line through them would say nothing."""


@dataclass(frozen=True, slots=True)
class ThroughTime:
    """Figures by period, oldest first; protected ones are left out, as no data is."""

    figures: Mapping[Period, pd.Series]

    def of(self, code: str) -> tuple[float | None, ...]:
        """The figures of an area, oldest first; ``None`` where none may be shown."""
        return tuple(_known(values.get(code)) for values in self.figures.values())

    def everything(self) -> list[float]:
        """All figures together, for one scale."""
        return [
            float(value)
            for values in self.figures.values()
            for value in values.to_numpy(dtype=float)
            if math.isfinite(value)
        ]


def through_time(atlas: Atlas, choice: MapChoice, units: gpd.GeoDataFrame) -> ThroughTime:
    """The chosen layer in each period offered, at most twelve; nothing for a plan's figures."""
    if isinstance(choice.layer, PlanLayer) or choice.layer in TIMELESS:
        return ThroughTime({})
    figures = {}
    for period in reversed(choice.offered[:MOST]):
        try:
            layer = placed_layer(atlas, replace(choice, period=period), units, ranks=False)
        except KeyError:
            continue
        figures[period] = told_values(layer, units)
    return ThroughTime(figures)


def _known(value: object) -> float | None:
    if not isinstance(value, float) or not math.isfinite(value):
        return None
    return round(value, 6)
