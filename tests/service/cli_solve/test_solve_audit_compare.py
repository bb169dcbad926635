"""``mizan solve``, ``audit``, ``compare`` on files: what they write, say and end with."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from optimizer.problem import Problem
from service.cli import main
from service.exports.solve_files import NAMES
from tests.service.export.builders import tiny_problem


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MIZAN_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def mizan(capsys):
    def call(*words):
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return end.value.code, told.out, told.err

    return call


@pytest.fixture
def problem_file(tmp_path):
    path = tmp_path / "tiny.json"
    path.write_text(tiny_problem(title="Tiny").model_dump_json())
    return path


@pytest.fixture
def solved(mizan, problem_file, tmp_path):
    code, out, _err = mizan("solve", problem_file, "-o", tmp_path / "out")
    assert code == 0, out
    return tmp_path / "out"


def test_a_proven_plan_is_written_as_whole_files(solved):
    plan = json.loads((solved / "plan.json").read_bytes())
    assert plan["status"] == "proven"
    assert {"name", "value", "bound", "gap", "seconds"} <= plan["tiers"][0].keys()
    assert plan["problem_digest"] == tiny_problem(title="Tiny").digest
    assert {"seed", "versions"} <= plan.keys()
    there = {path.name for path in solved.iterdir()}
    assert {"problem.json", "plan.json", "plan.geojson", "plan.xlsx"} <= there <= set(NAMES)


def test_the_written_problem_solves_to_the_same_plan_elsewhere(mizan, solved, tmp_path):
    code, *_ = mizan("solve", solved / "problem.json", "-o", tmp_path / "again")
    assert code == 0

    def plan(folder):
        found = json.loads((folder / "plan.json").read_bytes())
        found["seconds"] = 0
        for tier in found["tiers"]:
            tier["seconds"] = 0
        return found

    assert plan(tmp_path / "again") == plan(solved)
    assert (tmp_path / "again/problem.json").read_bytes() == (solved / "problem.json").read_bytes()


def test_goals_and_proof_are_printed(mizan, problem_file, tmp_path):
    _code, out, err = mizan("solve", problem_file, "-o", tmp_path / "out")
    assert "Proven best" in out
    assert "Least unmet hours" in out
    assert "no boundary here" in err


def test_arabic_is_spoken_on_request(mizan, problem_file, tmp_path):
    _code, out, _err = mizan("--lang", "ar", "solve", problem_file, "-o", tmp_path / "out")
    assert "plan.json" in out


def test_infeasible_ends_with_3_and_says_so_in_the_plan_file(mizan, tmp_path):
    problem = tiny_problem()
    offices = (problem.offices[0].model_copy(update={"capacity": 1}), problem.offices[1])
    path = tmp_path / "tight.json"
    path.write_text(problem.model_copy(update={"offices": offices}).model_dump_json())
    code, out, _err = mizan("solve", path, "-o", tmp_path / "out")
    assert code == 3, out
    assert json.loads((tmp_path / "out/plan.json").read_bytes())["status"] == "infeasible"
    assert not (tmp_path / "out/plan.geojson").exists()


def test_a_second_solve_leaves_nothing_of_the_first(mizan, solved, tmp_path):
    problem = Problem.model_validate_json((solved / "problem.json").read_bytes())
    offices = (problem.offices[0].model_copy(update={"capacity": 1}), problem.offices[1])
    path = tmp_path / "tight.json"
    path.write_text(problem.model_copy(update={"offices": offices}).model_dump_json())
    assert mizan("solve", path, "-o", solved)[0] == 3
    assert {path.name for path in solved.iterdir()} == {
        "problem.json",
        "explanation.json",
        "plan.json",
    }


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "tiny"),
        (b'{"areas": [], "offices": []}', "areas"),
        (b'{"areas": NaN, "offices": []}', "tiny"),
        (b"\x00\xff\xfe", "tiny"),
        (b"[" * 100_000, "tiny"),
    ],
)
def test_rubbish_is_refused_with_1_and_nothing_is_written(
    mizan, tmp_path, problem_file, content, word
):
    problem_file.write_bytes(content)
    code, out, err = mizan("solve", problem_file, "-o", tmp_path / "out")
    assert code == 1
    assert word in err
    assert out == ""
    assert not (tmp_path / "out").exists()


def test_an_unknown_scenario_names_the_presets(mizan, tmp_path):
    code, _out, err = mizan("solve", "nowhere", "-o", tmp_path / "out")
    assert code == 1
    assert "ten-women" in err


def test_usage_is_2(mizan):
    assert mizan("solve")[0] == 2
    assert mizan("audit", "one")[0] == 2


def test_audit_passes_a_solved_plan(mizan, solved):
    code, out, _err = mizan("audit", solved / "problem.json", solved / "plan.json")
    assert code == 0
    assert "No rule is broken." in out
    for word in ("headcount", "balance", "capacity", "Fewest moves from today"):
        assert word in out


def test_audit_refuses_a_plan_that_was_tampered_with(mizan, solved):
    path = solved / "plan.json"
    plan = json.loads(path.read_bytes())
    plan["flows"][0]["hours_week"] += 25
    path.write_text(json.dumps(plan))
    code, out, _err = mizan("audit", solved / "problem.json", path)
    assert code == 1
    assert "break a rule" in out
    assert plan["flows"][0]["area"] in out
    assert "hours served within what is asked (balance: more_than_asked)" in out
    arabic = mizan("--lang", "ar", "audit", solved / "problem.json", path)[1]
    assert "ضمن" in arabic


def test_postings_edited_by_hand_get_their_best_hours(mizan, solved, tmp_path):
    """One officer sent home: fewer hours, and the auditor says what is wrong with it."""
    path, out = solved / "plan.json", tmp_path / "edited.json"
    plan = json.loads(path.read_bytes())
    posting = max(plan["postings"], key=lambda p: p["count"])
    posting["count"] -= 1
    path.write_text(json.dumps(plan))
    code, told, _err = mizan("audit", solved / "problem.json", path, "--hours", "-o", out)
    assert code == 1
    assert "headcount" in told
    edited = json.loads(out.read_bytes())
    assert edited["method"] == "edited"
    assert edited["postings"] == plan["postings"]
    assert not any(tier["proven"] for tier in edited["tiers"])
    unmet = [
        next(t["value"] for t in p["tiers"] if t["name"] == "T3_unmet") for p in (plan, edited)
    ]
    assert unmet[1] >= unmet[0]


def test_unedited_postings_are_lawful_with_their_best_hours(mizan, solved):
    code, out, _err = mizan("audit", solved / "problem.json", solved / "plan.json", "--hours")
    assert code == 0
    assert "No rule is broken." in out


def test_postings_at_an_office_nobody_knows_are_refused(mizan, solved):
    path = solved / "plan.json"
    plan = json.loads(path.read_bytes())
    plan["postings"][0]["office"] = "NOWHERE"
    path.write_text(json.dumps(plan))
    code, _out, err = mizan("audit", solved / "problem.json", path, "--hours")
    assert code == 1
    assert "NOWHERE" in err
    assert mizan("audit", solved / "problem.json", path, "-o", path)[0] == 2


def test_audit_of_another_problems_plan_is_refused(mizan, solved, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(tiny_problem(seed=9).model_dump_json())
    code, out, _err = mizan("audit", other, solved / "plan.json")
    assert code == 1
    assert "other_problem" in out


def test_compare_shows_what_changes(mizan, solved, tmp_path):
    problem = Problem.model_validate_json((solved / "problem.json").read_bytes())
    fewer = problem.staff[0].model_copy(update={"count": 4})
    path = tmp_path / "fewer.json"
    path.write_text(
        problem.model_copy(update={"staff": (fewer, problem.staff[1])}).model_dump_json()
    )
    assert mizan("solve", path, "-o", tmp_path / "fewer")[0] == 0
    code, out, _err = mizan("compare", solved / "plan.json", tmp_path / "fewer/plan.json")
    assert code == 0
    assert "different problems" in out
    assert "-2" in out.replace("\u2212", "-")


def test_compare_without_its_problem_says_what_to_do(mizan, solved, tmp_path):
    lone = tmp_path / "lone.json"
    lone.write_bytes((solved / "plan.json").read_bytes())
    code, _out, err = mizan("compare", lone, solved / "plan.json")
    assert code == 1
    assert "problem.json" in err
    code, *_ = mizan("compare", lone, solved / "plan.json", "--problem", solved / "problem.json")
    assert code == 0


def test_killed_in_mid_write_leaves_no_half_file(problem_file, tmp_path):
    """plan.json comes last: where it is, the rest is whole."""
    out = tmp_path / "out"
    for delay in (0.9, 1.2, 1.5):
        with subprocess.Popen(
            [sys.executable, "-m", "service.cli", "solve", str(problem_file), "-o", str(out)],
            env=os.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            time.sleep(delay)
            os.killpg(process.pid, signal.SIGKILL)
        if (out / "plan.json").exists():
            json.loads((out / "plan.json").read_bytes())
            assert (out / "problem.json").exists()
        if (out / "problem.json").exists():
            Problem.model_validate_json((out / "problem.json").read_bytes())
