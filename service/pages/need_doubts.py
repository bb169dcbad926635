"""What the place of an area hangs on: recorded incidents, and what moves its index most."""

from geo.influence import need_influence
from geo.layers import Layer
from geo.need import NeedRules
from geo.notes import said
from service.locale import terms
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice
from service.pages.chosen_layer import component_layers, components
from service.pages.figures import cell

SAMPLES = 256
"""Enough for shares to a few per cent, and quick enough for a card."""
_TOLD = 2
_LEAST = 0.05


def doubts_of(
    atlas: Atlas, choice: MapChoice, need: Layer, code: str, words: Words
) -> tuple[str, ...]:
    """Sentences under the drill-down of an index; none where nothing is known."""
    return tuple(
        one for one in (_without(need, code, words), _sways(atlas, choice, code, words)) if one
    )


def _without(need: Layer, code: str, words: Words) -> str:
    values = need.values
    names = ("value_without_incidents", "rank_without_incidents", "rank")
    index, rank, now = (cell(values, code, name) for name in names)
    if index is None or rank is None or now is None:
        return ""
    key = said("Without recorded incidents: place {rank} instead of {now}, index {index}.")
    if rank == now:
        key = said("Without recorded incidents: place {rank} as well, index {index}.")
    told = words.number(rank), words.number(now), words.number(index, 1)
    return words.say(key, rank=told[0], now=told[1], index=told[2])


def _sways(atlas: Atlas, choice: MapChoice, code: str, words: Words) -> str:
    """The inputs that most of the index's variance comes from (``geo.influence``)."""
    try:
        layers = component_layers(atlas, choice)
        found = need_influence(
            {name: layer.values for name, layer in layers.items()},
            NeedRules(components=components(choice)),
            code,
            samples=SAMPLES,
        )
    except (KeyError, ValueError):
        return ""
    shares = found["total"].clip(0.0, 1.0).nlargest(_TOLD)
    told = [
        f"{_name(str(name), words)} ({words.percent(share)})"
        for name, share in shares.items()
        if share >= _LEAST
    ]
    if not told:
        return ""
    key = said("What the index would move with most, by share of its spread: {what}.")
    return words.say(key, what=" · ".join(told))


def _name(given: str, words: Words) -> str:
    which, _, component = given.partition(" ")
    part = words.say(terms.COMPONENT.get(component, component))
    if which == "weight":
        return words.say(said("weight of: {component}"), component=part)
    return words.say(said("figure of: {component}"), component=part)
