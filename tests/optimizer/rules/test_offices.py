import pytest

from geo.places import OfficeKind
from optimizer.plan import Status
from optimizer.problem import Policies
from optimizer.solve import solve
from optimizer.staff import Unit
from tests.optimizer.asking import breaches, edited, posted, proven
from tests.optimizer.builders import MAN, T, office, staff, tiny, way

MAIN = office("O1", OfficeKind.MAIN)


def with_offices(*offices, **changes):
    return tiny(offices=offices, **changes)


def test_capacity_holds(milp):
    problem = with_offices(MAIN, office("O2", capacity=1))
    plan = proven(problem, milp)
    assert posted(plan, "O2") == 1
    assert ("offices", "capacity") in breaches(problem, edited(plan, postings=_shifted(plan)))


def test_capacity_below_the_locked_staff_is_infeasible(milp):
    tight = with_offices(
        MAIN, office("O2", capacity=1), staff=(staff("O2", T, MAN, 2, locked=True),)
    )
    assert solve(tight, milp=milp).status is Status.INFEASIBLE


def test_min_staff_holds_where_open(milp):
    plan = proven(with_offices(MAIN, office("O2", min_staff=5)), milp)
    assert posted(plan, "O2") >= 5


def test_too_few_for_the_minimum_is_infeasible(milp):
    assert solve(with_offices(MAIN, office("O2", min_staff=7)), milp=milp).status is (
        Status.INFEASIBLE
    )


def test_referral_centre_keeps_its_counsellors(milp):
    from optimizer.problem import UnitRule

    base = tiny()
    units = (*base.units, UnitRule(unit=Unit.REFERRAL, reach_min=60, visit_h=1))
    people = (*base.staff, staff("O1", Unit.REFERRAL, MAN, 2, (Unit.REFERRAL, T)))
    centre = office("O2", referral_centre=True, min_counsellors=2)
    plan = proven(with_offices(MAIN, centre, units=units, staff=people), milp)
    assert posted(plan, "O2", Unit.REFERRAL) == 2


@pytest.mark.parametrize(("max_opened", "opened"), [(0, False), (1, True)])
def test_a_candidate_opens_only_within_the_limit(milp, max_opened, opened):
    problem = with_offices(
        MAIN,
        office("K1", OfficeKind.CANDIDATE),
        travel=(way("A1", "O1", 0), way("A2", "K1", 0)),
        staff=(staff("O1", T, MAN, 4),),
        policies=Policies(hours_week=32, max_opened=max_opened),
    )
    plan = proven(problem, milp)
    assert ("K1" in plan.open_offices) is opened


def test_a_forced_candidate_opens_beside_the_limit_but_within_the_budget(milp):
    forced = office("K1", OfficeKind.CANDIDATE, forced_open=True, min_staff=1, opening_cost=10)
    base = {"staff": (staff("O1", T, MAN, 4),), "travel": (way("A1", "O1", 0),)}
    plan = proven(with_offices(MAIN, forced, **base), milp)
    assert "K1" in plan.open_offices
    assert posted(plan, "K1") >= 1
    poor = Policies(hours_week=32, opening_budget=9)
    assert solve(with_offices(MAIN, forced, policies=poor, **base), milp=milp).status is (
        Status.INFEASIBLE
    )


def test_an_office_closes_only_if_it_may(milp):
    staying = with_offices(MAIN, office("O2", min_staff=1))
    plan = proven(staying, milp)
    closed = edited(plan, open_offices=("O1",))
    assert {("offices", "must_be_open"), ("offices", "closed_but_staffed")} <= breaches(
        staying, closed
    )


def _shifted(plan):
    """All tribal officers in the second office."""
    first = next(p for p in plan.postings if p.unit is T and p.office == "O1")
    rest = [p for p in plan.postings if p is not first and (p.office, p.unit) != ("O2", T)]
    return (*rest, first.model_copy(update={"office": "O2", "count": 4}))
