"""Plans for several futures: by hand, against every posting tried one by one, and audited."""

import random

import pytest

from optimizer import side_by_side
from optimizer.audit import audit
from optimizer.explore_weeks import weeks
from optimizer.milp import BrokenSolverError, Cancelled
from optimizer.plan import Status
from optimizer.problem import TierName
from optimizer.robust import Future, FuturesError, robust
from optimizer.robust.futures import mean_future
from optimizer.staff import Unit
from tests.optimizer import brute
from tests.optimizer.asking import proven
from tests.optimizer.builders import (
    MAN,
    area,
    demand,
    office,
    random_problem,
    staff,
    tiny,
    way,
)

T = Unit.TRIBAL


def two_towns(hours_1, hours_2):
    """Two officers of 32 hours; each town is reached from its own office only; need 5."""
    return tiny(
        areas=(area("A1"), area("A2")),
        offices=(office("O1"), office("O2")),
        staff=(staff("O1", T, MAN, 2),),
        demand=tuple(demand(a, T, h) for a, h in (("A1", hours_1), ("A2", hours_2)) if h),
        travel=(way("A1", "O1", 0), way("A2", "O2", 0)),
    )


def test_two_towns_by_hand():
    """x officers in town 1, 2 - x in town 2; 64 hours are asked in one of the two.

    Town 1 with 0.7, town 2 with 0.3; an unmet hour weighs 5. x = 2: 0 and 320, mean 96.
    x = 1: 160 and 160. x = 0: 320 and 0, mean 224. The average week asks 44.8 and 19.2: x = 1
    loses 12.8 x 5 = 64 there, x = 2 loses 19.2 x 5 = 96, so the plan for the average is x = 1.
    """
    one, two = two_towns(64.0, 0.0), two_towns(0.0, 64.0)
    futures = (Future(name="1", problem=one, weight=7), Future(name="2", problem=two, weight=3))
    found = robust(one, futures)
    assert found.alone == pytest.approx((0.0, 0.0), abs=1e-6)
    assert found.choice("expected").costs == pytest.approx((0.0, 320.0))
    assert found.choice("expected").expected == pytest.approx(96.0)
    assert found.choice("worst").costs == pytest.approx((160.0, 160.0))
    assert found.choice("regret").regret == pytest.approx(160.0)
    assert found.choice("mean").expected == pytest.approx(160.0)
    assert (found.knowing, found.vss, found.evpi) == pytest.approx((0.0, 64.0, 96.0), abs=1e-5)
    assert all(c.status is Status.PROVEN for c in found.choices)


def test_one_future_is_an_ordinary_problem(milp):
    problem = random_problem(3)
    found = robust(problem, (Future(name="only", problem=problem),))
    assert (found.vss, found.evpi) == (0.0, 0.0)
    assert found.choice("expected").regret == pytest.approx(0.0, abs=1e-4)
    first = problem.model_copy(
        update={"tiers": tuple(t for t in problem.tiers if t.name in ("T0_legality", "T3_unmet"))}
    )
    alone = next(t.value for t in proven(first, milp).tiers if t.name is TierName.UNMET)
    assert found.alone[0] == pytest.approx(alone, rel=1e-5, abs=1e-4)


def changed(problem, seed):
    """The same staff and offices; other hours everywhere, and a way that is closed."""
    rng = random.Random(seed)
    figures = ("hours_week", "women_hours_week", "cases_week", "women_cases_week")
    items = []
    for d in problem.demand:
        factor = rng.choice([0.0, 0.5, 1.0, 2.0, 3.0])
        items.append(d.model_copy(update={name: getattr(d, name) * factor for name in figures}))
    travel = problem.travel[1:] if rng.random() < 0.5 else problem.travel
    return problem.model_copy(update={"demand": tuple(items), "travel": travel})


class EveryPosting:
    """The deterministic equivalent: every legal posting, hours by SciPy in each future."""

    def __init__(self, problem, futures, goal):
        share = [f.weight / sum(f.weight for f in futures) for f in futures]
        choices = list(brute._all_postings(problem))
        legal = [c for c in choices if brute.Postings(problem, c).legal()]
        bent = [brute.Postings(problem, c).best(TierName.LEGALITY, 1) for c in legal]
        legal = [c for c, b in zip(legal, bent, strict=True) if b <= min(bent) + 1e-9]
        self.costs = [tuple(self.cost(f.problem, c, goal) for f in futures) for c in legal]
        mean = mean_future(problem, futures).problem
        at_mean = [self.cost(mean, c, goal) for c in legal]
        self.expected = [sum(w * g for w, g in zip(share, one, strict=True)) for one in self.costs]
        self.alone = [min(column) for column in zip(*self.costs, strict=True)]
        self.knowing = sum(w * g for w, g in zip(share, self.alone, strict=True))
        self.regret = [
            max(g - w for g, w in zip(one, self.alone, strict=True)) for one in self.costs
        ]
        best = min(at_mean) + 1e-6 * max(1, abs(min(at_mean)))
        self.for_mean = [e for e, g in zip(self.expected, at_mean, strict=True) if g <= best]

    @staticmethod
    def cost(problem, choice, goal):
        found = brute.Postings(problem, choice).best(goal, 1)
        if goal is TierName.WOMEN_ACCESS:
            return sum(a.women_residents for a in problem.areas) + found
        return found or 0.0


