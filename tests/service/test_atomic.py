"""A reader finds the old file or the new one."""

import os
import subprocess
import sys
import time

import pytest

from service.atomic import sweep_partial, write_whole


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "new" / "plan.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    write_whole(path, b"old")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_killed_writers_leave_whole_files_and_what_they_left_is_swept(tmp_path):
    path = tmp_path / "plan.json"
    size = 2_000_000
    code = (
        "import sys; from pathlib import Path; from service.atomic import write_whole\n"
        "n = 0\n"
        "while True:\n"
        f"    write_whole(Path(sys.argv[1]), bytes([65 + n % 26]) * {size}); n += 1\n"
        "    print(n, flush=True)\n"
    )
    for delay in (0.0, 0.003, 0.011):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
            writer.stdout.read()
        content = path.read_bytes()
        assert len(content) == size
        assert len(set(content)) == 1
    sweep_partial(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_files_of_ours_are_their_owners_alone_and_others_as_the_umask_says(tmp_path):
    old = os.umask(0o022)
    try:
        write_whole(tmp_path / "asked.csv", b"x")
        write_whole(tmp_path / "ours.json", b"x", private=True)
    finally:
        os.umask(old)
    assert (tmp_path / "asked.csv").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "ours.json").stat().st_mode & 0o777 == 0o600
