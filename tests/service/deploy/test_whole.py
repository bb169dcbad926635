"""The whole of ``deploy/`` as processes of one machine: PostgreSQL, scheduler, worker, service and
the proxy with TLS solve and explore together, and end when they are told.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from service.auth.accounts import token_hash
from service.settings import Settings
from service.store import open_store
from tests.service.deploy.test_deploy import Proxy, free_port
from tests.service.export.builders import tiny_problem
from tests.service.jobs.common import PATIENCE_S, wait_for
from tests.service.jobs.members import Members
from tests.service.store.conftest import _cluster
from tests.service.web_house import add_account


@pytest.fixture
def database():
    with (
        tempfile.TemporaryDirectory(prefix="mizan-pg-", ignore_cleanup_errors=True) as folder,
        _cluster(Path(folder)) as pattern,
    ):
        yield pattern.format(name="postgres")


@pytest.fixture
def members(tmp_path):
    made = Members(tmp_path)
    try:
        yield made.start("scheduler").start("worker")
    finally:
        codes = {name: made.end(name, signal.SIGTERM) for name in list(made.running)}
    assert set(codes.values()) == {0}, codes


class House:
    """``mizan serve`` behind the proxy of ``deploy/nginx``."""

    def __init__(self, folder, database, members):
        from service.auth.roles import Role

        self.port = free_port()
        (folder / "nginx").mkdir()
        self.proxy = Proxy(folder / "nginx", f"127.0.0.1:{self.port}")
        home = folder / "house"
        with open_store(Settings(home=home, database_url=database)) as store:
            add_account(store, "planner", Role.PLANNER)
            store.accounts.add_token("planner", "program", token_hash("secret"))
        self.environment = os.environ | {
            "MIZAN_HOME": str(home),
            "MIZAN_DATABASE_URL": database,
            "MIZAN_PORT": str(self.port),
            "MIZAN_PUBLIC_URL": f"https://localhost:{self.proxy.tls}",
            "MIZAN_SECURE_COOKIES": "true",
            "MIZAN_SCHEDULER": members.settings.scheduler,
            "MIZAN_SCHEDULER_KEYS": str(members.settings.scheduler_keys),
        }

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "serve"], env=self.environment
        )
        return self

    def __exit__(self, *_error):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(15) == 0
        assert time.monotonic() - begun < 10


def result(client, process, **inputs):
    problem = tiny_problem().model_dump(mode="json")
    asked = client.post(
        f"/ogc/processes/{process}/execution", json={"inputs": {"problem": problem} | inputs}
    )
    assert asked.status_code == 201, asked.text
    job = asked.headers["location"]
    ended = {"successful", "failed", "dismissed"}
    wait_for(lambda: client.get(job).json()["status"] in ended, PATIENCE_S)
    assert client.get(job).json()["status"] == "successful", client.get(job).text
    return client.get(f"{job}/results").json()


@pytest.mark.slow
def test_all_of_it_solves_together(tmp_path, database, members):
    house = House(tmp_path, database, members)
    with house.proxy, house.proxy.client() as client, house:
        client.auth = ("planner", "secret")

        def is_ready():
            try:
                return client.get("/readyz").status_code == 200
            except httpx.TransportError:
                return False

        wait_for(is_ready, PATIENCE_S)
        found = result(client, "allocate")
        assert (found["plan"]["status"], found["report"]["breaches"]) == ("proven", [])
        explored = result(client, "explore", what="worth")
        assert explored["explored"]["reading"].keys() == {"ar", "en"}
