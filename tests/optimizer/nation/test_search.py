"""Only what matters is solved: the same plan as when all is, true bounds whenever it ends."""

import time

import pytest

from optimizer.milp import here
from optimizer.nation import (
    Governorate,
    Nation,
    Pool,
    audit_nation,
    plan_nation,
    plan_of_points,
    relative_gap,
    value_points,
)
from optimizer.nation.curve import POINTS, ValuePoint, _solved, every_choice, point
from optimizer.nation.knapsack import Shared
from optimizer.nation.outline import outlined
from optimizer.nation.search import Search
from optimizer.plan import Status
from optimizer.problem import HireLot, Policies, TierName, TierRule, UnitRule
from optimizer.solve import solve
from optimizer.staff import Gender
from tests.optimizer.builders import P, T, W, random_problem
from tests.optimizer.nation.test_nation import figures, nation

SKILLS = (P, T, W)
# Nobody moves: in one model today's officers would move between governorates.
RULES = tuple(UnitRule(unit=u, reach_min=60, visit_h=1) for u in SKILLS)
POLICIES = Policies(hours_week=32, patrol_hours_week=32, women_unit_share=0.5, max_moves=0)


def signed(tier, figure):
    """Small is good, whatever the goal."""
    return -figure if tier is TierName.WOMEN_ACCESS else figure


@pytest.mark.parametrize("first", [100])
def test_as_good_as_when_every_point_is_solved(first):
    asked = nation(range(first, first + 4), lots=4, most_lots=3)
    kept = {}
    some = plan_nation(asked, workers=1, kept=kept)
    every = plan_of_points(asked, value_points(asked, workers=1))
    assert some.status is every.status
    for one, two in zip(some.tiers, every.tiers, strict=True):
        assert figures(one) == pytest.approx(figures(two), rel=1e-4, abs=1e-2)
    solved = [one for one in kept.values() if '"outline":false' in one]
    assert len(solved) < 16
    assert audit_nation(asked, some) == ()


@pytest.mark.parametrize("seed", range(12))
def test_an_outline_is_legal_and_never_beaten(seed):
    problem = Pool(lots=2, most_lots=2, skills=SKILLS).given(random_problem(7000 + seed), 1)
    drawn = outlined(problem, here, 60.0)
    best = solve(problem, milp=here)
    assert (drawn.plan is None) == (best.plan is None)
    if best.plan is None:
        assert drawn.status is best.status
        return
    assert drawn.plan.problem_digest == problem.digest
    for one, two in zip(drawn.plan.tiers, best.plan.tiers, strict=True):
        assert one.name is two.name
        for bound, value in zip(one.parts or (one,), two.parts or (two,), strict=True):
            scale = max(1.0, abs(value.value))
            assert signed(one.name, bound.bound) <= signed(one.name, value.value) + 1e-4 * scale


def one_country(problems, lots, tiers):
    """All governorates as one problem; whoever is hired may serve in any of them."""

    def own(documents, code, *fields):
        return [
            d.model_copy(update={f: f"{code}{getattr(d, f)}" for f in fields}) for d in documents
        ]

    parts = {
        name: tuple(
            d for n, p in enumerate(problems) for d in own(getattr(p, name), f"G{n}", *fields)
        )
        for name, fields in (
            ("areas", ("code", "district")),
            ("offices", ("code",)),
            ("staff", ("office",)),
            ("demand", ("area",)),
            ("travel", ("area", "office")),
        )
    }
    hires = (HireLot(gender=Gender.WOMAN, skills=SKILLS, count=lots),)
    return problems[0].model_copy(update={**parts, "hires": hires, "tiers": tiers})


JOINT = (
    (TierName.LEGALITY, TierName.WOMEN_ACCESS, TierName.FAIRNESS_WOMEN),
    (TierName.LEGALITY, TierName.UNMET),
    (TierName.LEGALITY, TierName.FAIRNESS_ALL),
)


