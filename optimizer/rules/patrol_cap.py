"""Ethics rule, cap on patrols: no district takes more than its cap of all patrol hours served.

``sum_{i in district, o} f[patrol] <= patrol_share_cap sum_{i,o} f[patrol]``: incidents that
patrols discover must not draw all patrols to one place (Ensign et al. 2018). A cap below one
part in the number of districts leaves no patrol at all; the auditor says so.
"""

from collections import defaultdict

from optimizer.model import AllocationModel, total
from optimizer.staff import Unit
from optimizer.variables import Var

NAME = "patrol_cap"
HARD = True


def apply(model: AllocationModel) -> None:
    cap = model.instance.problem.policies.patrol_share_cap
    if cap is None:
        return
    by_district: dict[str, list[Var]] = defaultdict(list)
    for (key, _), variable in model.v.flows.hours.items():
        if key.unit is Unit.PATROL:
            by_district[model.instance.area[key.area].district].append(variable)
    everywhere = total(v for flows in by_district.values() for v in flows)
    for district, flows in sorted(by_district.items()):
        model.require(total(flows) <= cap * everywhere, f"{NAME}|{district}")