@pytest.mark.parametrize(
    ("seed", "goal"),
    [
        (5, TierName.UNMET),
        (7, TierName.UNMET),
        (9, TierName.UNMET),
        (1, TierName.FAIRNESS_ALL),
        (9, TierName.FAIRNESS_ALL),
        (8, TierName.WOMEN_ACCESS),
    ],
)
def test_every_figure_equals_that_of_all_postings_tried(seed, goal):
    problem = random_problem(seed, areas=3, offices=2, most_staff=5)
    futures = (
        Future(name="as it is", problem=problem, weight=2),
        *(Future(name=str(n), problem=changed(problem, 100 * seed + n)) for n in range(2)),
    )
    found = robust(problem, futures, goal=goal)
    every = EveryPosting(problem, futures, goal)
    near = {"rel": 2e-5, "abs": 1e-3}
    assert found.alone == pytest.approx(every.alone, **near)
    assert found.knowing == pytest.approx(every.knowing, **near)
    assert found.choice("expected").expected == pytest.approx(min(every.expected), **near)
    assert found.choice("worst").worst == pytest.approx(min(map(max, every.costs)), **near)
    assert found.choice("regret").regret == pytest.approx(min(every.regret), **near)
    at_mean = found.choice("mean").expected
    assert min(abs(at_mean - e) for e in every.for_mean) <= 1e-3 + 2e-5 * at_mean
    assert found.vss == pytest.approx(at_mean - min(every.expected), **near)
    assert found.evpi == pytest.approx(min(every.expected) - every.knowing, **near)
    assert found.vss >= 0
    assert found.evpi >= 0
    for choice in found.choices:
        assert audit(problem, choice.plan).passed


def test_processes_and_what_was_kept_change_no_figure():
    problem = random_problem(5, areas=3, offices=2, most_staff=5)
    futures = tuple(Future(name=str(n), problem=changed(problem, n)) for n in range(3))
    kept, told = {}, []
    one = robust(problem, futures, kept=kept, progress=lambda *step: told.append(step))
    assert told[-1][0] == told[-1][1] == 5 * 3 + 8
    asked_again = []
    again = robust(problem, futures, kept=Recording(kept, asked_again), workers=2)
    assert again == one
    assert asked_again == []
    two = robust(problem, futures, workers=2)
    clock = {"seconds": 0.0}
    assert [still(c, clock) for c in two.choices] == [still(c, clock) for c in one.choices]


class Recording(dict):
    """What is put into it is told."""

    def __init__(self, known, put):
        super().__init__(known)
        self.put = put

    def __setitem__(self, key, value):
        self.put.append(key)
        super().__setitem__(key, value)


def still(choice, clock):
    plan = choice.plan.model_copy(update={"seconds": 0.0, "tiers": ()})
    return choice.model_copy(update={**clock, "plan": plan})


def test_futures_share_staff_offices_and_policies():
    problem = random_problem(2)
    fewer = problem.model_copy(update={"staff": problem.staff[1:]})
    looser = problem.model_copy(
        update={"policies": problem.policies.model_copy(update={"max_moves": 99})}
    )
    futures = (
        Future(name="same", problem=problem),
        Future(name="fewer", problem=fewer),
        Future(name="looser", problem=looser),
        Future(name="same", problem=problem),
    )
    with pytest.raises(FuturesError) as caught:
        robust(problem, futures)
    assert set(caught.value.faults) == {
        ("same", "twice"),
        ("fewer", "staff"),
        ("looser", "policies"),
    }
    with pytest.raises(FuturesError):
        robust(problem, [Future(name=str(n), problem=problem) for n in range(11)])


def test_no_legal_plan_is_no_decision():
    problem = tiny(offices=(office("O1", capacity=1), office("O2", capacity=1)))
    assert robust(problem, (Future(name="1", problem=problem),)) is None


def test_drawn_weeks_are_the_same_over_processes(milp):
    problem = random_problem(5)
    plan = proven(problem, milp)
    kept, told = {}, []
    one = weeks(problem, plan, number=12, seed=3, kept=kept, progress=lambda *s: told.append(s))
    assert len(kept) == 2
    assert told[-1] == (12, 12)
    assert weeks(problem, plan, number=12, seed=3, workers=2) == one
    # The first ten weeks of a longer run are those of a shorter one.
    assert weeks(problem, plan, number=30, seed=3, kept=kept).weeks == 30
    assert weeks(problem, plan, number=12, seed=4) != one


def lost(_asked, _milp):
    import os

    os._exit(3)


def slow(asked, _milp):
    import time

    time.sleep(30)
    return asked


@pytest.mark.parametrize("workers", [1, 2])
def test_who_stops_pieces_does_not_wait_for_them(workers):
    calls = []

    def stopped():
        calls.append(1)
        return len(calls) > 3

    asked = [area(f"A{n}") for n in range(3)]
    pieces = side_by_side.Pieces(slow if workers > 1 else lambda a, _m: a, type(asked[0]), str)
    with pytest.raises(Cancelled):
        side_by_side.done_side_by_side(pieces, asked, workers=workers, cancelled=stopped)


def test_a_lost_process_is_a_broken_solver():
    asked = [area("A1"), area("A2")]
    pieces = side_by_side.Pieces(lost, type(asked[0]), str)
    with pytest.raises(BrokenSolverError, match="lost"):
        side_by_side.done_side_by_side(pieces, asked, workers=2)


def test_a_piece_that_was_stopped_half_way_is_not_kept():
    asked, stopped, kept = [area("A1"), area("A2")], [], {}

    def work(one, _milp):
        if one.code == "A2":
            stopped.append(1)  # somebody stops while this piece is being done
        return one

    pieces = side_by_side.Pieces(work, type(asked[0]), lambda one: one.code)
    with pytest.raises(Cancelled):
        side_by_side.done_side_by_side(pieces, asked, kept=kept, cancelled=lambda: bool(stopped))
    assert set(kept) == {"A1"}
