"""The layer that a choice names; the need index under the reader's own weights where given."""

from dataclasses import replace

import geopandas as gpd

from geo.layers import Layer, LayerCode
from geo.need import DEFAULT_COMPONENTS, NeedComponent, NeedRules, need_index
from geo.need_layer import need_layer
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice
from service.pages.figures import AnyLayer
from service.pages.kinds import PlanLayer
from service.pages.newest_plan import NewestPlan


def components(choice: MapChoice) -> tuple[NeedComponent, ...]:
    """Components of the need with the reader's weights; one of weight 0 is left out."""
    if not choice.weights:
        return DEFAULT_COMPONENTS
    own = dict(choice.weights)
    return tuple(
        one.model_copy(update={"weight": own.get(one.code, one.weight)})
        for one in DEFAULT_COMPONENTS
        if own.get(one.code, one.weight) > 0
    )


def component_layers(atlas: Atlas, choice: MapChoice) -> dict[str, Layer]:
    """What the need of ``choice`` is made of, by component. Raises ``KeyError`` where one lacks."""
    return {
        one.code: atlas.layer(one.layer, choice.level, one.category, choice.period)
        for one in components(choice)
    }


def layer_of(
    atlas: Atlas, choice: MapChoice, units: gpd.GeoDataFrame, plan: NewestPlan | None = None
) -> AnyLayer:
    """The released layer of ``choice``; ranks of a weighted need are among ``units``.

    Raises ``KeyError`` where the layer can't be made.
    """
    if isinstance(choice.layer, PlanLayer):
        if plan is None:
            raise KeyError(choice.layer)
        return plan.layer(choice.layer, choice.level)
    return placed_layer(atlas, choice, units)


def placed_layer(
    atlas: Atlas, choice: MapChoice, units: gpd.GeoDataFrame, *, ranks: bool = True
) -> Layer:
    """As ``layer_of``, for layers of places only.

    Without ``ranks`` a weighted need is its figures alone: half the work, for a line through
    time that follows a moving weight.
    """
    code = LayerCode(choice.layer)
    if code is not LayerCode.NEED or not choice.weights:
        return atlas.layer(code, choice.level, choice.category, choice.period)
    chosen = components(choice)
    made = [atlas.layer(one.layer, choice.level, one.category, choice.period) for one in chosen]
    inside = [replace(one, values=one.values.reindex(units.index)) for one in made]
    rules = NeedRules(components=chosen)
    if ranks:
        return need_layer(inside, rules)[0]
    tables = {part.code: one.values for part, one in zip(chosen, inside, strict=True)}
    table = need_index(tables, rules)
    return replace(inside[0], code=LayerCode.NEED, category=None, values=table)
