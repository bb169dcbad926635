"""An exploration in its own child: asks the runner for plans, keeps them, reads what they say."""

import time
from pathlib import Path
from typing import Any

from optimizer.plan import Status
from optimizer.problem import Problem
from service.exploration.answering import Asked, NoPlanError, Tools, answered
from service.exploration.findings import Findings
from service.exploration.kept import KeptAnswers
from service.jobs.elsewhere import Elsewhere, Say, Stopped
from service.jobs.messages import Said, Task, Word
from service.jobs.model import ExploreRequest, Progress, Stage
from service.jobs.worker import assembled, explained
from service.locale.words import LANGS, Words

EXPLORED = "explored"
"""Folder of kept answers in the home of an installation; the command line keeps its there too."""


def explore(task: Task, say: Say, stopped: Stopped, elsewhere: Elsewhere) -> Said:
    """Answer the question of ``task``; a plan that was kept is not solved again.

    Raises ``FaultsError`` where the question does not fit the data, ``Cancelled`` when stopped.
    """
    begun = time.monotonic()
    request = ExploreRequest.model_validate_json(task.request)

    last = Progress()

    def tell(stage: Stage, **counts: Any) -> None:
        nonlocal last
        elapsed_s = round(time.monotonic() - begun, 3)
        last = last.model_copy(update={"stage": stage, "elapsed_s": elapsed_s, **counts})
        say(Said(word=Word.PROGRESS, progress=last))

    def answered_one(done: int, of: int, name: str) -> None:
        tell(Stage.EXPLORE, points_done=done, points_total=of, point=name)

    tell(Stage.ASSEMBLE)
    problem = request.problem
    if problem is None:
        assert request.scenario is not None
        problem = assembled(request.scenario, task)
    say(Said(word=Word.PROBLEM, problem=problem))
    tell(Stage.EXPLORE)
    assert task.home is not None
    kept = KeptAnswers(Path(task.home) / EXPLORED, request.time_limit_s)
    tools = Tools(
        options={
            "workers": task.side_by_side,
            "time_limit_s": request.time_limit_s,
            "known": kept,
            "on_answer": kept.keep,
            "progress": answered_one,
            "cancelled": stopped,
            "solved": elsewhere,
        },
        assemble=lambda scenario: assembled(scenario, task),
        stopped=stopped,
    )
    try:
        found = answered(Asked(request.question, problem, request.scenario), tools)
    except NoPlanError as error:
        return _without_plan(error, stopped)
    tell(Stage.SAVE)
    return Said(word=Word.ANSWER, explored=members(problem, found) | {"proven": tools.proven})


def members(problem: Problem, found: Findings) -> dict[str, Any]:
    """Findings as they are kept: the same members as in the file of ``mizan explore``."""
    return {
        "scenario": problem.scenario,
        "problem_digest": problem.digest,
        "data_version": problem.data_version,
        "reading": {lang: found.reading(Words(lang)) for lang in LANGS},
        "found": found.document,
    }


def _without_plan(error: NoPlanError, stopped: Stopped) -> Said:
    if error.outcome.status is not Status.INFEASIBLE:
        return Said(word=Word.BROKEN, reason="no plan was found in the time given")
    return Said(
        word=Word.ANSWER,
        outcome=error.outcome,
        explanation=explained(error.problem, stopped),
    )
