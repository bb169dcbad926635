"""What a reader of the map has chosen, read leniently: a permalink never breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from geo.layers import SEVERE_GROUP, LayerCode, Period
from geo.places import Level
from service.pages.atlas import Atlas

LAYERS: tuple[LayerCode, ...] = (
    LayerCode.NEED,
    LayerCode.INCIDENT_RATE,
    LayerCode.INCIDENT_DENSITY,
    LayerCode.INFLUX,
    LayerCode.GROWTH,
    LayerCode.RESIDENTS,
)
BY_CATEGORY = frozenset({LayerCode.INCIDENT_RATE, LayerCode.INCIDENT_DENSITY})
"""Layers that can be asked for one category of incidents."""


@dataclass(frozen=True, slots=True)
class MapChoice:
    """One choropleth at one level; ``governorate`` ``None`` means all that is loaded."""

    layer: LayerCode
    level: Level
    period: Period | None = None
    category: str | None = None
    governorate: str | None = None
    area: str | None = None

    def params(self) -> dict[str, str]:
        """Query parameters of this choice; defaults stay unsaid."""
        found = {"layer": self.layer.value, "level": self.level.value}
        if self.category:
            found["category"] = self.category
        if self.period:
            found["period"] = str(self.period)
        if self.governorate:
            found["governorate"] = self.governorate
        return found

    def query(self, **changes: object) -> str:
        """Address of this choice with changes; ``area=...`` also names the open card."""
        area = changes.pop("area", None)
        changed = replace(self, **changes)  # type: ignore[arg-type]  # fields of this class
        params = changed.params()
        if area:
            params["area"] = str(area)
        return urlencode(params)


def _period(text: str, offered: Mapping[str, Period]) -> Period | None:
    if text in offered:
        return offered[text]
    return next(iter(offered.values()), None)


def read_choice(params: Mapping[str, str], atlas: Atlas) -> MapChoice:
    """The choice of ``params``; what is unknown or no longer offered falls back to the default."""
    levels = tuple(atlas.levels())
    try:
        layer = LayerCode(params.get("layer", ""))
    except ValueError:
        layer = LayerCode.NEED
    default_level = Level.DISTRICT if Level.DISTRICT in levels else (levels or (Level.DISTRICT,))[0]
    level = next((one for one in levels if one.value == params.get("level")), default_level)
    categories = {category.code for category in atlas.categories()}
    category = params.get("category") if layer in BY_CATEGORY else None
    governorates = [area.code for area in atlas.governorates()]
    governorate = params.get("governorate")
    if governorate not in governorates:
        governorate = governorates[0] if len(governorates) > 1 else None
    if params.get("governorate") == "all":
        governorate = None
    return MapChoice(
        layer=layer,
        level=level,
        period=_period(params.get("period", ""), {str(p): p for p in atlas.periods()}),
        category=category if category in categories | {SEVERE_GROUP} else None,
        governorate=governorate,
        area=params.get("area"),
    )
