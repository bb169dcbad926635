"""Findings on a terminal and in files."""

from pathlib import Path

import orjson

from geo.notes import said
from optimizer.plan import Plan, Status
from optimizer.problem import Problem
from service.atomic import write_whole
from service.exploration.findings import Findings
from service.exports.content import Content, Format
from service.exports.plan_features import plan_provenance
from service.exports.plan_tables import PlanTable, tables_content
from service.exports.sheets import Show
from service.locale.words import LANGS, Words
from service.text_table import text_table


def shown_table(table: PlanTable, words: Words) -> str:
    """A table as text; a figure that does not exist is a dash."""
    right = "".join(" " if column.show is Show.TEXT else "r" for column in table.columns)
    rows = [
        [_cell(value, column.show, words) for column, value in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return text_table([words.say(column.title) for column in table.columns], rows, right=right)


def _cell(value: object, show: Show, words: Words) -> str:
    if isinstance(value, bool):
        return words.say(said("yes") if value else said("no"))
    if value is None:
        return words.number(None)
    if not isinstance(value, int | float):
        return str(value)
    if show is Show.SHARE:
        return words.percent(value, 1)
    return words.number(value, 0 if show is Show.COUNT else 3)


def write_findings(path: Path, problem: Problem, found: Findings, words: Words) -> None:
    """Write JSON (with the reading in both languages), CSV or a workbook, by the extension."""
    form = path.suffix.lower().removeprefix(".")
    if form == "json":
        members = {
            "scenario": problem.scenario,
            "problem_digest": problem.digest,
            "data_version": problem.data_version,
            "reading": {lang: found.reading(Words(lang)) for lang in LANGS},
            "found": found.document,
        }
        body = orjson.dumps(members, option=orjson.OPT_INDENT_2)
    else:
        body = findings_content(problem, found, Format(form), words, path.name).body
    write_whole(path, body)


def findings_content(
    problem: Problem,
    found: Findings,
    form: Format,
    words: Words,
    filename: str,
    *,
    serial: str = "",
) -> Content:
    """The tables as a workbook, or the first one as CSV; ``serial`` is that of this copy."""
    asked = Plan(
        status=Status.UNKNOWN,
        method="explored",
        problem_digest=problem.digest,
        data_version=problem.data_version,
        seed=problem.seed,
    )
    provenance = plan_provenance(problem, asked, serial=serial).model_copy(
        update={
            "title": problem.title or problem.scenario,
            "method": "each row a solve of its own; its proof stands beside it",
        }
    )
    return tables_content(
        found.tables(words), form, provenance=provenance, words=words, filename=filename
    )
