"""Keys of a cluster that others of the machine can read or replace are no keys."""

import re

import pytest

from service.cli import main
from service.jobs.certificates import CA, CERTIFICATE, KEY, OpenKeysError, make_keys, security_of
from service.jobs.checked import on_the_solvers
from service.jobs.clusters import OwnCluster
from service.settings import Settings


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "keys"
    make_keys(folder)
    return Settings(
        home=tmp_path / "home", scheduler="tls://127.0.0.1:1", scheduler_keys=folder, language="en"
    )


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o707])
def test_no_keys_are_made_where_others_may_write(tmp_path, mode):
    folder = tmp_path / "keys"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(OpenKeysError):
        make_keys(folder)
    assert list(folder.iterdir()) == []
    folder.chmod(0o755)  # who can only look finds files that are closed
    make_keys(folder)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("name", "mode"),
    [(KEY, 0o644), (KEY, 0o604), (KEY, 0o660), (CA, 0o666), (CERTIFICATE, 0o602), ("", 0o777)],
)
def test_open_keys_are_refused_and_the_doctor_says_which(settings, name, mode):
    (settings.scheduler_keys / name).chmod(mode)
    with pytest.raises(OpenKeysError, match=re.escape(str(settings.scheduler_keys / name))):
        security_of(settings)
    (finding,) = on_the_solvers(settings)
    assert not finding.well
    assert finding.what.params["path"] == str(settings.scheduler_keys / name)


@pytest.mark.parametrize(("name", "mode"), [(KEY, 0o640), (KEY, 0o400), (CA, 0o644), ("", 0o755)])
def test_what_nobody_else_can_read_or_replace_is_taken(settings, name, mode):
    (settings.scheduler_keys / name).chmod(mode)
    assert security_of(settings).require_encryption


@pytest.mark.parametrize("command", ["scheduler", "worker", "keys"])
def test_commands_say_what_is_open(settings, tmp_path, monkeypatch, capsys, command):
    monkeypatch.setattr("service.logs.configure_logs", lambda *_told: None)
    for name, value in {
        "HOME": settings.home,
        "LANGUAGE": "en",
        "SCHEDULER": settings.scheduler,
        "SCHEDULER_KEYS": settings.scheduler_keys,
    }.items():
        monkeypatch.setenv(f"MIZAN_{name}", str(value))
    wide = tmp_path / "wide"
    wide.mkdir()
    wide.chmod(0o777)
    (settings.scheduler_keys / KEY).chmod(0o644)
    with pytest.raises(SystemExit) as ended:
        main(["cluster", command, *([str(wide)] if command == "keys" else [])])
    assert ended.value.code == 1
    told = "".join(capsys.readouterr().err.split())  # long paths are wrapped
    assert "canreadorreplace" in told
    assert str(wide if command == "keys" else settings.scheduler_keys / KEY) in told


def test_a_cluster_whose_workers_do_not_come_leaves_no_client_behind(monkeypatch):
    closed = []

    class Client:
        def __init__(self, *_args, **_kwargs):
            pass

        def wait_for_workers(self, *_args, **_kwargs):
            raise TimeoutError

        def close(self, **_kwargs):
            closed.append("client")

    class Machine:
        def __init__(self, **_kwargs):
            pass

        def close(self, **_kwargs):
            closed.append("cluster")

    monkeypatch.setattr("distributed.Client", Client)
    monkeypatch.setattr("distributed.LocalCluster", Machine)
    own = OwnCluster(1, 500)
    with pytest.raises(TimeoutError):
        own.open()
    assert closed == ["client"]
    own.close()
    assert closed == ["client", "cluster"]
