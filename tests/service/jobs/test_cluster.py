"""Jobs on a cluster of processes of our own: stopped at once, lost by nobody, given back."""

import os
import signal
import time
from pathlib import Path

import pytest

from service.jobs.cluster import ClusterSolvers
from service.jobs.clusters import OwnCluster
from service.jobs.hands import BesideSolvers
from service.jobs.pace import Pace
from service.jobs.runner import Runner
from service.jobs.views import progress_of
from service.store import JobStatus, open_store
from tests.service.jobs.common import BRISK, FAKES, ROOT, ask, helpers, wait_for


@pytest.fixture(scope="module")
def solvers():
    """One cluster for all tests here: to start it takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        made = ClusterSolvers(OwnCluster(1, 1000), capacity=1)
        assert made.is_ready()
        yield Kept(made)
        made.close()


class Kept:
    """Solvers that outlive the runners which use them."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def close(self):
        pass


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "mizan.db") as opened:
        yield opened


@pytest.fixture
def serving(store, solvers):
    started = []

    def start(fake, pace=BRISK):
        runner = Runner(store, pace=pace, perform=FAKES + fake, solvers=solvers)
        runner.start()
        started.append(runner)
        return runner

    yield start
    for runner in started:
        runner.stop()


def worker_pid(solvers):
    """Of a worker that has started: dask mixes up one that is killed while its nanny starts it."""
    wait_for(solvers.is_ready, 90)
    nannies = solvers.inner._cluster._cluster.workers.values()
    wait_for(lambda: all(one.status.name == "running" for one in nannies), 90)
    return next(iter(solvers._connection._client.run(os.getpid).values()))


def at_work(store, job):
    wait_for(lambda: progress_of(store.jobs.get(job.id)).best_saved, 90)


def final(store, job, seconds=60):
    wait_for(lambda: store.jobs.get(job.id).status.is_final, seconds)
    return store.jobs.get(job.id)


def test_a_real_solve_ends_with_its_proven_plan(store, solvers):
    job = ask(store)
    assert Runner(store, pace=BRISK, solvers=solvers).run_waiting() == 1
    done = store.jobs.get(job.id)
    assert done.status is JobStatus.SUCCESSFUL, done.message
    assert store.plans.get(done.plan_id).plan.status == "proven"
    assert progress_of(done).tiers_done == 8
    assert solvers.where == "cluster"


def test_a_listening_solver_hands_over_what_it_has(store, serving):
    job = ask(store)
    serving("slow")
    at_work(store, job)
    store.jobs.cancel(job.id)
    asked = time.monotonic()
    ended = final(store, job, 3)
    assert time.monotonic() - asked < 2
    assert ended.status is JobStatus.DISMISSED
    kept = store.plans.get(ended.plan_id)
    assert (kept.plan.method, kept.head.incumbent) == ("stopped", True)


def test_a_deaf_solver_and_its_helper_are_killed_in_two_seconds(store, serving):
    job = ask(store)
    serving("deaf")
    at_work(store, job)
    store.jobs.cancel(job.id)
    asked = time.monotonic()
    ended = final(store, job, 3)
    assert time.monotonic() - asked < 2
    assert ended.status is JobStatus.DISMISSED
    assert store.plans.get(ended.plan_id).plan.method == "best-so-far"
    assert not helpers()


def test_a_killed_worker_loses_no_job_three_times_then_fails_it(store, solvers, serving):
    job = ask(store)
    serving("deaf")
    for attempt in (1, 2, 3):
        wait_for(lambda n=attempt: store.jobs.get(job.id).attempt == n)
        at_work(store, job)
        wait_for(helpers, 90)
        os.kill(worker_pid(solvers), signal.SIGKILL)
        wait_for(lambda: not helpers(), 10)
    ended = final(store, job)
    assert (ended.status, ended.attempt) == (JobStatus.FAILED, 3)
    assert "3 attempts" in ended.message
    assert "its process died" in ended.message
    assert store.plans.get(ended.plan_id).head.incumbent, "the best plan so far is kept"


def test_a_killed_worker_is_replaced_and_the_job_goes_on(store, solvers, serving):
    job = ask(store)
    first = serving("deaf")
    at_work(store, job)
    os.kill(worker_pid(solvers), signal.SIGKILL)
    wait_for(lambda: store.jobs.get(job.id).attempt == 1 and not helpers())
    first.stop()
    serving("quick")
    done = final(store, job)
    assert done.status is JobStatus.SUCCESSFUL, done.message
    assert [head.incumbent for head in store.plans.list(incumbents=True)] == [False]


def test_a_crash_of_the_solver_is_named(store, solvers):
    job = ask(store)
    runner = Runner(store, pace=BRISK, perform=FAKES + "crashing", solvers=solvers)
    assert runner.run_waiting() == 3
    assert "signal 11" in store.jobs.get(job.id).message


