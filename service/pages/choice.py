"""What a reader of the map has chosen, read leniently: a permalink never breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from geo.layers import SEVERE_GROUP, LayerCode, Period
from geo.need import DEFAULT_COMPONENTS
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
    weights: tuple[tuple[str, float], ...] = ()  # of the need's components; empty: as they are

    def params(self) -> dict[str, str]:
        """Query parameters of this choice; defaults stay unsaid."""
        found = {"layer": self.layer.value, "level": self.level.value}
        if self.category:
            found["category"] = self.category
        if self.period:
            found["period"] = str(self.period)
        if self.governorate:
            found["governorate"] = self.governorate
        found |= {f"w_{code}": f"{weight:g}" for code, weight in self.weights}
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
        weights=_weights(params) if layer is LayerCode.NEED else (),
    )


def _weights(params: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Own weights from 0 to 100; what is not typed stays as it is, all zero counts as none."""
    found = []
    for component in DEFAULT_COMPONENTS:
        text = params.get(f"w_{component.code}", "")
        usual = component.weight * 100
        weight = float(text) if text.replace(".", "", 1).isdecimal() else usual
        found.append((component.code, min(max(weight, 0.0), 100.0)))
    same = all(
        abs(weight - component.weight * 100) < 1e-9  # noqa: PLR2004 (rounding of a figure typed)
        for (_, weight), component in zip(found, DEFAULT_COMPONENTS, strict=True)
    )
    return () if same or not any(weight for _, weight in found) else tuple(found)
