"""The process that reads a raster: it can take its time and memory, but not ours.

Started as ``python -m service.derived.raster_child`` with its orders on standard input (JSON):
``file``, ``folder`` (with ``areas.parquet``: code, governorate, geometry), ``limits``. Writes
``zonal.parquet`` (code, ``sum``, ``mean``, ``covered``), or ``faults.json``.
"""

import json
import os
import sys
from pathlib import Path

from service.imports import child


def main() -> int:
    """Do the orders; 0 with a table written, ``child.REFUSED`` with faults written."""
    orders = json.load(sys.stdin)
    child.confine(orders["limits"])
    import geopandas as gpd  # noqa: PLC0415 - after the limits
    import pandas as pd  # noqa: PLC0415 - after the limits

    from geo.checks import FaultsError  # noqa: PLC0415 - after the limits: geo loads pandas
    from geo.raster import read_raster, zonal  # noqa: PLC0415 - after the limits
    from service.imports.table import fault_to_json  # noqa: PLC0415 - after the limits

    folder = Path(orders["folder"])
    areas = gpd.read_parquet(folder / "areas.parquet").set_index("code")
    found, faults = [], []
    # One governorate's rectangle of pixels at a time: memory stays that of one.
    for _, rows in areas.groupby("governorate", sort=True):
        try:
            raster = read_raster(Path(orders["file"]), around=rows.geometry)
        except FaultsError as error:
            faults += list(error.faults)
            continue
        found.append(zonal(raster, rows.geometry))
    if not found:
        told = list({fault.key: fault_to_json(fault) for fault in faults}.values())
        (folder / "faults.json").write_text(json.dumps(told), encoding="utf-8")
        return child.REFUSED
    pd.concat(found).rename_axis("code").reset_index().to_parquet(folder / "zonal.parquet")
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
