"""kill -9 of an export at every step that reaches the disk: no half file, and the log is honest."""

import hashlib
import io
import itertools
import os
import shutil
import signal
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import orjson
import pytest

from service.cli import main
from service.demo.load import load_demo
from service.settings import Settings, checkout_data
from service.store import Kind, open_store
from service.store.audit import AuditLog

OLD = b"what was there before"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An installation with units and their residents."""
    home = tmp_path_factory.mktemp("killed") / "home"
    with pytest.MonkeyPatch.context() as patch, open_store(Settings(home=home)) as store:
        patch.setattr("service.demo.load.ORDER", (Kind.BOUNDARIES, Kind.POPULATION))
        load_demo(store, checkout_data())
    return home


def counted(at_step):
    """What reaches the disk for good, as patches that tell ``at_step`` before each of them."""

    def telling(act):
        def acting(*args, **told):
            at_step()
            return act(*args, **told)

        return acting

    return ((os, "fsync", telling(os.fsync)), (Path, "replace", telling(Path.replace)),
            (AuditLog, "append", telling(AuditLog.append)))  # fmt: skip


def killed_at(step, words):
    """Run ``mizan`` in a process that kills itself before its ``step``-th step.

    Forked, not started: every module is loaded already.
    """
    pid = os.fork()
    if pid == 0:
        left = itertools.count(step - 1, -1)
        try:
            for target, name, act in counted(
                lambda: next(left) or os.kill(os.getpid(), signal.SIGKILL)
            ):
                setattr(target, name, act)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            main(words)
        finally:
            os._exit(99)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def whole(body, form):
    if form == "gpkg":
        database = sqlite3.connect(":memory:")
        database.deserialize(body)
        assert database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        database.close()
    elif form == "xlsx":
        assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
    else:
        assert orjson.loads(body)["features"]


def honest(home, out, form):
    """Whether the new file is there: whole, and the log knows of it."""
    with open_store(Settings(home=home)) as store:
        assert store.audit.verify().holds
        told = {one.details["sha256"] for one in store.audit.list(action="export", limit=500)}
    body = out.read_bytes()
    if body == OLD:
        return False
    whole(body, form)
    assert hashlib.sha256(body).hexdigest() in told
    return True


@pytest.fixture
def export(home, tmp_path, monkeypatch):
    """Words of an export into a folder with an older file; its scratch folders are there too."""
    monkeypatch.setenv("MIZAN_HOME", str(home))
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    def words(form):
        out = folder / f"layers.{form}"
        out.write_bytes(OLD)
        return out, ["layers", "-o", str(out), "--layer", "residents"]

    return words


@pytest.mark.parametrize("form", ["gpkg", "xlsx", "geojson"])
def test_at_every_step_the_disk_holds_the_old_file_or_a_whole_one_that_the_log_knows(
    form, home, export, tmp_path, monkeypatch
):
    """What is on the disk at a step is what a kill at that moment leaves: it is copied and read."""
    out, words = export(form)
    copies = []

    def copy():
        copies.append(tmp_path / f"{len(copies)}")
        shutil.copytree(home, copies[-1] / "home")
        shutil.copytree(out.parent, copies[-1] / "out")

    with monkeypatch.context() as patch:
        for target, name, act in counted(copy):
            patch.setattr(target, name, act)
        with pytest.raises(SystemExit, match="0"):
            main(words)
    found = [honest(one / "home", one / "out" / out.name, form) for one in copies]
    assert honest(home, out, form)
    assert found == sorted(found), "once it is there it stays"
    assert len(found) > 3
    assert not found[0]
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_killed_export_can_be_asked_again(home, export, monkeypatch):
    monkeypatch.setattr("service.commands.layers._ORPHAN_S", -1.0)
    out, words = export("gpkg")
    for step in (1, 4):
        killed_at(step, words)
        honest(home, out, "gpkg")
    with pytest.raises(SystemExit, match="0"):
        main(words)
    assert honest(home, out, "gpkg")
    assert [path.name for path in out.parent.iterdir()] == [out.name]
