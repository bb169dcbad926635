"""What a planner may choose about layers: every default is an assumption, shown with the layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.checks import Fault, raise_faults
from geo.incidents import CATEGORIES
from geo.need import Goalpost, Mean, NeedComponent, NeedRules
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


def need_rules(
    rules: NeedRules,
    *,
    weights: Mapping[str, float] | None = None,
    goalposts: Mapping[str, tuple[float, float]] | None = None,
    mean: Mean | None = None,
) -> NeedRules:
    """Rules of the need index with some weights, goalposts (low, high) and perhaps another mean.

    By component; a weight of 0 leaves its component out. Raises ``FaultsError`` with every
    component that nobody knows, weight below 0 and goalpost out of order, and where no component
    is left.
    """
    weights, goalposts = weights or {}, goalposts or {}
    known = ", ".join(part.code for part in rules.components)
    names = {part.code for part in rules.components}
    faults = [
        Fault(
            said("{component} is no component of the need index with a weight of 0 or more."),
            said("Write COMPONENT=WEIGHT; the components are: {known}."),
            {"component": f"{code}={weight:g}", "known": known},
            "weight",
        )
        for code, weight in weights.items()
        if code not in names or not 0 <= weight < float("inf")
    ]
    faults += [
        Fault(
            said("{component} from {low} to {high} is no goalpost."),
            said("Write COMPONENT=LOW:HIGH, the higher figure last; the components are: {known}."),
            {"component": code, "low": f"{low:g}", "high": f"{high:g}", "known": known},
            "goalpost",
        )
        for code, (low, high) in goalposts.items()
        if code not in names or not low < high
    ]
    parts = [_part(part, weights, goalposts) for part in rules.components if not faults]
    kept = tuple(part for part in parts if part is not None)
    if not faults and not kept:
        faults.append(
            Fault(
                said("No component of the need index has a weight."),
                said("Give one of them a weight above 0: {known}."),
                {"known": known},
                "weight",
            )
        )
    raise_faults(faults)
    changed = {"components": kept, "mean": mean or rules.mean}
    return rules.model_validate({**rules.model_dump(), **changed})


def _part(
    part: NeedComponent,
    weights: Mapping[str, float],
    goalposts: Mapping[str, tuple[float, float]],
) -> NeedComponent | None:
    weight = weights.get(part.code, part.weight)
    if not weight:
        return None
    goalpost = part.goalpost
    if part.code in goalposts:
        low, high = goalposts[part.code]
        goalpost = Goalpost(low=low, high=high)
    return part.model_copy(update={"weight": weight, "goalpost": goalpost})
