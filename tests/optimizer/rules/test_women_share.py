import pytest

from optimizer.problem import HireLot, Policies
from tests.optimizer.asking import proven, tier
from tests.optimizer.builders import WOMAN, W, tiny


@pytest.mark.parametrize(("target", "lack"), [(0.2, 0.0), (0.5, 1.0)])
def test_missing_women_are_a_named_shortfall(milp, target, lack):
    """Two women of six officers."""
    plan = proven(tiny(policies=Policies(hours_week=32, women_share_target=target)), milp)
    assert sum(s.amount for s in plan.shortfalls if s.rule == "women_share") == lack
    assert tier(plan, "T0_legality").value == pytest.approx(32 * lack)


def test_hired_women_repair_it(milp):
    problem = tiny(
        policies=Policies(hours_week=32, women_share_target=0.5),
        hires=(HireLot(gender=WOMAN, skills=(W,), count=2),),
    )
    assert tier(proven(problem, milp), "T0_legality").value == 0
