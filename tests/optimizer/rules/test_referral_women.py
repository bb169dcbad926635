import pytest

from geo.places import OfficeKind
from optimizer.problem import Policies
from tests.optimizer.asking import breaches, posted, proven, tier
from tests.optimizer.builders import WOMAN, office, tiny

CENTRE = (office("O1", OfficeKind.MAIN), office("O2", referral_centre=True))


def asked(**changes):
    policies = Policies(hours_week=32, referral_women=2, **changes)
    return tiny(offices=CENTRE, policies=policies)


def test_the_women_go_to_the_referral_centre_first(milp):
    plan = proven(asked(), milp)
    assert posted(plan, office="O2", gender=WOMAN) == 2
    assert tier(plan, "T0_legality").value == 0
    assert breaches(asked(), plan) == set()


def test_without_the_rule_they_need_not(milp):
    free = tiny(offices=CENTRE)
    assert posted(proven(free, milp), office="O2", gender=WOMAN) == 0


def test_where_nobody_may_move_the_lack_is_a_named_shortfall(milp):
    plan = proven(asked(max_moves=0), milp)
    (lack,) = [s for s in plan.shortfalls if s.rule == "referral_women"]
    assert (lack.office, lack.amount) == ("O2", 2)
    assert tier(plan, "T0_legality").value == pytest.approx(64)
