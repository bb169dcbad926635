"""A plan's queues: what is counted, what is split, what is compared."""

import pytest

from optimizer.baseline import today
from optimizer.plan import Crews, Plan, Status
from optimizer.problem import Assumption, Policies, Term
from optimizer.staff import Unit
from optimizer.waiting import mean_wait_min
from optimizer.waiting.report import (
    crew_workloads,
    priority_shares,
    waiting_before_after,
    waiting_of,
)
from tests.optimizer.builders import MAN, P, area, demand, office, patrols, staff, way


@pytest.fixture(scope="module")
def two_offices():
    return patrols(
        areas=(area("A1"), area("A2")),
        offices=(office("O1", vehicles=2), office("O2", vehicles=1)),
        staff=(staff("O1", P, MAN, 4), staff("O2", P, MAN, 2)),
        demand=(
            demand("A1", P, 40.0, term=Term.INCIDENTS, cases=20.0),
            demand("A2", P, 30.0, term=Term.INCIDENTS, cases=15.0),
        ),
        travel=(way("A1", "O1", 0), way("A2", "O2", 5), way("A1", "O2", 30), way("A2", "O1", 30)),
    )


def test_calls_are_those_answered_in_manned_hours(two_offices, milp):
    plan = today(two_offices, milp=milp)
    found = {w.office: w for w in waiting_of(two_offices, plan)}
    answered = {
        o: sum(f.call_hours_week / 2 for f in plan.flows if f.office == o) for o in ("O1", "O2")
    }
    for code, week in answered.items():
        assert found[code].calls_hour == pytest.approx(week / 32)
        assert found[code].wait_min == pytest.approx(
            mean_wait_min(found[code].crews, week / 32, 60)
        )
        assert found[code].within_standard
    unanswered = sum(w.unanswered_calls_hour for w in found.values()) * 32
    assert unanswered == pytest.approx(35 - sum(answered.values()), abs=1e-4)


def test_urgent_calls_wait_less_and_their_mean_is_the_wait(two_offices, milp):
    for one in waiting_of(two_offices, today(two_offices, milp=milp)):
        first, second, third = one.waits_min
        assert first < second < third
        shares = priority_shares(two_offices)
        mean = sum(s * w for s, w in zip(shares, one.waits_min, strict=True))
        assert mean == pytest.approx(one.wait_min)


def test_a_problem_states_its_own_shares_of_calls():
    own = (Assumption(key="calls.priority_1_share", value=0.9),)
    assert priority_shares(patrols(assumptions=own)) == pytest.approx((0.5, 1 / 6, 1 / 3))


def test_without_crews_nobody_comes(two_offices, milp):
    plan = today(two_offices, milp=milp)
    none = plan.model_copy(
        update={"crews": (Crews(office="O1", crews=0, vehicles=2),), "flows": ()}
    )
    found = waiting_of(two_offices, none)
    one = next(w for w in found if w.office == "O1")
    assert one.wait_min is None
    assert one.waits_min == (None, None, None)
    assert not one.within_standard
    assert sum(w.unanswered_calls_hour for w in found) == pytest.approx(35 / 32)


def test_before_and_after_list_every_office_once(two_offices, milp):
    before = today(two_offices, milp=milp)
    fewer = before.model_copy(
        update={"crews": tuple(c.model_copy(update={"crews": 1}) for c in before.crews)}
    )
    found = waiting_before_after(two_offices, fewer, before)
    assert [c.office for c in found.offices] == ["O1", "O2"]
    first = found.offices[0]
    assert first.after.wait_min > first.before.wait_min
    assert found.standard_min == 10


def test_crews_that_help_each_other_share_all_calls(two_offices, milp):
    plan = today(two_offices, milp=milp)
    found = crew_workloads(two_offices, plan)
    assert found.exact
    assert [(c.office, c.crew) for c in found.crews] == [("O1", 1), ("O1", 2), ("O2", 1)]
    assert found.crews[0].busy_share == pytest.approx(found.crews[1].busy_share)
    calls = sum(w.calls_hour for w in waiting_of(two_offices, plan))
    assert sum(c.busy_share for c in found.crews) == pytest.approx(calls)
    together = mean_wait_min(3, calls, 60)
    assert found.wait_min == pytest.approx(together)


def test_no_workloads_without_crews():
    problem = patrols(policies=Policies(hours_week=32, patrol_hours_week=32))
    empty = Plan(status=Status.FEASIBLE, method="test", problem_digest=problem.digest)
    assert crew_workloads(problem, empty) is None
    assert waiting_of(problem, empty) == ()
    assert Unit.PATROL in {u.unit for u in problem.units}
