"""No killed process leaves what it read or wrote behind."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from service.scratch import scratch, sweep_scratch

HOLDS = """
import sys, time
from service.scratch import scratch
with scratch() as folder:
    (folder / "rows.csv").write_text("a name and a number")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_is_private_and_gone_afterwards(place):
    with scratch() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "deep").mkdir()
        assert sweep_scratch() == 0
        assert folder.exists()
    assert list(place.iterdir()) == []


def test_it_is_gone_after_a_fault(place):
    def breaks():
        with scratch() as folder:
            (folder / "x").write_text("x")
            raise KeyError

    with pytest.raises(KeyError):
        breaks()
    assert list(place.iterdir()) == []


def test_that_of_a_killed_process_is_swept_and_that_of_another_is_not(place):
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True) as one:
        folder = Path(one.stdout.readline().strip())
        with scratch() as ours:
            assert (folder / "rows.csv").exists(), "its process is alive"
            one.kill()
            one.wait()
            assert sweep_scratch() == 1
            assert list(place.iterdir()) == [ours]


def test_what_looks_alike_and_is_no_folder_is_left_alone(place):
    kept = place / "kept"
    kept.mkdir()
    (place / "mizan-scratch-link").symlink_to(kept)
    (place / "mizan-scratch-file").write_text("x")
    assert sweep_scratch() == 0
    assert kept.exists()
