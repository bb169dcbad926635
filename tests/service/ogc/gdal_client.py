"""GDAL's own OGC API client, in a process of its own: lists, pages, filters, loads. Prints JSON."""

import json
import sys

import pyogrio

address, user, secret = sys.argv[1:]
pyogrio.set_gdal_config_options(
    {"GDAL_HTTP_USERPWD": f"{user}:{secret}", "GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_TIMEOUT": "20"}
)
source = f"OAPIF:{address}/ogc"
names = [name for name, _kind in pyogrio.list_layers(source)]
found = {"layers": names}
for name in names:
    frame = pyogrio.read_dataframe(source, layer=name, use_arrow=False)
    found[name] = {
        "count": len(frame),
        "crs": str(frame.crs),
        "types": {column: str(kind) for column, kind in frame.dtypes.items()},
        "bounds": list(frame.total_bounds) if len(frame) else None,
    }
pages = pyogrio.read_dataframe(source, layer="subdistricts", PAGE_SIZE=5)
found["paged"] = sorted(pages["code"])
chosen = pyogrio.read_dataframe(source, layer="offices", where="vehicles = 2")
found["filtered"] = list(chosen["code"])
boxed = pyogrio.read_dataframe(source, layer="districts", bbox=(47.25, 31.05, 47.3, 31.1))
found["boxed"] = list(boxed["code"])
print(json.dumps(found))
