"""``mizan letter``: both languages, the curve kept, nothing asked where nobody is hired."""

import pytest

from optimizer import explore
from service.cli import main
from service.reports.press import fonts_are_here
from tests.service.export.builders import tiny_problem


@pytest.fixture
def mizan(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MIZAN_LANGUAGE", "en")

    def call(*words):
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return end.value.code, told.out, told.err

    return call


@pytest.fixture
def problem_file(tmp_path):
    path = tmp_path / "tiny.json"
    path.write_text(tiny_problem(title="Tiny", hires=()).model_dump_json())
    return path


@pytest.mark.skipif(not fonts_are_here(), reason="the fonts are fetched by make setup")
def test_it_writes_both_languages_and_keeps_the_curve(mizan, problem_file, tmp_path, monkeypatch):
    asked = ("letter", problem_file, "--women", "2", "-o", tmp_path / "out", "--workers", "1")
    code, out, err = mizan(*asked)
    assert code == 0, out + err
    bodies = [(tmp_path / "out" / f"letter-{lang}.pdf").read_bytes() for lang in ("ar", "en")]
    assert all(body.startswith(b"%PDF") for body in bodies)
    assert bodies[0] != bodies[1]
    assert len(list((tmp_path / "home/explored").glob("*/*.json"))) == 3

    def no_solver(*_args, **_options):
        raise AssertionError("a point that was kept is not solved again")

    monkeypatch.setattr(explore, "solve", no_solver)
    assert mizan(*asked)[0] == 0


def test_nothing_is_asked_for_where_nobody_is_hired(mizan, problem_file, tmp_path):
    code, _out, err = mizan("letter", problem_file, "-o", tmp_path / "out")
    assert code == 1
    assert "--women" in err
    assert not (tmp_path / "out").exists()
