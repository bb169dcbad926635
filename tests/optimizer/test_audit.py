"""What a plan says of itself: a cheat who edits the file is found out, not only his postings."""

import pytest

from optimizer.audit import audit
from optimizer.audit_facts import Facts
from optimizer.audit_stated import misstated
from optimizer.plan import Shortfall, ShortfallKind, Status
from optimizer.problem import Policies, TierName
from tests.optimizer.asking import proven
from tests.optimizer.builders import (
    DAY,
    LATE,
    MAN,
    WOMAN,
    T,
    W,
    area,
    demand,
    random_problem,
    staff,
    tiny,
    way,
)

SHORT = tiny(
    areas=(area("A1"), area("A2", need=8.0), area("A3")),
    shifts=(DAY, LATE),
    staff=(staff("O1", T, MAN, 2), staff("O2", T, MAN, 1), staff("O1", W, WOMAN, 2, (W, T))),
    demand=(
        demand("A1", T, 60.0),
        demand("A2", T, 60.0),
        demand("A1", W, 80.0, 80.0, women_cases=3.0),
        demand("A3", T, 9.0),
    ),
    travel=(way("A1", "O1", 0), way("A2", "O2", 0), way("A2", "O1", 60)),
    policies=Policies(hours_week=32, women_share_target=0.9),
)


@pytest.fixture(scope="module")
def plan(milp):
    found = proven(SHORT, milp)
    kinds = {one.kind for one in found.shortfalls}
    assert kinds >= {
        ShortfallKind.OUT_OF_REACH,
        ShortfallKind.UNMET_HOURS,
        ShortfallKind.UNMET_WOMEN_HOURS,
        ShortfallKind.NO_WOMAN_IN_REACH,
        ShortfallKind.POLICY,
        ShortfallKind.SHIFT_WITHOUT_WOMEN,
    }
    return found


def rules(plan, **changes):
    """The rules that the auditor calls broken after an edit."""
    return {b.rule for b in audit(SHORT, plan.model_copy(update=changes)).breaches}


def with_tier(plan, name, **changes):
    return {
        "tiers": tuple(t.model_copy(update=changes) if t.name is name else t for t in plan.tiers)
    }


def test_an_honest_plan_passes(plan):
    report = audit(SHORT, plan)
    assert report.passed, report.breaches
    assert {"leads", "shortfalls"} <= {r.rule for r in report.rules if r.checked}


def test_no_lack_can_be_left_out_or_made_smaller(plan):
    for n, one in enumerate(plan.shortfalls):
        without = (*plan.shortfalls[:n], *plan.shortfalls[n + 1 :])
        assert rules(plan, shortfalls=without) == {"shortfalls"}, one
        if one.amount > 0.01:
            less = (*without, one.model_copy(update={"amount": one.amount / 2}))
            assert rules(plan, shortfalls=less) == {"shortfalls"}, one


def test_no_lack_can_be_made_up(plan):
    lack = Shortfall(kind=ShortfallKind.UNMET_HOURS, amount=5.0, measure="h", area="A9")
    assert rules(plan, shortfalls=(*plan.shortfalls, lack)) == {"shortfalls"}


def test_the_lead_office_is_the_one_that_gives_most(plan):
    first, *rest = plan.leads
    other = "O2" if first.office == "O1" else "O1"
    assert "leads" in rules(plan, leads=(first.model_copy(update={"office": other}), *rest))
    assert "leads" in rules(plan, leads=tuple(rest))
    assert "leads" in rules(plan, leads=(first.model_copy(update={"hours_week": 0.0}), *rest))


@pytest.mark.parametrize("name", [TierName.UNMET, TierName.WOMEN_ACCESS, TierName.FAIRNESS_ALL])
def test_a_bound_can_not_contradict_its_value(plan, name):
    tier = next(t for t in plan.tiers if t.name is name)
    better = -1.0 if name is TierName.WOMEN_ACCESS else 1.0
    for off in (better * 0.2, -better * 0.2):
        bound = tier.bound + off * max(1.0, tier.value)
        assert rules(plan, **with_tier(plan, name, bound=bound)) == {"tiers"}
    beyond = tier.bound + better * 0.2 * max(1.0, tier.value)
    told = {"bound": beyond, "gap": abs(tier.value - beyond), "proven": False, "parts": ()}
    edited = {**with_tier(plan, name, **told), "status": Status.FEASIBLE}
    assert rules(plan, **edited) == {"tiers"}


def test_a_gap_is_the_distance_of_value_and_bound(plan):
    assert rules(plan, **with_tier(plan, TierName.UNMET, gap=7.0)) == {"tiers"}


def test_proven_is_said_only_where_every_goal_is(plan):
    assert rules(plan, tiers=plan.tiers[:-1]) == {"tiers"}
    assert rules(plan, **with_tier(plan, TierName.MOVES, proven=False)) == {"tiers"}
    assert rules(plan, tiers=()) == {"tiers"}


def test_part_of_fairness_is_proven_or_the_goal_is_not(plan):
    tier = next(t for t in plan.tiers if t.name is TierName.FAIRNESS_ALL)
    parts = (*tier.parts[:-1], tier.parts[-1].model_copy(update={"proven": False}))
    assert rules(plan, **with_tier(plan, TierName.FAIRNESS_ALL, parts=parts)) == {"tiers"}


@pytest.mark.parametrize("seed", range(6))
def test_what_random_plans_say_of_themselves_is_so(milp, seed):
    problem = random_problem(9100 + seed)
    found = proven(problem, milp)
    assert list(misstated(Facts(problem, found))) == []
    if found.shortfalls:
        cut = found.model_copy(update={"shortfalls": found.shortfalls[1:]})
        assert list(misstated(Facts(problem, cut)))
