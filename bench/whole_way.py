"""Time of the whole way on real input: import, layers, plan; and of the demo's plan.

``python -m bench.whole_way [SHARED_DATA]``: processor seconds of each command as a whole process
(start of Python included), medians of 5, beside a yardstick timed in the same run: a fixed loop of
pure Python. Ratios are what compares between machines and hours.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 5
YARDSTICK = "sum(i * i for i in range(10_000_000))"


def cpu_s(command: Sequence[str], home: Path) -> float:
    """Processor seconds of a command and its children; raises where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        env={**os.environ, "MIZAN_HOME": str(home)},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print one Markdown row a step."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT.parent / "shared" / "data")
    mizan = str(Path(sys.executable).parent / "mizan")
    took: dict[str, list[float]] = {}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            real, demo, out = (Path(folder) / name for name in ("real", "demo", "out"))
            steps: dict[str, tuple[Path, list[str]]] = {
                "yardstick": (real, [sys.executable, "-c", YARDSTICK]),
                "start of the program": (real, [mizan, "--help"]),
                "import boundaries (294 units)": (
                    real,
                    [
                        mizan,
                        "import",
                        "boundaries",
                        f"{data}/boundaries/irq_cod_ab_2019_adm3.geojson",
                    ],
                ),
                "import incidents (2,891 events)": (
                    real,
                    [mizan, "import", "incidents", f"{data}/incidents/basra_events_2006_2008.csv"],
                ),
                "layers of Basra": (
                    real,
                    [mizan, "layers", "-o", f"{out}.geojson", "--governorate", "IQG02"],
                ),
                "demo load": (demo, [mizan, "demo", "load"]),
                "demo solve today, all files": (demo, [mizan, "solve", "today", "-o", str(out)]),
            }
            for name, (home, command) in steps.items():
                took.setdefault(name, []).append(cpu_s(command, home))
    yardstick = statistics.median(took["yardstick"])
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        print(f"| {name} | {middle:.2f} | {middle / yardstick:.1f} |")


if __name__ == "__main__":
    main()
