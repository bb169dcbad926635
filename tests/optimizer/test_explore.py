import itertools

import pytest

from bench.instances import governorate
from optimizer import explore
from optimizer.audit import audit
from optimizer.explore import Variant, solve_all
from optimizer.explore_alternatives import alternatives, officers_apart, postings_apart
from optimizer.explore_stress import clan_arrives, settled, stress, women_leave
from optimizer.explore_tradeoff import fairness_frontier, in_place, moves_frontier, why_not
from optimizer.explore_weeks import weeks
from optimizer.explore_worth import forced_open, hired, knee, staffing_curve, worth
from optimizer.explore_years import years
from optimizer.instance import Instance
from optimizer.milp import BrokenSolverError
from optimizer.plan import Status
from optimizer.problem import Policies, TierName
from optimizer.staff import Gender, Unit
from tests.optimizer.asking import edited, proven, tier
from tests.optimizer.builders import demand, office, patrols

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


NEW_SKILL = governorate(
    areas=6, offices=2, candidates=0, staff=24, women=4, vehicles=2, max_moves=8, max_opened=0
)
"""Its women can't be posted to the tribal unit's work that needs a woman: nobody serves it."""


def asking_tribal_women(problem):
    more = tuple(
        item.model_copy(update={"women_hours_week": 0.5 * item.hours_week})
        if item.unit is Unit.TRIBAL
        else item
        for item in problem.demand
    )
    return problem.model_copy(update={"demand": more})


def test_hiring_never_reads_as_unfair_because_more_could_be_served(milp):
    """The first point counts what the new women could serve, though none comes."""
    problem = asking_tribal_women(NEW_SKILL)
    curve = staffing_curve(problem, gender=Gender.WOMAN, most=2)
    values = [p.values[TierName.FAIRNESS_WOMEN] for p in curve.points]
    assert all(b <= a + 1e-4 for a, b in itertools.pairwise(values))
    plan = proven(problem, milp)
    assert tier(plan, TierName.FAIRNESS_WOMEN).value < values[0] - 0.01  # its own, shorter list
    woman = next(one for one in worth(problem, plan) if one.name == "woman")
    gain = next(g for g in woman.gains if g.tier is TierName.FAIRNESS_WOMEN)
    assert gain.gain >= -1e-6
    assert gain.before >= values[0] - 1e-6


def test_a_lot_of_nobody_is_stated():
    lots = hired(SMALL, Gender.WOMAN, 0, (Unit.WOMEN,)).hires
    assert [(lot.gender, lot.skills, lot.count) for lot in lots] == [
        (Gender.WOMAN, (Unit.WOMEN,), 0)
    ]


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


def candidates_and_base(milp):
    """Two candidate offices of which the plan may open one."""
    problem = governorate(
        areas=6, offices=2, candidates=2, staff=24, women=4, vehicles=2, max_moves=8, max_opened=1
    )
    return problem, proven(problem, milp)


def test_why_not_opens_the_office_in_place_of_another(milp):
    problem, base = candidates_and_base(milp)
    (opened,) = set(base.open_offices) & {"K00", "K01"}
    other = "K01" if opened == "K00" else "K00"
    found = why_not(problem, base, other)
    assert found.instead_of == (opened,)
    forced = proven(in_place(problem, base, other), milp)
    assert set(forced.open_offices) & {"K00", "K01"} == {other}
    # The plan with the other office is legal where none was forced: the proven one is no worse.
    first = next((g.gain for g in found.gains if abs(g.gain) > 1e-4 * max(1, g.before)), 0.0)
    assert first <= 0
    mine = edited(forced, problem_digest=problem.digest)
    assert audit(problem, mine).passed


def test_a_forced_office_does_not_change_the_yardstick_of_fairness(milp):
    problem, _ = candidates_and_base(milp)
    forced = forced_open(problem, "K00")
    assert Instance(forced).counted_offices == Instance(problem).counted_offices
    named = problem.model_copy(
        update={
            "offices": tuple(
                o.model_copy(update={"forced_open": o.code == "K00"}) for o in problem.offices
            )
        }
    )
    assert "K00" in Instance(named).counted_offices
    assert "counted" not in problem.model_dump_json()  # digests of older problems stay


