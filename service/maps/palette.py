"""Colours of areas: steps of lightness that colour-blind readers tell apart, and on paper too."""

from geo.layers import LayerCode

# Light to dark; five steps, each clearly darker than the one before.
BURDEN = ("#fdf3d8", "#f9cf85", "#ee9a45", "#c95f1f", "#7d2d0e")
PEOPLE = ("#eaf1f8", "#bcd5ea", "#7fb0d6", "#3d7fb5", "#12497c")
SERVICE = ("#f4ecf4", "#d8c2dc", "#b18bbb", "#855594", "#4f2263")
SERVED_NONE = "#f0c987"
"""Asked and nothing served: no step of the ramp, so that it is not taken for its palest one."""
# From less (green-blue) over none to more (orange): never red against green.
CHANGE = ("#1f6f7d", "#8fc1c4", "#f3f1e7", "#eeb066", "#a2510c")
HOT, EVEN, COLD = "#c95f1f", "#f3f1e7", "#5b9da6"
"""Kinds: high or rising, neither, low or falling."""
LEADS = ("#1c5eba", "#f5917d", "#697107", "#a3364c", "#5bb1c5", "#c8b443", "#86447b", "#a09ffa")
"""Offices: as far apart as eight can be for the three kinds of colour-blindness, the first most."""

NO_DATA = "#dedfe0"
PROTECTED = "#c9c4d6"

_BY_LAYER: dict[str, tuple[str, ...]] = {
    LayerCode.RESIDENTS: PEOPLE,
    LayerCode.GROWTH: PEOPLE,
    LayerCode.INFLUX: PEOPLE,
    "women_demand": SERVICE,
    "served_share": SERVICE,
    "women_served_share": SERVICE,
}


def ramp(layer: str) -> tuple[str, ...]:
    """Five colours for the classes of ``layer``, from the least to the most."""
    return _BY_LAYER.get(layer, BURDEN)
