"""``mizan explore`` on small problems: what it prints and writes, what it keeps, how it ends."""

import contextlib
import csv
import json

import openpyxl
import pytest

from geo.places import OfficeKind
from optimizer import explore
from optimizer.explore import Answer
from optimizer.milp import BrokenSolverError
from optimizer.plan import Status
from optimizer.problem import Policies, Travel
from service.cli import main
from service.commands import explorer
from service.exploration.changed import problem_shocks, shocked
from service.exploration.kept import KeptAnswers
from service.scenario import Scenario, presets
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


def written(path, **changes):
    path.write_text(tiny_problem(title="Tiny", **changes).model_dump_json())
    return path


@pytest.fixture
def problem_file(tmp_path):
    return written(tmp_path / "tiny.json")


def with_candidate(tmp_path):
    """The second area is reached from the candidate only."""
    travel = (
        Travel(area="A1", office="O1", travel_min=20),
        Travel(area="A2", office="O2", travel_min=10),
    )
    return written(tmp_path / "sites.json", travel=travel, policies=Policies(max_opened=0))


def test_worth_prints_a_table_and_a_sentence_and_writes_json(mizan, tmp_path):
    code, out, _err = mizan(
        "explore", "worth", with_candidate(tmp_path), "--workers", "1", "-o", tmp_path / "w.json"
    )
    assert code == 0, out
    assert "A woman officer" in out
    assert "Opening Qurna site" in out
    found = json.loads((tmp_path / "w.json").read_bytes())
    assert found["reading"]["en"] in out
    assert found["reading"]["ar"] != found["reading"]["en"]
    assert [one["name"] for one in found["found"]] == ["woman", "man", "vehicle", "office O2"]


def test_the_curve_falls_and_is_kept_for_the_next_time(mizan, problem_file, tmp_path, monkeypatch):
    asked = ("explore", "curve", problem_file, "--most", "2", "--workers", "1")
    code, first, _err = mizan(*asked, "-o", tmp_path / "c.xlsx")
    assert code == 0, first
    sheet = openpyxl.load_workbook(tmp_path / "c.xlsx").active
    hires = [row[0] for row in sheet.iter_rows(min_row=6, values_only=True)]
    assert hires == [0, 1, 2]
    assert len(list((tmp_path / "home/explored").rglob("*.json"))) == 3

    def no_solver(*_args, **_options):
        raise AssertionError("an answer that was kept is not solved again")

    monkeypatch.setattr("optimizer.explore.solve", no_solver)
    code, again, _err = mizan(*asked, "-o", tmp_path / "c.xlsx")
    assert (code, again) == (0, first)


