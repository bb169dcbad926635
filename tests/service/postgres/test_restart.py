"""PostgreSQL goes away under load and comes back: 503 with a hint meanwhile, healed by itself."""

import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from service.auth.accounts import token_hash
from tests.service.ogc_clients.conftest import serving
from tests.service.store.conftest import _as_postgres, _cluster
from tests.service.web_house import PASSWORD, make_house

PATIENCE_S = 60
READS = (
    "/ogc/collections/offices/items",
    "/ogc/collections/plans/items",
    "/ogc/jobs",
    "/plans",
    "/readyz",
)


def pg_ctl(folder, *words):
    bins = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    program = shutil.which("pg_ctl") or str(bins[-1] / "pg_ctl")
    subprocess.run(
        [program, "-D", str(folder / "data"), "-w", *words],
        check=True,
        capture_output=True,
        cwd=str(folder),
        timeout=120,
        **_as_postgres(),
    )


@pytest.fixture
def town(tmp_path):
    with (
        tempfile.TemporaryDirectory(prefix="mizan-pg-", ignore_cleanup_errors=True) as name,
        _cluster(Path(name)) as pattern,
    ):
        url = pattern.format(name="postgres")
        app, store = make_house(tmp_path / "home", language="en", database_url=url)
        store.accounts.add_token("planner", "QGIS", token_hash("secret"))
        with serving(app) as address:
            yield Path(name), store, address
        store.close()


class Load:
    """Readers that never stop; what they get is counted by path and status."""

    def __init__(self, address):
        self.address = address
        self.got = Counter()
        self.hints = []
        self.others = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.read, args=(path,)) for path in READS]
        for one in self.threads:
            one.start()

    def read(self, path):
        with httpx.Client(base_url=self.address, auth=("planner", "secret"), timeout=60) as client:
            client.post(
                "/login",
                data={"name": "planner", "password": PASSWORD},
                headers={"sec-fetch-site": "same-origin"},
            )
            while not self.stop.is_set():
                answer = client.get(path, headers={"accept": "application/json"})
                self.got[path, answer.status_code] += 1
                if answer.status_code == 503:
                    self.hints.append(answer.headers.get("retry-after"))
                elif answer.status_code != 200:
                    self.others.append((path, answer.status_code, answer.text[:200]))
                time.sleep(0.01)

    def until(self, status):
        """Wait until every path got ``status`` anew."""
        before = Counter(self.got)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if all(self.got[path, status] > before[path, status] for path in READS):
                return
            time.sleep(0.05)
        raise AssertionError(f"no {status}: {self.got} {self.others[:3]}")

    def end(self):
        self.stop.set()
        for one in self.threads:
            one.join(PATIENCE_S)


@pytest.mark.slow
def test_a_restart_is_503_and_heals(town):
    folder, store, address = town
    load = Load(address)
    try:
        load.until(200)
        pg_ctl(folder, "-m", "immediate", "stop")
        load.until(503)
        assert httpx.get(f"{address}/healthz").status_code == 200
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        pg_ctl(folder, "-l", str(folder / "log"), "-o", options, "start")
        load.until(200)
        # Once more, in order this time: open connections are told that they end.
        pg_ctl(folder, "-m", "fast", "-l", str(folder / "log"), "-o", options, "restart")
        load.until(200)
    finally:
        load.end()
    assert load.others == []
    assert set(load.hints) == {"5"}
    store.accounts.add_token("viewer", "after", token_hash("after"))
