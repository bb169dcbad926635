"""A disk that is really full: writing is 507, reading goes on, and it works again afterwards.

The service gets a small disk of its own (tmpfs) in a namespace of its own.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from service.auth.accounts import token_hash
from service.auth.roles import Role
from service.store import open_store
from tests.service.cli_solve.test_serve import free_port
from tests.service.export.builders import tiny_problem
from tests.service.jobs.common import PATIENCE_S, wait_for
from tests.service.web_house import add_account

AUTH = ("planner", "secret")
SMALL_MB = 24
START = 'mount -t tmpfs -o size={mb}m,mode=700 tmpfs "$0" && cp -a "$1"/. "$0"/ && exec "${{@:2}}"'


@pytest.fixture
def command():
    """How a namespace with a disk of its own is made here."""
    unshare = shutil.which("unshare")
    flags = ["-m"] if os.geteuid() == 0 else ["-r", "-m"]
    if unshare is None or subprocess.run([unshare, *flags, "true"], check=False).returncode:
        pytest.skip("no namespaces here (unshare of util-linux)")
    return [unshare, *flags, "bash", "-c", START.format(mb=SMALL_MB)]


class SmallDisk:
    """``mizan serve`` on a disk that a test can fill."""

    def __init__(self, command, folder):
        prepared, self.home = folder / "prepared", folder / "home"
        self.home.mkdir()
        with open_store(prepared / "mizan.db") as store:
            add_account(store, "planner", Role.PLANNER)
            store.accounts.add_token("planner", "program", token_hash("secret"))
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [*command, str(self.home), str(prepared), sys.executable, "-m", "service.cli", "serve"],
            env=os.environ
            | {
                "MIZAN_HOME": str(self.home),
                "MIZAN_PORT": str(port),
                "MIZAN_SCHEDULER": "beside",
            },
        )

    @property
    def inside(self):
        """The home folder as the service sees it."""
        return Path(f"/proc/{self.process.pid}/root{self.home}")

    def fill(self):
        with contextlib.suppress(OSError), (self.inside / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    def free(self):
        (self.inside / "filler").unlink()

    def get(self, path):
        return httpx.get(f"{self.address}{path}", auth=AUTH, timeout=30)

    def ask(self, number):
        """A request of some 100 KB, so that what is free by chance is soon used up."""
        problem = tiny_problem(seed=number).model_copy(update={"title": "x" * 100_000})
        return httpx.post(
            f"{self.address}/ogc/processes/allocate/execution",
            json={"inputs": {"problem": problem.model_dump(mode="json")}},
            headers={"idempotency-key": f"wish-{number}"},
            auth=AUTH,
            timeout=60,
        )

    def is_there(self):
        assert self.process.poll() is None
        with contextlib.suppress(httpx.TransportError):
            return self.get("/readyz").status_code == 200


@pytest.mark.slow
def test_a_full_disk_is_told_and_outlived(command, tmp_path):
    disk = SmallDisk(command, tmp_path)
    try:
        wait_for(disk.is_there, PATIENCE_S)
        acknowledged = {1: disk.ask(1).json()["jobID"]}
        disk.fill()
        refused = None
        for number in range(2, 60):
            answer = disk.ask(number)
            if answer.status_code != 201:
                refused = answer
                break
            acknowledged[number] = answer.json()["jobID"]
        assert refused is not None
        assert refused.status_code == 507, refused.text
        assert refused.headers["content-type"].startswith("application/problem+json")
        for path in ("/ogc/jobs", "/ogc/collections/offices/items", "/readyz", "/healthz"):
            assert disk.get(path).status_code == 200, path
        disk.free()
        acknowledged[99] = wait_for(lambda: disk.ask(99).json().get("jobID"), PATIENCE_S)
        kept = {one["jobID"] for one in disk.get("/ogc/jobs?limit=1000").json()["jobs"]}
        assert kept == set(acknowledged.values())
        last = f"/ogc/jobs/{acknowledged[1]}"
        wait_for(lambda: disk.get(last).json()["status"] == "successful", PATIENCE_S)
    finally:
        begun = time.monotonic()
        disk.process.send_signal(signal.SIGTERM)
        assert disk.process.wait(15) == 0
        assert time.monotonic() - begun < 10
