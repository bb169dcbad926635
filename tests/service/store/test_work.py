"""Jobs, plans, scenarios, accounts; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from service.auth.accounts import Account, Session
from service.auth.roles import Role
from service.store import ConflictError, JobStatus, Store, UnknownError


def test_the_same_key_gives_the_same_job_and_another_request_is_told(store: Store) -> None:
    first = store.jobs.submit("allocate", "{}", owner="ali", idempotency_key="k")
    assert store.jobs.submit("allocate", "{}", owner="ali", idempotency_key="k") == first
    assert store.jobs.submit("allocate", "{}", owner="zeinab", idempotency_key="k") != first
    with pytest.raises(ConflictError):
        store.jobs.submit("allocate", '{"a": 1}', owner="ali", idempotency_key="k")


def test_the_queue_is_fair(store: Store) -> None:
    for _ in range(3):
        store.jobs.submit("allocate", "{}", owner="busy")
    store.jobs.submit("allocate", "{}", owner="patient")
    taken = [store.jobs.claim("w", 60) for _ in range(3)]
    assert [job.owner for job in taken if job] == ["busy", "patient", "busy"]


def test_a_lost_job_is_taken_up_again_and_its_old_worker_is_fenced_off(store: Store) -> None:
    store.jobs.submit("allocate", "{}", owner="ali")
    lost = store.jobs.claim("one", -1)
    again = store.jobs.claim("two", 60)
    assert lost is not None
    assert again is not None
    assert (again.id, again.attempt) == (lost.id, 2)
    assert not store.jobs.finish(lost, JobStatus.SUCCESSFUL)
    assert store.jobs.renew(lost, 60) is None
    assert store.jobs.finish(again, JobStatus.SUCCESSFUL, result="{}")
    assert store.jobs.get(again.id).status is JobStatus.SUCCESSFUL


def test_a_job_lost_three_times_is_failed_with_its_reason(store: Store) -> None:
    job = store.jobs.submit("allocate", "{}", owner="ali")
    for _ in range(3):
        assert store.jobs.claim("w", -1) is not None
    assert store.jobs.claim("w", -1) is None
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.FAILED
    assert "3" in ended.message


def test_cancelling(store: Store) -> None:
    waiting = store.jobs.submit("allocate", "{}", owner="ali")
    assert store.jobs.cancel(waiting.id).status is JobStatus.DISMISSED
    store.jobs.submit("allocate", "{}", owner="ali")
    running = store.jobs.claim("w", 60)
    assert running is not None
    assert store.jobs.cancel(running.id).status is JobStatus.RUNNING
    renewed = store.jobs.renew(running, 60)
    assert renewed is not None
    assert renewed.cancel_requested
    with pytest.raises(UnknownError):
        store.jobs.cancel("nobody")


def test_of_two_editors_of_a_scenario_the_second_is_told(store: Store) -> None:
    saved = store.scenarios.save("mine", "{}", owner="ali")
    store.scenarios.save("mine", '{"a": 1}', owner="ali", revision=saved.revision)
    with pytest.raises(ConflictError):
        store.scenarios.save("mine", '{"b": 1}', owner="zeinab", revision=saved.revision)
    with pytest.raises(ConflictError):
        store.scenarios.save("mine", "{}", owner="zeinab")
    found = store.scenarios.find("mine")
    assert found is not None
    assert (found.document, found.revision) == ('{"a": 1}', 2)


def _account(name: str) -> Account:
    return Account(name, Role.PLANNER, "hash", must_change=True)


def test_accounts_sessions_and_tokens(store: Store) -> None:
    book, now = store.accounts, datetime.now(UTC)
    book.put_account(_account("ali"))
    assert book.account("ALI") == _account("ali")
    book.put_session(Session("h1", "ali", now, now + timedelta(hours=1)))
    assert book.session("h1") == Session("h1", "ali", now, now + timedelta(hours=1))
    token = book.add_token("ali", "QGIS", "t1")
    book.revoke_token(token.id)
    assert [t.revoked_at is None for t in book.tokens("ali")] == [False]
    book.drop_sessions_of("ali")
    assert book.session("h1") is None
    book.drop_account("ali")
    assert book.account("ali") is None
    assert book.token("t1") is None
    with pytest.raises(UnknownError):
        book.put_session(Session("h2", "ali", now, now))


def test_a_grant_is_decided_once(store: Store) -> None:
    store.accounts.put_account(_account("ali"))
    asked = store.accounts.ask_grant("break_glass", "ali", "a threat to life", {"area": "Q01"})
    store.accounts.decide_grant(asked.id, by="boss", approved=True)
    store.accounts.decide_grant(asked.id, by="other", approved=False)
    (found,) = store.accounts.grants("break_glass", "ali")
    assert (found.approved, found.decided_by, found.subject) == (True, "boss", {"area": "Q01"})
