"""Rule 4, capacity: hours given, the road included, fit into the hours of those posted.

For every office and unit: ``sum_k (1 + road[k,o]) f[k,o] <= H sum_q x[o,u,q]``, and the same for
streams that need a woman with women only. ``road = 2 travel_min / (60 visit_h)``: there and back
once a visit. ``H`` are productive hours an officer-week.
"""

from optimizer.model import AllocationModel, total
from optimizer.staff import Gender

NAME = "capacity"
HARD = True


def apply(model: AllocationModel) -> None:
    instance, count = model.instance, model.v.postings.count
    hours = instance.problem.policies.hours_week
    for cell in instance.cells:
        flows = model.v.flows.of_cell[cell]
        if not flows:
            continue
        spent = [((1 + instance.road(k.area, cell.office, k.unit)) * v, k.women) for k, v in flows]
        name = f"{NAME}|{cell.office}|{cell.unit}"
        staff = total(model.v.postings.at_cell(cell))
        model.require(total(s for s, _ in spent) <= hours * staff, name)
        women = count.get((cell, Gender.WOMAN), 0)
        if any(needs for _, needs in spent):
            model.require(total(s for s, needs in spent if needs) <= hours * women, f"{name}|women")
