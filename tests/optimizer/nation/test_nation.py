"""Sharing out new officers among governorates: all sharings tried, bounds, the judge."""

import itertools

import pytest

from optimizer.milp import Cancelled
from optimizer.nation import (
    Governorate,
    Nation,
    Pool,
    audit_nation,
    plan_nation,
    plan_of_lots,
    proportional_lots,
    value_points,
)
from optimizer.nation.knapsack import best_sharing, bounds_as_good
from optimizer.nation.totals import in_the_country
from optimizer.plan import Status
from optimizer.problem import TierName
from tests.optimizer.builders import MAN, WOMAN, P, T, W, demand, random_problem, staff, tiny

FAIR = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)


def nation(seeds=(11, 12, 13), lots=3, **pool):
    """Small governorates, all different."""
    return Nation(
        governorates=tuple(
            Governorate(
                code=f"G{n}", name_ar=f"G{n}", name_en=f"G{n}", problem=random_problem(4000 + seed)
            )
            for n, seed in enumerate(seeds)
        ),
        pool=Pool(**({"lots": lots, "most_lots": 2, "skills": (P, T, W)} | pool)),
    )


def figures(tier):
    return tuple(p.value for p in tier.parts) or (tier.value,)


def tried(asked, points):
    """The best of all sharings, by the figures of the country in order, coarsely rounded."""
    codes = [g.code for g in asked.in_order]
    best = None
    for lots in itertools.product(range(asked.pool.most_lots + 1), repeat=len(codes)):
        if sum(lots) > asked.pool.lots:
            continue
        plan = plan_of_lots(asked, points, dict(zip(codes, lots, strict=True)))
        key = [
            round(-v if t.name is TierName.WOMEN_ACCESS else v, 4)
            for t in plan.tiers
            for v in figures(t)
        ]
        if best is None or key < best:
            best = key
    return best


@pytest.mark.parametrize("first", range(0, 24, 3))
def test_no_other_sharing_is_better(first):
    asked, kept = nation((first, first + 1, first + 2)), {}
    plan = plan_nation(asked, workers=1, kept=kept)
    assert plan.status is Status.PROVEN
    assert audit_nation(asked, plan) == ()
    points = value_points(asked, workers=1, kept=kept)
    mine = [-v if t.name is TierName.WOMEN_ACCESS else v for t in plan.tiers for v in figures(t)]
    assert mine == pytest.approx(tried(asked, points), rel=1e-4, abs=1e-2)
    assert all(t.bound == t.value and t.gap == 0 for t in plan.tiers)


def test_the_order_of_governorates_changes_nothing_and_equal_input_gives_equal_plans():
    asked = nation()
    turned = asked.model_copy(update={"governorates": asked.governorates[::-1]})
    one, two = (plan_nation(a, workers=1) for a in (asked, turned))
    assert [s.plan.canonical_bytes() for s in one.shares] == [
        s.plan.canonical_bytes() for s in two.shares
    ]
    assert [(s.governorate, s.lots) for s in one.shares] == [
        (s.governorate, s.lots) for s in two.shares
    ]


def test_processes_change_nothing_and_what_was_solved_is_kept():
    asked, kept, told = nation(), {}, []
    one = plan_nation(asked, workers=2, kept=kept)
    before = dict(kept)
    two = plan_nation(asked, workers=1, kept=kept, progress=lambda *done: told.append(done))
    assert kept == before
    assert told[8:] == [(n, 18) for n in range(9, len(kept) + 1)]
    assert one.model_copy(update={"seconds": 0.0}) == two.model_copy(update={"seconds": 0.0})


def test_the_first_women_of_a_governorate_are_a_gain():
    """Without any, fairness for women is measured all the same: nobody is served."""
    men_only = tiny(
        staff=(staff("O1", T, MAN, 2), staff("O2", T, MAN, 2)),
        demand=(demand("A1", T, 40.0), demand("A1", W, 20.0, 20.0)),
    )
    asked = Nation(
        governorates=tuple(
            Governorate(code=code, name_ar=code, name_en=code, problem=problem)
            for code, problem in (("G1", men_only), ("G2", tiny()))
        ),
        pool=Pool(lots=1, most_lots=1, lot=2, skills=(W,)),
    )
    plan = plan_nation(asked, workers=1)
    assert {s.governorate: s.officers for s in plan.shares} == {"G1": 2, "G2": 0}
    without = plan_of_lots(asked, value_points(asked, workers=1), {"G1": 0, "G2": 0})
    fair = {t.name: t.value for t in without.tiers}
    assert fair[TierName.FAIRNESS_WOMEN] == 1.0
    assert audit_nation(asked, without) == ()


