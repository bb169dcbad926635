"""The map page: a moving weight, first views of months and cells, the first paint.

``python -m bench.pages [--port 8790] [--runs 5]``: loads the demo into a folder of its own. First
views are asked of services of their own that have just started and have built nothing ahead, so
each is the dearest that anybody ever waits for. Weights and the first paint are measured in
Debian's Chromium against ``mizan serve``: a step is timed from the slider's input event to the
frame after the map is painted. Each figure stands by the clock, in processor seconds of the service
where those are told, and in yardsticks, which are timed in the same run: a fixed loop in Python
beside what the service does, one in the page's own JavaScript beside what the browser shows.
"""

import argparse
import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.serve import NAME, PASSWORD, prepare, running
from tools.debian import find

YARDSTICK = "sum(i * i for i in range(2_000_000))"
SCRIPT_YARDSTICK = """() => {
  const begun = performance.now();
  let sum = 0;
  for (let i = 0; i < 20_000_000; i += 1) sum += (i * i) % 7;
  return [performance.now() - begun, sum];
}"""
STEP = """([name, value]) => new Promise((done) => {
  const slider = document.getElementById(name);
  const begun = performance.now();
  const heard = (event) => {
    if (event.data?.type !== "painted") return;
    removeEventListener("message", heard);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  };
  addEventListener("message", heard);
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""
PAINT = """() => performance.getEntriesByType("paint")
  .find((one) => one.name === "first-contentful-paint").startTime"""
FIRST_VIEW = """
import gc, sys, time, warnings
warnings.simplefilter("ignore")
from fastapi.testclient import TestClient
from service.app import create_app
from service.settings import Settings
client = TestClient(create_app(Settings()))
signed = client.post("/login", data={"name": sys.argv[1], "password": sys.argv[2]},
                     headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
assert signed.status_code == 303, signed
assert client.get("/account").status_code == 200  # what the first page of all costs is no part
gc.collect()
gc.freeze()  # as ``mizan serve`` does once all is loaded
for path in sys.argv[3:]:
    clock, used = time.perf_counter(), time.process_time()
    assert client.get(path).status_code == 200
    print(path, time.perf_counter() - clock, time.process_time() - used)
"""
VIEWS = {
    "months of districts": ["/?layer=need&level=district&window=month"],
    "months of a category": ["/?layer=incident_rate&level=district&window=month&category=clan"],
    "years of sub-districts": ["/?layer=need&level=subdistrict"],
    "cells, with their map": ["/?level=cell", "/map?level=cell"],
    "hot spots on cells, with their map": [
        "/?level=cell&layer=hotspots",
        "/map?level=cell&layer=hotspots",
    ],
}


def python_yardstick() -> float:
    """Processor seconds of a fixed loop of pure Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-S", "-c", YARDSTICK], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_views(home: Path, runs: int) -> None:
    print("| first view | clock s | processor s | yardsticks |\n|---|---|---|---|")
    for title, paths in VIEWS.items():
        clocks, cpus, sticks = [], [], []
        for _ in range(runs):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_VIEW, NAME, PASSWORD, *paths],
                # Threads of algebra as in the service, which ``service.cli`` tells so.
                env=os.environ | {"MIZAN_HOME": str(home), "OPENBLAS_NUM_THREADS": "1"},
                capture_output=True,
                text=True,
                check=True,
            )
            told = [line.split() for line in done.stdout.splitlines() if line.startswith("/")]
            clocks.append(sum(float(line[1]) for line in told))
            cpus.append(sum(float(line[2]) for line in told))
            sticks.append(cpus[-1] / python_yardstick())
        print(
            f"| {title} | {statistics.median(clocks):.2f} | {statistics.median(cpus):.2f} "
            f"| {statistics.median(sticks):.1f} |"
        )


def cpu_s(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


def weights(page: Any, address: str, server: psutil.Process, steps: int) -> None:
    print("\n| a step of a weight | clock ms, median | 9 of 10 | service, processor ms ", end="")
    print("| browser yardsticks |\n|---|---|---|---|---|")
    for title, more in (("no card open", ""), ("a card open", "&area={code}")):
        page.goto(f"{address}/?layer=need&level=subdistrict")
        code = page.get_attribute("#areas tbody tr", "data-code")
        page.goto(f"{address}/?layer=need&level=subdistrict{more.format(code=code)}")
        page.wait_for_load_state("networkidle")
        page.eval_on_selector("#weights", "(part) => { part.open = true; }")
        page.evaluate(STEP, ["w_growth", "95"])
        found, sticks, before = [], [], cpu_s(server)
        for step in range(steps):
            found.append(page.evaluate(STEP, ["w_influx", str(5 * (step % 20))]))
            page.wait_for_timeout(50)
        used = (cpu_s(server) - before) / steps
        sticks = [page.evaluate(SCRIPT_YARDSTICK)[0] for _ in range(5)]
        late = statistics.quantiles(found, n=10)[-1]
        middle = statistics.median(found)
        print(
            f"| {title} | {middle:.0f} | {late:.0f} | {used * 1000:.0f} "
            f"| {middle / statistics.median(sticks):.2f} |"
        )


def first_paint(browser: Any, address: str, cookies: list[Any], runs: int) -> None:
    paints: list[float] = []
    sizes: list[int] = []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies(cookies)
        page = context.new_page()
        finished: list[Any] = []
        page.on("requestfinished", lambda request, kept=finished: kept.append(request))
        page.goto(f"{address}/")
        page.wait_for_load_state("networkidle")
        paints.append(page.evaluate(PAINT))
        told = [one.sizes() for one in finished]
        sizes.append(sum(one["responseBodySize"] + one["responseHeadersSize"] for one in told))
        context.close()
    print(
        f"\nFirst paint of the map page, nothing at hand in the browser: "
        f"{statistics.median(paints):.0f} ms (most {max(paints):.0f}); "
        f"{statistics.median(sizes) / 1024:.0f} KB carried."
    )


def in_browser(address: str, pid: int, runs: int) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - first views need no browser

    signed = httpx.post(
        f"{address}/login",
        data={"name": NAME, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    cookies: list[Any] = [
        {"name": name, "value": value, "url": address} for name, value in signed.cookies.items()
    ]
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies(cookies)
        weights(context.new_page(), address, psutil.Process(pid), 5 * runs)
        context.close()
        first_paint(browser, address, cookies, runs)
        browser.close()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=8790)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="mizan-pages-") as name:
        home = Path(name)
        prepare(home)
        print(f"Yardstick in Python: {python_yardstick():.3f} processor s.\n")
        first_views(home, chosen.runs)
        if find() is None:
            print("\nweights and first paint: skipped, no Chromium here")
            return 0
        address = f"http://127.0.0.1:{chosen.port}"
        command = [sys.executable, "-m", "service.cli", "serve", "--port", str(chosen.port)]
        with running(command, chosen.port, MIZAN_HOME=str(home), MIZAN_LANGUAGE="en") as server:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{address}/healthz", timeout=60)
            time.sleep(1)
            in_browser(address, server.pid, chosen.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
