"""Performers that a runner's child calls in tests: quick, slow, deaf, crashing, greedy."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from geo.checks import Fault, FaultsError
from optimizer.plan import Outcome, Status
from optimizer.problem import TierName
from service.jobs.messages import Said, Step, Word
from service.jobs.model import AllocateRequest, ExploreRequest, Progress, Stage
from tests.service.export.builders import tiny_plan

MARK = os.environ.get("PYTEST_XDIST_WORKER", "alone")
"""Helpers of one process of tests are told from those of another by it."""


def _problem(task):
    return AllocateRequest.model_validate_json(task.request).problem


def _answer(task, **changes):
    problem = _problem(task)
    outcome = Outcome(status=Status.PROVEN, plan=tiny_plan(problem, **changes))
    return Said(word=Word.ANSWER, problem=problem, outcome=outcome, report={"breaches": []})


def _tier(n):
    return Said(
        word=Word.PROGRESS,
        progress=Progress(
            stage=Stage.SOLVE,
            tier=TierName.UNMET,
            tiers_done=n,
            tiers_total=8,
            value=30.0,
            bound=29.0,
            gap=1.0,
            elapsed_s=0.1 * n,
        ),
    )


def _best(task):
    problem = _problem(task)
    plan = tiny_plan(problem, status=Status.FEASIBLE, method="best-so-far")
    return Said(word=Word.BEST, problem=problem, plan=plan)


def quick(task, say, stopped):
    print("a library that prints must not disturb the messages")
    os.write(1, b"neither from C\n")
    say(_tier(3))
    return _answer(task)


def slow(task, say, stopped):
    """Listens: hands over what it has when asked to stop."""
    say(_best(task))
    for n in range(600):
        say(_tier(min(n, 8)))
        if stopped():
            return _answer(task, status=Status.FEASIBLE, method="stopped")
        time.sleep(0.1)
    return _answer(task)


def deaf(task, say, stopped):
    """Never looks whether it should stop, and has a helper process as the solver has."""
    with subprocess.Popen([sys.executable, "-c", f"import time; time.sleep(600)  # {MARK}"]):
        say(_best(task))
        time.sleep(600)


def crashing(task, say, stopped):
    say(_best(task))
    os.kill(os.getpid(), signal.SIGSEGV)


def refusing(task, say, stopped):
    raise FaultsError([Fault("There is no area {code}.", "Load the boundaries.", {"code": "X"})])


def broken(task, say, stopped):
    raise RuntimeError("two and two")


def infeasible(task, say, stopped):
    outcome = Outcome(status=Status.INFEASIBLE, reason="too few", broken_rules=("headcount",))
    return Said(word=Word.ANSWER, problem=_problem(task), outcome=outcome)


def hungry(task, say, stopped):
    held = bytearray(400_000_000)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(600)


class Nonsense(Said):
    def line(self):
        return b'{"word": "answer", "unknown": 1}\n'


def babbling(task, say, stopped):
    say(Nonsense(word=Word.ANSWER))
    time.sleep(600)


def exploring(task, say, stopped, elsewhere=None):
    """Asks for six points, two at a time; each takes a while."""
    if task.step is not Step.EXPLORE:
        time.sleep(0.3)
        outcome = Outcome(status=Status.PROVEN, plan=tiny_plan(_problem(task)))
        return Said(word=Word.ANSWER, outcome=outcome)
    problem = ExploreRequest.model_validate_json(task.request).problem
    with ThreadPoolExecutor(2) as pool:
        for done, outcome in enumerate(pool.map(elsewhere, [problem] * 6), 1):
            assert outcome.status is Status.PROVEN
            progress = Progress(stage=Stage.EXPLORE, points_done=done, points_total=6)
            say(Said(word=Word.PROGRESS, progress=progress))
    return Said(word=Word.ANSWER, problem=problem, explored={"points": 6})
