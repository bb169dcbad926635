from optimizer.plan import Posting, Status, Transfer
from optimizer.problem import HireLot
from optimizer.solve import solve
from tests.optimizer.asking import breaches, edited, posted, proven
from tests.optimizer.builders import MAN, WOMAN, T, W, demand, staff, tiny


def test_everybody_is_posted_once(milp):
    plan = proven(tiny(), milp)
    assert posted(plan) == 6
    assert posted(plan, gender=WOMAN) == 2


def test_a_unit_needs_the_skill(milp):
    problem = tiny(staff=(staff("O1", T, MAN, 4), staff("O1", W, WOMAN, 2, (W,))))
    plan = proven(problem, milp)
    assert posted(plan, unit=W, gender=MAN) == 0
    assert posted(plan, unit=T, gender=WOMAN) == 0


def test_one_officer_too_many_is_a_breach(milp):
    problem = tiny()
    plan = proven(problem, milp)
    more = (*plan.postings[:-1], plan.postings[-1].model_copy(update={"count": 9}))
    assert ("headcount", "postings") in breaches(problem, edited(plan, postings=more))


def test_a_move_without_the_skill_is_a_breach(milp):
    problem = tiny(staff=(staff("O1", T, MAN, 2), staff("O1", W, WOMAN, 2)))
    plan = proven(problem, milp)
    wrong = Transfer(
        gender=MAN, skills=(T,), from_office="O1", from_unit=T, to_office="O1", to_unit=W, count=1
    )
    assert ("headcount", "skill") in breaches(problem, edited(plan, transfers=(wrong,)))


def test_locked_staff_stays(milp):
    much = {"demand": (demand("A2", T, 300.0),)}
    free = tiny(staff=(staff("O1", T, MAN, 4), staff("O1", W, WOMAN, 2)), **much)
    assert posted(proven(free, milp), "O2", T) > 0
    chained = (staff("O1", T, MAN, 4, locked=True), staff("O1", W, WOMAN, 2))
    locked = tiny(staff=chained, **much)
    plan = proven(locked, milp)
    assert posted(plan, "O1", T) == 4
    away = Transfer(
        gender=MAN, skills=(T,), from_office="O1", from_unit=T, to_office="O2", to_unit=T, count=1
    )
    moved = (
        Posting(office="O1", unit=T, gender=MAN, count=3),
        Posting(office="O1", unit=W, gender=WOMAN, count=2),
        Posting(office="O2", unit=T, gender=MAN, count=1),
    )
    wrong = edited(plan, postings=moved, transfers=(away,))
    assert ("headcount", "moved_too_many") in breaches(locked, wrong)


def test_hires_are_posted_within_their_number(milp):
    problem = tiny(hires=(HireLot(gender=WOMAN, skills=(W,), count=2),))
    plan = proven(problem, milp)
    assert posted(plan, unit=W, gender=WOMAN) == 4
    again = plan.transfers[-1].model_copy(update={"count": 3})
    assert ("headcount", "hired_too_many") in breaches(
        problem, edited(plan, transfers=(*plan.transfers[:-1], again))
    )


def test_hires_without_a_place_are_a_named_shortfall(milp):
    problem = tiny(hires=(HireLot(gender=MAN, skills=(T,), count=3),))
    offices = tuple(o.model_copy(update={"capacity": 4}) for o in problem.offices)
    outcome = solve(problem.model_copy(update={"offices": offices}), milp=milp)
    assert outcome.status is Status.PROVEN
    bent = [s for s in outcome.plan.shortfalls if s.rule == "hires"]
    assert [s.amount for s in bent] == [1]
