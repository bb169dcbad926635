"""Geometries of a problem's areas and offices, from the store."""

from shapely.geometry import Point

from optimizer.problem import Problem
from service.exports.plan_features import Shapes
from service.store import Store


def shapes_of(store: Store, problem: Problem) -> tuple[Shapes, Shapes]:
    """Areas (polygons) and offices (points) in EPSG:4326; what the store lacks is left out."""
    records = store.records()
    units = records.units()
    wanted = {area.code for area in problem.areas}
    newest = units[~units.index.duplicated(keep="last")]
    geometries = newest.geometry
    areas = {code: geometries[code] for code in newest.index if code in wanted}
    codes = {office.code for office in problem.offices}
    offices = {
        office.code: Point(office.lon, office.lat)
        for office in records.offices()
        if office.code in codes
    }
    return areas, offices
