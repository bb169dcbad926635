"""``mizan country``: who gets the new officers, what it is held against, how it ends."""

import json

import pytest

from optimizer.nation import NationPlan
from optimizer.staff import Gender, StaffGroup, Unit
from service.cli import main
from tests.service.export.builders import tiny_problem


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def country(capsys, tmp_path):
    """Ask for one lot of a woman among the files; what was printed and written."""

    def call(*files, lots=1, lang="en", more=()):
        out = tmp_path / "country.json"
        asked = ["--lang", lang, "country", *map(str, files), "--lots", str(lots), "-o", str(out)]
        with pytest.raises(SystemExit) as end:
            main([*asked, "--workers", "1", *more])
        told = capsys.readouterr()
        return end.value.code, told.out, told.err, out

    return call


@pytest.fixture
def files(tmp_path):
    found = []
    for name in ("north", "south"):
        path = tmp_path / name / "problem.json"
        path.parent.mkdir()
        path.write_text(tiny_problem(title=name, scenario=name).model_dump_json())
        found.append(path)
    return found


def test_the_country_is_proven_and_written(country, files):
    code, out, _, path = country(*files)
    assert code == 0
    assert "Proven best" in out
    assert "north" in out
    plan = NationPlan.model_validate_json(path.read_bytes())
    assert plan.status == "proven"
    assert [s.governorate for s in plan.shares] == ["north", "south"]
    assert sum(s.officers for s in plan.shares) <= 1
    assert all(t.bound == t.value for t in plan.tiers)


def test_in_arabic_and_again_from_what_was_kept(country, files, monkeypatch):
    first = json.loads(country(*files)[3].read_text())
    monkeypatch.setattr("optimizer.nation.curve.solve", None)  # nothing is solved again
    code, out, _, path = country(*files, lang="ar")
    assert code == 0
    assert "المحافظة" in out
    assert json.loads(path.read_text())["shares"] == first["shares"]


def test_a_name_that_stands_twice_is_refused(country, files):
    code, _, err, path = country(files[0], files[0])
    assert code == 1
    assert "stands twice" in err
    assert not path.exists()


def test_a_governorate_without_a_legal_plan_is_named(country, files):
    alone = tiny_problem()
    office = alone.offices[0].code
    group = StaffGroup(
        office=office, unit=Unit.WOMEN, gender=Gender.WOMAN, skills=(Unit.WOMEN,), count=1
    )
    rules = tuple({u.unit: u for u in alone.units}.values())
    lone = alone.model_copy(update={"staff": (group,), "units": rules, "hires": ()})
    files[1].write_text(lone.model_dump_json())
    code, out, _, _ = country(*files, lots=0)
    assert code == 3
    assert "south" in out


def test_near_enough_is_told_with_its_gap(country, files, monkeypatch):
    """Outlines alone, called near enough: a legal plan, not called proven."""
    monkeypatch.setattr(
        "optimizer.nation.make._is_near", lambda _nation, _points, gap, _stop: gap == 0.4
    )
    code, out, _, path = country(*files, more=("--gap", "40"))
    plan = NationPlan.model_validate_json(path.read_bytes())
    assert plan.status == "feasible"
    assert code == 4
    assert "No goal is further from its bound than" in out
    assert any(abs(t.bound - t.value) > 1e-6 for t in plan.tiers)


def test_held_against_nobody_hired_and_a_spreadsheet_only_if_asked(country, files):
    assert "Nobody hired" not in country(*files)[1]
    code, out, _, _ = country(*files, more=("--compare",))
    assert code == 0
    assert "Nobody hired" in out
    assert "In proportion to need and people" in out


def test_time_for_all_of_it(country, files):
    """Time is up before anything is known, or all is proven by then; never a half answer."""
    code, _, _, path = country(*files, more=("--limit-s", "600"))
    assert code == 0
    assert NationPlan.model_validate_json(path.read_bytes()).status == "proven"
