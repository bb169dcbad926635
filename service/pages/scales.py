"""From figures to classes: limits of numbers, kinds of hot spots and trends, with their legend."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from geo.layers import LayerCode
from service.locale import map_words
from service.locale.words import Words
from service.maps.classes import classes_of, share_classes, share_step
from service.maps.palette import COLD, EVEN, HOT, SERVED_NONE, SERVICE, ramp
from service.maps.sheet import NO_DATA_CLASS, PROTECTED_CLASS
from service.pages.kinds import SHARES, figure, limit


@dataclass(frozen=True, slots=True)
class Swatch:
    """One entry of the legend; ``mark`` is a sign that says the same without its colour."""

    colour: str
    label: str
    mark: str = ""
    figures: bool = True  # the label is a pair of numbers, and not words


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of one layer: a colour each, the legend, and the class of each area."""

    swatches: tuple[Swatch, ...]
    steps: Mapping[str, int]

    @property
    def colours(self) -> tuple[str, ...]:
        return tuple(swatch.colour for swatch in self.swatches)

    def mark(self, step: int) -> str:
        return self.swatches[step].mark if step >= 0 else ""


def label_of(words: Words, layer: str, limits: tuple[float, float]) -> str:
    """A class in figures; where it is one figure only, that figure as it is said elsewhere."""
    low, high = limits
    if low == high:
        return figure(words, layer, low)
    return f"{limit(words, layer, low)} – {limit(words, layer, high)}"


def share_swatches(words: Words) -> tuple[Swatch, ...]:
    """The legend of a share that is served: none at all in words, then the classes of some."""
    none = Swatch(
        SERVED_NONE,
        words.say("{share}: none is served", share=words.percent(0)),
        "\u2715",
        figures=False,
    )
    some = (
        Swatch(colour, f"{words.percent(low)} \u2013 {words.percent(high)}")
        for colour, (low, high) in zip(SERVICE, share_classes().limits()[1:], strict=True)
    )
    return (none, *some)


def _shares(values: Mapping[object, float], words: Words) -> Scale:
    steps = {
        str(code): share_step(float(value)) if math.isfinite(value) else NO_DATA_CLASS
        for code, value in values.items()
    }
    return Scale(share_swatches(words), steps)


def scale_of(
    layer: str,
    values: pd.DataFrame,
    hidden: Mapping[object, bool],
    words: Words,
    *,
    beside: Iterable[float] = (),
) -> Scale:
    """The scale of ``layer`` for ``values`` (index area code, column ``value``).

    ``beside`` are figures of other periods that share the scale, so that colours mean the same
    in all of them. ``hidden`` areas are protected.
    """
    kinds = _kinds(layer, values)
    if kinds is not None:
        order = map_words.KINDS[layer]
        swatches = tuple(
            Swatch(colour, words.say(order[kind][0]), order[kind][1], figures=False)
            for kind, colour in zip(order, (HOT, EVEN, COLD), strict=True)
        )
        place = {kind: step for step, kind in enumerate(order)}
        steps = {code: place.get(kind, NO_DATA_CLASS) for code, kind in kinds.items()}
        return Scale(swatches, _covered(steps, hidden))
    shown = values["value"].astype(float).mask(pd.Series(hidden, dtype=bool))
    if layer in SHARES:
        shares = _shares(shown.to_dict(), words)
        return Scale(shares.swatches, _covered(shares.steps, hidden))
    classes = classes_of([*shown.to_list(), *beside], layer)
    colours = classes.spread(ramp(layer))
    swatches = tuple(
        Swatch(colour, label_of(words, layer, limits))
        for colour, limits in zip(colours, classes.limits(), strict=True)
    )
    steps = {
        str(code): classes.step(float(value)) if math.isfinite(value) else NO_DATA_CLASS
        for code, value in shown.items()
    }
    return Scale(swatches, _covered(steps, hidden))


def _covered(steps: Mapping[str, int], hidden: Mapping[object, bool]) -> dict[str, int]:
    return {code: PROTECTED_CLASS if hidden.get(code) else step for code, step in steps.items()}


def _kinds(layer: str, values: pd.DataFrame) -> dict[str, str] | None:
    """The kind of each area, where the layer says kinds and not amounts; "" without a figure."""
    if layer == LayerCode.HOTSPOTS and "kind" in values.columns:
        known = values["value"].notna().to_numpy()
        return {
            str(code): str(kind) if there else ""
            for code, kind, there in zip(values.index, values["kind"], known, strict=True)
        }
    if layer == LayerCode.TREND and {"low", "high"} <= set(values.columns):
        return {
            str(code): _change(*row)
            for code, row in zip(
                values.index,
                values[["value", "low", "high"]].astype(float).to_numpy(),
                strict=True,
            )
        }
    return None


def _change(value: float, low: float, high: float) -> str:
    """Rising or falling only where the whole 90 % interval says so."""
    if not math.isfinite(value):
        return ""
    if low > 0:
        return "rising"
    return "falling" if high < 0 else "unclear"
