"""``mizan serve``: says where it is and how to sign in, stops in order, refuses a second one."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from service.jobs.model import AllocateRequest
from service.jobs.requests import ask_allocation
from service.store import JobStatus, open_store
from tests.service.export.builders import tiny_problem
from tests.service.jobs.common import PATIENCE_S

FORM = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Service:
    def __init__(self, home, port):
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "serve", "--port", str(port)],
            env=os.environ | {"MIZAN_HOME": str(home), "MIZAN_LANGUAGE": "en"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until_it_answers(self):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                return httpx.get(f"{self.address}/healthz")
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the service did not answer")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def slow_clients(service):
    """Half a head, half a body, an answer that is not read, a connection that idles."""
    said = (
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        FORM + b"Content-Length: 99\r\n\r\nname=a",
        b"GET /static/vendor/leaflet/leaflet.js HTTP/1.1\r\nHost: x\r\n\r\n" * 40,
        b"",
    )
    made = []
    for words in said:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", int(service.address.rpartition(":")[2])))
        one.sendall(words)
        made.append(one)
    return made


@pytest.fixture
def serve():
    started = []

    def start(home, port=None):
        started.append(Service(home, port or free_port()))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.mark.slow
def test_serves_solves_and_stops_in_order(serve, tmp_path):
    home = tmp_path / "home"
    service = serve(home)
    assert service.until_it_answers().status_code == 200
    with open_store(home / "mizan.db") as store:
        request = AllocateRequest(problem=tiny_problem(), time_limit_s=60)
        job = ask_allocation(store, request, owner="director")
        end = time.monotonic() + PATIENCE_S
        while not store.jobs.get(job.id).status.is_final and time.monotonic() < end:
            time.sleep(0.1)
        assert store.jobs.get(job.id).status is JobStatus.SUCCESSFUL
    slow = slow_clients(service)
    begun = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(15) == 0
    assert time.monotonic() - begun < 10
    for one in slow:
        one.close()
    told = service.process.stdout.read()
    assert f"Mizan is at {service.address}" in told
    assert re.search(r"One-time password: (\w{4}-){3}\w{4}", told)


@pytest.mark.slow
def test_a_second_service_on_the_same_folder_is_refused(serve, tmp_path):
    first = serve(tmp_path / "home")
    first.until_it_answers()
    second = serve(tmp_path / "home")
    assert second.process.wait(PATIENCE_S) == 1
    assert "already runs" in second.process.stdout.read()


@pytest.mark.slow
def test_a_taken_port_is_told(serve, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = serve(tmp_path / "home", taken.getsockname()[1])
        assert service.process.wait(PATIENCE_S) == 1
        assert "--port" in service.process.stdout.read()
