"""The commands, as a planner types them: exit codes, what is printed, what is written."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from service.cli import main, make_app
from service.imports import child, run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("MIZAN_HOME", str(home))
    monkeypatch.delenv("MIZAN_LANGUAGE", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(run, "read_raw", child._read)  # the child itself is tried elsewhere
    return home


class Terminal:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.out = self.err = ""

    def __call__(self, *words: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        self.out, self.err = self.capsys.readouterr()
        return int(ended.value.code or 0)


@pytest.fixture
def mizan(home: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def _events(folder: Path, *lines: str) -> Path:
    file = folder / "events.csv"
    file.write_text("\n".join(("date,category,district", *lines)) + "\n", encoding="utf-8")
    return file


def test_the_demo_is_loaded_once(mizan: Terminal) -> None:
    assert mizan("demo", "load", "--once") == 0
    assert re.search(r"incidents: \d{4} rows \(synthetic\)", mizan.out)
    assert mizan("demo", "load", "--once") == 0
    assert "not loaded" in mizan.out
    assert mizan("demo", "reset") == 2
    assert mizan("demo", "reset", "--yes") == 0


def test_an_import_says_what_it_did(mizan: Terminal, tmp_path: Path) -> None:
    mizan("demo", "load")
    file = _events(tmp_path, "2024-01-01,drugs,Al-Qurna", "2024-13-01,drugs,Al-Qurna")
    assert mizan("import", "incidents", file, "--dry-run") == 0
    assert "dry run" in mizan.out
    assert mizan("import", "incidents", file) == 0
    assert "Rows read 2 = kept 1 + already there 0 + rejected 1" in mizan.out
    assert "events.csv, row 3, date: 2024-13-01 is not a date." in mizan.err
    assert "The demo's incidents were put aside." in mizan.out
    rejected = tmp_path / "events.rejected.csv"
    assert rejected.read_text(encoding="utf-8-sig").startswith("date,category,district,row,problem")
    assert mizan("import", "incidents", file) == 0
    assert "Nothing was changed." in mizan.out


def test_in_arabic_nothing_is_left_in_english(mizan: Terminal, tmp_path: Path) -> None:
    mizan("demo", "load")
    file = _events(tmp_path, "2024-01-01,drugs,Al-Qurna", "2024-13-01,drugs,Al-Qurna")
    assert mizan("--lang", "ar", "import", "incidents", file) == 0
    told = (mizan.out + mizan.err).replace(str(tmp_path), "")
    words = re.sub(r"[\w./]*\.csv|\w+=\w+|incidents(-\d+)?|\bdate\b", "", told)
    assert re.findall(r"[A-Za-z]{3,}", words) == []


def test_refused_input_is_exit_1_and_changes_nothing(mizan: Terminal, tmp_path: Path) -> None:
    mizan("demo", "load")
    mizan("data", "list")
    before = mizan.out
    file = _events(tmp_path, "2024-13-01,drugs,Al-Qurna")
    assert mizan("import", "incidents", file) == 1
    assert mizan("import", "incidents", tmp_path / "none.csv") == 1
    assert mizan("import", "population", file) == 1
    assert "--column residents=HEADER" in mizan.err
    mizan("data", "list")
    assert mizan.out == before


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "weather", "f.csv"),
        ("import", "incidents", "f.csv", "--column", "date"),
        ("import", "incidents", "f.csv", "--dates", "ymd"),
        ("import", "incidents", "f.csv", "--standing", "true"),
        ("user", "add", "ali"),
        ("data", "undo", "xyz"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_exit_2(mizan: Terminal, words: tuple[str, ...]) -> None:
    assert mizan(*words) == 2


def test_settings_that_make_no_sense_are_exit_2(
    mizan: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIZAN_PORT", "many")
    assert mizan("data", "list") == 2
    assert "MIZAN_PORT" in mizan.err


def test_accounts_have_no_known_password(mizan: Terminal) -> None:
    assert mizan("user", "add", "Ali", "--role", "planner") == 0
    password = mizan.out.split("shown only now: ")[1].split()[0]
    assert len(password) == 19
    assert mizan("user", "add", "ali", "--role", "viewer") == 1
    assert mizan("user", "add", "x y", "--role", "viewer") == 1
    assert mizan("user", "list") == 0
    assert mizan.out.split(maxsplit=1) == ["ali", "Planner (planner), one-time password\n"]
    assert mizan("--lang", "ar", "user", "list") == 0
    assert mizan.out.split(maxsplit=1) == ["ali", "مخطِّط (planner)، كلمة مرور لمرة واحدة\n"]
    assert mizan("user", "reset", "ali") == 0
    assert password not in mizan.out
    assert mizan("user", "disable", "ali") == 0
    assert mizan("user", "disable", "nobody") == 1


def test_backup_restore_and_undo(mizan: Terminal, tmp_path: Path) -> None:
    mizan("demo", "load")
    target = tmp_path / "b.backup"
    assert mizan("backup", target) == 0
    mizan("import", "incidents", _events(tmp_path, "2024-01-01,drugs,Al-Qurna"))
    version = mizan.out.split("Kept as version ")[1].split(".")[0]
    assert mizan("data", "undo", version) == 0
    assert mizan("data", "undo", version) == 1
    assert mizan("restore", target) == 2
    assert mizan("restore", target, "--yes") == 0
    assert mizan("audit-log", "verify") == 0
    assert mizan("audit-log", "list", "--limit", "1") == 0
    assert "restored" in mizan.out


def test_a_damaged_store_says_what_to_do(mizan: Terminal, home: Path) -> None:
    mizan("demo", "load")
    database = home / "mizan.db"
    database.write_bytes(database.read_bytes()[:9000])
    assert mizan("data", "list") == 1
    assert "mizan restore FILE" in mizan.err
    assert mizan("doctor") == 1
    assert "mizan restore FILE" in mizan.out


def test_a_broken_audit_log_is_told(mizan: Terminal, home: Path) -> None:
    import sqlite3

    mizan("user", "add", "ali", "--role", "viewer")
    with sqlite3.connect(home / "mizan.db") as connection:
        connection.execute("DROP TRIGGER audit_log_no_UPDATE")
        connection.execute("UPDATE audit_log SET actor = 'x' WHERE sequence = 1")
    connection.close()
    assert mizan("audit-log", "verify") == 1
    assert "entry 1" in mizan.err


def test_a_command_is_found_where_only_its_own_module_is_loaded() -> None:
    def names(asked: str | None = None) -> set[str]:
        group = get_command(make_app(asked))
        assert isinstance(group, TyperGroup)
        return set(group.commands)

    whole = names()
    assert {"cluster", "import", "audit-log", "restore"} <= whole
    for name in whole:
        assert name in names(name)
    assert names("no-command") == whole
    code = "import sys; from service.cli import main; main(['cluster', '--help'])"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
    )
    assert "scheduler" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"pandas", "scipy", "geopandas", "ortools", "service.store"}


def test_help_is_there_for_everything(mizan: Terminal) -> None:
    assert mizan("--help") == 0
    listed = mizan.out
    for command in ("import", "demo", "user", "backup", "restore", "doctor", "audit-log", "data"):
        assert command in listed
        assert mizan(command, "--help") == 0


def test_boundaries_of_a_map_of_one_unit(mizan: Terminal, tmp_path: Path) -> None:
    ring = [[47, 30], [48, 30], [48, 31], [47, 31], [47, 30]]
    feature = {
        "type": "Feature",
        "properties": {"KEY": "A", "TITLE": "Town"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert mizan("import", "boundaries", file) == 1
    assert (
        mizan("import", "boundaries", file, "--column", "code=KEY", "--column", "name=TITLE") == 0
    )
    assert "kept 1" in mizan.out