def test_the_frontier_in_arabic_goes_to_csv(mizan, problem_file, tmp_path):
    code, out, _err = mizan(
        "--lang", "ar", "explore", "frontier", problem_file, "--most", "2", "--step", "2",
        "--workers", "1", "-o", tmp_path / "f.csv",
    )  # fmt: skip
    assert code == 0, out
    assert "النقلات المسموح بها" in out
    rows = list(csv.reader((tmp_path / "f.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 3


def test_why_not_says_what_opening_would_do(mizan, tmp_path):
    code, out, _err = mizan("explore", "why-not", with_candidate(tmp_path), "O2", "--workers", "1")
    assert code == 0, out
    assert "Opening Qurna site" in out


def test_why_not_refuses_what_is_no_candidate(mizan, problem_file):
    code, _out, err = mizan("explore", "why-not", problem_file, "O1")
    assert code == 1
    assert "O2" in err


def test_alternatives_and_stress_read_themselves(mizan, problem_file):
    code, out, _err = mizan("explore", "alternatives", problem_file, "--different", "1")
    assert code == 0, out
    assert "Plans nearly as good" in out or "No other plan" in out
    code, out, _err = mizan("explore", "stress", problem_file, "--workers", "1", "--weeks", "2")
    assert code == 0, out
    assert "Two women officers leave" in out
    assert "Weeks at the level" in out


def test_an_infeasible_problem_ends_with_3_and_says_why(mizan, tmp_path):
    offices = list(tiny_problem().offices)
    offices[0] = offices[0].model_copy(update={"capacity": 1, "kind": OfficeKind.MAIN})
    path = written(tmp_path / "tight.json", offices=tuple(offices))
    code, out, _err = mizan("explore", "worth", path)
    assert code == 3
    assert "raise the capacity" in out


def test_years_need_a_scenario(mizan, problem_file):
    code, _out, err = mizan("explore", "years", problem_file)
    assert code == 1
    assert "one year only" in err


def test_an_unknown_file_kind_is_usage(mizan, problem_file, tmp_path):
    assert mizan("explore", "worth", problem_file, "-o", tmp_path / "w.pdf")[0] == 2


def test_who_stops_it_finds_what_was_answered_the_next_time(mizan, problem_file, monkeypatch):
    asked = ("explore", "curve", problem_file, "--most", "3", "--workers", "1")
    real, stops = KeptAnswers.keep, []

    def keep(kept, answer):
        real(kept, answer)
        stops[0].set()

    @contextlib.contextmanager
    def pressed(stop):
        stops.append(stop)
        yield

    monkeypatch.setattr(KeptAnswers, "keep", keep)
    monkeypatch.setattr(explorer, "interrupts", pressed)
    code, _out, err = mizan(*asked)
    assert code == 4
    assert "kept" in err
    monkeypatch.setattr(KeptAnswers, "keep", real)
    assert mizan(*asked)[0] == 0


def test_a_solver_that_fails_is_a_sentence_and_the_others_are_kept(
    mizan, problem_file, tmp_path, monkeypatch
):
    asked = ("explore", "curve", problem_file, "--most", "2", "--workers", "1")
    real = explore.solve

    def brittle(problem, **options):
        if sum(lot.count for lot in problem.hires) == 1:
            raise BrokenSolverError("it fell over")
        return real(problem, **options)

    monkeypatch.setattr(explore, "solve", brittle)
    code, out, err = mizan(*asked)
    assert code == 5
    assert "Staffing curve" in out or "0" in out
    assert "The solver failed at 1: it fell over." in err
    assert "Traceback" not in err + out
    assert len(list((tmp_path / "home/explored").glob("*/*.json"))) == 2
    monkeypatch.setattr(explore, "solve", real)
    assert mizan(*asked)[0] == 0


def test_a_base_that_breaks_is_a_sentence_too(mizan, problem_file, monkeypatch):
    def broken(_problem, **_options):
        raise BrokenSolverError("it fell over")

    monkeypatch.setattr(explore, "solve", broken)
    code, out, err = mizan("explore", "worth", problem_file, "--workers", "1")
    assert code == 5
    assert "fell over" in err
    assert "Traceback" not in err + out


def test_robust_shows_decisions_and_goes_on_where_it_was(mizan, problem_file, tmp_path):
    asked = (
        "explore", "robust", problem_file, "--drawn", "2", "--weeks", "3", "--workers", "1",
        "-o", tmp_path / "r.json",
    )  # fmt: skip
    code, out, err = mizan(*asked)
    assert code == 0, out + err
    assert "Best in the worst" in out
    assert "As planned" in out
    assert "Drawn week 2" in out
    found = json.loads((tmp_path / "r.json").read_bytes())["found"]
    assert found["robust"]["vss"] >= 0
    assert set(found["weeks"]) == {"expected", "worst", "regret", "mean"}
    parts = sorted((tmp_path / "home/explored").glob("*/parts/*.json"))
    before = [path.stat().st_mtime_ns for path in parts]
    assert parts
    assert mizan(*asked)[:2] == (code, out)
    assert [path.stat().st_mtime_ns for path in parts] == before


def test_robust_refuses_a_shock_that_it_does_not_know(mizan, problem_file):
    code, _out, err = mizan("explore", "robust", problem_file, "--shock", "flood")
    assert code == 1
    assert "flood" in err


def test_alternatives_go_on_where_they_were(mizan, problem_file, monkeypatch):
    asked = ("explore", "alternatives", problem_file, "--different", "1", "--within", "0.5",
             "--more-moves", "3")  # fmt: skip
    code, out, _err = mizan(*asked)
    assert code == 0, out

    def no_solver(*_args, **_options):
        raise AssertionError("an alternative that was kept is not looked for again")

    monkeypatch.setattr("service.exploration.answering.next_alternative", no_solver)
    assert mizan(*asked)[:2] == (code, out)


def test_kept_answers_know_what_they_may_say_again(tmp_path):
    def answer(digest, status):
        return Answer(name="x", digest=digest, status=status)

    kept = KeptAnswers(tmp_path, 10)
    kept.keep(answer("a", Status.PROVEN))
    kept.keep(answer("b", Status.FEASIBLE))
    kept.keep(answer("c", Status.UNKNOWN))
    assert set(KeptAnswers(tmp_path, 10)) == {"a", "b"}
    assert set(KeptAnswers(tmp_path, 60)) == {"a"}
    for path in tmp_path.rglob("a.json"):
        path.write_text("{half")
    assert "a" not in KeptAnswers(tmp_path, 10)


def test_a_shock_comes_on_top_of_the_scenario():
    both = shocked(presets()["growth-2031"], presets()["bridge-closed"])
    assert (both.horizon_year, both.crossings_closed) == (2031, ("tanuma",))
    assert shocked(Scenario(arrival_factor=8), presets()["drought"]).arrival_factor == 10


def test_fewer_women_are_a_shock_of_any_problem():
    problem = tiny_problem()
    (leave,) = problem_shocks(problem)
    assert leave.problem.head_count() == problem.head_count() - 2
