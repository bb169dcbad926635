"""What ``mizan doctor`` says of the place where jobs are solved."""

import socket

from service.jobs.certificates import make_keys
from service.jobs.checked import on_the_solvers
from service.jobs.clusters import OwnCluster
from service.settings import Settings


def found(**settings):
    return [(one.well, one.what.key) for one in on_the_solvers(Settings(**settings))]


def test_children_need_nothing():
    assert found(scheduler="beside") == [(True, "Solves run in children of the service.")]


def test_a_cluster_that_does_not_start_is_told_with_what_happens_then(monkeypatch):
    def fails(_self):
        raise ImportError("no cryptography")

    monkeypatch.setattr(OwnCluster, "open", fails)
    (finding,) = on_the_solvers(Settings())
    assert not finding.well
    assert finding.what.params == {"reason": "ImportError"}
    assert "MIZAN_SCHEDULER=beside" in finding.advice


def test_a_scheduler_that_is_away_is_told(tmp_path):
    make_keys(tmp_path / "keys")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    far = {"scheduler": f"tls://127.0.0.1:{port}", "scheduler_keys": tmp_path / "keys"}
    assert found(**far) == [
        (False, "{n} solves at once can run at {address}. {reason}"),
        (True, "The cluster's keys hold until {day}."),
    ]