def test_a_governorate_without_a_legal_plan_is_named():
    alone = tiny(staff=(staff("O1", W, WOMAN, 1), staff("O1", T, MAN, 2)))
    asked = Nation(
        governorates=(
            Governorate(code="G1", name_ar="G1", name_en="G1", problem=tiny()),
            Governorate(code="G2", name_ar="G2", name_en="G2", problem=alone),
        ),
        pool=Pool(lots=0, most_lots=0),
    )
    plan = plan_nation(asked, workers=1)
    assert (plan.status, plan.reason) == (Status.INFEASIBLE, "no_legal_plan: G2")
    # One more woman and she is not alone: only a sharing that sends her there is legal.
    more = asked.model_copy(update={"pool": Pool(lots=1, most_lots=1, skills=(W,))})
    repaired = plan_nation(more, workers=1)
    assert repaired.status is Status.PROVEN
    assert {s.governorate: s.lots for s in repaired.shares} == {"G1": 0, "G2": 1}


def test_out_of_time_is_never_called_proven_and_bounds_hold():
    asked = nation((1, 2))
    best = plan_nation(asked, workers=1)
    hasty = plan_nation(asked, workers=1, time_limit_s=0.0)
    assert hasty.status in (Status.FEASIBLE, Status.UNKNOWN)
    for one, two in zip(best.tiers, hasty.tiers, strict=True):
        if one.name is TierName.WOMEN_ACCESS:
            assert two.bound >= one.value - 1e-6
        else:
            assert two.bound <= one.value + 1e-6
        break  # later bounds are about sharings that are as good as the hasty one


def test_cancelling_stops():
    with pytest.raises(Cancelled):
        plan_nation(nation(), workers=1, cancelled=lambda: True)


def test_cancelling_is_heard_while_a_sharing_is_chosen():
    tier = TierName.UNMET
    curve = {(g, h): (float(10 - h),) for g in "AB" for h in (0, 1)}
    with pytest.raises(Cancelled):
        best_sharing((tier,), {tier: curve}, {tier: 1.0}, 1, lambda: True)


@pytest.mark.parametrize("seed", range(20))
def test_worst_areas_of_a_union(seed):
    """Sums of the largest over all ways to split them, against sorting all shares."""
    import random

    rng = random.Random(seed)
    shares = {
        f"G{g}": sorted((rng.random() for _ in range(rng.randint(1, 3))), reverse=True)
        for g in range(rng.randint(1, 4))
    }
    tops = {g: tuple(itertools.accumulate(one)) for g, one in shares.items()}
    ordered = sorted(itertools.chain(*shares.values()), reverse=True)[:3]
    expected = tuple(itertools.accumulate(ordered))
    assert in_the_country(TierName.FAIRNESS_ALL, tops) == pytest.approx(expected)


def test_a_curve_with_gaps_gives_a_bound_below_every_sharing():
    tier = TierName.UNMET
    values = {("A", 0): (10.0,), ("A", 1): (6.0,), ("B", 0): (9.0,), ("B", 1): (8.0,)}
    bounds = {c: (v[0] - 1.0,) for c, v in values.items()}
    found = best_sharing((tier,), {tier: values}, {tier: 1.0}, 1)
    assert found.lots == {"A": 1, "B": 0}
    assert bounds_as_good((tier,), found, {tier: bounds}, 1)[tier] == (13.0,)


def test_equal_sharings_use_the_fewest_lots():
    tier = TierName.UNMET
    flat = {(g, h): (5.0,) for g in "AB" for h in (0, 1, 2)}
    assert best_sharing((tier,), {tier: flat}, {tier: 1.0}, 4).lots == {"A": 0, "B": 0}


def test_a_spreadsheet_shares_by_need_and_people():
    lots = proportional_lots(nation(lots=5))
    assert sum(lots.values()) == 5
    assert max(lots.values()) <= 2
    assert sum(proportional_lots(nation(lots=50)).values()) == 6


def test_the_judge_sees_what_is_wrong():
    asked = nation()
    plan = plan_nation(asked, workers=1)
    first, *rest = plan.shares
    more = plan.model_copy(
        update={"shares": (first.model_copy(update={"lots": first.lots + 3}), *rest)}
    )
    whats = {b.what for b in audit_nation(asked, more)}
    assert any("more lots than it can take in" in w for w in whats)
    assert any("officers are not lots" in w for w in whats)
    lost = plan.model_copy(update={"shares": tuple(rest)})
    assert audit_nation(asked, lost)
    better = plan.tiers[4].model_copy(update={"value": plan.tiers[4].value + 1.0})
    lie = plan.model_copy(update={"tiers": (*plan.tiers[:4], better, *plan.tiers[5:])})
    assert {b.rule for b in audit_nation(asked, lie)} == {"tiers"}


def test_one_order_of_goals_and_each_code_once():
    asked = nation()
    with pytest.raises(ValueError, match="stands twice"):
        Nation(governorates=asked.governorates * 2, pool=asked.pool)
    first = asked.governorates[0]
    turned = first.problem.model_copy(update={"tiers": first.problem.tiers[::-1]})
    with pytest.raises(ValueError, match="orders its goals differently"):
        Nation(
            governorates=(
                first,
                first.model_copy(update={"code": "G9", "problem": turned}),
            ),
            pool=asked.pool,
        )
