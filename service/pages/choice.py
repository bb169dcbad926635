"""What a reader of the map has chosen, read leniently: a permalink never breaks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlencode

from geo.layers import LayerCode, Period
from geo.need import DEFAULT_COMPONENTS
from geo.places import Level
from geo.rates import Window
from service.pages.atlas import Atlas
from service.pages.kinds import LAYERS, MapLayer, PlanLayer, layer_named

_VIEW = re.compile(r"-?\d{1,2}(\.\d{1,5})?,-?\d{1,3}(\.\d{1,5})?,\d{1,2}(\.\d{1,2})?\Z")
_SORTS = frozenset({"rank", "-rank", "name", "-name", "value", "-value"})
PLAN_LEVELS = frozenset({Level.DISTRICT, Level.SUBDISTRICT})


@dataclass(frozen=True, slots=True)
class MapChoice:
    """One choropleth at one level; ``governorate`` ``None`` means all that is loaded.

    ``offered`` are the periods that can be had of this layer, newest first; ``view`` is where
    the reader stands on the map ("lat,lon,zoom"), ``sort`` how the table is ordered. ``unmade``
    is the layer that was asked for where ``layer`` stands in for it: it isn't made at the level.
    """

    layer: MapLayer
    level: Level
    period: Period | None = None
    category: str | None = None
    governorate: str | None = None
    area: str | None = None
    weights: tuple[tuple[str, float], ...] = ()  # of the need's components; empty: as they are
    window: Window = Window.YEAR
    view: str = ""
    sort: str = ""
    offered: tuple[Period, ...] = field(default=(), compare=False)
    unmade: MapLayer | None = field(default=None, compare=False)

    def shares(self) -> str:
        """The reader's own weights as shares of their sum, for files and logs; empty: as usual."""
        whole = sum(weight for _, weight in self.weights)
        return "; ".join(f"{code} {weight / whole:.3f}" for code, weight in self.weights)

    def params(self) -> dict[str, str]:
        """Query parameters of this choice; defaults stay unsaid."""
        found = {"layer": self.layer.value, "level": self.level.value}
        if self.category:
            found["category"] = self.category
        if self.window is not Window.YEAR:
            found["window"] = self.window.value
        if self.period:
            found["period"] = str(self.period)
        if self.governorate:
            found["governorate"] = self.governorate
        found |= {f"w_{code}": f"{weight:g}" for code, weight in self.weights}
        found |= {name: said for name, said in (("view", self.view), ("sort", self.sort)) if said}
        return found

    def query(self, **changes: object) -> str:
        """Address of this choice with changes; ``area=...`` also names the open card."""
        area = changes.pop("area", None)
        changed = replace(self, **changes) if changes else self  # type: ignore[arg-type]  # fields of this class
        named = f"&{urlencode({'area': str(area)})}" if area else ""
        return f"{_address(changed)}{named}"


@lru_cache(maxsize=256)
def _address(choice: MapChoice) -> str:
    """A page names the same few choices in the link of each of its rows."""
    return urlencode(choice.params())


def layers_at(atlas: Atlas, level: Level, *, plan: bool) -> tuple[MapLayer, ...]:
    """Layers that can be had at ``level``; those of a plan where there is one to read."""
    there = set(atlas.layer_codes(level))
    return tuple(
        one
        for one in LAYERS
        if one in there or (plan and isinstance(one, PlanLayer) and level in PLAN_LEVELS)
    )


def categories_of(atlas: Atlas, layer: MapLayer, level: Level) -> tuple[str | None, ...]:
    """Categories that the layer can be had of; ``None`` is all of them together."""
    if isinstance(layer, PlanLayer):
        return (None,)
    return tuple(atlas.categories_of(layer, level)) or (None,)


def windows_of(
    atlas: Atlas, layer: MapLayer, level: Level, category: str | None
) -> tuple[Window, ...]:
    """Calendar windows that the layer can be had in."""
    if isinstance(layer, PlanLayer):
        return ()
    return tuple(atlas.windows(level, layer, category))


def read_choice(params: Mapping[str, str], atlas: Atlas, *, plan: bool = False) -> MapChoice:
    """The choice of ``params``; what is unknown or no longer offered falls back to the default."""
    level = _level(params.get("level", ""), tuple(atlas.levels()))
    layers = layers_at(atlas, level, plan=plan)
    wanted = layer_named(params.get("layer", ""))
    layer = wanted if wanted is not None and wanted in layers else _usual(layers)
    categories = categories_of(atlas, layer, level)
    asked = params.get("category") or None
    category = asked if asked in categories else categories[0]
    windows = windows_of(atlas, layer, level, category)
    window = next((one for one in windows if one.value == params.get("window")), Window.YEAR)
    offered = _offered(atlas, layer, level, category, window)
    governorates = [area.code for area in atlas.governorates()]
    governorate = params.get("governorate")
    if governorate not in governorates:
        # The first is that of the offices; before any office is known, none is more ours.
        governorate = governorates[0] if len(governorates) > 1 and atlas.offices() else None
    if params.get("governorate") == "all":
        governorate = None
    view, sort = params.get("view", ""), params.get("sort", "")
    return MapChoice(
        layer=layer,
        level=level,
        period=_period(params.get("period", ""), offered),
        category=category,
        governorate=governorate,
        area=params.get("area"),
        weights=_weights(params) if layer is LayerCode.NEED else (),
        window=window,
        view=view if _VIEW.match(view) else "",
        sort=sort if sort in _SORTS else "",
        offered=offered,
        unmade=None if wanted == layer else wanted,
    )


def _usual(layers: Sequence[MapLayer]) -> MapLayer:
    """The first layer; on planning cells, which know no need, the one that tells of most areas."""
    first = layers[0] if layers else LayerCode.NEED
    smooth = LayerCode.INCIDENT_SURFACE
    return smooth if first is not LayerCode.NEED and smooth in layers else first


def _level(asked: str, levels: Sequence[Level]) -> Level:
    usual = Level.DISTRICT if Level.DISTRICT in levels else (*levels, Level.DISTRICT)[0]
    return next((one for one in levels if one.value == asked), usual)


def _offered(
    atlas: Atlas, layer: MapLayer, level: Level, category: str | None, window: Window
) -> tuple[Period, ...]:
    if isinstance(layer, PlanLayer):
        return tuple(atlas.periods(Window.YEAR, level, LayerCode.NEED))
    return tuple(atlas.periods(window, level, layer, category))


def _period(text: str, offered: Sequence[Period]) -> Period | None:
    return next((one for one in offered if str(one) == text), next(iter(offered), None))


def typed_weights(params: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """Weights from 0 to 100 by component; what is not typed stays as it is."""
    found = []
    for component in DEFAULT_COMPONENTS:
        text = params.get(f"w_{component.code}", "")[:12]
        usual = component.weight * 100
        plain = text.isascii() and text.replace(".", "", 1).isdecimal()
        weight = float(text) if plain else usual
        found.append((component.code, min(max(weight, 0.0), 100.0)))
    return tuple(found)


def own_weights(typed: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """``typed``, or nothing where that is how the weights are anyway; all zero counts as none."""
    usual = {component.code: component.weight * 100 for component in DEFAULT_COMPONENTS}
    same = all(abs(weight - usual[code]) < 1e-9 for code, weight in typed)  # noqa: PLR2004 (rounding of a figure typed)
    return () if same or not any(weight for _, weight in typed) else typed


def _weights(params: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    return own_weights(typed_weights(params))
