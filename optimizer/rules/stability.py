"""Rule 8, stability: no more officers change their posting than the director allows.

``sum_g (count[g] - stay[g]) <= max_moves``. New officers don't count as moves; locked groups
can't move at all (rule 1). Home-distance wishes belong to posts, not to counts of staff.
"""

from optimizer.model import AllocationModel, total
from optimizer.variables import Expr

NAME = "stability"
HARD = True


def moves(model: AllocationModel) -> Expr:
    """Officers who are posted elsewhere than today."""
    stay = model.v.rostering.stay
    return total(g.count - stay[n] for n, g in enumerate(model.instance.groups) if not g.locked)


def apply(model: AllocationModel) -> None:
    most = model.instance.problem.policies.max_moves
    if most is not None:
        more = model.bend(NAME, "moves", 1.0, label="max_moves")
        model.require(moves(model) <= most + more, f"{NAME}|max_moves")