@pytest.mark.parametrize("names", JOINT, ids=lambda names: names[-1])
@pytest.mark.parametrize("seed", range(4))
def test_as_good_as_one_model_of_the_whole_country(names, seed):
    """Where goals can be cut by governorate, a joint solve finds nothing better."""
    tiers = tuple(TierRule(name=name) for name in names)
    alike = {"hires": (), "units": RULES, "policies": POLICIES, "tiers": tiers}
    problems = [random_problem(8000 + 10 * seed + n).model_copy(update=alike) for n in range(3)]
    lots = 1 + seed % 3
    asked = Nation(
        governorates=tuple(
            Governorate(code=f"G{n}", name_ar="", name_en="", problem=p)
            for n, p in enumerate(problems)
        ),
        pool=Pool(lots=lots, most_lots=lots, skills=SKILLS),
    )
    shared = plan_nation(asked, workers=1)
    joint = solve(one_country(problems, lots, tiers), milp=here).plan
    assert joint is not None
    assert joint.status is Status.PROVEN
    assert shared.status is Status.PROVEN
    for one, two in zip(shared.tiers, joint.tiers, strict=True):
        mine = [signed(one.name, f) for f in figures(one)]
        theirs = [signed(two.name, f) for f in figures(two)]
        if one.name is TierName.LEGALITY and mine[0] < theirs[0] - 1e-6:
            pytest.fail("a lot was left, so that nothing is compared: choose other seeds")
        assert mine == pytest.approx(theirs, rel=1e-4, abs=1e-3)


def test_out_of_time_there_is_a_legal_plan_with_bounds_that_hold():
    """Outlined, never solved: whatever the clock says, as no proof begins."""
    asked = nation(range(40, 43))
    outlines = []
    for g in asked.governorates:
        for lots in range(3):
            one = outlined(asked.pool.given(g.problem, lots), here, 60.0)
            outlines.append(
                ValuePoint(
                    governorate=g.code, lots=lots, status=one.status, plan=one.plan, outline=True
                )
            )
    hasty = plan_of_points(asked, outlines)
    best = plan_nation(asked, workers=1)
    assert hasty.status is Status.FEASIBLE
    assert audit_nation(asked, hasty) == ()
    one, two = hasty.tiers[0], best.tiers[0]
    assert one.bound <= two.value + 1e-6
    assert relative_gap(best.tiers) == 0.0 < relative_gap(hasty.tiers)


def test_without_time_nothing_is_begun():
    kept = {}
    plan = plan_nation(nation(range(40, 43)), workers=1, limit_s=0.0, kept=kept)
    assert plan.status is Status.UNKNOWN
    assert plan.reason.startswith("time_ran_out")
    assert kept == {}


def test_what_there_is_when_the_time_is_up_is_legal():
    plan = plan_nation(nation(range(40, 43)), workers=1, limit_s=1.0)
    assert plan.status in (Status.UNKNOWN, Status.FEASIBLE, Status.PROVEN)
    if plan.status is Status.UNKNOWN:
        assert plan.reason.startswith("time_ran_out")
    else:
        assert audit_nation(nation(range(40, 43)), plan) == ()


def test_near_enough_ends_before_the_proof():
    """With any gap allowed, a legal plan of outlines is enough."""
    asked, kept = nation(range(40, 43)), {}
    plan = plan_nation(asked, workers=1, enough_gap=1e12, kept=kept)
    assert len(kept) == 9
    assert all('"outline":true' in one for one in kept.values())
    assert audit_nation(asked, plan) == ()


def test_what_was_hurried_is_asked_again():
    asked = nation((40, 41))
    g = asked.governorates[0]
    hurried = _solved(point(asked, g, 0, 60.0, hurry_s=0.0), here)
    assert hurried.hurried_s == 0.0
    assert not POINTS.lasts(hurried)
    calm = point(asked, g, 0, 60.0)
    assert POINTS.key(calm) == POINTS.key(point(asked, g, 0, 60.0, hurry_s=1.0))
    assert POINTS.lasts(_solved(calm, here))


