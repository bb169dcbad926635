"""``mizan solve`` on what can't be: why, and what would help, in words and in a file."""

import json

import pytest

from optimizer.explain import MESSAGES, Repair, repaired
from optimizer.plan import Status
from optimizer.problem import Problem
from optimizer.solve import solve
from service.cli import main
from service.locale.conflict_words import CHANGE, CONFLICT
from tests.service.export.builders import tiny_problem


@pytest.fixture
def infeasible(tmp_path, monkeypatch):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    problem = tiny_problem()
    offices = (problem.offices[0].model_copy(update={"capacity": 5}), problem.offices[1])
    path = tmp_path / "tight.json"
    path.write_text(problem.model_copy(update={"offices": offices}).model_dump_json())
    return path


def solved(capsys, lang, path, out):
    with pytest.raises(SystemExit) as end:
        main(["--lang", lang, "solve", str(path), "-o", str(out)])
    assert end.value.code == 3
    return capsys.readouterr().out


def test_every_reason_and_change_of_the_optimizer_has_words():
    assert CONFLICT.keys() | CHANGE.keys() == MESSAGES.keys()


@pytest.mark.parametrize(
    ("lang", "conflict", "repair"),
    [
        ("en", "Al-Asma'i: no more officers than", "1. Al-Asma'i: raise the capacity by 3."),
        ("ar", "الأصمعي: لا يسع", "1. الأصمعي: زيادة السعة بمقدار 3."),
    ],
)
def test_conflict_and_repairs_are_printed_in_words(
    capsys, infeasible, tmp_path, lang, conflict, repair
):
    out = solved(capsys, lang, infeasible, tmp_path / "out")
    assert conflict in out
    assert repair in out


def test_the_explanation_is_kept_and_its_repair_holds(capsys, infeasible, tmp_path):
    solved(capsys, "ar", infeasible, tmp_path / "out")
    kept = json.loads((tmp_path / "out/explanation.json").read_bytes())
    assert {c["rule"] for c in kept["conflicts"]} == {"headcount", "offices"}
    assert len(kept["said"]["ar"]["repairs"]) == len(kept["repairs"]) > 0
    problem = Problem.model_validate_json((tmp_path / "out/problem.json").read_bytes())
    first = Repair.model_validate(kept["repairs"][0])
    assert solve(repaired(problem, first)).status is Status.PROVEN
