"""The demo, once for a module; commands as a planner types them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.cli import main
from service.store import Store, open_store
from tests.service.homes import lay_out, the_demo

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("MIZAN_HOME", str(folder))
    lay_out(folder, the_demo)
    return folder


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with open_store(home / "mizan.db") as opened:
        yield opened


@pytest.fixture
def mizan(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", *map(str, arguments)])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run
