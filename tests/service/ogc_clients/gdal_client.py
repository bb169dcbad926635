"""GDAL's own OGC API client, through pyogrio: lists, loads, pages, filters, boxes. Prints JSON."""

import json
import sys

import pyogrio

address, user, secret, box = sys.argv[1:]
pyogrio.set_gdal_config_options(
    {"GDAL_HTTP_USERPWD": f"{user}:{secret}", "GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_TIMEOUT": "20"}
)
source = f"OAPIF:{address}/ogc"
names = [name for name, _kind in pyogrio.list_layers(source)]
loaded, types = {}, {}
for name in names:
    frame = pyogrio.read_dataframe(source, layer=name, use_arrow=False)
    codes = sorted(frame["code"]) if len(frame) else []
    loaded[name] = {"codes": codes, "area": float(frame.geometry.area.sum())}
    types[name] = {column: str(kind) for column, kind in frame.dtypes.items()}
pages = pyogrio.read_dataframe(source, layer="subdistricts", PAGE_SIZE=50)
chosen = pyogrio.read_dataframe(source, layer="offices", where="vehicles = 2")
edges = tuple(float(edge) for edge in box.split(","))
boxed = pyogrio.read_dataframe(source, layer="districts", bbox=edges)
print(
    json.dumps(
        {
            "layers": names,
            "loaded": loaded,
            "types": types,
            "paged": sorted(pages["code"]),
            "filtered": list(chosen["code"]),
            "boxed": sorted(boxed["code"]),
        }
    )
)
