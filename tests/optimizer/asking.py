"""Short questions that many tests ask."""

from optimizer.audit import audit
from optimizer.plan import Status
from optimizer.solve import solve


def proven(problem, milp):
    """The proven plan of a problem that has one."""
    outcome = solve(problem, milp=milp)
    assert outcome.status is Status.PROVEN, outcome
    assert outcome.plan is not None
    return outcome.plan


def breaches(problem, plan):
    """(rule, what) of every breach."""
    return {(b.rule, b.what) for b in audit(problem, plan).breaches}


def posted(plan, office=None, unit=None, gender=None):
    return sum(
        p.count
        for p in plan.postings
        if office in (None, p.office) and unit in (None, p.unit) and gender in (None, p.gender)
    )


def tier(plan, name):
    return next(t for t in plan.tiers if t.name == name)


def edited(plan, **changes):
    """The plan after somebody's hand; its tiers are not declared any more."""
    return plan.model_copy(update={"tiers": (), "shifts": (), "status": Status.FEASIBLE} | changes)
