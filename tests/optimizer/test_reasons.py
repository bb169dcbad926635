import pytest

from optimizer.reasons import binding_rules, reasons
from tests.optimizer.asking import proven
from tests.optimizer.builders import (
    MAN,
    WOMAN,
    P,
    T,
    W,
    demand,
    office,
    patrols,
    staff,
    tiny,
    way,
)

MUCH = demand("A1", T, 500.0)
ONE = (staff("O1", T, MAN, 1),)


@pytest.mark.parametrize(
    ("problem", "limit"),
    [
        (tiny(demand=(demand("A1", T, 5.0),)), ""),
        (tiny(demand=(MUCH,), staff=ONE), "hours"),
        (tiny(demand=(MUCH,), staff=ONE, travel=()), "out_of_reach"),
        (tiny(demand=(demand("A1", W, 9.0),), staff=ONE), "no_staff"),
        (
            tiny(
                demand=(demand("A1", T, 90.0, women=90.0),),
                staff=(staff("O1", T, MAN, 2), staff("O1", T, WOMAN, 2)),
                travel=(way("A1", "O1", 0),),
            ),
            "women",
        ),
        (patrols(offices=(office("O1", vehicles=0),)), "calls"),
    ],
)
def test_what_limits_an_area(milp, problem, limit):
    found = reasons(problem, proven(problem, milp))[0]
    assert found.area == "A1"
    assert found.units[0].limit == limit
    assert bool(found.units[0].lift) is bool(limit)


def test_binding_rules_are_ranked_by_the_hours_behind_them(milp):
    problem = tiny(
        demand=(MUCH, demand("A1", W, 100.0)),
        staff=(*ONE, staff("O1", W, WOMAN, 2)),
        travel=(way("A1", "O1", 0),),
    )
    ranked = binding_rules(problem, proven(problem, milp))
    assert [(r.rule, r.office, r.unit) for r in ranked] == [("hours", "O1", T), ("hours", "O1", W)]
    assert ranked[0].unmet_hours_week == pytest.approx(500 - 32, abs=0.1)
    assert P not in {r.unit for r in ranked}
