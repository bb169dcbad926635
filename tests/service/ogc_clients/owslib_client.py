"""OWSLib: lists, loads page by page, filters with CQL2, boxes, reads queryables. Prints JSON."""

import json
import sys

from owslib.ogcapi.features import Features
from owslib.util import Authentication
from shapely.geometry import shape

address, user, secret, box = sys.argv[1:]
service = Features(f"{address}/ogc", auth=Authentication(username=user, password=secret))


def all_items(name, **query):
    found, page = [], service.collection_items(name, limit=50, **query)
    found += page["features"]
    while any(link["rel"] == "next" for link in page["links"]):
        page = service.collection_items(name, limit=50, offset=len(found), **query)
        found += page["features"]
    return found


def codes(features):
    return sorted(one["properties"]["code"] for one in features)


names = service.feature_collections()
loaded = {}
for name in names:
    items = all_items(name)
    area = sum(shape(one["geometry"]).area for one in items)
    loaded[name] = {"codes": codes(items), "area": area}
    assert service.collection(name)["id"] == name
    service.collection_schema(name)
edges = [float(edge) for edge in box.split(",")]
print(
    json.dumps(
        {
            "layers": names,
            "titles": [one["title"] for one in service.collections()["collections"]],
            "loaded": loaded,
            "paged": codes(all_items("subdistricts")),
            "filtered": codes(all_items("offices", filter="vehicles = 2")),
            "boxed": codes(all_items("districts", bbox=edges)),
            "queryables": sorted(service.collection_queryables("offices")["properties"]),
            "openapi": service.api()["openapi"],
        }
    )
)