def test_a_solver_that_fails_on_one_variant_stops_no_other(monkeypatch):
    variants = [Variant(name=str(n), problem=hired(SMALL, Gender.MAN, n)) for n in range(3)]
    real = explore.solve

    def brittle(problem, **options):
        if problem.digest == variants[1].problem.digest:
            raise BrokenSolverError("it fell over")
        return real(problem, **options)

    monkeypatch.setattr(explore, "solve", brittle)
    kept, broken = [], []
    found = solve_all(variants, on_answer=kept.append, on_broken=lambda *how: broken.append(how))
    assert [a.name for a in found] == ["0", "2"]
    assert {a.name for a in kept} == {"0", "2"}
    assert [(name, str(why)) for name, why in broken] == [("1", "it fell over")]
    with pytest.raises(BrokenSolverError, match="fell over"):
        solve_all(variants[1:2])


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


def test_alternatives_are_legal_near_in_every_goal_and_different(milp, base):
    found = alternatives(SMALL, base, most=2, within=0.05, different=3, milp=milp)
    assert found
    goals = {t.name: [p.value for p in t.parts] or [t.value] for t in base.tiers}
    for n, plan in enumerate(found):
        report = audit(SMALL, plan)
        assert report.passed
        for other in (base, *found[:n]):
            assert officers_apart(other, plan) >= 3
            assert postings_apart(other, plan) >= 3
        for tier_found in report.tiers:
            if tier_found.name is TierName.TIE_BREAK:
                continue
            values = tier_found.parts or (tier_found.value,)
            for value, proven_value in zip(values, goals[tier_found.name], strict=True):
                worse = proven_value - value
                if tier_found.name is not TierName.WOMEN_ACCESS:
                    worse = -worse
                assert worse <= 0.05 * abs(proven_value) + 1e-3, tier_found.name


def test_more_moves_are_allowed_only_when_asked_for(milp):
    still = SMALL.model_copy(
        update={"policies": SMALL.policies.model_copy(update={"max_moves": 0})}
    )
    base = proven(still, milp)
    assert alternatives(still, base, most=1, within=0.5, different=2, milp=milp) == ()
    free = SMALL.model_copy(update={"policies": SMALL.policies.model_copy(update={"max_moves": 6})})
    nearly = proven(free, milp)
    moved = tier(nearly, "T4_moves").value
    for plan in alternatives(
        free, nearly, most=1, within=0.3, different=2, more_moves=2, milp=milp
    ):
        assert sum(t.count for t in plan.transfers if t.from_office) <= min(6, moved * 1.3 + 2)


def test_shocks_never_have_negative_regret_in_the_first_goal(base):
    extra = (demand("A001", Unit.TRIBAL, 40.0),)
    shocks = (clan_arrives(SMALL, "A001", extra), women_leave(SMALL, 2))
    clan, leave = stress(SMALL, base, shocks)
    assert clan.broken == ()
    first = next((r for r in clan.regret.values() if abs(r) > 1e-3), 0.0)
    assert first >= 0
    assert leave.broken or leave.regret[TierName.WOMEN_ACCESS] >= 0


def test_drawn_weeks_are_seeded_and_counted(base):
    one = weeks(SMALL, base, number=3, seed=7)
    assert one == weeks(SMALL, base, number=3, seed=7)
    assert {d.district for d in one.districts} == {a.district for a in SMALL.areas}
    assert all(0 <= d.worst_served <= d.mean_served <= 1 + 1e-9 for d in one.districts)


def test_new_vehicles_of_a_plan_stay_in_a_shock(milp):
    spare = patrols(
        offices=(office("O1", vehicles=0),),
        policies=Policies(hours_week=32, patrol_hours_week=32, spare_vehicles=2),
    )
    plan = proven(spare, milp)
    assert settled(spare, plan).new_vehicles == {"O1": 2}
    (same,) = stress(spare, plan, (Variant(name="nothing changes", problem=spare),))
    assert all(abs(r) < 1e-3 for t, r in same.regret.items() if t is not TierName.MOVES)


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
