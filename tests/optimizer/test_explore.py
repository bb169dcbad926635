import itertools

import pytest

from bench.instances import governorate
from optimizer.audit import audit
from optimizer.explore import Variant, solve_all
from optimizer.explore_alternatives import alternatives, officers_apart
from optimizer.explore_stress import clan_arrives, stress, weeks, women_leave
from optimizer.explore_tradeoff import fairness_frontier, moves_frontier, why_not
from optimizer.explore_worth import forced_open, hired, knee, staffing_curve, worth
from optimizer.explore_years import years
from optimizer.plan import Status
from optimizer.problem import TierName
from optimizer.staff import Gender, Unit
from tests.optimizer.asking import proven, tier
from tests.optimizer.builders import demand

SMALL = governorate(
    areas=6, offices=2, candidates=1, staff=24, women=4, vehicles=2, max_moves=8, max_opened=0
)


@pytest.fixture(scope="module")
def base(milp):
    return proven(SMALL, milp)


def test_one_more_never_harms_the_first_goal_it_touches(milp, base):
    for found in worth(SMALL, base):
        if found.name.startswith("office"):
            continue
        assert found.status is Status.PROVEN
        first = next((g.gain for g in found.gains if abs(g.gain) > 1e-3 * max(1, g.before)), 0.0)
        assert first >= 0, found
    names = {f.name for f in worth(SMALL, base, known=None)}
    assert names == {"woman", "man", "vehicle", "office K00"}


def test_the_curve_falls_with_women_hired(milp):
    curve = staffing_curve(SMALL, gender=Gender.WOMAN, most=4)
    values = [p.values[TierName.FAIRNESS_WOMEN] for p in curve.points]
    assert [p.hires for p in curve.points] == [0, 1, 2, 3, 4]
    assert all(b <= a + 1e-4 for a, b in itertools.pairwise(values))


def test_the_knee_of_known_curves():
    assert knee([(n, max(0, 10 - 5 * n)) for n in range(9)]) == 2
    assert knee([(n, min(n, 3) * 2.0) for n in range(10)]) == 3
    assert knee([(n, 4.0) for n in range(5)]) is None
    assert knee([(0, 1.0), (1, 0.0)]) is None


def test_more_moves_never_cost_need(milp):
    points = moves_frontier(SMALL, most=4, step=2, y=TierName.FAIRNESS_WOMEN)
    assert [p.setting for p in points] == [0, 2, 4]
    ys = [p.y for p in points]
    assert all(b <= a + 1e-4 for a, b in itertools.pairwise(ys))
    assert points[0].x == 0


def test_less_fairness_buys_no_less_efficiency(milp):
    points = fairness_frontier(SMALL, eps=(0.0, 0.5))
    assert points[1].y <= points[0].y + 1e-3
    assert points[1].x >= points[0].x - 1e-4


def test_why_not_shows_what_an_office_costs(milp, base):
    found = why_not(SMALL, base, "K00")
    direct = proven(forced_open(SMALL, "K00"), milp)
    after = {g.tier: g.after for g in found.gains}
    assert after[TierName.UNMET] == pytest.approx(tier(direct, "T3_unmet").value, rel=1e-4)


def test_what_is_known_is_not_solved_again_and_cancelling_stops(milp):
    variants = [Variant(name=str(n), problem=hired(SMALL, Gender.MAN, n)) for n in range(3)]
    kept = {}
    first = solve_all(variants[:2], on_answer=lambda a: kept.update({a.digest: a}))
    assert len(kept) == 2
    told = []
    again = solve_all(variants[:2], known=kept, progress=lambda *step: told.append(step))
    assert again == first
    assert told == []
    assert solve_all(variants, cancelled=lambda: True) == ()


def test_alternatives_are_legal_near_and_different(milp, base):
    found = alternatives(SMALL, base, most=2, within=0.05, different=2, milp=milp)
    assert found
    for n, plan in enumerate(found):
        assert audit(SMALL, plan).passed
        assert all(officers_apart(other, plan) >= 2 for other in (base, *found[:n]))
        unmet = next(t.value for t in audit(SMALL, plan).tiers if t.name == "T3_unmet")
        assert unmet <= tier(base, "T3_unmet").value * 1.05 + 1


def test_shocks_never_have_negative_regret_in_the_first_goal(milp, base):
    extra = (demand("A001", Unit.TRIBAL, 40.0),)
    shocks = (clan_arrives(SMALL, "A001", extra), women_leave(SMALL, 2))
    clan, leave = stress(base, shocks, milp=milp)
    assert clan.broken == ()
    first = next((r for r in clan.regret.values() if abs(r) > 1e-3), 0.0)
    assert first >= 0
    assert leave.broken or leave.regret[TierName.WOMEN_ACCESS] >= 0


def test_drawn_weeks_are_seeded_and_counted(milp, base):
    one = weeks(SMALL, base, number=3, seed=7, milp=milp)
    assert one == weeks(SMALL, base, number=3, seed=7, milp=milp)
    assert {d.district for d in one.districts} == {a.district for a in SMALL.areas}
    assert all(0 <= d.worst_served <= d.mean_served <= 1 + 1e-9 for d in one.districts)


def test_years_start_where_the_last_one_ended(milp):
    grown = SMALL.model_copy(update={"hires": (), "title": "next year"})
    first = hired(SMALL, Gender.WOMAN, 2)
    plans = years([first, grown], milp=milp)
    assert [p.outcome.status for p in plans] == [Status.PROVEN] * 2
    assert plans[1].problem.head_count() == SMALL.head_count() + 2
    left = {(p.office, p.unit, p.gender): p.count for p in plans[0].outcome.plan.postings}
    start = {}
    for g in plans[1].problem.staff:
        key = (g.office, g.unit, g.gender)
        start[key] = start.get(key, 0) + g.count
    assert start == left
