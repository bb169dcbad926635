"""OGC API: Features (with CQL2 and CRS) and Processes, for QGIS, GDAL and other programs."""
