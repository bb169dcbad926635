"""kill -9 in mid-import: the old state or the new one, never half; and a repeat adds nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.settings import Settings
from service.store import Kind, open_store

from .conftest import town

# Reads in its own process, so that the kill falls into understanding and keeping.
SCRIPT = """
import sys
from pathlib import Path
from service.imports import child, run
from service.imports.run import import_file
from service.settings import Settings
from service.store import Kind, open_store

run.read_raw = child._read
with open_store(Settings()) as store:
    print("go", flush=True)
    found, _ = import_file(store, Kind.INCIDENTS, Path(sys.argv[1]))
    print("acknowledged", found.kept, flush=True)
"""
ROWS = 20_000


@pytest.mark.slow
def test_a_killed_import_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    import json

    from service.imports.run import import_file

    settings = Settings(home=tmp_path / "home")
    map_file = tmp_path / "town.geojson"
    map_file.write_text(json.dumps(town()))
    with open_store(settings) as store:
        import_file(store, Kind.BOUNDARIES, map_file)
        old = store.data_version()
    file = tmp_path / "events.csv"
    lines = [f"2024-01-{n % 28 + 1:02d},drugs,{48 + n / ROWS:.6f},30.5" for n in range(ROWS)]
    file.write_text("date,category,lon,lat\n" + "\n".join(lines) + "\n")
    environment = dict(os.environ, MIZAN_HOME=str(settings.home))
    states: set[int] = set()
    for delay in (0.1, 0.6, 1.2, 1.8, 2.4, 3.2):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(file)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "go"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read()
        process.wait()
        process.stdout.close()
        with open_store(settings) as store:  # opened whole, whenever it was killed
            rows = len(store.incidents())
            assert rows in {0, ROWS}
            assert (store.data_version() == old) == (rows == 0)
            assert "acknowledged" not in told or rows == ROWS
            assert store.audit.verify().holds
        states.add(rows)
    with open_store(settings) as store:
        first, _ = import_file(store, Kind.INCIDENTS, file)
        assert first.kept + first.already == ROWS
        again, _ = import_file(store, Kind.INCIDENTS, file)
        assert (again.kept, again.already) == (0, ROWS)
        assert len(store.incidents()) == ROWS
    assert 0 in states
