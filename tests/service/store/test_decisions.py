"""What directors decide about plans is added, never changed, and stands in the audit log."""

import pytest

from optimizer.solve import solve
from service.store import Store
from service.store.errors import ConflictError, UnknownError
from tests.optimizer.builders import tiny


@pytest.fixture(scope="module")
def solved():
    problem = tiny()
    return problem, solve(problem, time_limit_s=30).plan


def test_the_newest_decision_holds_and_all_are_kept(store: Store, solved) -> None:
    plan = store.plans.save(*solved).id
    first = store.decisions.decide(plan, approved=True, reason="Fair.", actor="boss")
    second = store.decisions.decide(
        plan, approved=False, reason="No vehicles.", actor="boss", seen=first.id
    )
    assert [one.id for one in store.decisions.of(plan)] == [second.id, first.id]
    assert store.decisions.newest([plan, "none"])[plan].reason == "No vehicles."
    acts = [(e.action, e.actor, e.subject) for e in store.audit.list(limit=2)]
    assert acts == [
        ("plan_rejected", "boss", f"plan {plan}"),
        ("plan_approved", "boss", f"plan {plan}"),
    ]
    assert "vehicles" not in str(store.audit.list(limit=1)[0].details)


def test_a_decision_needs_a_plan_a_reason_and_open_eyes(store: Store, solved) -> None:
    plan = store.plans.save(*solved).id
    with pytest.raises(UnknownError):
        store.decisions.decide("none", approved=True, reason="x", actor="boss")
    with pytest.raises(ValueError, match="reason"):
        store.decisions.decide(plan, approved=True, reason="  ", actor="boss")
    store.decisions.decide(plan, approved=True, reason="x", actor="boss")
    before = store.audit.head()
    with pytest.raises(ConflictError):
        store.decisions.decide(plan, approved=False, reason="y", actor="other")
    assert store.audit.head() == before
    assert len(store.decisions.of(plan)) == 1
