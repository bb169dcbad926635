"""Rule 1, headcount: every officer is posted once, only to a unit that he or she can serve.

Sets: groups ``g`` of today's staff (office, unit, gender, skills, lock), classes ``c`` of equal
gender and skills, cells ``k`` = (office, unit).

* ``x[k,q] = sum_{g at k, of q} stay[g] + sum_{c of q} fill[c,k]``; ``fill`` exists only where
  the unit is among the skills of the class, a locked group has ``stay = count``;
* ``sum_k fill[c,k] = sum_{g of c} (count[g] - stay[g]) + hires[c] - unposted[c]``.

With whole ``x`` this is a transportation problem, so it has a whole solution whenever it has one
(Hall's condition for every set of units is implied). New officers who find no place count as the
named shortfall ``unposted`` of the policy rule ``hires``.
"""

from collections import defaultdict

from optimizer.instance import GENDERS, Cell, StaffClass, class_label
from optimizer.model import AllocationModel, total
from optimizer.staff import Gender
from optimizer.variables import Expr

NAME = "headcount"
HARD = True


def apply(model: AllocationModel) -> None:
    instance, roster = model.instance, model.v.rostering
    staying: dict[tuple[Cell, Gender], list[Expr]] = defaultdict(list)
    leaving: dict[StaffClass, list[Expr]] = defaultdict(list)
    for n, g in enumerate(instance.groups):
        staying[Cell(g.office, g.unit), g.gender].append(roster.stay[n])
        if not g.locked:
            leaving[StaffClass(g.gender, g.skills)].append(g.count - roster.stay[n])
    filling: dict[tuple[Cell, Gender], list[Expr]] = defaultdict(list)
    for (c, cell), variable in roster.fill.items():
        filling[cell, c.gender].append(variable)
    for cell in instance.cells:
        for q in GENDERS:
            posted = model.v.postings.count.get((cell, q))
            if posted is not None:
                people = total(staying[cell, q] + filling[cell, q])
                model.require(posted == people, f"{NAME}|{cell.office}|{cell.unit}|{q}")
    for n, c in enumerate(instance.classes):
        new = _hired(model, c)
        filled = total(v for (who, _), v in roster.fill.items() if who == c)
        model.require(filled == total(leaving[c]) + new, f"{NAME}|class|{n}")


def _hired(model: AllocationModel, who: StaffClass) -> Expr:
    lot = model.instance.hires.get(who, 0)
    if not lot:
        return 0
    unposted = model.policy_slack(
        "hires",
        "officers",
        model.instance.problem.policies.hours_week,
        label=class_label(who),
        most=lot,
    )
    return lot - unposted
