"""The process that parses: it can take its time and memory, but not ours.

Started as ``python -m service.imports.child`` with its orders on standard input (JSON). It limits
itself, leaves the network where the system lets it, reads one file and writes one raw table.
"""

import contextlib
import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
REFUSED = 3
"""Exit code with faults in ``faults.json``."""


def main() -> int:
    """Do the orders; 0 with a table written, REFUSED with faults written."""
    orders: dict[str, Any] = json.load(sys.stdin)
    confine(orders["limits"])
    from geo.checks import FaultsError  # noqa: PLC0415 - after the limits
    from service.imports.limits import Limits  # noqa: PLC0415
    from service.imports.table import fault_to_json  # noqa: PLC0415

    folder = Path(orders["folder"])
    try:
        table = _read(Path(orders["file"]), Limits.from_dict(orders["limits"]), orders.get("sheet"))
    except FaultsError as error:
        faults = [fault_to_json(f) for f in error.faults]
        (folder / "faults.json").write_text(json.dumps(faults), encoding="utf-8")
        return REFUSED
    table.save(folder)
    return 0


def _read(file: Path, limits: Any, sheet: str | None) -> Any:
    from service.imports.sniff import Format, sniff  # noqa: PLC0415 - after the limits

    found = sniff(file, limits)
    if found is Format.TEXT:
        from service.imports.text_reader import read_text  # noqa: PLC0415

        return read_text(file, limits)
    if found is Format.SHEET:
        from service.imports.sheet_reader import read_sheet  # noqa: PLC0415

        return read_sheet(file, limits, sheet)
    from service.imports import vector_reader  # noqa: PLC0415

    if found is Format.GEOJSON:
        return vector_reader.read_geojson(file, limits)
    if found is Format.GEOPACKAGE:
        return vector_reader.read_geopackage(file, limits, sheet)
    return vector_reader.read_shapefile(file, limits)


def confine(limits: dict[str, Any]) -> None:
    """Take memory, time and the network from this process, as far as ``limits`` say."""
    memory = int(limits["memory_mb"]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = int(limits["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    size = int(limits["unpacked_mb"] * 4_000_000)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    # No network, where an unprivileged process may give it up.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
