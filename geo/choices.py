"""What a planner may choose about layers: every default is an assumption, shown with the layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.checks import Fault, raise_faults
from geo.incidents import CATEGORIES
from geo.need import NeedRules
from geo.notes import said


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


def assumed(
    reporting: Mapping[str, float], unregistered: tuple[float, float, float] = (1.0, 1.0, 1.0)
) -> LayerChoices:
    """Choices with factors of under-reporting by category, and of unregistered families.

    A factor of reporting is at least 1; the three of families (low, best, high) are in order,
    none below 0. Raises ``FaultsError`` on any other, and on a category that nobody knows.
    """
    low, best, high = unregistered
    faults = [
        Fault(
            said("{category} with {factor} is no category with a factor of 1 or more."),
            said("Write CATEGORY=FACTOR; the categories are: {known}."),
            {"category": code, "factor": f"{factor:g}", "known": ", ".join(CATEGORIES)},
            "reporting",
        )
        for code, factor in reporting.items()
        if code not in CATEGORIES or not factor >= 1
    ]
    if not 0 <= low <= best <= high:
        faults.append(
            Fault(
                said("{low}, {best}, {high} are no factors from low over best to high."),
                said("Write three numbers that do not fall, such as 1,1.3,2."),
                {"low": f"{low:g}", "best": f"{best:g}", "high": f"{high:g}"},
                "unregistered",
            )
        )
    raise_faults(faults)
    return LayerChoices(reporting=dict(reporting), unregistered=unregistered)
