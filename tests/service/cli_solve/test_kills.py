"""kill -9 of the service while it solves, and of a solve while it writes: what was acknowledged is
kept once, ends in a final state, and no half file is left.
"""

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import httpx
import psutil
import pytest

from service.auth.accounts import token_hash
from service.auth.roles import Role
from service.store import JobStatus, open_store
from tests.service.cli_solve.test_serve import Service, free_port
from tests.service.export.builders import tiny_problem
from tests.service.jobs.common import PATIENCE_S, wait_for
from tests.service.web_house import add_account

AUTH = ("planner", "secret")


def ask(address, number):
    """Ask for a plan of the problem with this seed; the same number is the same wish."""
    problem = tiny_problem(seed=number).model_dump(mode="json")
    return httpx.post(
        f"{address}/ogc/processes/allocate/execution",
        json={"inputs": {"problem": problem}},
        headers={"idempotency-key": f"wish-{number}"},
        auth=AUTH,
        timeout=30,
    )


def kill(service):
    """Kill the service alone; what it had started must end by itself."""
    started = psutil.Process(service.process.pid).children(recursive=True)
    service.process.send_signal(signal.SIGKILL)
    service.process.wait()
    _gone, alive = psutil.wait_procs(started, timeout=15)
    assert alive == []
    return len(started)


@pytest.mark.slow
def test_a_service_killed_again_and_again_loses_no_job(tmp_path):
    home = tmp_path / "home"
    with open_store(home / "mizan.db") as store:
        add_account(store, "planner", Role.PLANNER)
        store.accounts.add_token("planner", "program", token_hash("secret"))
    acknowledged, ended_with_it = {}, []
    # Soon after the answer; while the cluster starts; while a solve is at work.
    for number, moment_s in enumerate((0.0, 1.5, 4.0), 1):
        service = Service(home, free_port())
        try:
            service.until_it_answers()
            answer = ask(service.address, number)
            assert answer.status_code == 201
            acknowledged[number] = answer.json()["jobID"]
            time.sleep(moment_s)
            ended_with_it.append(kill(service))
        finally:
            service.end()
    assert ended_with_it[-1] > 0, "a cluster was at work when the last one was killed"
    service = Service(home, free_port())
    try:
        service.until_it_answers()
        with open_store(home / "mizan.db") as store:
            states = [store.jobs.get(one) for one in acknowledged.values()]
            wait_for(
                lambda: all(store.jobs.get(job.id).status.is_final for job in states), PATIENCE_S
            )
            for job in states:
                done = store.jobs.get(job.id)
                assert done.status is JobStatus.SUCCESSFUL, done.message
                assert 1 <= done.attempt <= 3
                assert not store.plans.get(done.plan_id).head.incumbent
            again = {number: ask(service.address, number).json()["jobID"] for number in (1, 2, 3)}
            assert again == acknowledged
            assert len(store.jobs.list()) == 3
            assert store.audit.verify().holds
    finally:
        service.end()


def whole(file):
    """Reads a file of a solve; fails where it is half."""
    content = file.read_bytes()
    if file.suffix in {".json", ".geojson"}:
        assert json.loads(content)
    elif file.suffix == ".xlsx":
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    elif file.suffix == ".pdf":
        assert content.rstrip().endswith(b"%%EOF")
    elif file.suffix == ".html":
        assert content.rstrip().endswith(b"</html>")
    else:
        raise AssertionError(file.name)


@pytest.mark.slow
def test_a_solve_killed_while_it_writes_leaves_no_half_file(tmp_path):
    problem = tmp_path / "problem.json"
    problem.write_text(tiny_problem().model_dump_json())
    folder = tmp_path / "plan"
    command = [sys.executable, "-m", "service.cli", "solve", str(problem), "-o", str(folder)]
    environment = os.environ | {"MIZAN_HOME": str(tmp_path / "home")}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    seen = set()
    # Each one is killed as soon as one file more than before is there.
    for count in (1, 3, 5):
        process = subprocess.Popen(command, **quiet)
        ended = process.poll
        try:
            wait_for(
                lambda n=count, ended=ended: ended() is not None or len(named(folder)) >= n, 120
            )
        finally:
            process.kill()
            process.wait()
        for file in named(folder):
            whole(file)
            seen.add(file.name)
        for file in named(folder):
            file.unlink()
    assert subprocess.run(command, check=False, **quiet).returncode == 0
    assert {"problem.json", "plan.json"} <= seen
    left = sorted(file.name for file in folder.iterdir())
    assert left == sorted(file.name for file in named(folder)), "orphans are swept"
    for file in named(folder):
        whole(file)


def named(folder):
    """Files under their last names; what is being written has another one."""
    if not folder.exists():
        return []
    return [one for one in folder.iterdir() if not one.name.startswith(".")]
