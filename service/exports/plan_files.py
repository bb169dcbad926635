"""A plan in every form in which it is downloaded."""

import csv
import io
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyogrio

from optimizer.plan import Plan
from optimizer.problem import Problem
from service.exports.cells import neutral
from service.exports.content import Content, Format
from service.exports.geojson import written
from service.exports.plan_features import (
    PlanRow,
    Shapes,
    area_rows,
    office_rows,
    plan_geojson,
    plan_metadata,
    plan_provenance,
)
from service.exports.plan_workbook import plan_xlsx
from service.exports.provenance import Provenance
from service.locale.words import Words
from service.scratch import scratch

_CRS = "EPSG:4326"


def plan_content(
    problem: Problem,
    plan: Plan,
    form: Format,
    *,
    areas: Shapes,
    offices: Shapes,
    words: Words,
    serial: str = "",
) -> Content:
    """``plan`` as a file: GeoJSON and GeoPackage (areas and offices), CSV (areas), XLSX (all).

    Raises ``ValueError`` for PDF, which ``service.reports`` makes.
    """
    if form is Format.GEOJSON:
        return plan_geojson(problem, plan, areas=areas, offices=offices, serial=serial)
    if form is Format.XLSX:
        return plan_xlsx(problem, plan, words=words, serial=serial)
    provenance = plan_provenance(problem, plan, serial=serial)
    in_areas = area_rows(problem, plan, areas)
    if form is Format.CSV:
        body, rows = _csv(in_areas, provenance), len(in_areas)
    elif form is Format.GPKG:
        at_offices = office_rows(problem, plan, offices)
        told = plan_metadata(problem, plan, provenance)
        body = _geopackage({"areas": in_areas, "offices": at_offices}, told)
        rows = len(in_areas) + len(at_offices)
    else:
        raise ValueError(f"plans are not exported as {form}")
    return Content(
        body=body,
        media_type=form.media_type,
        filename=f"plan.{form.value}",
        serial=provenance.serial,
        rows=rows,
    )


def _csv(rows: list[PlanRow], provenance: Provenance) -> bytes:
    """UTF-8 with a mark that Excel needs for Arabic; every row says where it comes from."""
    told = {
        "unit": provenance.unit,
        "data_version": provenance.data_version,
        "figures_as_of": str(provenance.as_of or ""),
        "source": "; ".join(source.name for source in provenance.sources),
        "serial": provenance.serial,
    }
    out = io.StringIO()
    columns = [name for name in rows[0].properties if name != "kind"]
    writer = csv.DictWriter(out, [*columns, *told], lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: neutral(value) for name, value in (row.properties | told).items()})
    return "\ufeff".encode() + out.getvalue().encode()


def _geopackage(tables: dict[str, list[PlanRow]], metadata: dict[str, Any]) -> bytes:
    told = {
        key: value if isinstance(value, str) else orjson.dumps(value).decode()
        for key, value in metadata.items()
    }
    with scratch() as folder:
        path = folder / "plan.gpkg"
        for place, (name, rows) in enumerate(tables.items()):
            frame = gpd.GeoDataFrame(
                pd.DataFrame([row.properties for row in rows]),
                geometry=[written(row.shape) for row in rows],
                crs=_CRS,
            )
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                geometry_type="MultiPolygon" if name == "areas" else "Point",
                promote_to_multi=name == "areas",
                append=place > 0,
                layer_metadata=told,
                dataset_metadata=told,
            )
        return path.read_bytes()