def searched(asked, until):
    """A search whose outlines are known and that wants every governorate without lots."""
    none = {g.code: 0 for g in asked.governorates}
    found = Search(asked, 60.0, lambda _points: Shared(none, {}), lambda _points: False, 1, until)
    for g, lots in every_choice(asked):
        found.add(known(g.code, lots, outline=True))
    return found


def known(code, lots, **more):
    return ValuePoint(governorate=code, lots=lots, status=Status.FEASIBLE, **more)


def test_what_was_hurried_is_asked_again_with_twice_the_time_while_there_is_some():
    asked = nation((40, 41))
    found = searched(asked, time.monotonic() + 1000.0)
    wanted = list(found.next())
    assert {(one.governorate, one.lots) for one in wanted} == {("G0", 0), ("G1", 0)}
    assert 0 < wanted[0].hurry_s < wanted[1].hurry_s < 1000.0  # the last may take what is left
    found.add(known("G0", 0, hurried_s=100.0))
    found.add(known("G1", 0))
    (again,) = list(found.next())
    assert (again.governorate, again.hurry_s) == ("G0", 200.0)
    found.add(known("G0", 0, hurried_s=460.0))
    assert list(found.next()) == []  # so much is not left
    assert [p.hurried_s for p in found.points if p.governorate == "G0" and not p.outline] == [
        100.0,
        460.0,
    ]


def test_without_a_limit_nothing_is_hurried():
    found = searched(nation((40, 41)), None)
    assert {one.hurry_s for one in found.next()} == {None}


def test_time_for_outlines_is_shared_and_every_governorate_has_one_first():
    asked = nation((40, 41, 42))
    none = Search(asked, 60.0, lambda _: None, lambda _: False, 1, time.monotonic() + 90.0)
    wanted = list(none.next())
    assert [one.lots for one in wanted] == sorted(one.lots for one in wanted)
    assert {one.governorate for one in wanted[:3]} == {"G0", "G1", "G2"}
    assert all(one.outline and 0 < one.hurry_s <= 0.9 * 90.0 for one in wanted)


def test_an_outline_without_time_says_so_and_is_not_kept():
    asked = nation((40, 41))
    g = asked.governorates[0]
    hurried = _solved(point(asked, g, 0, 60.0, outline=True, hurry_s=1e-6), here)
    assert hurried.hurried_s is not None
    assert not POINTS.lasts(hurried)
    assert POINTS.lasts(_solved(point(asked, g, 0, 60.0, outline=True, hurry_s=30.0), here))


@pytest.mark.parametrize("seed", [21, 30])
def test_plans_cut_short_are_no_worse_than_their_outlines(seed):
    """A hurried plan may be worse in first goals and beat bounds that hold for better plans."""
    asked = nation(range(seed, seed + 3))
    every = every_choice(asked)
    outlines = [_solved(point(asked, g, n, 60.0, outline=True), here) for g, n in every]
    hurried = [_solved(point(asked, g, n, 60.0, hurry_s=0.0), here) for g, n in every]
    plan = plan_of_points(asked, outlines + hurried)
    only = plan_of_points(asked, outlines)
    assert audit_nation(asked, plan) == ()
    for one, before in zip(plan.tiers[:2], only.tiers[:2], strict=True):
        assert signed(one.name, one.value) <= signed(before.name, before.value) + 1e-3
    for tier in plan.tiers:
        for part in tier.parts or (tier,):
            assert signed(tier.name, part.bound) <= signed(tier.name, part.value) + 1e-3


def test_what_is_not_known_yet_is_not_called_impossible():
    asked = nation(range(40, 43))
    two = [
        _solved(point(asked, g, n, 60.0, outline=True), here)
        for g, n in every_choice(asked)
        if n == 2
    ]
    assert plan_of_points(asked, two).status is Status.UNKNOWN
