"""Rule 2, offices: staff only where it is open, within what the building and the law allow.

* ``min_staff[o] y[o] <= sum_{u,q} x[o,u,q] <= capacity[o] y[o]``;
* ``sum_q x[o,referral,q] >= min_counsellors[o] y[o]``: the referral centre keeps its counsellors;
* today's offices stay open (``y = 1``) unless they may close, and at most ``max_closed`` do;
* at most ``max_opened`` candidates open beside those that are forced open;
* ``sum_candidates opening_cost y <= opening_budget`` (forced ones cost as well).
"""

from optimizer.instance import Cell
from optimizer.model import AllocationModel, total
from optimizer.staff import Unit

NAME = "offices"
HARD = True


def apply(model: AllocationModel) -> None:
    for code in model.instance.offices:
        _one_office(model, code)
    _openings(model)


def _one_office(model: AllocationModel, code: str) -> None:
    instance = model.instance
    office, is_open = instance.office[code], model.v.opened[code]
    staff = total(model.v.postings.at_office(code))
    everyone = instance.problem.head_count()
    most = everyone if office.capacity is None else office.capacity
    room = model.bend(NAME, "officers", 1.0, office=code, label="capacity")
    model.require(staff <= most * is_open + room, f"{NAME}|capacity|{code}")
    if office.min_staff:
        lack = model.bend(NAME, "officers", 1.0, office=code, label="min_staff")
        model.require(staff + lack >= office.min_staff * is_open, f"{NAME}|min_staff|{code}")
    if office.min_counsellors and Unit.REFERRAL in instance.units:
        lack = model.bend(NAME, "officers", 1.0, office=code, label="counsellors")
        counsellors = total(model.v.postings.at_cell(Cell(code, Unit.REFERRAL)))
        model.require(
            counsellors + lack >= office.min_counsellors * is_open, f"{NAME}|counsellors|{code}"
        )
    if office.forced_open or not (office.is_candidate or office.may_close):
        model.require(is_open >= 1, f"{NAME}|open|{code}")


def _openings(model: AllocationModel) -> None:
    policies, offices = model.instance.problem.policies, model.instance.office.values()
    opened = model.v.opened
    free = [o.code for o in offices if o.is_candidate and not o.forced_open]
    if free:
        more = model.bend(NAME, "offices", 1.0, label="max_opened")
        model.require(
            total(opened[c] for c in free) <= policies.max_opened + more, f"{NAME}|max_opened"
        )
    closable = [o.code for o in offices if o.may_close and not o.is_candidate and not o.forced_open]
    if closable:
        model.require(
            total(1 - opened[c] for c in closable) <= policies.max_closed, f"{NAME}|max_closed"
        )
    if policies.opening_budget is not None:
        cost = total(o.opening_cost * opened[o.code] for o in offices if o.is_candidate)
        over = model.bend(NAME, "money", 1.0, label="budget")
        model.require(cost <= policies.opening_budget + over, f"{NAME}|budget")
