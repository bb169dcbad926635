import itertools
import random
import time

import pytest

from bench.instances import governorate
from optimizer import lexicographic
from optimizer.audit import audit
from optimizer.milp import Answer, BrokenSolverError, Verdict
from optimizer.plan import Status
from optimizer.problem import DEFAULT_TIERS, HireLot, TierName, TierRule
from optimizer.relaxation import Relaxation
from optimizer.solve import solve
from tests.optimizer.asking import posted, proven, tier
from tests.optimizer.builders import MAN, WOMAN, T, W, demand, office, random_problem, staff, tiny


def small(**changes):
    """Quick to prove."""
    shape = {"areas": 6, "offices": 2, "candidates": 1, "staff": 26, "women": 4, "vehicles": 2}
    return governorate(**(shape | {"max_moves": 6} | changes))


def test_a_governorate_is_proven_in_every_tier(milp):
    problem = governorate()
    plan = proven(problem, milp)
    assert [t.name for t in plan.tiers] == list(TierName)
    assert all(t.proven and t.gap == 0 and t.words == "proven" for t in plan.tiers)
    assert audit(problem, plan).passed


def test_equal_input_gives_equal_bytes(milp):
    problem = small()
    first, second = proven(problem, milp), solve(problem).plan
    assert first.canonical_bytes() == second.canonical_bytes()


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_a_file_changes_nothing_but_the_digest(milp, seed, hard, monkeypatch):
    """Also where whole unknowns are limited after every goal."""
    if hard:
        monkeypatch.setattr(lexicographic, "HARD_ITERATIONS", -1)
    problem, rng = random_problem(seed), random.Random(seed)
    turned = problem.model_copy(
        update={
            name: tuple(rng.sample(getattr(problem, name), len(getattr(problem, name))))
            for name in ("areas", "offices", "units", "demand", "travel", "staff")
        }
    )
    one, two = proven(problem, milp), proven(turned, milp)
    same = two.model_copy(update={"problem_digest": one.problem_digest})
    assert one.canonical_bytes() == same.canonical_bytes()


def test_cancel_ends_within_a_second_and_keeps_the_best_plan():
    problem = governorate(areas=60, offices=8, candidates=6, staff=500, women=40, vehicles=40)
    began, asked = time.monotonic(), []

    def cancelled():
        if time.monotonic() - began > 2.0 and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    outcome = solve(problem, cancelled=cancelled)
    assert time.monotonic() - asked[0] < 2.5
    assert outcome.reason == "cancelled"
    assert outcome.status is Status.FEASIBLE
    assert audit(problem, outcome.plan).passed


def test_cancel_is_heard_while_unknowns_are_limited(milp, monkeypatch):
    """Linear programs run in this process: between two of them somebody may stop."""
    monkeypatch.setattr(lexicographic, "HARD_ITERATIONS", -1)
    limiting, programs = [], []
    one, limited = Relaxation._extreme, Relaxation.tighten

    def tighten(self, *asked):
        limiting.append(self)
        return limited(self, *asked)

    def program(self, goal, *, maximise):
        if self in limiting:
            programs.append(goal)
            time.sleep(0.3 * (len(programs) > 3))  # longer than it takes to hear
        return one(self, goal, maximise=maximise)

    monkeypatch.setattr(Relaxation, "tighten", tighten)
    monkeypatch.setattr(Relaxation, "_extreme", program)
    problem = small()
    outcome = solve(problem, milp=milp, cancelled=lambda: len(programs) > 3)
    assert outcome.reason == "cancelled"
    assert len(programs) in (4, 5)
    assert audit(problem, outcome.plan).passed


def test_out_of_time_is_never_called_proven(milp):
    problem = governorate()
    outcome = solve(problem, time_limit_s=0.01, milp=milp)
    assert outcome.status is Status.FEASIBLE
    assert "not_reached" in {t.words for t in outcome.plan.tiers}
    assert audit(problem, outcome.plan).passed


def test_infeasible_unknown_and_broken_are_three_things(milp):
    alone = tiny(staff=(staff("O1", W, WOMAN, 1), staff("O1", T, MAN, 2)))
    assert solve(alone, milp=milp).status is Status.INFEASIBLE

    def silent(request, on_incumbent=None):
        return Answer(Verdict.NOTHING, 0.0, 0.0, {})

    crowded = tiny(
        offices=(office("O1", capacity=2), office("O2")),
        staff=(staff("O1", T, MAN, 4, (T, W)), staff("O1", W, WOMAN, 3, (W,))),
        policies=tiny().policies.model_copy(update={"max_moves": 0}),
    )
    assert solve(crowded, milp=silent).status is Status.UNKNOWN

    def broken(request, on_incumbent=None):
        raise BrokenSolverError("for the test")

    with pytest.raises(BrokenSolverError):
        solve(tiny(), milp=broken)


