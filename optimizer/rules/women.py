"""Rule 6, women officers: never alone, the women's unit theirs by half, access where they are.

* ``2 z[o] <= sum_u x[o,u,woman] <= W z[o]``: two at least, or none (UN police siting rule);
* ``x[o,women,woman] >= share sum_q x[o,women,q]``;
* ``a[i] <= sum_{o within women_reach_min of i} z[o]``: residents' access to a woman officer.
"""

from optimizer.instance import Cell
from optimizer.model import AllocationModel, total
from optimizer.staff import Gender, Unit

NAME = "women"
HARD = True
FEWEST_TOGETHER = 2


def apply(model: AllocationModel) -> None:
    instance, presence = model.instance, model.v.presence
    all_women = instance.problem.head_count(Gender.WOMAN)
    for office in instance.offices:
        here = total(model.v.postings.at_office(office, Gender.WOMAN))
        z = presence.at_office[office]
        lack = model.bend(NAME, "officers", 1.0, office=office, label="lone")
        model.require(here + lack >= FEWEST_TOGETHER * z, f"{NAME}|pair|{office}")
        model.require(here <= all_women * z, f"{NAME}|present|{office}")
        _womens_unit(model, office)
    access(model)


def access(model: AllocationModel) -> None:
    """``a[i]`` only where women officers are within reach by the instance's ways."""
    instance, presence = model.instance, model.v.presence
    reach = instance.problem.policies.women_reach_min
    for area in instance.areas:
        near = [
            presence.at_office[o]
            for o in instance.offices
            if instance.travel_min.get((area, o), reach + 1) <= reach
        ]
        model.require(presence.access[area] <= total(near), f"{NAME}|access|{area}")


def _womens_unit(model: AllocationModel, office: str) -> None:
    if Unit.WOMEN not in model.instance.units:
        return
    cell = Cell(office, Unit.WOMEN)
    staff = total(model.v.postings.at_cell(cell))
    women = model.v.postings.count.get((cell, Gender.WOMAN), 0)
    share = model.instance.problem.policies.women_unit_share
    lack = model.bend(NAME, "officers", 1.0, office=office, label="unit")
    model.require(share * staff <= women + lack, f"{NAME}|unit|{office}")
