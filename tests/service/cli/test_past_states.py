"""``mizan data states`` and ``mizan layers --as-of``: a past state is written as it was."""

import csv
from pathlib import Path

import pytest

from .test_commands import Terminal, home, mizan

__all__ = ["home", "mizan"]  # fixtures


def _influx(file: Path) -> dict[str, str]:
    rows = csv.DictReader(
        line for line in file.read_text("utf-8-sig").splitlines() if not line.startswith("#")
    )
    return {row["code"]: row["value"] for row in rows}


def test_a_past_state_is_written_as_it_was(mizan: Terminal, tmp_path: Path) -> None:
    mizan("demo", "load")
    mizan("data", "states")
    newest, *older = mizan.out.splitlines()
    then = newest.split()[0]
    assert len(older) == 8  # one for each kind of the demo
    before, now, past = (tmp_path / f"{name}.csv" for name in ("before", "now", "past"))
    assert mizan("layers", "-o", before, "--layer", "influx") == 0
    clan = tmp_path / "clan.csv"
    clan.write_text("date,area,families,clan\n2024-06-01,IQG02Q05N03,300,yes\n")
    assert mizan("import", "arrivals", clan) == 0
    assert mizan("layers", "-o", now, "--layer", "influx") == 0
    assert mizan("layers", "-o", past, "--layer", "influx", "--as-of", then) == 0
    assert f"data version {then}" in mizan.out
    assert _influx(past) == _influx(before)
    assert _influx(now) != _influx(before)


def test_a_state_that_never_was_is_refused(mizan: Terminal, tmp_path: Path) -> None:
    mizan("demo", "load")
    assert mizan("layers", "-o", tmp_path / "a.csv", "--as-of", "1999-01-01") == 1
    assert mizan("layers", "-o", tmp_path / "a.csv", "--as-of", "then") == 1
    assert not (tmp_path / "a.csv").exists()


def test_old_rows_are_counted_first_and_removed_only_when_told(
    mizan: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mizan("demo", "load")
    assert mizan("data", "purge") == 2
    assert "MIZAN_RETENTION_MONTHS" in mizan.err
    assert mizan("data", "purge", "--class", "weather") == 2
    assert mizan("data", "purge", "--class", "severe", "--before", "2024-01-01") == 0
    assert "Nothing was removed" in mizan.err
    counted = mizan.out
    assert "before 2024-01-01" in counted
    mizan("backup", tmp_path / "a.backup")
    mizan("backup")
    assert mizan("data", "purge", "--class", "severe", "--before", "2024-01-01", "--yes") == 0
    assert counted.splitlines()[0] in mizan.out
    assert "mizan-" in mizan.out  # the backup under the home folder is named
    assert "Removed for good" in mizan.out
    monkeypatch.setenv("MIZAN_RETENTION_MONTHS", '{"severe": 1}')
    assert mizan("--lang", "ar", "data", "purge", "--yes") == 0
    assert "severe" in mizan.out
    assert mizan("audit-log", "verify") == 0
    monkeypatch.setenv("MIZAN_RETENTION_MONTHS", '{"severe": 0}')
    assert mizan("data", "purge") == 2
