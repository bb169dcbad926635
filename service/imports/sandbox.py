"""Reading a file in a child process that has limits and few drivers."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

from geo.checks import FaultsError
from geo.notes import said
from service.imports import child
from service.imports.drivers import SKIPPED_DRIVERS
from service.imports.limits import Limits
from service.imports.table import RawTable, fault_from_json, refuse
from service.scratch import scratch

_SMALLER = said("Give a smaller file, or split it.")


def read_raw(file: Path, limits: Limits, sheet: str | None = None) -> RawTable:
    """The raw table of a file.

    Args:
        file: our own path of it; a name that a user gave is never opened.
        limits: what the reader may use.
        sheet: sheet or layer to read, where there are several.

    Raises:
        FaultsError: the file is refused, with why.
        OSError: it can't be opened.

    """
    with file.open("rb"):  # the usual error for a missing file, before a process is started
        pass
    with scratch() as folder:
        orders = {
            "file": str(file.resolve()),
            "folder": str(folder),
            "limits": limits.to_dict(),
            "sheet": sheet,
        }
        done = run_child(child, orders, folder, limits)
        if done.returncode == 0:
            return RawTable.load(folder)
        if b"MemoryError" in done.stderr or b"bad_alloc" in done.stderr:
            raise refuse(
                said("The file needs more than {mb} MB of memory."), _SMALLER, mb=limits.memory_mb
            )
        raise refuse(
            said("The reader broke down on this file (code {code})."),
            said("It may be damaged; export it again, or give it as CSV or GeoJSON."),
            code=done.returncode,
        )


def run_child(
    module: ModuleType, orders: Mapping[str, object], folder: Path, limits: Limits
) -> subprocess.CompletedProcess[bytes]:
    """Run one of our reader modules on ``orders`` in ``folder``; how it ended.

    Raises ``FaultsError`` where it took too long or refused the file; what another return code
    than 0 means, the caller says.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no user text in the command
            [sys.executable, "-m", module.__name__],
            input=json.dumps(orders).encode(),
            env=environment() | {"TMPDIR": str(folder)},
            cwd=folder,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refuse(
            said("The file took more than {s} seconds to read."), _SMALLER, s=limits.seconds
        ) from error
    if done.returncode == child.REFUSED:
        faults = json.loads((folder / "faults.json").read_text(encoding="utf-8"))
        raise FaultsError(fault_from_json(fault) for fault in faults)
    return done


@cache
def environment() -> dict[str, str]:
    """Little of ours, and settings that GDAL must have before it is loaded."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    root = str(Path(child.__file__).resolve().parents[2])
    return kept | {
        "PYTHONPATH": root,
        "OGR_SKIP": ",".join(SKIPPED_DRIVERS),
        "GDAL_SKIP": ",".join(SKIPPED_DRIVERS),
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": "NO",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
