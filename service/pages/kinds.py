"""What the map can show: layers of the places, and figures of the plan that holds.

Layers of places are ``geo``'s; a plan's are sums over its flows, and only for who may see plans.
"""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from geo.layers import LayerCode, Period
from geo.places import Level, Source, Standing
from service.locale.words import Words


class PlanLayer(StrEnum):
    """Figures of a plan by area."""

    WOMEN_DEMAND = "women_demand"
    SERVED = "served_share"
    WOMEN_SERVED = "women_served_share"


MapLayer = LayerCode | PlanLayer
LAYERS: tuple[MapLayer, ...] = (
    LayerCode.NEED,
    LayerCode.INCIDENT_RATE,
    LayerCode.INCIDENT_DENSITY,
    LayerCode.INCIDENT_SURFACE,
    LayerCode.HOTSPOTS,
    LayerCode.TREND,
    LayerCode.INFLUX,
    LayerCode.GROWTH,
    LayerCode.RESIDENTS,
    PlanLayer.WOMEN_DEMAND,
    PlanLayer.WOMEN_SERVED,
    PlanLayer.SERVED,
)
"""In the order of the page. Near repeats are one figure of a whole governorate: no map."""
SHARES: frozenset[str] = frozenset({PlanLayer.SERVED, PlanLayer.WOMEN_SERVED})
_PLACES: dict[str, int] = {
    LayerCode.NEED: 1,
    LayerCode.INCIDENT_RATE: 1,
    LayerCode.INCIDENT_DENSITY: 2,
    LayerCode.INCIDENT_SURFACE: 2,
    LayerCode.INFLUX: 1,
    LayerCode.GROWTH: 1,
    LayerCode.RESIDENTS: 0,
    LayerCode.TREND: 0,
    LayerCode.HOTSPOTS: 1,
    PlanLayer.WOMEN_DEMAND: 0,
}


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """A plan's figure by area, with what a ``geo.layers.Layer`` says of itself.

    ``values`` is indexed by area code and has the column ``value`` (NaN: nothing asked, or out
    of reach).
    """

    code: PlanLayer
    level: Level
    unit: str
    values: pd.DataFrame
    method: str
    standing: Standing
    sources: tuple[Source, ...]
    period: Period | None = None
    category: str | None = None
    caveats: tuple[str, ...] = ()


def layer_named(text: str) -> MapLayer | None:
    """The layer that an address names, if the map can show it."""
    return next((one for one in LAYERS if one.value == text), None)


def places_of(layer: str) -> int:
    """Decimals that a figure of ``layer`` is said with."""
    return _PLACES.get(layer, 1)


def figure(words: Words, layer: str, value: float | None) -> str:
    """A figure of ``layer`` as it is said: a share as percent, a change with its sign."""
    if layer in SHARES:
        return words.percent(value)
    if layer == LayerCode.TREND:
        said = words.signed(value)
        return said if value is None else said + words.percent(0).lstrip("0٠")
    return words.number(value, places_of(layer))


def limit(words: Words, layer: str, edge: float) -> str:
    """A limit of a class, with as many digits as it has; no part of a person."""
    if layer in SHARES:
        return words.percent(edge)
    if layer == LayerCode.RESIDENTS:
        return words.number(edge)
    places = next(n for n in range(7) if n == 6 or abs(round(edge, n) - edge) <= 1e-9 * abs(edge))  # noqa: PLR2004 (six decimals at most)
    return words.number(edge, places)
