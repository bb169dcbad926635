import pytest

from optimizer.plan import Posting, ShortfallKind, Status
from optimizer.solve import solve
from tests.optimizer.asking import breaches, edited, posted, proven, tier
from tests.optimizer.builders import MAN, WOMAN, T, W, area, staff, tiny


@pytest.mark.parametrize(("women", "sites"), [(2, 1), (3, 1), (4, 2)])
def test_never_a_lone_woman(milp, women, sites):
    problem = tiny(staff=(staff("O1", T, MAN, 2), staff("O1", W, WOMAN, women, (W, T))))
    plan = proven(problem, milp)
    at = [posted(plan, o, gender=WOMAN) for o in ("O1", "O2")]
    assert 1 not in at
    assert sum(n > 0 for n in at) <= sites


def test_one_woman_alone_is_infeasible(milp):
    problem = tiny(staff=(staff("O1", W, WOMAN, 1), staff("O1", T, MAN, 2)))
    assert solve(problem, milp=milp).status is Status.INFEASIBLE


def test_a_lone_woman_is_a_breach(milp):
    problem = tiny()
    plan = proven(problem, milp)
    men = tuple(p for p in plan.postings if p.gender is MAN)
    apart = tuple(Posting(office=o, unit=W, gender=WOMAN, count=1) for o in ("O1", "O2"))
    assert ("women", "lone_woman") in breaches(problem, edited(plan, postings=(*men, *apart)))


def test_the_womens_unit_is_theirs_by_half(milp):
    crowd = (staff("O1", W, MAN, 4, (W, T)), staff("O1", W, WOMAN, 2, (W,)))
    problem = tiny(staff=crowd)
    plan = proven(problem, milp)
    assert posted(plan, unit=W, gender=MAN) <= 2
    today = tuple(
        Posting(office=g.office, unit=g.unit, gender=g.gender, count=g.count) for g in crowd
    )
    wrong = edited(plan, postings=today, transfers=(), flows=())
    assert ("women", "womens_unit") in breaches(problem, wrong)


def test_access_goes_where_most_women_live(milp):
    areas = (area("A1", residents=100), area("A2", residents=900))
    problem = tiny(areas=areas).model_copy(
        update={"policies": tiny().policies.model_copy(update={"women_reach_min": 30})}
    )
    plan = proven(problem, milp)
    assert posted(plan, "O2", gender=WOMAN) == 2
    assert tier(plan, "T1_women_access").value == pytest.approx(450)
    lacks = [s for s in plan.shortfalls if s.kind is ShortfallKind.NO_WOMAN_IN_REACH]
    assert [(s.area, s.amount) for s in lacks] == [("A1", 50)]
