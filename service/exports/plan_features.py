"""A plan as GeoJSON: areas with their lead office and served share, offices with their strength.

One collection with one schema for both kinds, told apart by ``kind``, so that QGIS opens it as
two sub-layers with typed columns. Shares are 0..1, hours are officer-hours a week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo.places import Code, Standing
from optimizer.plan import Plan
from optimizer.problem import Problem, ProblemArea, ProblemOffice
from optimizer.staff import Unit
from service.exports.content import Content, Format
from service.exports.geojson import collection, feature
from service.exports.provenance import Provenance, latest, serial_of, worst_standing
from service.exports.served import AreaService, OfficeStrength, area_services, office_strengths

Shapes = Mapping[Code, BaseGeometry]
"""Geometries in EPSG:4326 by code; what is missing is exported without a place."""


def plan_provenance(problem: Problem, plan: Plan, *, serial: str = "") -> Provenance:
    """What an export of ``plan`` says of itself.

    The serial is made of problem and plan unless the caller traces each copy by its own.
    """
    return Provenance(
        title=f"Plan for {problem.title or problem.scenario}",
        standing=worst_standing(problem.sources),
        sources=problem.sources,
        as_of=latest(problem.sources),
        unit="officer-hours a week; shares 0..1",
        method=f"{plan.method}, status {plan.status.value}",
        data_version=plan.data_version or problem.data_version,
        serial=serial or serial_of(plan.problem_digest, plan.canonical_bytes()),
    )


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An area or an office of a plan: its id, its place (EPSG:4326) and its figures."""

    key: str
    shape: BaseGeometry | None
    properties: dict[str, Any]


def area_rows(problem: Problem, plan: Plan, shapes: Shapes) -> list[PlanRow]:
    """One row for each area of ``problem``, in its order."""
    standing = worst_standing(problem.sources)
    services = area_services(problem, plan)
    names = {office.code: office for office in problem.offices}
    return [
        PlanRow(
            f"area:{area.code}",
            shapes.get(area.code),
            _area_properties(area, services[area.code], names, standing),
        )
        for area in problem.areas
    ]


def office_rows(problem: Problem, plan: Plan, shapes: Shapes) -> list[PlanRow]:
    """One row for each office of ``problem``, closed and unopened ones too."""
    standing = worst_standing(problem.sources)
    strengths = office_strengths(problem, plan)
    return [
        PlanRow(
            f"office:{office.code}",
            shapes.get(office.code),
            _office_properties(office, strengths[office.code], standing),
        )
        for office in problem.offices
    ]


def plan_metadata(problem: Problem, plan: Plan, provenance: Provenance) -> dict[str, Any]:
    """What map files of a plan say of themselves."""
    return provenance.members() | {
        "status": plan.status.value,
        "scenario": problem.scenario,
        "problem_digest": plan.problem_digest,
        "tiers": [tier.model_dump(mode="json") for tier in plan.tiers],
    }


def plan_geojson(
    problem: Problem, plan: Plan, *, areas: Shapes, offices: Shapes, serial: str = ""
) -> Content:
    """``plan`` as ``plan.geojson``; ``areas`` are polygons, ``offices`` points."""
    provenance = plan_provenance(problem, plan, serial=serial)
    rows = [*area_rows(problem, plan, areas), *office_rows(problem, plan, offices)]
    # Every row has every column, in one order: readers type a column by all its rows.
    blank = dict.fromkeys(name for row in rows for name in row.properties)
    metadata = plan_metadata(problem, plan, provenance) | {
        "without_place": [row.key for row in rows if row.shape is None]
    }
    body = collection(
        (feature(row.key, row.shape, blank | row.properties) for row in rows), metadata
    )
    return Content(
        body=body,
        media_type=Format.GEOJSON.media_type,
        filename="plan.geojson",
        serial=provenance.serial,
        rows=len(rows),
    )


def _area_properties(
    area: ProblemArea,
    service: AreaService,
    offices: Mapping[Code, ProblemOffice],
    standing: Standing,
) -> dict[str, Any]:
    lead = offices.get(service.lead_office) if service.lead_office else None
    return {
        "kind": "area",
        "code": area.code,
        "name_ar": area.name_ar,
        "name_en": area.name_en,
        "district": area.district,
        "residents": round(area.residents),
        "need": round(area.need, 3),
        "lead_office": service.lead_office,
        "lead_office_ar": lead.name_ar if lead else None,
        "lead_office_en": lead.name_en if lead else None,
        "lead_share": _rounded(service.lead_share),
        "hours_week": _rounded(service.hours_week),
        "served_hours_week": _rounded(service.served_hours_week),
        "served_share": _rounded(service.served_share),
        "women_hours_week": _rounded(service.women_hours_week),
        "women_served_hours_week": _rounded(service.women_served_hours_week),
        "women_served_share": _rounded(service.women_served_share),
        "out_of_reach": service.no_office_reaches,
        "no_woman_in_reach": service.no_woman_in_reach,
        "standing": standing.value,
    }


def _office_properties(
    office: ProblemOffice, strength: OfficeStrength, standing: Standing
) -> dict[str, Any]:
    return {
        "kind": "office",
        "code": office.code,
        "name_ar": office.name_ar,
        "name_en": office.name_en,
        "office_kind": office.kind.value,
        "proposed": office.proposed,
        "travel": "estimated" if office.proposed else None,
        "open": strength.is_open,
        "referral_centre": office.referral_centre,
        "officers": strength.officers,
        "women": strength.women,
        "officers_change": strength.change,
        "women_change": strength.women_change,
        "crews": strength.crews,
        **{f"officers_{unit.value}": strength.by_unit.get(unit, 0) for unit in Unit},
        "standing": standing.value,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
