"""A layer over HTTP, against a bare FastAPI app that returns the same bytes (wrk, on loopback).

``python -m bench.serve``: loads the demo into a folder of its own, starts the service and the bare
app as two processes of equal server settings, and asks both in turn: by a session's cookie and by
an app token, plain, brotli and 304; then again while the service's runner solves. Prints medians
over rounds of requests a second, their ratio, and the 99th percentile. Needs Debian's wrk.
"""

import argparse
import base64
import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from service.auth.accounts import Account, token_hash
from service.auth.roles import Role
from service.auth.sign_in import hash_password
from service.store import open_store

PATH = "/ogc/collections/need-subdistricts/items?limit=1000"
NAME, SECRET, PASSWORD = "bench", "an-app-token-of-the-benchmark", "a sentence of the benchmark"
BARE = """
import sys, pathlib
from fastapi import FastAPI, Request
from fastapi.responses import Response
body = pathlib.Path(sys.argv[2]).read_bytes()
told = dict(line.split("\\t", 1) for line in pathlib.Path(sys.argv[3]).read_text().splitlines())
status = int(sys.argv[4])
app = FastAPI()

@app.get("/{rest:path}")
async def same(rest: str) -> Response:
    return Response(body, status, headers=told)

import uvicorn
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, loop="uvloop",
            http="httptools")
"""


@dataclass(frozen=True)
class Reading:
    """What wrk said of one run."""

    rate: float
    p99_ms: float


@dataclass(frozen=True)
class Case:
    """One kind of request."""

    name: str
    headers: dict[str, str]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wrk(port: int, case: Case, seconds: int, clients: int) -> Reading:
    """One run of wrk; a single answer that is not 2xx or 3xx ends the benchmark."""
    told = [word for name, value in case.headers.items() for word in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["wrk", "-t2", f"-c{clients}", f"-d{seconds}s", "--latency", *told,
         f"http://127.0.0.1:{port}{PATH}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        sys.exit(done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)
    assert rate, done.stdout
    assert late, done.stdout
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[late[2]]
    return Reading(float(rate[1]), float(late[1]) * unit)


@contextlib.contextmanager
def running(command: list[str], port: int, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, ended at the end."""
    process = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if process.poll() is not None:
                sys.exit("a server ended before it began")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def prepare(home: Path) -> None:
    """The demo, an account with its password, and an app token."""
    mizan = [sys.executable, "-m", "service.cli"]
    env = os.environ | {"MIZAN_HOME": str(home)}
    subprocess.run([*mizan, "demo", "load"], env=env, check=True, capture_output=True)
    with open_store(home / "mizan.db") as store:
        store.accounts.put_account(Account(NAME, Role.PLANNER, hash_password(PASSWORD)))
        store.accounts.add_token(NAME, "bench", token_hash(SECRET))


def cases(address: str) -> list[tuple[Case, httpx.Response]]:
    """The requests and what the service answers to each."""
    basic = "Basic " + base64.b64encode(f"{NAME}:{SECRET}".encode()).decode()
    signed = httpx.post(
        f"{address}/login",
        data={"name": NAME, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    cookie = "; ".join(f"{name}={value}" for name, value in signed.cookies.items())
    found = [
        Case("token, plain", {"Authorization": basic, "Accept-Encoding": "identity"}),
        Case("token, brotli", {"Authorization": basic, "Accept-Encoding": "br"}),
        Case("session, brotli", {"Cookie": cookie, "Accept-Encoding": "br"}),
    ]
    tag = httpx.get(address + PATH, headers=found[1].headers, timeout=60).headers["etag"]
    found.append(Case("token, 304", found[1].headers | {"If-None-Match": tag}))
    answers = []
    for case in found:
        with httpx.stream("GET", address + PATH, headers=case.headers, timeout=60) as answer:
            raw = b"".join(answer.iter_raw())
            kept = {k: v for k, v in answer.headers.items() if k not in {"date", "server"}}
            answers.append((case, httpx.Response(answer.status_code, headers=kept, content=b"")))
            answers[-1][1].extensions["raw"] = raw
    return answers


def solving(address: str, stop: threading.Event, solved: list[str]) -> None:
    """Keep the runner busy: as soon as a job has ended, ask for the next."""
    client = httpx.Client(base_url=address, auth=(NAME, SECRET), timeout=60)
    while not stop.is_set():
        asked = client.post(
            "/ogc/processes/allocate/execution", json={"inputs": {"scenario": "today"}}
        ).json()
        solved.append(asked["jobID"])
        state = ""
        while state not in {"successful", "failed", "dismissed"} and not stop.is_set():
            time.sleep(0.5)
            state = client.get(f"/ogc/jobs/{asked['jobID']}").json()["status"]
            if state == "failed":
                sys.exit("a solve failed")
    client.close()


def measure(
    title: str, port: int, found: list[tuple[Case, httpx.Response]], folder: Path,
    options: argparse.Namespace,
) -> bool:  # fmt: skip
    """One table; True if every case holds its goals."""
    print(f"\n{title}\n| request | bytes | bare req/s | ours req/s | ratio | ours p99 ms |")
    print("|---|---|---|---|---|---|")
    holds = True
    for number, (case, answer) in enumerate(found):
        raw = answer.extensions["raw"]
        body, told = folder / f"{number}.bin", folder / f"{number}.txt"
        body.write_bytes(raw)
        told.write_text("\n".join(f"{k}\t{v}" for k, v in answer.headers.items()))
        (folder / "bare.py").write_text(BARE)
        bare_port = free_port()
        command = [sys.executable, str(folder / "bare.py"), str(bare_port)]
        command += [str(body), str(told), str(answer.status_code)]
        ours, bare = [], []
        with running(command, bare_port):
            for _ in range(options.rounds):
                bare.append(wrk(bare_port, case, options.seconds, options.clients))
                ours.append(wrk(port, case, options.seconds, options.clients))
        rates = [statistics.median(one.rate for one in side) for side in (bare, ours)]
        ratio = statistics.median(o.rate / b.rate for o, b in zip(ours, bare, strict=True))
        late = statistics.median(one.p99_ms for one in ours)
        holds = holds and ratio >= 0.8 and late < 150
        print(
            f"| {case.name} | {len(raw):,} | {rates[0]:,.0f} | {rates[1]:,.0f} "
            f"| {ratio:.2f} | {late:.1f} |"
        )
    return holds


def main() -> int:
    """0 when every ratio is at least 0.8 and every p99 below 150 ms."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--clients", type=int, default=16)
    chosen = options.parse_args()
    if shutil.which("wrk") is None:
        print("serve: skipped, no wrk here (Debian's wrk)")
        return 0
    with tempfile.TemporaryDirectory(prefix="mizan-bench-") as name:
        folder = Path(name)
        prepare(folder / "home")
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
        with running(command, port, MIZAN_HOME=str(folder / "home"), MIZAN_LANGUAGE="en"):
            found = cases(address)
            quiet = measure("At rest", port, found, folder, chosen)
            stop, solved = threading.Event(), []
            solver = threading.Thread(target=solving, args=(address, stop, solved), daemon=True)
            solver.start()
            time.sleep(1)
            busy = measure("While it solves", port, found, folder, chosen)
            stop.set()
            solver.join(60)
            print(f"\n{len(solved)} solves were asked for meanwhile.")
    return 0 if quiet and busy else 1


if __name__ == "__main__":
    sys.exit(main())
