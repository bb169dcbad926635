"""Values against an independent formulation, brute force, and the auditor on random problems."""

import pytest

from optimizer.audit import audit
from optimizer.baseline import careful_hand
from optimizer.plan import Status
from optimizer.solve import solve
from tests.optimizer import brute, independent
from tests.optimizer.asking import proven
from tests.optimizer.builders import random_problem

SECOND_OPINIONS = 50
AUDITED = 200
EPS = 1e-2  # the independent formulation keeps its goals by whole grains


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SECOND_OPINIONS))
def test_tiers_equal_those_of_an_independent_formulation(milp, seed):
    problem = random_problem(1000 + seed, areas=3, most_staff=7)
    plan = proven(problem, milp)
    other = independent.tiers(problem)
    for tier in plan.tiers:
        mine = [p.value for p in tier.parts] or [tier.value]
        if other.get(tier.name):
            for one, two in zip(mine, other[tier.name], strict=True):
                assert one == pytest.approx(two, abs=EPS * max(1.0, abs(two))), tier.name


@pytest.mark.parametrize("seed", range(12))
def test_tiers_equal_those_of_brute_force(milp, seed):
    problem = random_problem(2000 + seed, areas=3, offices=2, most_staff=6)
    plan = proven(problem, milp)
    best = brute.tiers(problem)
    for tier in plan.tiers:
        if tier.name in best:
            mine = [p.value for p in tier.parts] or [tier.value]
            assert mine == pytest.approx(best[tier.name], rel=1e-4, abs=1e-4), tier.name


@pytest.mark.slow
@pytest.mark.parametrize("tens", range(AUDITED // 10))
def test_the_auditor_finds_no_breach(milp, tens):
    hands = 0
    for seed in range(10 * tens, 10 * tens + 10):
        problem = random_problem(seed)
        outcome = solve(problem, milp=milp)
        assert outcome.status is Status.PROVEN, seed
        report = audit(problem, outcome.plan)
        assert report.passed, (seed, report.breaches)
        hand = careful_hand(problem, improving_moves=1)
        if hand is not None:
            hands += 1
            assert audit(problem, hand).passed, (seed, audit(problem, hand).breaches)
            _no_better(problem, hand, outcome.plan)
    assert hands >= 8  # today's postings are legal: the greedy hand seldom fails


def _no_better(problem, hand, plan):
    """The first goal in which the two differ is better in the proven plan."""
    one = {t.name: t for t in audit(problem, hand).tiers}
    for t in audit(problem, plan).tiers:
        theirs, ours = (one[t.name].parts or (one[t.name].value,)), (t.parts or (t.value,))
        for a, b in zip(ours, theirs, strict=True):
            if abs(a - b) > 1e-4 * max(1.0, abs(b)):
                assert (a < b) is (t.name != "T1_women_access"), t.name
                return
