"""Words of the map: what its layers, kinds and signs are called."""

from collections.abc import Sequence

from geo.layers import LayerCode
from geo.notes import said
from geo.rates import Window
from service.locale import terms
from service.locale.words import Words
from service.pages.kinds import PlanLayer

TITLE: dict[str, str] = {
    **{str(code): title for code, title in terms.LAYER.items()},
    PlanLayer.WOMEN_DEMAND: said("Women's demand"),
    PlanLayer.WOMEN_SERVED: said("Women's demand served"),
    PlanLayer.SERVED: said("All demand served"),
}
SHORT: dict[str, str] = {
    **{str(code): title for code, title in terms.LAYER_SHORT.items()},
    LayerCode.INCIDENT_SURFACE: said("Smooth density"),
    LayerCode.HOTSPOTS: said("Hot spots"),
    LayerCode.TREND: said("Trend"),
    PlanLayer.WOMEN_DEMAND: said("Women's demand"),
    PlanLayer.WOMEN_SERVED: said("Women's demand served"),
    PlanLayer.SERVED: said("Demand served"),
}
KINDS: dict[str, dict[str, tuple[str, str]]] = {
    LayerCode.HOTSPOTS: {
        "hot": (said("hot spot: high beside high"), "▲"),
        "none": (said("no pattern beyond chance"), ""),
        "cold": (said("cold spot: low beside low"), "▽"),
    },
    LayerCode.TREND: {
        "rising": (said("rising, beyond chance"), "▲"),
        "unclear": (said("no clear change"), ""),
        "falling": (said("falling, beyond chance"), "▼"),
    },
}
"""Kind -> its words and the sign that says it without colour; from the most to the least."""
WINDOW = {
    Window.YEAR: said("Years"),
    Window.QUARTER: said("Quarters"),
    Window.MONTH: said("Months"),
}
BY = {"period": said("Two periods"), "layer": said("Two layers"), "plan": said("Two plans")}
"""What two maps can differ in."""


def weights_said(words: Words, weights: Sequence[tuple[str, float]]) -> str:
    """The reader's own weights as shares, by component; empty where they are as usual."""
    whole = sum(weight for _, weight in weights)
    if not whole:
        return ""
    parts = [
        f"{words.say(terms.COMPONENT[code])} {words.percent(weight / whole)}"
        for code, weight in weights
    ]
    told = words.joined(parts)
    return words.say(
        said("The weights were chosen here and are not the usual ones: {told}."), told=told
    )
