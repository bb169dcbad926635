"""A scheduler and workers in processes of their own: each is killed, no job is lost."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap

import psutil
import pytest

from service.jobs import members as workers
from service.jobs.certificates import CERTIFICATE, KEY, end_of, make_keys
from service.jobs.checked import on_the_solvers
from service.jobs.clusters import FarCluster
from service.jobs.far_solver import FarSolver, NoSchedulerError
from service.jobs.runner import Runner, host_prefix
from service.jobs.solvers import solvers_of
from service.jobs.views import progress_of
from service.settings import Settings
from service.store import JobStatus, open_store
from tests.service.export.builders import tiny_problem
from tests.service.jobs.common import (
    BRISK,
    FAKES,
    PATIENCE_S,
    ROOT,
    ask,
    ask_around,
    helpers,
    wait_for,
)
from tests.service.jobs.members import Members


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    made = Members(tmp_path_factory.mktemp("far"))
    try:
        made.start("scheduler").start("worker")
        made.until_at_work("scheduler").until_at_work("worker")
        yield made
    finally:
        for name in list(made.running):
            made.end(name, signal.SIGTERM)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with open_store(tmp_path / "mizan.db") as opened:
        yield opened


@pytest.fixture
def serving(store, members, monkeypatch):
    monkeypatch.setattr("service.jobs.cluster.AGAIN_S", 0.5)
    started = []

    def start(fake, pace=BRISK):
        solvers = solvers_of(members.settings)
        runner = Runner(store, pace=pace, perform=FAKES + fake, solvers=solvers)
        runner.start()
        started.append(runner)
        return runner

    yield start
    for runner in started:
        runner.stop()


def at_work(store, job):
    wait_for(lambda: progress_of(store.jobs.get(job.id)).best_saved, PATIENCE_S)
    wait_for(helpers)


def final(store, job):
    wait_for(lambda: store.jobs.get(job.id).status.is_final, PATIENCE_S)
    return store.jobs.get(job.id)


@pytest.mark.slow
def test_a_killed_scheduler_loses_no_job(members, store, serving):
    job = ask(store)
    runner = serving("deaf")
    at_work(store, job)
    members.end("scheduler")
    wait_for(lambda: store.jobs.get(job.id).status is JobStatus.ACCEPTED)
    wait_for(lambda: not helpers(), 20)
    assert "scheduler was lost" in store.jobs.get(job.id).message
    assert not runner.solvers.is_ready()
    assert store.jobs.get(job.id).attempt == 1, "a scheduler that is away uses up no attempt"
    runner.stop()
    serving("quick")
    members.start("scheduler").until_at_work("scheduler")
    members.until_at_work("worker")
    done = final(store, job)
    assert (done.status, done.attempt) == (JobStatus.SUCCESSFUL, 2), done.message


@pytest.mark.slow
def test_killed_workers_lose_no_job(members, store, serving):
    job = ask(store)
    runner = serving("deaf")
    at_work(store, job)
    members.end("worker")
    wait_for(lambda: not helpers(), 20)
    wait_for(lambda: store.jobs.get(job.id).status is JobStatus.ACCEPTED)
    assert "its process died" in store.jobs.get(job.id).message
    runner.stop()
    members.start("worker").until_at_work("worker")
    serving("quick")
    done = final(store, job)
    assert (done.status, done.attempt) == (JobStatus.SUCCESSFUL, 2), done.message


@pytest.mark.slow
def test_an_exploration_outlives_its_scheduler(members, store, serving):
    job = ask_around(store)
    serving("exploring")
    wait_for(lambda: progress_of(store.jobs.get(job.id)).points_done >= 2, PATIENCE_S)
    members.end("scheduler")
    members.start("scheduler").until_at_work("scheduler")
    done = final(store, job)
    assert (done.status, done.attempt) == (JobStatus.SUCCESSFUL, 1), done.message
    members.until_at_work("worker")


@pytest.mark.slow
def test_a_killed_server_leaves_no_solver_on_the_cluster(members, store, tmp_path):
    job = ask(store)
    code = """
        import sys, time
        from service.jobs.pace import Pace
        from service.jobs.runner import Runner
        from service.jobs.solvers import solvers_of
        from service.settings import Settings
        from service.store import open_store
        pace = Pace(look_s=0.05, tick_s=0.05, say_s=0.05)
        solvers = solvers_of(Settings())
        Runner(open_store(sys.argv[1]), pace=pace, perform=sys.argv[2], solvers=solvers).start()
        time.sleep(600)
        """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "mizan.db"), FAKES + "deaf"],
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "MIZAN_SCHEDULER": members.settings.scheduler,
            "MIZAN_SCHEDULER_KEYS": str(members.settings.scheduler_keys),
        },
    )
    try:
        at_work(store, job)
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not helpers(), 20)
    assert store.jobs.expire(host_prefix()) == 1
    solvers = solvers_of(members.settings)
    runner = Runner(store, pace=BRISK, perform=FAKES + "quick", solvers=solvers)
    try:
        assert runner.run_waiting() == 1
    finally:
        runner.stop()
    done = store.jobs.get(job.id)
    assert (done.status, done.attempt) == (JobStatus.SUCCESSFUL, 2)


@pytest.mark.slow
def test_an_exploration_of_the_command_line_goes_there_too(members, tmp_path):
    members.until_ready()
    file = tmp_path / "problem.json"
    file.write_text(tiny_problem().model_dump_json())
    told = tmp_path / "found.json"
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "explore", "worth", str(file), "-o", str(told)],
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "MIZAN_HOME": str(tmp_path / "home"),
            "MIZAN_LANGUAGE": "en",
            "MIZAN_SCHEDULER": members.settings.scheduler,
            "MIZAN_SCHEDULER_KEYS": str(members.settings.scheduler_keys),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(told.read_text())["problem_digest"] == tiny_problem().digest


def test_a_worker_comes_back_whatever_its_nanny_failed_with(tmp_path, monkeypatch):
    """On a busy machine distributed's own assertions fail; who ended then never came back."""
    make_keys(tmp_path / "keys")
    settings = Settings(
        home=tmp_path, scheduler="tls://127.0.0.1:9", scheduler_keys=tmp_path / "keys"
    )
    tries, stopped = [], asyncio.Event()

    async def fails(*_told):
        tries.append(len(tries))
        if len(tries) > 1:
            stopped.set()
        raise AssertionError("Status.starting")

    monkeypatch.setattr(workers, "_joined", fails)
    monkeypatch.setattr(workers, "_stop_signal", lambda: stopped)
    monkeypatch.setattr(workers, "quieten", lambda _level: None)
    monkeypatch.setattr(workers, "AGAIN_S", 0.01)
    workers.run_workers(settings, 1, tries.append)
    assert tries == [0, 1]


