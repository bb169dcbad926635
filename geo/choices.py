"""What a planner may choose about layers: every default is an assumption, shown with the layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.need import NeedRules


@dataclass(frozen=True, slots=True)
class LayerChoices:
    """What a planner may choose about layers; every default is an assumption.

    ``spatial``: shrink rates towards neighbours rather than towards all areas. ``reporting``:
    incidents behind one that is reported, by category (1: as reported). ``unregistered``: low,
    best and high factor for families whom no register knows. ``leave_out_repeats``: count equal
    rows of one file once. ``need``: rules of the index.
    """

    spatial: bool = False
    reporting: Mapping[str, float] = field(default_factory=dict)
    unregistered: tuple[float, float, float] = (1.0, 1.0, 1.0)
    leave_out_repeats: bool = False
    need: NeedRules = field(default_factory=NeedRules)
