"""Every job ends in a final state, whatever happens to its worker; a cancel really stops it."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from service.jobs.pace import Pace
from service.jobs.requests import MAX_WAITING, FullQueueError
from service.jobs.runner import Runner, host_prefix
from service.jobs.views import progress_of
from service.store import ConflictError, JobStatus, open_store
from tests.service.export.builders import tiny_problem
from tests.service.jobs.common import BRISK, FAKES, ROOT, ask, ask_around, helpers, wait_for


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with open_store(tmp_path / "mizan.db") as opened:
        yield opened


def run(store, fake, pace=BRISK, **options):
    runner = Runner(store, pace=pace, perform=FAKES + fake, **options)
    assert runner.run_waiting() >= 1


@pytest.fixture
def serving(store):
    started = []

    def start(fake, pace=BRISK):
        runner = Runner(store, pace=pace, perform=FAKES + fake)
        runner.start()
        started.append(runner)
        return runner

    yield start
    for runner in started:
        runner.stop()


def test_run_once_leaves_the_second_exploration_of_an_owner_in_the_queue(store):
    ask_around(store, "zahra")
    elsewhere = store.jobs.claim("another runner", 60)
    left, plan, other = ask_around(store, "zahra"), ask(store, "zahra"), ask_around(store, "ali")
    assert Runner(store, pace=BRISK, perform=FAKES + "quick").run_waiting() == 2
    states = {one.id: store.jobs.get(one.id).status for one in (elsewhere, left, plan, other)}
    assert states[elsewhere.id] is JobStatus.RUNNING
    assert states[left.id] is JobStatus.ACCEPTED
    assert states[plan.id] is JobStatus.SUCCESSFUL
    assert states[other.id] not in {JobStatus.ACCEPTED, JobStatus.RUNNING}


def test_a_job_ends_with_its_plan_problem_and_report(store):
    job = ask(store)
    run(store, "quick")
    done = store.jobs.get(job.id)
    assert done.status is JobStatus.SUCCESSFUL
    kept = store.plans.get(done.plan_id)
    assert kept.problem.digest == tiny_problem().digest
    assert kept.plan.method == "by-hand"
    assert kept.report == '{"breaches":[]}'
    assert kept.head.owner == "zahra"
    assert not kept.head.incumbent


def test_progress_says_tier_value_bound_gap_and_time(store, serving):
    job = ask(store)
    serving("slow")
    told = wait_for(lambda: (p := progress_of(store.jobs.get(job.id))).tiers_done >= 3 and p)
    assert told.tier == "T3_unmet"
    assert (told.value, told.bound, told.gap) == (30.0, 29.0, 1.0)
    assert told.elapsed_s > 0
    assert told.best_saved
    assert told.share >= 3 / 8


def test_cancel_stops_a_listening_solver_and_keeps_its_best_unproven(store, serving):
    job = ask(store)
    serving("slow")
    wait_for(lambda: progress_of(store.jobs.get(job.id)).best_saved)
    store.jobs.cancel(job.id)
    asked = time.monotonic()
    wait_for(lambda: store.jobs.get(job.id).status.is_final, 3)
    assert time.monotonic() - asked < 2
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.DISMISSED
    kept = store.plans.get(ended.plan_id)
    assert kept.plan.method == "stopped"
    assert kept.head.incumbent


def test_cancel_kills_a_deaf_solver_and_its_helper_within_two_seconds(store, serving):
    job = ask(store)
    serving("deaf")
    wait_for(lambda: progress_of(store.jobs.get(job.id)).best_saved)
    store.jobs.cancel(job.id)
    asked = time.monotonic()
    wait_for(lambda: store.jobs.get(job.id).status.is_final, 3)
    assert time.monotonic() - asked < 2
    assert store.plans.get(store.jobs.get(job.id).plan_id).plan.method == "best-so-far"
    wait_for(lambda: not helpers(), 2)


def test_a_waiting_job_is_cancelled_at_once(store):
    job = ask(store)
    assert store.jobs.cancel(job.id).status is JobStatus.DISMISSED
    assert Runner(store, pace=BRISK, perform=FAKES + "quick").run_waiting() == 0


def test_a_lost_worker_is_tried_three_times_then_failed_with_its_reason(store):
    job = ask(store)
    run(store, "crashing")
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.FAILED
    assert ended.attempt == 3
    assert "3 attempts" in ended.message
    assert "signal 11" in ended.message
    assert store.plans.get(ended.plan_id).head.incumbent, "the best plan so far is kept"


def test_refused_input_is_not_tried_again_and_says_its_faults(store):
    job = ask(store)
    run(store, "refusing")
    ended = store.jobs.get(job.id)
    assert (ended.status, ended.attempt) == (JobStatus.FAILED, 1)
    assert '"key":"There is no area {code}."' in ended.result
    assert '"params":{"code":"X"}' in ended.result


def test_a_fault_of_ours_ends_with_its_reason(store):
    job = ask(store)
    run(store, "broken")
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.FAILED
    assert ended.message.startswith("RuntimeError (fakes.py:")
    assert "two and two" not in ended.message + ended.result, "it may quote rows"


def test_infeasible_is_an_answer(store):
    job = ask(store)
    run(store, "infeasible")
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.SUCCESSFUL
    assert ended.plan_id is None
    assert '"status":"infeasible"' in ended.result
    assert '"broken_rules":["headcount"]' in ended.result


def test_a_job_that_eats_the_memory_is_ended(store):
    job = ask(store)
    run(store, "hungry", Pace(lease_s=3, tick_s=0.05, memory_mb=300))
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.FAILED
    assert "300 MB" in ended.message


def test_a_job_that_never_ends_is_ended(store):
    job = ask(store, limit=0.2)
    run(store, "deaf", Pace(lease_s=3, tick_s=0.05, overtime_s=2.0))
    assert "time limit" in store.jobs.get(job.id).message


def test_a_child_that_says_nonsense_is_not_believed(store):
    job = ask(store)
    run(store, "babbling")
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.FAILED
    assert "no message" in ended.message


def test_a_service_that_stops_puts_its_job_back_without_counting(store, serving):
    job = ask(store)
    runner = serving("slow")
    wait_for(lambda: progress_of(store.jobs.get(job.id)).best_saved)
    begun = time.monotonic()
    runner.stop()
    assert time.monotonic() - begun < 2
    waiting = store.jobs.get(job.id)
    assert (waiting.status, waiting.attempt) == (JobStatus.ACCEPTED, 0)
    run(store, "quick")
    assert store.jobs.get(job.id).status is JobStatus.SUCCESSFUL


def test_a_killed_server_loses_no_job_and_leaves_no_child(store, tmp_path):
    job = ask(store)
    code = textwrap.dedent(
        """
        import sys, time
        from service.jobs.runner import Runner
        from service.jobs.pace import Pace
        from service.store import open_store
        if __name__ == "__main__":
            pace = Pace(look_s=0.05, tick_s=0.05, say_s=0.05)
            Runner(open_store(sys.argv[1]), pace=pace, perform=sys.argv[2]).start()
            time.sleep(600)
        """
    )
    server = tmp_path / "server.py"
    server.write_text(code)
    for attempt in (1, 2):
        process = subprocess.Popen(
            [sys.executable, str(server), str(tmp_path / "mizan.db"), FAKES + "deaf"],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        try:
            wait_for(
                lambda n=attempt: (
                    store.jobs.get(job.id).attempt == n
                    and progress_of(store.jobs.get(job.id)).best_saved
                ),
                60,
            )
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        wait_for(lambda: not helpers(), 10)
        assert store.jobs.get(job.id).status is JobStatus.RUNNING
        assert store.jobs.expire(host_prefix()) == 1
    runner = Runner(store, pace=BRISK, perform=FAKES + "quick")
    runner.run_waiting()
    done = store.jobs.get(job.id)
    assert (done.status, done.attempt) == (JobStatus.SUCCESSFUL, 3)
    assert [head.incumbent for head in store.plans.list(incumbents=True)] == [False]


def test_a_late_runner_can_not_write_over_its_successor(store, serving):
    job = ask(store)
    serving("slow", Pace(look_s=60, tick_s=0.05, lease_s=60))
    wait_for(lambda: store.jobs.get(job.id).status is JobStatus.RUNNING)
    assert store.jobs.expire(host_prefix()) == 1
    run(store, "quick")
    done = store.jobs.get(job.id)
    assert done.status is JobStatus.SUCCESSFUL
    time.sleep(0.5)
    assert store.jobs.get(job.id) == done
    assert store.plans.get(done.plan_id).plan.method == "by-hand"


def test_the_same_key_gives_the_same_job_and_another_request_is_refused(store):
    first = ask(store, key="k")
    assert ask(store, key="k").id == first.id
    assert ask(store, key="k", owner="ali").id != first.id
    with pytest.raises(ConflictError):
        ask(store, key="k", seed=2)


def test_an_owner_with_many_jobs_does_not_starve_another(store):
    many = [ask(store, owner="many", seed=n).id for n in range(5)]
    one = ask(store, owner="one").id
    order = []
    while (job := store.jobs.claim("w", 60)) is not None:
        order.append(job.id)
        store.jobs.finish(job, JobStatus.SUCCESSFUL)
    assert order == [many[0], one, *many[1:]]


def test_too_many_waiting_jobs_are_refused(store, monkeypatch):
    monkeypatch.setattr("service.jobs.requests.MAX_WAITING", 2)
    assert MAX_WAITING > 2
    ask(store)
    ask(store, seed=2)
    with pytest.raises(FullQueueError):
        ask(store, seed=3)
    ask(store, owner="another")
