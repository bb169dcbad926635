"""``mizan posts|roster|waiting|visits|reasons``: files written, in both languages, or refused."""

import csv
import io

import openpyxl
import orjson
import pytest

from bench.instances import governorate
from optimizer.area_reasons import Binding
from optimizer.baseline import careful_hand
from optimizer.roster import RosterLackKind, Weekday
from service.cli import main
from service.locale.plan_words import BINDING, ROSTER_LACK, STEP, VISIT_GOAL, VISIT_REASON, WEEKDAY

COMMANDS = ("posts", "roster", "waiting", "visits", "reasons")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A SYNTHETIC governorate and a plan for it."""
    folder = tmp_path_factory.mktemp("plan")
    problem = governorate(areas=6, offices=2, candidates=1, staff=30, women=4, vehicles=2, seed=3)
    plan = careful_hand(problem)
    (folder / "problem.json").write_text(problem.model_dump_json())
    (folder / "plan.json").write_text(plan.model_dump_json())
    return folder


@pytest.fixture
def mizan(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))

    def call(*words):
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return end.value.code, told.out, told.err

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_a_workbook_in_arabic_says_nothing_in_english(files, mizan, tmp_path, command):
    out = tmp_path / f"{command}.xlsx"
    code, told, _ = mizan(
        "--lang", "ar", command, files / "problem.json", files / "plan.json", "-o", out
    )
    assert code == 0
    assert str(out) in told
    book = openpyxl.load_workbook(out)
    for sheet in book.worksheets:
        titles = [str(c.value) for c in sheet[5] if c.value]
        assert titles
        assert all(any("\u0600" <= sign <= "\u06ff" for sign in title) for title in titles)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_csv_has_a_row_for_each_thing_and_its_standing(files, mizan, tmp_path, command):
    out = tmp_path / f"{command}.csv"
    code, _, _ = mizan(
        "--lang", "en", command, files / "problem.json", files / "plan.json", "-o", out
    )
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert all(row["Standing"] and row["Serial"].startswith("MZ-") for row in rows)
    if command == "posts":
        assert len(rows) == 30
    if command == "roster":
        assert {row["Week"] for row in rows} == {"1", "2", "3", "4"}
    if command == "reasons":
        assert {row["Area code"] for row in rows} == {f"A{n:03d}" for n in range(6)}


@pytest.mark.parametrize("command", COMMANDS)
def test_json_carries_the_whole_document(files, mizan, tmp_path, command):
    out = tmp_path / f"{command}.json"
    code, _, _ = mizan(command, files / "problem.json", files / "plan.json", "-o", out)
    assert code == 0
    assert orjson.loads(out.read_bytes())


def test_a_plan_of_another_problem_is_refused(files, mizan, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(governorate(areas=3, offices=2, candidates=0, staff=20).model_dump_json())
    out = tmp_path / "roster.csv"
    code, _, err = mizan("--lang", "en", "roster", other, files / "plan.json", "-o", out)
    assert code == 1
    assert "another problem" in err
    assert not out.exists()


def test_a_file_of_another_kind_is_a_fault_of_use(files, mizan, tmp_path):
    out = tmp_path / "roster.txt"
    code, _, _ = mizan("roster", files / "problem.json", files / "plan.json", "-o", out)
    assert code == 2
    assert not out.exists()


def test_every_code_has_words():
    assert set(WEEKDAY) == set(Weekday)
    assert set(ROSTER_LACK) == set(RosterLackKind)
    assert set(BINDING) == set(STEP) == set(Binding)
    assert set(VISIT_REASON) == {"no_way", "no_crew", "too_far", "no_hours"}
    assert len(VISIT_GOAL) == 9