def test_a_job_that_eats_the_memory_is_ended(store, solvers):
    job = ask(store)
    pace = Pace(lease_s=3, tick_s=0.05, memory_mb=300)
    Runner(store, pace=pace, perform=FAKES + "hungry", solvers=solvers).run_waiting()
    ended = store.jobs.get(job.id)
    assert ended.status is JobStatus.FAILED
    assert "300 MB" in ended.message


def test_a_job_that_never_ends_is_ended(store, solvers):
    job = ask(store, limit=0.2)
    pace = Pace(lease_s=3, tick_s=0.05, overtime_s=2.0)
    Runner(store, pace=pace, perform=FAKES + "deaf", solvers=solvers).run_waiting()
    assert "time limit" in store.jobs.get(job.id).message
    assert not helpers()


def test_a_runner_that_stops_puts_its_job_back(store, serving):
    job = ask(store)
    runner = serving("deaf")
    at_work(store, job)
    begun = time.monotonic()
    runner.stop()
    assert time.monotonic() - begun < 2
    waiting = store.jobs.get(job.id)
    assert (waiting.status, waiting.attempt) == (JobStatus.ACCEPTED, 0)
    assert not helpers()


def test_plans_of_two_wait_for_the_one_worker(store, serving):
    """More slots than workers: the second job is held by its lease until a worker is free."""
    jobs = [ask(store, owner=name) for name in ("zahra", "ali")]
    serving("quick", Pace(slots=2, lease_s=2, look_s=0.05, tick_s=0.05, say_s=0.05))
    assert [final(store, job).status for job in jobs] == [JobStatus.SUCCESSFUL] * 2
    assert [store.jobs.get(job.id).attempt for job in jobs] == [1, 1]


def test_a_cluster_that_lost_all_its_workers_is_started_anew(solvers, monkeypatch):
    """dask does not replace a worker that dies while it starts."""
    wait_for(solvers.is_ready, 90)
    connection = solvers.inner._connection
    monkeypatch.setattr("service.jobs.cluster.LACKS_S", 5.0)
    monkeypatch.setattr("service.jobs.cluster.FRESH_S", 0.0)
    monkeypatch.setattr(connection, "workers", lambda: 0)
    monkeypatch.setattr(solvers.inner, "_had_workers", time.monotonic())
    assert not solvers.is_ready()
    assert solvers.inner._connection is connection
    monkeypatch.setattr(solvers.inner, "_had_workers", time.monotonic() - 6)
    assert solvers.is_ready()
    assert solvers.inner._connection is not connection


def test_a_scheduler_that_takes_its_time_is_not_lost(solvers, monkeypatch):
    wait_for(solvers.is_ready, 90)
    connection = solvers.inner._connection

    def late(*_args, **_kwargs):
        raise TimeoutError

    monkeypatch.setattr("service.jobs.cluster.FRESH_S", 0.0)
    monkeypatch.setattr(connection._client, "sync", late)
    assert connection.workers() is None
    assert solvers.is_ready()
    assert solvers.inner._connection is connection


class Nowhere:
    is_ours = True

    def open(self):
        raise OSError("no process may be started")

    def close(self):
        pass


def test_what_can_not_start_is_replaced_by_children(store, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    alone = ClusterSolvers(Nowhere(), capacity=2, beside=BesideSolvers(2))
    job = ask(store)
    runner = Runner(store, pace=BRISK, perform=FAKES + "quick", solvers=alone)
    assert runner.run_waiting() == 1
    assert store.jobs.get(job.id).status is JobStatus.SUCCESSFUL
    assert (alone.where, alone.capacity) == ("beside", 2)


def test_a_scheduler_that_is_away_is_waited_for(store):
    class Far(Nowhere):
        is_ours = False

    job = ask(store)
    away = ClusterSolvers(Far(), capacity=1)
    assert Runner(store, pace=BRISK, perform=FAKES + "quick", solvers=away).run_waiting() == 0
    assert store.jobs.get(job.id).attempt == 0
    assert away.where == "none"


def test_the_memory_is_given_back_when_nothing_is_to_do(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    now = [100.0]
    made = ClusterSolvers(OwnCluster(1, 1000), capacity=1, idle_s=60, clock=lambda: now[0])
    try:
        assert made.is_ready()
        pid = next(iter(made._connection._client.run(os.getpid).values()))
        made.rest()
        assert made.where == "cluster"
        now[0] += 61
        made.rest()
        assert made.where == "none"
        wait_for(lambda: not Path(f"/proc/{pid}").exists(), 5)
        assert made.is_ready(), "it starts anew"
    finally:
        made.close()
    assert not made.is_ready()
