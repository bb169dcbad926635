"""QGIS itself, without a screen: finds the connection's layers as its browser does, loads each
with all features, pages, filters and asks for a box. Run by Debian's Python; prints JSON.
"""

import json
import os
import sys

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsSettings, QgsVectorLayer

address, user, secret, box = sys.argv[1:]
program = QgsApplication([], False)
program.initQgis()
settings = QgsSettings()
settings.setValue("qgis/connections-wfs/mizan/url", f"{address}/ogc")
settings.setValue("qgis/connections-wfs/mizan/version", "OGC_API_FEATURES")
settings.setValue("qgis/connections-wfs/mizan/pagingenabled", True)
settings.setValue("qgis/connections-wfs/mizan/pagesize", "50")
settings.setValue("qgis/WFS/mizan/username", user)
settings.setValue("qgis/WFS/mizan/password", secret)
providers = QgsApplication.dataItemProviderRegistry().providers()
browser = next(one for one in providers if one.name() == "WFS")
found = {}
connection = browser.createDataItem("wfs:/mizan", None)
titles, loaded, types, where = [], {}, {}, {}
for item in connection.createChildren():
    words = item.uri().split("typename='", 1)[1]
    name = words.split("'", 1)[0]
    titles.append(item.name())
    layer = QgsVectorLayer(item.uri(), item.name(), "OAPIF")
    assert layer.isValid(), (name, layer.error().message())
    features = list(layer.getFeatures())
    where[name] = item.uri()
    loaded[name] = {
        "codes": sorted(one["code"] for one in features),
        "area": sum(one.geometry().area() for one in features),
    }
    types[name] = {field.name(): field.typeName() for field in layer.fields()}
    types[name]["crs"] = layer.crs().authid()


def codes(features):
    return sorted(one["code"] for one in features)


def fresh(name):
    """A layer that holds nothing yet: one that has loaded all asks no more."""
    return QgsVectorLayer(where[name], name, "OAPIF")


request = QgsFeatureRequest().setFilterRect(QgsRectangle(*(float(e) for e in box.split(","))))
request.setFlags(QgsFeatureRequest.ExactIntersect)
districts, offices, picked = fresh("districts"), fresh("offices"), fresh("offices")
boxed = codes(districts.getFeatures(request))
assert offices.setSubsetString("vehicles = 2")
kept = codes(offices.getFeatures())
asked = codes(picked.getFeatures(QgsFeatureRequest().setFilterExpression("vehicles = 2")))
print(
    json.dumps(
        {
            "layers": list(loaded),
            "titles": titles,
            "loaded": loaded,
            "types": types,
            "paged": loaded["subdistricts"]["codes"],
            "filtered": kept,
            "asked": asked,
            "boxed": boxed,
        }
    )
)
sys.stdout.flush()
os._exit(0)  # QGIS's own clean-up at exit can crash under Python; all has been said
