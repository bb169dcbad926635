"""Runners on one PostgreSQL: ``mizan jobs work`` takes up what waits, and what a killed one held."""

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from service.jobs.views import progress_of
from service.settings import Settings
from service.store import JobStatus, open_store
from tests.service.jobs.common import FAKES, PATIENCE_S, ROOT, ask, helpers, wait_for
from tests.service.store.conftest import _cluster

RUNNER = """
    import sys, time
    from service.jobs.pace import Pace
    from service.jobs.runner import Runner
    from service.settings import Settings
    from service.store import open_store
    pace = Pace(lease_s=3, look_s=0.05, tick_s=0.05, say_s=0.05)
    Runner(open_store(Settings()), pace=pace, perform=sys.argv[1]).start()
    time.sleep(600)
"""


@pytest.fixture
def town(tmp_path):
    """Store and environment of an installation on a database server."""
    with (
        tempfile.TemporaryDirectory(prefix="mizan-pg-", ignore_cleanup_errors=True) as folder,
        _cluster(Path(folder)) as pattern,
    ):
        url = pattern.format(name="postgres")
        told = {"MIZAN_HOME": str(tmp_path / "home"), "MIZAN_DATABASE_URL": url}
        environment = os.environ | told | {"PYTHONPATH": str(ROOT), "MIZAN_LANGUAGE": "en"}
        with open_store(Settings(home=tmp_path / "home", database_url=url)) as store:
            yield store, environment


@pytest.mark.slow
def test_work_once_solves_what_waits(town):
    store, environment = town
    jobs = [ask(store), ask(store, owner="ali", seed=2)]
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "jobs", "work", "--once"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 jobs were run."), done.stderr
    for job in jobs:
        ended = store.jobs.get(job.id)
        assert ended.status is JobStatus.SUCCESSFUL, ended.message
        assert store.plans.get(ended.plan_id).plan.status == "proven"


@pytest.mark.slow
def test_a_killed_runner_is_followed_by_another(town):
    store, environment = town
    job = ask(store)
    started = []

    def start(fake):
        code = [sys.executable, "-c", textwrap.dedent(RUNNER), FAKES + fake]
        started.append(subprocess.Popen(code, env=environment))

    try:
        start("deaf")
        wait_for(lambda: progress_of(store.jobs.get(job.id)).best_saved, PATIENCE_S)
        start("quick")
        started[0].kill()
        wait_for(lambda: not helpers(), 20)
        wait_for(lambda: store.jobs.get(job.id).status.is_final, PATIENCE_S)
    finally:
        for one in started:
            one.kill()
            one.wait()
    done = store.jobs.get(job.id)
    assert (done.status, done.attempt) == (JobStatus.SUCCESSFUL, 2), done.message
    assert [head.incumbent for head in store.plans.list(incumbents=True)] == [False]