def test_a_command_says_that_its_scheduler_is_away(tmp_path):
    make_keys(tmp_path / "keys")
    settings = Settings(
        home=tmp_path, scheduler="tls://127.0.0.1:9", scheduler_keys=tmp_path / "keys"
    )
    far = FarSolver(settings, 10, None, lambda: False)
    with pytest.raises(NoSchedulerError, match="mizan doctor"):
        far.__enter__()


def test_without_a_scheduler_solves_stay_here(tmp_path):
    with FarSolver(Settings(home=tmp_path), 10, None, lambda: False) as here:
        assert (here.solved, here.workers) == (None, None)


@pytest.mark.slow
def test_the_doctor_finds_the_cluster_well(members):
    members.until_ready()
    findings = list(on_the_solvers(members.settings))
    assert [one.well for one in findings] == [True, True]
    assert findings[0].what.params["n"] == 1


def speaks_http(port):
    """Whether a port answers somebody who has no key, in plain HTTP."""
    with socket.create_connection(("127.0.0.1", port), 5) as asking:
        asking.sendall(b"GET /info/main/workers.html HTTP/1.0\r\n\r\n")
        try:
            return asking.recv(5) == b"HTTP/"
        except OSError:
            return False


@pytest.mark.slow
def test_no_member_serves_plain_http_to_other_machines(members):
    """dask serves it in any case; other machines get to the ports with TLS on both sides only."""
    members.until_ready()
    plain, beyond = set(), set()
    for running in members.running.values():
        family = psutil.Process(running.pid)
        for process in (family, *family.children(recursive=True)):
            for one in process.net_connections():
                if one.status == psutil.CONN_LISTEN and speaks_http(one.laddr.port):
                    plain.add(one.laddr.ip)
                elif one.status == psutil.CONN_LISTEN:
                    beyond.add(one.laddr.port)
    assert plain == {"127.0.0.1"}
    assert len(beyond) >= 3  # scheduler, nanny, worker


@pytest.mark.slow
def test_other_keys_are_shut_out(members, tmp_path):
    make_keys(tmp_path / "others")
    stranger = members.settings.model_copy(update={"scheduler_keys": tmp_path / "others"})
    with pytest.raises(OSError, match="certificate does not match"):
        FarCluster(stranger).open()


def test_keys_are_ours_alone_and_last(tmp_path):
    folder = tmp_path / "keys"
    make_keys(folder)
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert modes == {"ca.pem": 0o600, CERTIFICATE: 0o600, KEY: 0o600}
    settings = Settings(scheduler="tls://127.0.0.1:1", scheduler_keys=folder)
    assert (end_of(settings).year - 2000) >= 30
    with pytest.raises(FileExistsError):
        make_keys(folder)


@pytest.mark.parametrize(
    "wrong", ["tcp://127.0.0.1:8786", "tls://127.0.0.1", "elsewhere", "tls://:1"]
)
def test_only_tls_leads_elsewhere(wrong, tmp_path):
    with pytest.raises(ValueError, match="scheduler"):
        Settings(scheduler=wrong, scheduler_keys=tmp_path)


def test_a_scheduler_elsewhere_needs_keys():
    with pytest.raises(ValueError, match="MIZAN_SCHEDULER_KEYS"):
        Settings(scheduler="tls://127.0.0.1:8786")
