"""The files of a solve: problem, plan, and the plan as map data, workbook, map and report."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

import orjson

from optimizer.explain import Explanation
from optimizer.plan import Outcome, Plan
from optimizer.problem import Problem
from service.atomic import sweep_partial, write_whole
from service.exports.plan_features import plan_geojson
from service.exports.plan_map import offline_map
from service.exports.plan_workbook import plan_xlsx
from service.exports.shapes import Scene
from service.locale.conflict_words import explanation_members
from service.locale.words import Words
from service.reports.ground import solve_report
from service.reports.press import fonts_are_here

NAMES = (
    "problem.json",
    "explanation.json",
    "plan.geojson",
    "plan.xlsx",
    "map.html",
    "report.pdf",
    "plan.json",
)
"""In the order in which they are written: ``plan.json`` last, it says that the rest is whole."""


def write_solve_files(
    folder: Path,
    problem: Problem,
    outcome: Outcome,
    *,
    scene: Scene,
    words: Words,
    day: date,
    explanation: Explanation | None = None,
) -> list[Path]:
    """Write what there is into ``folder`` and return the paths.

    Each file is whole or absent; what an earlier solve left there under these names goes, so
    that the folder never mixes two plans. ``day`` is the date of the report. Without a plan,
    ``plan.json`` carries the status, and ``explanation.json`` says why where that is known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep_partial(folder)
    for name in reversed(NAMES):
        (folder / name).unlink(missing_ok=True)
    written = []
    contents = chain(
        _explanation(problem, explanation), _contents(problem, outcome, scene, words, day)
    )
    for name, content in contents:
        write_whole(folder / name, content)
        written.append(folder / name)
    return written


def plan_of(outcome: Outcome, problem: Problem) -> Plan:
    """The plan of ``outcome``, or an empty one that carries its status."""
    if outcome.plan is not None:
        return outcome.plan
    return Plan(
        status=outcome.status,
        method="none",
        problem_digest=problem.digest,
        data_version=problem.data_version,
        seed=problem.seed,
    )


def _explanation(problem: Problem, explanation: Explanation | None) -> Iterator[tuple[str, bytes]]:
    if explanation is not None:
        members = explanation_members(problem, explanation)
        yield "explanation.json", orjson.dumps(members, option=orjson.OPT_INDENT_2)


def _contents(
    problem: Problem, outcome: Outcome, scene: Scene, words: Words, day: date
) -> Iterator[tuple[str, bytes]]:
    yield "problem.json", problem.model_dump_json(indent=1).encode()
    if outcome.plan is not None:
        plan = outcome.plan
        drawn = plan_geojson(problem, plan, areas=scene.areas, offices=scene.offices)
        yield "plan.geojson", drawn.body
        yield "plan.xlsx", plan_xlsx(problem, plan, words=words).body
        if scene.atlas is not None:
            drawn_map = offline_map(problem, plan, scene.atlas, words)
            if drawn_map is not None:
                yield "map.html", drawn_map
        # A checkout that was never built has no fonts: the plan is not lost for that.
        if fonts_are_here():
            report = solve_report(
                problem, plan, scene.atlas, day=day, first=words.lang, digits=words.digits
            )
            yield "report.pdf", report.body
    yield "plan.json", plan_of(outcome, problem).model_dump_json(indent=1).encode()
