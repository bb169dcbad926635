"""What the tests of runners share: short times, a made-up job, patience."""

import subprocess
import time
from pathlib import Path

from service.exploration.questions import AskWorth
from service.jobs.model import AllocateRequest, ExploreRequest
from service.jobs.pace import Pace
from service.jobs.requests import ask_allocation, ask_exploration
from tests.service.export.builders import tiny_problem
from tests.service.jobs.fakes import MARK

FAKES = "tests.service.jobs.fakes:"
ROOT = Path(__file__).parents[3]
PATIENCE_S = 300
"""For what comes as soon as it can: a machine with ten times the work still makes it."""
BRISK = Pace(lease_s=3, look_s=0.05, tick_s=0.05, say_s=0.05, grace_s=0.5, overtime_s=30)


def ask(store, owner="zahra", key=None, seed=1, limit=60.0):
    request = AllocateRequest(problem=tiny_problem(seed=seed), time_limit_s=limit)
    return ask_allocation(store, request, owner=owner, idempotency_key=key)


def ask_around(store, owner="zahra"):
    """An exploration; the fake that answers it looks at the problem only."""
    request = ExploreRequest(problem=tiny_problem(), question=AskWorth())
    return ask_exploration(store, request, owner=owner)


def wait_for(condition, seconds=40.0, every_s=0.02):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(every_s)
    raise AssertionError("it did not happen in time")


def helpers():
    """Processes that a deaf child started, as a solver starts its own."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [
        line for line in listed.stdout.splitlines() if line.endswith(f"time.sleep(600)  # {MARK}")
    ]
