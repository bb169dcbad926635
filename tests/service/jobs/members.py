"""Scheduler and workers of a cluster, in processes of their own."""

import os
import signal
import socket
import subprocess
import sys

from service.jobs.certificates import make_keys
from service.jobs.solvers import solvers_of
from service.settings import Settings
from tests.service.jobs.common import PATIENCE_S, ROOT, wait_for


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Members:
    """Scheduler and worker as ``mizan cluster`` runs them."""

    def __init__(self, folder):
        self.settings = Settings(
            home=folder / "home",
            scheduler=f"tls://127.0.0.1:{free_port()}",
            scheduler_keys=folder / "keys",
        )
        make_keys(self.settings.scheduler_keys)
        self.running = {}

    def start(self, name):
        port = self.settings.scheduler.rpartition(":")[2]
        words = [name, "--port", port] if name == "scheduler" else [name]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "cluster", *words],
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "MIZAN_HOME": str(self.settings.home),
                "MIZAN_LANGUAGE": "en",
                "MIZAN_SCHEDULER": self.settings.scheduler,
                "MIZAN_SCHEDULER_KEYS": str(self.settings.scheduler_keys),
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def until_at_work(self, name):
        for line in self.running[name].stdout:
            if "At work" in line:
                return self
        raise AssertionError(f"{name} ended")

    def until_ready(self):
        """Wait until a worker is at the scheduler."""
        solvers = solvers_of(self.settings)
        wait_for(solvers.is_ready, PATIENCE_S)
        solvers.close()

    def end(self, name, number=signal.SIGKILL):
        process = self.running.pop(name)
        process.send_signal(number)
        code = process.wait(PATIENCE_S)
        process.stdout.close()
        return code
