"""GDAL's vector drivers that the reader must not have: all but GeoPackage and shapefile.

A VRT that calls itself .shp reads any file of the machine, others fetch addresses. The list is
that of the GDAL in pyogrio's wheel; the reader itself refuses to work if another driver is left.
"""

SKIPPED_DRIVERS = (
    "ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CSV", "CSW", "Carto", "DGN", "DXF",
    "EDIGEO", "EEDA", "ESRIJSON", "Elasticsearch", "FlatGeobuf", "GDALG", "GML", "GPSBabel", "GPX",
    "GTFS", "GeoJSON", "GeoJSONSeq", "GeoRSS", "HTTP", "Idrisi", "JML", "JSONFG", "KML", "LIBKML",
    "LVBAG", "MBTiles", "MEM", "MVT", "MapInfo File", "MapML", "MiraMonVector", "NGW", "OAPIF",
    "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM", "OpenFileGDB", "PCIDSK", "PDF", "PDS4",
    "PGDUMP", "PLSCENES", "PMTiles", "S57", "SQLite", "SXF", "Selafin", "TopoJSON", "VDV", "VFK",
    "VICAR", "WAsP", "WFS", "XLSX",
)  # fmt: skip