def test_a_solver_that_lies_is_broken(milp):
    def liar(request, on_incumbent=None):
        answer = milp(request, on_incumbent)
        worst = {v: v.upper_bound if "unmet" in v.name else 0.0 for v in answer.values}
        return Answer(Verdict.OPTIMAL, 0.0, 0.0, worst)

    with pytest.raises(BrokenSolverError):
        solve(tiny(demand=(demand("A1", T, 500.0),)), milp=liar)


def test_progress_and_incumbents_are_told(milp):
    told, plans = [], []
    problem = small()
    outcome = solve(
        problem, milp=milp, progress=lambda *step: told.append(step), on_plan=plans.append
    )
    assert {name for name, *_ in told} == {str(name) for name in TierName}
    assert all(elapsed >= 0 for *_, elapsed in told)
    values = {name: value for name, value, *_ in told if value is not None}
    assert values["T4_moves"] == tier(outcome.plan, "T4_moves").value
    assert plans
    assert all(audit(problem, plan).passed for plan in plans)


def test_a_warm_plan_is_kept_when_time_is_short(milp):
    problem = small()
    best = proven(problem, milp)
    again = solve(problem, time_limit_s=0.0, warm=best, milp=milp).plan
    for name in ("T1_women_access", "T3_unmet", "T4_moves"):
        assert tier(again, name).value == pytest.approx(tier(best, name).value)


def test_a_warm_plan_of_another_problem_is_only_a_start(milp):
    problem = tiny()
    foreign = proven(tiny(demand=(demand("A1", T, 5.0),)), milp)
    assert (
        proven(problem, milp)
        == solve(problem, warm=foreign, milp=milp).plan.model_copy(update={"seconds": 0})
        or solve(problem, warm=foreign, milp=milp).status is Status.PROVEN
    )


def test_the_director_orders_the_goals(milp):
    problem = small(max_moves=None)
    stay = TierRule(name=TierName.MOVES)
    rest = tuple(t for t in DEFAULT_TIERS if t.name is not TierName.MOVES)
    quiet = problem.model_copy(update={"tiers": (rest[0], stay, *rest[1:])})
    assert tier(proven(quiet, milp), "T4_moves").value == 0
    assert tier(proven(problem, milp), "T4_moves").value > 0


def test_eps_gives_later_goals_room_and_says_so(milp):
    problem = small(max_moves=None)
    given = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL, TierName.UNMET)
    loose = problem.model_copy(
        update={
            "tiers": tuple(
                t.model_copy(update={"eps": 0.1 * (t.name in given)}) for t in DEFAULT_TIERS
            )
        }
    )
    strict, lax = proven(problem, milp), proven(loose, milp)
    assert tier(lax, "T4_moves").value <= tier(strict, "T4_moves").value
    unmet = tier(lax, "T3_unmet")
    assert unmet.words == "within_eps"
    assert unmet.bound < unmet.value <= unmet.bound * 1.1 + 1e-3


def test_one_more_woman_never_serves_womens_demand_worse(milp):
    problem = small()
    more = problem.model_copy(update={"hires": (HireLot(gender=WOMAN, skills=(W,), count=1),)})
    before, after = (tier(proven(p, milp), "T2_fairness_women").value for p in (problem, more))
    assert after <= before + 1e-6


def test_fairness_raises_the_worst_first(milp):
    """Leximin on two areas and one pair of women: no split is better for the worse of them."""
    problem = tiny(
        staff=(staff("O1", W, WOMAN, 2, (W,)),),
        demand=(demand("A1", W, 40.0, 40.0), demand("A2", W, 80.0, 80.0)),
    )
    plan = proven(problem, milp)
    worst = tier(plan, "T2_fairness_women").value
    hours = 2 * 32
    shares = []
    for given in (n * hours / 200 for n in range(201)):  # the other area is an hour away
        for near, far in ((40, 80), (80, 40)):
            rest = (hours - given) / 2
            shares.append(max(1 - min(given, near) / near, 1 - min(rest, far) / far))
    assert worst == pytest.approx(min(shares), abs=0.01)
    assert posted(plan, gender=WOMAN) == 2


def test_parts_are_sums_of_the_worst(milp):
    plan = proven(governorate(), milp)
    for name in ("T2_fairness_women", "T2_fairness_all"):
        parts = [p.value for p in tier(plan, name).parts]
        steps = [b - a for a, b in itertools.pairwise([0.0, *parts])]
        assert (
            steps == sorted(steps, reverse=True)
            or max(b - a for a, b in itertools.pairwise(steps)) < 1e-5
        )
