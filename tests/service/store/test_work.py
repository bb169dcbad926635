"""Jobs, plans, scenarios, accounts; on both databases."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from service.auth.accounts import Account, Session
from service.auth.roles import Role
from service.store import ConflictError, Grant, GrantKind, Job, JobStatus, Store, UnknownError


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


def test_the_queue_is_fair_over_runners(store: Store) -> None:
    """Whoever claims: it is the store that knows whom all of them serve."""
    for _ in range(6):
        store.jobs.submit("allocate", "{}", owner="busy")
    for owner in ("ali", "zeinab"):
        store.jobs.submit("allocate", "{}", owner=owner)
        store.jobs.submit("allocate", "{}", owner=owner)
    held: dict[str, list[Job]] = {}
    for turn in range(6):
        job = store.jobs.claim(f"runner-{turn % 3}", 60)
        assert job is not None
        held.setdefault(job.owner, []).append(job)
    assert {owner: len(jobs) for owner, jobs in held.items()} == {"busy": 2, "ali": 2, "zeinab": 2}
    # One of busy's ends on one runner: another runner takes the next of whom fewest run.
    store.jobs.finish(held["busy"][0], JobStatus.SUCCESSFUL, result="{}")
    store.jobs.submit("allocate", "{}", owner="late")
    following = [store.jobs.claim(f"runner-{turn}", 60) for turn in range(2)]
    assert [job.owner for job in following if job] == ["late", "busy"]


def test_runners_that_claim_at_once_share_fairly_and_take_no_job_twice(store: Store) -> None:
    for _ in range(9):
        store.jobs.submit("allocate", "{}", owner="busy")
    for owner in ("ali", "zeinab"):
        store.jobs.submit("allocate", "{}", owner=owner)
    start, taken = threading.Barrier(3), []

    def run(name: str) -> None:
        start.wait()
        taken.append(store.jobs.claim(name, 60))

    threads = [threading.Thread(target=run, args=(f"runner-{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = [job for job in taken if job is not None]
    assert sorted(job.owner for job in found) == ["ali", "busy", "zeinab"]
    assert len({job.id for job in found}) == len({job.worker for job in found}) == 3


def test_an_owner_has_one_exploration_at_a_time_however_many_runners_there_are(
    store: Store,
) -> None:
    """So nobody can take the solvers of several runners from others by asking often."""
    for _ in range(5):
        store.jobs.submit("explore", "{}", owner="busy")
    store.jobs.submit("allocate", "{}", owner="busy")
    store.jobs.submit("explore", "{}", owner="ali")

    def claim(runner: str) -> Job | None:
        return store.jobs.claim(runner, 60, processes={"explore"}, most=1)

    taken = [claim(f"runner-{turn}") for turn in range(5)]
    found = [job for job in taken if job is not None]
    assert [job.owner for job in found] == ["busy", "ali"]
    assert store.jobs.claim("runner-9", 60, processes={"allocate"}) is not None, "plans go on"
    store.jobs.finish(found[0], JobStatus.SUCCESSFUL, result="{}")
    following = [claim(f"runner-{turn}") for turn in range(2)]
    assert [job.owner for job in following if job is not None] == ["busy"]


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
    with pytest.raises(UnknownError):
        book.put_session(Session("h2", "nobody", now, now))


NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)


def _asked(store: Store, kind: GrantKind = GrantKind.EXPORT) -> Grant:
    store.accounts.put_account(_account("ali"))
    return store.grants.ask(kind, "Ali", "a threat to life", {"area": "Q01"}, now=NOW)


def test_a_grant_is_decided_once(store: Store) -> None:
    asked = _asked(store)
    store.grants.decide(asked.id, by="boss", approved=True, ends_at=LATER, now=NOW)
    with pytest.raises(ConflictError):
        store.grants.decide(asked.id, by="other", approved=False)
    (found,) = store.grants.list(GrantKind.EXPORT, "ali")
    assert (found.approved, found.decided_by, found.subject) == (True, "boss", {"area": "Q01"})


def test_an_export_needs_two_people(store: Store) -> None:
    asked = _asked(store)
    with pytest.raises(ConflictError):
        store.grants.decide(asked.id, by="ALI", approved=True, ends_at=LATER, now=NOW)
    assert store.grants.get(asked.id).approved is None
    assert store.grants.decide(asked.id, by="ali", approved=False, now=NOW).approved is False


def test_an_export_leaves_once_within_its_time(store: Store) -> None:
    asked = _asked(store)
    with pytest.raises(ConflictError):
        store.grants.use(asked.id, "MZ-1", NOW)
    store.grants.decide(asked.id, by="boss", approved=True, ends_at=LATER, now=NOW)
    for moment in (LATER, NOW - timedelta(minutes=1)):
        with pytest.raises(ConflictError):
            store.grants.use(asked.id, "MZ-1", moment)
    assert store.grants.use(asked.id, "MZ-1", NOW).serial == "MZ-1"
    with pytest.raises(ConflictError):
        store.grants.use(asked.id, "MZ-2", NOW)


def test_a_broken_glass_holds_from_its_breaking_to_its_end(store: Store) -> None:
    asked = _asked(store, GrantKind.BREAK_GLASS)
    store.grants.decide(asked.id, by="ali", approved=True, ends_at=LATER, now=NOW)
    moments = (NOW - timedelta(minutes=1), NOW, LATER - timedelta(seconds=1), LATER)
    assert [store.grants.breaks_glass("ALI", one) for one in moments] == [False, True, True, False]
    assert not store.grants.breaks_glass("other", NOW)
    store.grants.close(asked.id, NOW + timedelta(hours=1))
    assert not store.grants.breaks_glass("ali", NOW + timedelta(hours=2))
    assert store.grants.get(asked.id).closed_at == NOW + timedelta(hours=1)
