"""The tutorial tells the truth: its commands print what it shows, on the official and real files."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tutorial", ROOT / "tools" / "tutorial.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_read_as_commands_and_what_they_print() -> None:
    block = "$ mizan one\nfirst\nsecond\n$ mizan two\n"
    assert list(tool().commands(block)) == [("mizan one", "first\nsecond\n"), ("mizan two", "")]


def test_seconds_and_serials_may_differ_and_nothing_else() -> None:
    same = tool().comparable
    assert same("Goal  1.0  yes  0.31\nMZ-1F") == same("Goal  1.0  yes     12.70\nMZ-2E")
    assert same("Goal  1.0  yes  0.31") != same("Goal  1.1  yes  0.31")


@pytest.mark.slow
def test_the_tutorial_prints_what_it_shows(tmp_path: Path) -> None:
    tutorial = tool()
    if tutorial.missing():
        pytest.skip(f"the official and real files are not here: {tutorial.missing()}")
    page = tutorial.PAGE.read_text("utf-8")
    told = tutorial.run_page(page, tmp_path)
    assert tutorial.comparable(told).splitlines() == tutorial.comparable(page).splitlines()
