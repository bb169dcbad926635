import pytest

from optimizer.plan import Transfer
from optimizer.problem import Policies
from tests.optimizer.asking import breaches, edited, posted, proven, tier
from tests.optimizer.builders import MAN, WOMAN, T, W, staff, tiny

CROWD = (staff("O1", T, MAN, 4), staff("O1", W, WOMAN, 2))


@pytest.mark.parametrize("most", [0, 1, 2])
def test_no_more_moves_than_allowed(milp, most):
    problem = tiny(staff=CROWD, policies=Policies(hours_week=32, max_moves=most))
    plan = proven(problem, milp)
    assert tier(plan, "T4_moves").value <= most
    assert posted(plan, "O2") <= most


def test_one_move_more_is_a_breach(milp):
    problem = tiny(staff=CROWD, policies=Policies(hours_week=32, max_moves=0))
    plan = proven(problem, milp)
    move = Transfer(
        gender=MAN, skills=(T,), from_office="O1", from_unit=T, to_office="O2", to_unit=T, count=1
    )
    assert ("stability", "max_moves") in breaches(problem, edited(plan, transfers=(move,)))


def test_a_chain_of_skills_counts_every_move(milp):
    """Counts alone would show one change; two people have to move."""
    from optimizer.instance import Cell, Instance
    from optimizer.transport import transfers

    problem = tiny(
        staff=(staff("O1", T, MAN, 1, (T, W)), staff("O2", W, MAN, 1), staff("O1", W, WOMAN, 2))
    )
    count = {
        (Cell("O1", W), MAN): 1,
        (Cell("O2", T), MAN): 1,
        (Cell("O1", W), WOMAN): 2,
    }
    moved = transfers(Instance(problem), count)
    assert sum(t.count for t in moved) == 2
